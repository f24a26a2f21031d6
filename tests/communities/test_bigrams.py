"""Splitting text for search: in Python and in SQL alike, and what of it is found and marked."""

import unicodedata

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from communities.bigrams import Part, Query, Span, best_window, fold, lexemes, parts, spans

EVERYDAY = st.text("三张长椅，电动车电梯。B座3楼ＡＢ１２ a-z’臺灣\n　", max_size=60)
ODD = st.text(
    "𠮷𡃁〇々ガｶﾞé\u0301x\u0323ÀİẞΣжאש가힣ㅎ①㎡ﬁ½㍿\u1680\u00a0\u200d\ufe0f\U000e0100👩🏽'\\:*&|!<->\u0001", max_size=40
)
# Letters that this Python does not know yet may be known to the database.
ANY = st.text(st.characters(exclude_categories=["Cs", "Cn"], exclude_characters="\0"), max_size=60)
TEXT = EVERYDAY | ODD | ANY


def lexemes_in_sql(*texts):
    with connection.cursor() as cursor:
        call = ", ".join(["%s::text"] * len(texts))
        cursor.execute(f"SELECT lexeme, positions, weights FROM unnest(communities_bigrams({call}))", texts)
        return {lexeme: list(zip(places, weights, strict=True)) for lexeme, places, weights in cursor.fetchall()}


@pytest.mark.django_db
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.lists(TEXT, min_size=1, max_size=5))
def test_sql_and_python_split_alike(texts):
    assert lexemes_in_sql(*texts) == lexemes(*texts)


@pytest.mark.django_db
@settings(max_examples=300, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(TEXT, st.data())
def test_every_stretch_of_a_text_finds_it(text, data):
    """What is copied out of a text finds the text again, but where the cut goes through a word or a letter."""
    folded = fold(text)
    start = data.draw(st.integers(0, len(folded)))
    end = data.draw(st.integers(start, len(folded)))
    query = Query.of(folded[start:end])
    whole = {run for piece in Query.of(text).pieces for run in piece}
    if not query or not all(run in whole or is_part(run, whole) for run in query.runs):
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT communities_bigrams(%s) @@ %s::tsquery", [text, query.all_words()])
        assert cursor.fetchone() == (True,)


def is_part(run, whole):
    return "CJK" in unicodedata.name(run[0], "") and any(run in other for other in whole)
