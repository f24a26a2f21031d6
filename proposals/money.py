"""Amounts of yuan as people read them."""

from decimal import Decimal


def yuan(amount: Decimal) -> str:
    """Two decimals and a comma before each three digits, in every language: 18997.5 is "18,997.50"."""
    return f"{amount:,.2f}"
