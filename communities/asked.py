"""What an address or a form asks for, as numbers of rows."""

from __future__ import annotations

# Of a number: more than any row has, and few enough that a database takes it.
DIGITS = 9


def number_in(text: str | None) -> int | None:
    """The number that is written in ASCII digits, or None for anything else, however long."""
    return int(text) if text and text.isascii() and text.isdigit() and len(text) <= DIGITS else None
