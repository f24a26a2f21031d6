"""Ideas that resemble one: `proposals.similarity` by the database, fast among ten thousand."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from communities.bigrams import lexemes
from proposals.enums import Likeness
from proposals.models import Idea
from proposals.querysets import IdeaQuerySet
from proposals.similarity import (
    LEAST_OVERLAP,
    MOST_FOUND,
    Lexemes,
    Member,
    Sought,
    closeness,
    groups,
    likeness,
    sought,
)

MOST = 200
"""Of the ideas that have most in common with one so many are compared further."""

# One look into the index of words (`proposals_idea_words`) for each word. The index tells which ideas have it, so that
# no text is read: a bitmap of so many pages as the words occur, bounded by `similarity.MOST_FOUND`. With some hundred
# ideas the planner would rather read all texts anew for each word, not knowing that they lie packed outside the table;
# sent together, the two statements are one transaction, so that the setting ends with them. Nor is it to read all of the
# year for each word: OFFSET keeps the year out of the look.
OVERLAP_SQL = """
SET LOCAL enable_seqscan = off;
SELECT idea.id, sum(sought.weight) / %(whole)s
  FROM unnest(%(lexemes)s::text[], %(weights)s::float8[]) AS sought (lexeme, weight)
  CROSS JOIN LATERAL (
       SELECT id, programme_id FROM proposals_idea WHERE words @@ ('''' || sought.lexeme || '''')::tsquery OFFSET 0
  ) AS idea
 WHERE idea.programme_id = %(programme)s
 GROUP BY idea.id HAVING sum(sought.weight) >= %(whole)s * %(least)s
 ORDER BY 2 DESC, 1 DESC LIMIT %(most)s
"""


@dataclass(frozen=True, slots=True)
class Draft:
    """What is compared: a text as far as it is written, and where it belongs as far as that is known."""

    title: str
    problem: str = ""
    solution: str = ""
    location_text: str = ""
    community: int | None = None
    category: int | None = None

    @classmethod
    def of(cls, idea: Idea) -> Draft:
        return cls(idea.title, idea.problem, idea.solution, idea.location_text, idea.community_id, idea.category_id)

    @property
    def lexemes(self) -> Lexemes:
        """As the column `words` holds them."""
        return lexemes(self.title, self.problem, self.solution, self.location_text)


@dataclass(frozen=True, slots=True)
class Similar:
    idea: Idea
    closeness: float
    likeness: Likeness


def counts_of(words: Collection[str]) -> tuple[dict[str, int], int]:
    """How many ideas of the site have each of these words, and how many ideas there are; as of the last counting."""
    # As one text: a list of some thousand words would take longer to write and to read than the table. None has a space.
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT lexeme, ideas FROM proposals_wordcount WHERE lexeme = '' OR lexeme = ANY(string_to_array(%s, ' '))",
            [" ".join(words)],
        )
        found = dict(cursor.fetchall())
    return found, found.pop("", 0)


def sought_by(draft: Draft, most_found: int = MOST_FOUND) -> Sought:
    text = draft.lexemes
    return sought(text, *counts_of(text), most_found)


def overlaps(wanted: Sought, programme_id: int, least: float = LEAST_OVERLAP) -> dict[int, float]:
    """Ideas (ids) of a programme by what they have of what is sought, those with most first."""
    if not wanted.weights:
        return {}
    parameters: dict[str, Any] = {
        "lexemes": list(wanted.weights),
        "weights": list(wanted.weights.values()),
        "whole": wanted.whole,
        "programme": programme_id,
        "least": least,
        "most": MOST,
    }
    with connection.cursor() as cursor:
        cursor.execute(OVERLAP_SQL, parameters)
        return dict(cursor.fetchall())


def similar_ideas(draft: Draft, programme_id: int, among: IdeaQuerySet, limit: int) -> list[Similar]:
    """The ideas `among` these that are alike to the draft, the closest first; ties newest first."""
    shared = overlaps(sought_by(draft), programme_id)
    found = []
    for idea in among.filter(pk__in=list(shared)):
        close = closeness(
            shared[idea.pk],
            same_community=idea.community_id == draft.community,
            same_category=idea.category_id == draft.category,
        )
        if (word := likeness(close)) is not None:
            found.append(Similar(idea, close, word))
    return sorted(found, key=lambda similar: (-similar.closeness, -similar.idea.pk))[:limit]


def grouped(ideas: Sequence[Idea]) -> list[list[Similar]]:
    """The ideas in groups of alike ones, in each the one that the others resemble first."""
    members = {idea.pk: Member(Draft.of(idea).lexemes, idea.community_id, idea.category_id) for idea in ideas}
    by_pk = {idea.pk: idea for idea in ideas}
    words = {lexeme for member in members.values() for lexeme in member.lexemes}
    return [
        [Similar(by_pk[pk], close, likeness(close) or Likeness.ALIKE) for pk, close in closes.items()]
        for closes in groups(members, *counts_of(words))
    ]
