"""Bar charts as plain SVG: the arithmetic of where things stand. Pure, without Django.

Widths are per cent of the picture, heights are in `em` of its text, so a chart fits a phone and an office screen, and
grows with the letters of elder mode. Colours are classes: the style sheet knows the schemes.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

# The longest bar leaves room for the number behind it, per cent of the width: what letters of elder mode take on a phone.
LONGEST, LEAST = Decimal(78), Decimal(40)
LETTER, GAP = Decimal("4.5"), Decimal(4)
# What is above zero can be seen, per cent of the width.
SHORTEST = Decimal(1)
# Heights in em: the line of the name, a bar, the air below.
NAME, BAR, AIR = Decimal("1.6"), Decimal("1.2"), Decimal("0.6")
# Half-width cells that fit beside nothing at 360 px: 16 Chinese characters.
CELLS = 32
WIDE = frozenset("WF")
TONES = 8


@dataclass(frozen=True, slots=True)
class Value:
    """One bar of a row: how long, what number stands behind it, and where its rows are listed ("" if nowhere).

    `pale` bars are those of earlier years, drawn as an outline.
    """

    amount: Decimal | int
    text: str
    url: str = ""
    pale: bool = False


@dataclass(frozen=True, slots=True)
class Row:
    """What one group of bars is about. `tone` 1…8 is the colour of a category, 0 that of none."""

    name: str
    values: tuple[Value, ...]
    tone: int = 0


@dataclass(frozen=True, slots=True)
class Bar:
    """A bar where it stands. Lengths are SVG attributes; an empty `width` is a bar of nothing, only its number is drawn."""

    y: str
    height: str
    width: str
    text_x: str
    text_y: str
    text: str
    url: str
    pale: bool
    hit_y: str
    hit_height: str


@dataclass(frozen=True, slots=True)
class Group:
    """A row where it stands; `shown` is its name as long as it fits."""

    name: str
    shown: str
    name_y: str
    tone: int
    bars: tuple[Bar, ...]


@dataclass(frozen=True, slots=True)
class Chart:
    """All that the template draws."""

    height: str
    groups: tuple[Group, ...]

    @property
    def linked(self) -> bool:
        """Whether something in the picture can be pressed: then it is a group of things, not one image."""
        return any(bar.url for group in self.groups for bar in group.bars)


def bar_chart(rows: Sequence[Row]) -> Chart:
    """Rows below one another, each with its name above its bars; all bars are to the scale of the longest."""
    largest = max((Decimal(value.amount) for row in rows for value in row.values), default=Decimal(0))
    longest = _longest(max((len(value.text) for row in rows for value in row.values), default=0))
    top = Decimal(0)
    groups = []
    for row in rows:
        bars = tuple(
            _bar(value, index, top, _width(Decimal(value.amount), largest, longest))
            for index, value in enumerate(row.values)
        )
        groups.append(
            Group(name=row.name, shown=shortened(row.name), name_y=_em(top + BAR), tone=tone_of(row.tone), bars=bars)
        )
        top += NAME + len(row.values) * (BAR + AIR)
    return Chart(height=_em(top), groups=tuple(groups))


def tone_of(number: int) -> int:
    """Colours come round after the eighth; 0 stays without one."""
    return (number - 1) % TONES + 1 if number > 0 else 0


def shortened(name: str, cells: int = CELLS) -> str:
    """The name, cut with an ellipsis where it is wider than so many half-width cells; a Chinese character takes two."""
    taken = 0
    for place, letter in enumerate(name):
        taken += 2 if unicodedata.east_asian_width(letter) in WIDE else 1
        if taken > cells:
            return f"{_within(name[:place], cells - 1)}…"
    return name


def _within(name: str, cells: int) -> str:
    while sum(2 if unicodedata.east_asian_width(letter) in WIDE else 1 for letter in name) > cells:
        name = name[:-1]
    return name


def _bar(value: Value, index: int, top: Decimal, width: Decimal) -> Bar:
    y = top + NAME + index * (BAR + AIR)
    first = index == 0
    return Bar(
        y=_em(y),
        height=_em(BAR),
        width=f"{width}%" if width else "",
        text_x=f"{width}%",
        text_y=_em(y + BAR * Decimal("0.82")),
        text=value.text,
        url=value.url,
        pale=value.pale,
        # The name above belongs to the first bar, so that a finger finds it.
        hit_y=_em(top if first else y - AIR / 2),
        hit_height=_em((NAME if first else AIR / 2) + BAR + AIR / 2),
    )


def _longest(letters: int) -> Decimal:
    return max(min(100 - GAP - letters * LETTER, LONGEST), LEAST)


def _width(amount: Decimal, largest: Decimal, longest: Decimal) -> Decimal:
    if amount <= 0:
        return Decimal(0)
    return max(amount * longest / largest, SHORTEST).quantize(Decimal("0.1"))


def _em(length: Decimal) -> str:
    return f"{length.normalize():f}em"
