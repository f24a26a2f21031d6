"""Amounts in templates."""

from decimal import Decimal

from django import template

from proposals import money

register = template.Library()


@register.filter
def yuan(amount: Decimal) -> str:
    """An amount of yuan, without the unit."""
    return money.yuan(amount)


@register.filter
def over(left: Decimal) -> Decimal:
    """How much too much it is when less than nothing is left."""
    return -left


@register.filter
def measure(value: Decimal) -> str:
    """A target as people write it: 12, 37.5; no empty decimals."""
    return money.yuan(value).removesuffix("0") if value % 1 else money.yuan(value)


@register.filter
def grouped(number: int) -> str:
    """A count with a comma before each three digits, as amounts have it, in every language."""
    return f"{number:,}"
