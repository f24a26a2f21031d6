"""The kinds of cell in a contest archive: how each is read, how it is written, and what to expect of it.

Lengths are those that the database can hold, so that what reads well can be imported.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum
from typing import Any

from django.db.models import TextChoices
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contests.archive.problems import Message
from contests.ruleset import plain

SPACE = re.compile(r"\s")
NOT_TEXT = re.compile("[\x00-\x1f\x7f-\x9f\u2028\u2029]")
COUNT = re.compile(r"0|[1-9][0-9]{0,8}", re.ASCII)
DECIMAL = re.compile(r"(0|[1-9][0-9]{0,11})(\.[0-9]{1,2})?", re.ASCII)


@dataclass(frozen=True, slots=True)
class Cell:
    """`parse` raises `ValueError` for a text that is not what `expected` says; `write` is its canonical inverse."""

    parse: Callable[[str], Any]
    write: Callable[[Any], str]
    expected: Message


def code(length: int) -> Cell:
    """A code: printable characters without spaces."""

    def parse(text: str) -> str:
        if not 1 <= len(text) <= length or not text.isprintable() or SPACE.search(text):
            raise ValueError
        return text

    return Cell(parse, str, format_lazy(_("a code of 1 to {length} characters without spaces"), length=length))


def text(length: int) -> Cell:
    """Words in one line; a formula stays the text it is."""

    def parse(value: str) -> str:
        if not value.strip() or len(value) > length or NOT_TEXT.search(value):
            raise ValueError
        return value

    return Cell(parse, str, format_lazy(_("a text of 1 to {length} characters in one line"), length=length))


def _count(text: str) -> int:
    if not COUNT.fullmatch(text):
        raise ValueError
    return int(text)


def _position(text: str) -> int:
    value = _count(text)
    if not 1 <= value <= 1000:
        raise ValueError
    return value


def _decimal(text: str) -> Decimal:
    if not DECIMAL.fullmatch(text):
        raise ValueError
    return Decimal(text)


def _at_most(limit: Decimal, *, positive: bool = False) -> Callable[[str], Decimal]:
    def parse(text: str) -> Decimal:
        value = _decimal(text)
        if value > limit or (positive and not value):
            raise ValueError
        return value

    return parse


def two_decimals(value: Decimal) -> str:
    """An amount or a score: 260000.00."""
    return format(value, ".2f")


def or_blank(cell: Cell, blank: Any) -> Cell:
    """The same kind of cell that may also be empty, which is read as `blank`."""
    return Cell(
        lambda text: cell.parse(text) if text else blank,
        lambda value: "" if value == blank else cell.write(value),
        format_lazy(_("{expected}, or nothing"), expected=cell.expected),
    )


def choice(choices: type[TextChoices]) -> Cell:
    """One of the stored values of an enum."""
    members: type[StrEnum] = choices
    return Cell(members, str, format_lazy(_("one of {values}"), values=", ".join(choices.values)))


COUNT_CELL = Cell(_count, str, _("a whole number from 0"))
POSITION_CELL = Cell(_position, str, _("a whole number from 1 to 1000"))
AMOUNT_CELL = Cell(_decimal, two_decimals, _("an amount in yuan with at most two decimals"))
POINTS_CELL = Cell(_at_most(Decimal(1000)), plain, _("a number of points with at most two decimals"))
MAX_POINTS_CELL = Cell(
    _at_most(Decimal(1000), positive=True), plain, _("a number of points above 0 with at most two decimals")
)
SCORE_CELL = Cell(_at_most(Decimal(100)), plain, _("a score from 0 to 100 with at most two decimals"))
