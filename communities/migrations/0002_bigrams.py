"""The function that splits texts for search; `communities/bigrams.py` says how and mirrors it.

Nothing in it depends on the locale of the database: classes of characters are ranges of code points, and the lexemes
are put together as text instead of being parsed by one of PostgreSQL's configurations. It must stay as it is while
stored columns and indexes are made with it: a change is a new function and new columns.
"""

from django.db import migrations

CREATE = r"""
CREATE FUNCTION communities_bigrams(VARIADIC texts text[]) RETURNS tsvector
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
WITH folded AS (
    SELECT number, translate(
        regexp_replace(
            normalize(content, NFKC), '[\u00ad\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]', '', 'g'
        ),
        'ABCDEFGHIJKLMNOPQRSTUVWXYZ', 'abcdefghijklmnopqrstuvwxyz'
    ) AS content
    FROM unnest(texts) WITH ORDINALITY AS given (content, number)
), runs AS (
    SELECT number, place, run[1] AS han, left(run[2], 40) AS word
    FROM folded, regexp_matches(
        content,
        '([\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]+)'
        '|([0-9a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\uac00-\ud7a3]+)', 'g'
    ) WITH ORDINALITY AS found (run, place)
), lexemes AS (
    SELECT
        coalesce(substr(han, start, 2), word) AS lexeme,
        row_number() OVER (ORDER BY number, place, start) AS position,
        substr('ABCD', least(number, 4)::int, 1) AS weight
    FROM runs, generate_series(1, coalesce(length(han), 1)) AS start
)
SELECT coalesce(string_agg('''' || lexeme || ''':' || position || weight, ' '), '')::tsvector FROM lexemes
$$
"""


class Migration(migrations.Migration):
    dependencies = [("communities", "0001_initial")]

    operations = [
        migrations.RunSQL(CREATE, "DROP FUNCTION communities_bigrams(VARIADIC text[])"),
    ]
