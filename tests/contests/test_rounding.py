from decimal import ROUND_HALF_UP, Decimal, localcontext
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from contests.rounding import half_up


@pytest.mark.parametrize(
    ("value", "rounded"),
    [
        (Decimal("0.125"), "0.13"),
        (Decimal("2.675"), "2.68"),
        (Decimal("0.005"), "0.01"),
        (Decimal("0.0049999999999999999999999999999999999999"), "0.00"),
        (Decimal("85.135"), "85.14"),
        (Fraction(1, 3), "0.33"),
        (Fraction(2, 3), "0.67"),
        (Fraction(1, 200), "0.01"),
        (Decimal("-0.125"), "-0.13"),
        (Decimal("-0.001"), "0.00"),
        (Decimal("1E+2"), "100.00"),
        (7, "7.00"),
    ],
)
def test_a_half_goes_up_at_the_second_decimal(value, rounded):
    assert str(half_up(value)) == rounded


def test_there_is_no_first_rounding_to_the_precision_of_the_context():
    # Rounded to 28 digits first, this would be 0.125 and then 0.13.
    assert str(half_up(Decimal("0.12499999999999999999999999999999999"))) == "0.12"


def test_a_large_value_keeps_all_its_digits():
    assert str(half_up(Decimal("123456789012345678901234567890.125"))) == "123456789012345678901234567890.13"


@pytest.mark.parametrize("value", [0.125, float("nan")])
def test_a_float_is_refused(value):
    with pytest.raises(TypeError):
        half_up(value)


@pytest.mark.parametrize("value", [Decimal("NaN"), Decimal("Infinity")])
def test_a_number_that_is_not_finite_is_refused(value):
    with pytest.raises((ValueError, OverflowError)):
        half_up(value)


@given(st.decimals(allow_nan=False, allow_infinity=False, min_value=0, max_value=10**12, places=6))
def test_it_equals_the_rounding_of_the_decimal_module(value):
    with localcontext(prec=60):
        assert half_up(value) == value.quantize(Decimal("0.01"), ROUND_HALF_UP)


@given(st.fractions(min_value=0, max_value=10**6))
def test_the_result_is_within_half_a_hundredth(value):
    error = Fraction(half_up(value)) - value
    assert -Fraction(1, 200) < error <= Fraction(1, 200)
