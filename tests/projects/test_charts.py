"""Bar charts: to scale, readable at any length of a name, with and without values."""

from decimal import Decimal
from xml.etree import ElementTree as ET

import pytest
from django.template.loader import render_to_string
from hypothesis import given
from hypothesis import strategies as st

from projects.charts import LONGEST, Row, Value, bar_chart, shortened, tone_of


def chart(*amounts):
    return bar_chart([Row(f"Row {place}", (Value(amount, str(amount)),)) for place, amount in enumerate(amounts)])


def widths(drawn):
    return [Decimal(bar.width.rstrip("%") or 0) for group in drawn.groups for bar in group.bars]


def test_nothing_to_draw():
    assert chart().groups == ()
    assert chart().height == "0em"


def test_longest_bar_leaves_room_for_its_number():
    assert widths(chart(10, 5, 0)) == [Decimal("78.0"), Decimal("39.0"), 0]


def test_bar_of_nothing_is_not_drawn_but_named():
    (group,) = chart(0).groups
    assert (group.bars[0].width, group.bars[0].text, group.bars[0].text_x) == ("", "0", "0%")


def test_little_can_still_be_seen():
    assert widths(chart(1, 100000))[0] == Decimal("1.0")


@given(st.lists(st.integers(min_value=0, max_value=10**6), min_size=1, max_size=22))
def test_bars_are_to_scale_and_follow_one_another(amounts):
    drawn = chart(*amounts)
    assert max(widths(drawn)) <= LONGEST
    order = sorted(zip(amounts, widths(drawn), strict=True))
    assert [width for _, width in order] == sorted(widths(drawn))
    tops = [Decimal(group.bars[0].y.removesuffix("em")) for group in drawn.groups]
    assert tops == sorted(set(tops))
    assert Decimal(drawn.height.removesuffix("em")) > tops[-1]


def test_bars_of_one_row_stand_below_one_another():
    (group,) = bar_chart([Row("Care", (Value(3, "3"), Value(2, "2", pale=True)), tone=9)]).groups
    assert [bar.y for bar in group.bars] == ["1.6em", "3.4em"]
    assert [bar.pale for bar in group.bars] == [False, True]
    assert group.tone == 1


@pytest.mark.parametrize(("number", "tone"), [(0, 0), (1, 1), (8, 8), (9, 1), (16, 8)])
def test_colours_come_round(number, tone):
    assert tone_of(number) == tone


def test_long_names_are_cut_by_their_width():
    assert shortened("a" * 32) == "a" * 32
    assert shortened("a" * 33) == "a" * 31 + "…"
    assert shortened("\u793e" * 16) == "\u793e" * 16
    assert shortened("\u793e" * 17) == "\u793e" * 15 + "…"


def drawn_as_svg(*rows):
    html = render_to_string("charts/_bars.html", {"chart": bar_chart(rows), "id": "c", "title": "A <b>", "about": "B"})
    return ET.fromstring(html.strip())  # noqa: S314 - our own text


def test_picture_without_links_is_one_image():
    picture = drawn_as_svg(Row("A & B", (Value(1, "1"),)))
    assert picture.get("role") == "img"
    assert picture.get("aria-labelledby") == "c-title c-about"
    assert [node.text for node in picture if node.tag in ("title", "desc")] == ["A <b>", "B"]


def test_bars_with_rows_are_links_that_say_where_they_go():
    picture = drawn_as_svg(Row("Care", (Value(3, "3", url="/ideas/?category=1"),)))
    assert picture.get("role") == "group"
    (link,) = picture.iter("a")
    assert link.get("href") == "/ideas/?category=1"
    assert link.get("aria-label") == "Care: 3"


def test_picture_keeps_to_the_policy_for_content():
    picture = drawn_as_svg(Row("Care", (Value(3, "3", url="/x/"), Value(0, "0", pale=True)), tone=2))
    for node in picture.iter():
        assert node.tag not in ("style", "script")
        assert "style" not in node.attrib


def test_long_numbers_shorten_the_bars():
    (group,) = bar_chart([Row("Care", (Value(20, "20 · 2026"),))]).groups
    assert group.bars[0].width == "55.5%"
