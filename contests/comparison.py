"""Two runs of one contest side by side: who moved, by how much, and why (`tally.md` 4)."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from decimal import Decimal

from contests.archive.results import WITHOUT_PART, ResultRow, in_order
from contests.enums import MoveCause

NO_PART = frozenset(WITHOUT_PART.values())


@dataclass(frozen=True, slots=True)
class Move:
    """An entry whose result differs; `causes` in the order in which scores are made, never empty."""

    before: ResultRow
    after: ResultRow
    causes: tuple[MoveCause, ...]

    @property
    def number(self) -> str:
        return self.after.number

    @property
    def places(self) -> int | None:
        """Ranks gained (positive) or lost; None where a rank is missing."""
        if self.before.rank is None or self.after.rank is None:
            return None
        return self.before.rank - self.after.rank

    @property
    def points(self) -> Decimal | None:
        """Change of the composite score; None where one is missing."""
        if self.before.final_score is None or self.after.final_score is None:
            return None
        return self.after.final_score - self.before.final_score


def compare(before: Iterable[ResultRow], after: Iterable[ResultRow]) -> list[Move]:
    """The entries whose results differ, in the published order of the later run.

    Both runs are of the same contest, whose entries are fixed, so that each entry is in both.
    """
    earlier = {row.number: row for row in before}
    return [
        Move(earlier[row.number], row, tuple(_causes(earlier[row.number], row)) or (MoveCause.OTHERS,))
        for row in in_order(after)
        if row != earlier[row.number]
    ]


def _causes(before: ResultRow, after: ResultRow) -> Iterator[MoveCause]:
    if (before.reason in NO_PART) != (after.reason in NO_PART):
        yield MoveCause.STATUS
        return
    if (before.sheets, before.expert_score) != (after.sheets, after.expert_score):
        yield MoveCause.SHEETS
    if before.votes != after.votes:
        yield MoveCause.VOTES
    elif None not in (before.public_score, after.public_score) and before.public_score != after.public_score:
        yield MoveCause.OTHERS_VOTES
