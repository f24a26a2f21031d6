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
    # The half of a word may be a word elsewhere in the text.
    if any(goes_through_a_word(folded, cut) for cut in (start, end)):
        return
    with connection.cursor() as cursor:
        cursor.execute("SELECT communities_bigrams(%s) @@ %s::tsquery", [text, query.all_words()])
        assert cursor.fetchone() == (True,)


def goes_through_a_word(text, cut):
    return 0 < cut < len(text) and any(
        len(run) > 1 and not is_part(run, [run]) for run in Query.of(text[cut - 1 : cut + 1]).runs
    )


def is_part(run, whole):
    return "CJK" in unicodedata.name(run[0], "") and any(run in other for other in whole)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("三张长椅", {"三张": [1], "张长": [2], "长椅": [3], "椅": [4]}),
        ("树", {"树": [1]}),
        ("Ｂ座 停车", {"b": [1], "座": [2], "停车": [3], "车": [4]}),
        ("停车，车位", {"停车": [1], "车": [2], "车位": [3], "位": [4]}),
        ("WiFi6！", {"wifi6": [1]}),
        ("𠮷野家", {"𠮷野": [1], "野家": [2], "家": [3]}),
        ("臺\u200b灣", {"臺灣": [1], "灣": [2]}),
        ("cafe\u0301", {"café": [1]}),
        ("3×4㎡", {"3": [1], "4m2": [2]}),
        ("👩🏽‍🌾、!'|&", {}),
    ],
)
def test_text_is_split(text, expected):
    assert lexemes(text) == {lexeme: [(place, "A") for place in places] for lexeme, places in expected.items()}


def test_weights_go_by_the_order_of_texts():
    assert list(lexemes("甲", "乙", "丙", "丁", "戊").values()) == [
        [(1, "A")],
        [(2, "B")],
        [(3, "C")],
        [(4, "D")],
        [(5, "D")],
    ]


def test_word_that_no_lexeme_could_hold_is_cut():
    assert list(lexemes("é" * 3000)) == ["é" * 40]


@pytest.mark.parametrize(
    ("text", "query"),
    [
        ("电动车", "('电动' <-> '动车')"),
        ("树", "('树':*)"),
        ("B座 停车", "('b' <-> '座':*) & ('停车')"),
        ("停车场A区", "('停车' <-> '车场' <2> 'a' <-> '区':*)"),
        ("长椅 长椅", "('长椅')"),
        ("' | & ! <-> :* \\", ""),
    ],
)
def test_query_asks_for_phrases(text, query):
    assert Query.of(text).all_words() == query


def test_query_asks_for_the_title_by_its_weight():
    assert Query.of("停车 树").all_words("A") == "('停车':A) & ('树':*A)"


def test_query_asks_for_any_pair_once():
    assert Query.of("停车停车").any_word() == "'停车' | '车停'"


def test_query_without_anything_to_look_for_is_empty():
    assert not Query.of("！？ 👍 \0")
    assert Query.of("〇")


def shown(text, query, **options):
    return [text[span.start : span.end] for span in spans(text, Query.of(query), **options)]


@pytest.mark.parametrize(
    ("text", "query", "expected"),
    [
        ("电动车进电梯", "电动车", ["电动车"]),
        ("电梯里的电动车", "电动", ["电动"]),
        ("Ｂ座停车难", "b座", ["Ｂ座"]),
        ("Abc abcd ABC", "abc", ["Abc", "ABC"]),
        ("长椅长椅，木椅", "椅", ["椅", "椅", "椅"]),
        ("长椅长椅", "长椅", ["长椅长椅"]),
        ("50㎡的棚", "50m2", ["50㎡"]),
        ("cafe\u0301 旁边", "café", ["cafe\u0301"]),
        ("没有", "长椅", []),
    ],
)
def test_found_runs_are_marked(text, query, expected):
    assert shown(text, query) == expected


def test_pairs_are_marked_where_no_run_is():
    assert shown("电动车停车棚", "电动停车位") == []
    assert shown("电动车停车棚", "电动停车位", any_word=True) == ["电动", "停车"]


@given(TEXT, TEXT)
def test_marks_are_within_the_text_in_order_and_apart(text, query):
    found = spans(text, Query.of(query), any_word=True)
    edges = [edge for span in found for edge in span]
    assert edges == sorted(set(edges))
    assert all(0 <= edge <= len(text) for edge in edges)


@given(TEXT, TEXT, st.integers(1, 30))
def test_cutting_a_window_at_its_marks_loses_nothing(text, query, length):
    where = spans(text, Query.of(query), any_word=True)
    _, window = best_window(text, where, length)
    pieces = list(parts(text, where, window))
    assert "".join(part.text for part in pieces) == text[window.start : window.end]
    assert all(part.text for part in pieces)
    assert window.end - window.start <= length


def test_window_shows_the_most_different_words():
    text = "树。" * 30 + "这里有长椅和树。" + "树。" * 30
    where = spans(text, Query.of("树 长椅"))
    count, window = best_window(text, where, 20)
    assert count == 2
    assert "长椅" in text[window.start : window.end]


def test_window_begins_with_a_sentence_where_one_begins_near():
    text = "前面的话很长，" * 10 + "说完了。这里要一条长椅。后面还有。" + "再说一遍。" * 10
    _, window = best_window(text, spans(text, Query.of("长椅")), 30)
    assert text[window.start : window.end].startswith("这里要一条长椅。")


def test_text_without_marks_is_shown_from_its_beginning():
    assert best_window("一二三四五", [], 3) == (0, Span(0, 3))
    assert list(parts("一二三", [])) == [Part("一二三", marked=False)]
