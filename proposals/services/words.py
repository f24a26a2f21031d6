"""Counting the words of all ideas, so that common ones say little when ideas are compared."""

from __future__ import annotations

from django.db import connection, transaction

COUNT = """
WITH counted AS (
    SELECT lexeme, count(*) AS ideas
      FROM proposals_idea, unnest(words) AS found (lexeme, positions, weights)
     WHERE submitted_at IS NOT NULL
     GROUP BY lexeme HAVING count(*) > 1
     UNION ALL SELECT '', count(*) FROM proposals_idea WHERE submitted_at IS NOT NULL
), gone AS (
    DELETE FROM proposals_wordcount WHERE NOT EXISTS (SELECT 1 FROM counted WHERE counted.lexeme = proposals_wordcount.lexeme)
)
INSERT INTO proposals_wordcount AS kept (lexeme, ideas) SELECT lexeme, ideas FROM counted ORDER BY lexeme
    ON CONFLICT (lexeme) DO UPDATE SET ideas = excluded.ideas WHERE kept.ideas <> excluded.ideas
"""
# Any number, the same for everybody who counts.
TURN = 2_026_112_801


@transaction.atomic
def count_words() -> None:
    """Write `WordCount` anew; rows that stay as they are are not touched. Twice at once, one counts after the other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s)", [TURN])
        cursor.execute(COUNT)
