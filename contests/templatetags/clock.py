"""A clock's figures."""

from django import template

register = template.Library()


@register.filter
def minutes(seconds: int) -> str:
    """`3:05` for 185 seconds."""
    return f"{seconds // 60}:{seconds % 60:02}"
