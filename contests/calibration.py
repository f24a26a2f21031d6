"""How the experts stand to each other: strict or mild, near or far from the panel, and which sheets stick out. Pure.

All figures are on the scale of 100, exact and rounded half-up to two decimals where they are shown (`tally.md`).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from contests.rounding import half_up

OUTLIER = Decimal(15)
"""A sheet further than this from the mean of its entry is worth a word among the experts (`domain.md` 4.1)."""


@dataclass(frozen=True, slots=True)
class SheetScore:
    expert: str
    entry: str
    score: Decimal


@dataclass(frozen=True, slots=True)
class EntrySpread:
    """The sheets of one entry: how many, their mean, and from where to where they go."""

    entry: str
    count: int
    mean: Decimal
    lowest: Decimal
    highest: Decimal

    @property
    def spread(self) -> Decimal:
        return self.highest - self.lowest


@dataclass(frozen=True, slots=True)
class ExpertCalibration:
    """One expert's sheets: how many, their mean and range, and how far they lie on average from what the others gave.

    `distance` is the mean of own score less the mean of the other sheets of the same entry; None where nobody else has
    scored any of the entries.
    """

    expert: str
    count: int
    mean: Decimal
    lowest: Decimal
    highest: Decimal
    distance: Decimal | None


@dataclass(frozen=True, slots=True)
class Calibration:
    """Entries by number, experts by code, outliers by entry and expert. `mean` of all sheets, None without any."""

    entries: tuple[EntrySpread, ...]
    experts: tuple[ExpertCalibration, ...]
    outliers: tuple[SheetScore, ...]
    mean: Decimal | None


def calibrate(sheets: Sequence[SheetScore]) -> Calibration:
    by_entry, by_expert = defaultdict(list), defaultdict(list)
    for sheet in sorted(sheets, key=lambda sheet: (sheet.entry, sheet.expert)):
        by_entry[sheet.entry].append(sheet)
        by_expert[sheet.expert].append(sheet)
    means = {entry: _mean([sheet.score for sheet in rows]) for entry, rows in by_entry.items()}
    return Calibration(
        entries=tuple(EntrySpread(entry, *_figures(rows)) for entry, rows in by_entry.items()),
        experts=tuple(
            ExpertCalibration(expert, *_figures(rows), _distance(rows, by_entry))
            for expert, rows in sorted(by_expert.items())
        ),
        outliers=tuple(
            sheet
            for rows in by_entry.values()
            for sheet in rows
            if abs(Fraction(sheet.score) - means[sheet.entry]) > Fraction(OUTLIER)
        ),
        mean=half_up(_mean([sheet.score for sheet in sheets])) if sheets else None,
    )


def _mean(scores: Sequence[Decimal]) -> Fraction:
    return sum(map(Fraction, scores), Fraction(0)) / len(scores)


def _figures(sheets: Sequence[SheetScore]) -> tuple[int, Decimal, Decimal, Decimal]:
    scores = [sheet.score for sheet in sheets]
    return len(scores), half_up(_mean(scores)), min(scores), max(scores)


def _distance(own: Sequence[SheetScore], by_entry: dict[str, list[SheetScore]]) -> Decimal | None:
    away = []
    for sheet in own:
        others = [other.score for other in by_entry[sheet.entry] if other.expert != sheet.expert]
        if others:
            away.append(Fraction(sheet.score) - _mean(others))
    return half_up(sum(away, Fraction(0)) / len(away)) if away else None
