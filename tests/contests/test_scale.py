"""Steps, anchors, and the order in which an expert reads."""

import hashlib
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from hypothesis import given
from hypothesis import strategies as st

from contests.models import Criterion
from contests.scale import Anchor, anchors, is_point, place

HALVES = st.integers(0, 200).map(lambda halves: Decimal(halves) / 2)


@pytest.mark.parametrize(
    "text, expected",
    [
        ("", []),
        ("15 asked in all", [Anchor(Decimal(15), "asked in all")]),
        ("5分：只讲感受\n\n 15分：有数据 ", [Anchor(Decimal(15), "有数据"), Anchor(Decimal(5), "只讲感受")]),
        ("7.5: half way", [Anchor(Decimal("7.5"), "half way")]),
    ],
)
def test_anchors_are_lines_highest_first(text, expected):
    assert anchors(text) == expected


@pytest.mark.parametrize("line", ["asked in all", "15", "15 ", "-3 nothing", "123456 much"])
def test_a_line_that_is_no_anchor_is_named(line):
    with pytest.raises(ValueError) as error:
        anchors(f"10 good\n{line}")
    assert str(error.value) == line.strip()


@pytest.mark.parametrize("text, valid", [("15 good", True), ("21 too much", False), ("good", False)])
def test_a_criterion_takes_anchors_within_its_maximum(text, valid):
    criterion = Criterion(code="NEED", name="Need", max_points=Decimal(20), anchors=text)
    if valid:
        criterion.clean()
    else:
        with pytest.raises(ValidationError) as error:
            criterion.clean()
        assert list(error.value.message_dict) == ["anchors"]


@given(HALVES, HALVES)
def test_halves_up_to_the_maximum_are_points(value, maximum):
    assert is_point(value, maximum) == (value <= maximum)


@given(st.decimals(0, 100, places=2))
def test_nothing_between_two_halves_is_points(value):
    assert is_point(value, Decimal(100)) == (value * 2 == int(value * 2))


def test_the_order_can_be_drawn_again_with_any_tool():
    # printf 'seed:E01:001' | sha256sum
    assert place("seed", "E01", "001") == hashlib.sha256(b"seed:E01:001").hexdigest()
    numbers = [f"{number:03}" for number in range(30)]
    orders = {tuple(sorted(numbers, key=lambda number: place("seed", code, number))) for code in ("E01", "E02", "E03")}
    assert len(orders) == 3
