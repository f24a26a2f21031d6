"""Numbers of receipts: what people mistype is found, and what they type otherwise is understood."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from proposals import receipts

NUMBERS = st.integers(1, 9_999_999)
PREFIXES = st.integers(0, 99_999).map("{:05}".format)


def digits_of(receipt):
    return receipt.replace("-", "")


def test_an_example_of_the_check_digit():
    """From the thesis: 572 gets a 4."""
    assert receipts.check("572") == 4
    assert receipts.check("5724") == 0


def test_year_community_number():
    assert receipts.receipt(receipts.prefix_of(2026, "110105026003"), 12) == "26-003-0012-6"


@given(PREFIXES, NUMBERS)
def test_what_was_printed_is_read(prefix, number):
    printed = receipts.receipt(prefix, number)
    assert receipts.read(printed) == printed
    assert len(printed) <= receipts.LONGEST


@given(PREFIXES, NUMBERS, st.data())
def test_one_wrong_digit_is_found(prefix, number, data):
    digits = digits_of(receipts.receipt(prefix, number))
    place = data.draw(st.integers(0, len(digits) - 1))
    other = data.draw(st.sampled_from([digit for digit in "0123456789" if digit != digits[place]]))
    assert receipts.read(digits[:place] + other + digits[place + 1 :]) == ""


@given(PREFIXES, NUMBERS, st.data())
def test_two_neighbours_that_changed_places_are_found(prefix, number, data):
    digits = digits_of(receipts.receipt(prefix, number))
    places = [place for place in range(len(digits) - 1) if digits[place] != digits[place + 1]]
    if places:
        place = data.draw(st.sampled_from(places))
        swapped = digits[:place] + digits[place + 1] + digits[place] + digits[place + 2 :]
        assert receipts.read(swapped) == ""


@pytest.mark.parametrize(
    "typed",
    [
        "26-003-0012-6",
        "2600300126",
        " 26 003 0012 6 ",
        "２６００３００１２６",
        "26—003—0012—6",
        "26．003．0012．6",
        "26−003−0012−6",
    ],
)
def test_written_in_other_ways(typed):
    assert receipts.read(typed) == "26-003-0012-6"


@pytest.mark.parametrize(
    "typed",
    [
        "",
        "-",
        "26-003-0012-5",
        "26003",
        "26-003-0012-6a",
        "x" * 1000,
        "0" * 40,
        "٢٦٠٠٣٠٠١٢٦",
        "26003\x000126",
        "²600300126x",
    ],
)
def test_what_is_no_receipt(typed):
    assert receipts.read(typed) == ""
