"""How an expert scores: steps, what points mean, when words are needed, and in which order entries come.

Pure, so that the form, the verb and the page say the same.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from decimal import Decimal

STEP = Decimal("0.5")
REMARK_BELOW = Decimal("0.6")
"""The share of a criterion's maximum below which the points have to be explained."""

# Points, then perhaps the Chinese word for them and a colon of either width.
ANCHOR = re.compile(r"\s*(\d{1,4}(?:\.\d{1,2})?)(?![\d.])\s*\u5206?\s*[:\uff1a]?\s*(\S.*)")


@dataclass(frozen=True, slots=True)
class Anchor:
    """What so many points stand for: 15, "asked in three buildings, with figures"."""

    points: Decimal
    meaning: str


def anchors(text: str) -> list[Anchor]:
    """One anchor a line, highest first. Raises `ValueError` with the first line that is none."""
    found = []
    for line in filter(str.strip, text.splitlines()):
        match = ANCHOR.fullmatch(line)
        if match is None:
            raise ValueError(line.strip())
        found.append(Anchor(Decimal(match[1]), match[2].strip()))
    return sorted(found, key=lambda anchor: -anchor.points)


def is_point(value: Decimal, maximum: Decimal) -> bool:
    """Whether so many points can be given."""
    return 0 <= value <= maximum and not value % STEP


def remark_below(maximum: Decimal) -> Decimal:
    """Fewer points than these need a word of why."""
    return maximum * REMARK_BELOW


def place(seed: str, expert: str, number: str) -> str:
    """Where an entry stands on the list of an expert: lists are sorted by this, so each expert has an order of their own.

    Nobody is always read last, tired; and whoever knows the seed can draw the order again.
    """
    return hashlib.sha256(f"{seed}:{expert}:{number}".encode()).hexdigest()
