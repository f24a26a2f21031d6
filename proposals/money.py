"""Amounts of yuan as people read them."""

from decimal import Decimal


def yuan(amount: Decimal) -> str:
    """A comma before each three digits, in every language, and cents where there are any: 18997.5 is "18,997.50"."""
    return f"{amount:,.0f}" if amount == amount.to_integral_value() else f"{amount:,.2f}"
