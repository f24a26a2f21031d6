"""Points of score sheets in templates."""

from decimal import Decimal

from django import template

from contests.ruleset import plain

register = template.Library()


@register.filter
def points(value: Decimal) -> str:
    """Points exactly, without needless zeros: 12.50 is "12.5", 20.00 is "20"."""
    return plain(value)
