"""Amounts in templates."""

from decimal import Decimal

from django import template

from proposals import money

register = template.Library()


@register.filter
def yuan(amount: Decimal) -> str:
    """An amount with its two decimals, without the unit."""
    return money.yuan(amount)
