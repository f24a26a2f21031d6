"""The one way this project rounds: half-up to two decimals, exactly."""

from decimal import Decimal
from fractions import Fraction


def half_up(value: Decimal | Fraction | int) -> Decimal:
    """`value` rounded to two decimals, a half away from zero, in one step and without the decimal context.

    Raises `TypeError` for a float and `ValueError` or `OverflowError` for a number that is not finite.
    Source: `tally.md`, opening paragraph.
    """
    if isinstance(value, float):
        raise TypeError("a float has already lost the exact value")
    exact = Fraction(value)
    whole, rest = divmod(abs(exact.numerator) * 100, exact.denominator)
    hundredths = whole + (1 if 2 * rest >= exact.denominator else 0)
    sign = "-" if exact < 0 and hundredths else ""
    return Decimal(f"{sign}{hundredths // 100}.{hundredths % 100:02d}")
