"""`results.csv`: the published outcome of each entry."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from contests.archive.cells import two_decimals
from contests.awards import NOTHING, Award
from contests.enums import AwardReason, Decision, EntryStatus
from contests.scoring import Scoring

COLUMNS = (
    "number",
    "sheets",
    "trimmed",
    "expert_score",
    "votes",
    "public_score",
    "final_score",
    "rank",
    "decision",
    "amount",
    "reason",
)
WITHOUT_PART = {
    EntryStatus.WITHDRAWN: AwardReason.WITHDRAWN,
    EntryStatus.DISQUALIFIED: AwardReason.DISQUALIFIED,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class ResultRow:
    """One row of `results.csv`; None is written blank. `amount` in yuan."""

    number: str
    sheets: int = 0
    trimmed: bool = False
    expert_score: Decimal | None = None
    votes: int | None = None
    public_score: Decimal | None = None
    final_score: Decimal | None = None
    rank: int | None = None
    decision: Decision = Decision.NOT_SELECTED
    amount: Decimal = NOTHING
    reason: AwardReason

    def cells(self) -> list[str]:
        """The texts of the row, in the order of `COLUMNS`."""
        return [
            self.number,
            str(self.sheets),
            "yes" if self.trimmed else "no",
            _score(self.expert_score),
            "" if self.votes is None else str(self.votes),
            _score(self.public_score),
            _score(self.final_score),
            "" if self.rank is None else str(self.rank),
            self.decision.value,
            two_decimals(self.amount),
            self.reason.value,
        ]


def _score(value: Decimal | None) -> str:
    return "" if value is None else two_decimals(value)


def result_rows(awards: Sequence[Award], scoring: Scoring, statuses: Mapping[str, EntryStatus]) -> list[ResultRow]:
    """One row for each entry of the contest: ranked ones in rank order, then all others in number order.

    `awards` covers the ranked entries in rank order; `statuses` covers every entry, also those without part.
    """
    rows = [_ranked(award) for award in awards]
    others = [
        ResultRow(number=number, reason=WITHOUT_PART[status])
        for number, status in statuses.items()
        if status != EntryStatus.IN
    ]
    others += [
        ResultRow(
            number=entry.figures.number,
            sheets=entry.figures.sheets,
            votes=entry.figures.votes,
            reason=AwardReason.INCOMPLETE,
        )
        for entry in scoring.entries
        if entry.final_score is None
    ]
    return rows + sorted(others, key=lambda row: row.number)


def _ranked(award: Award) -> ResultRow:
    figures = award.ranked.figures
    return ResultRow(
        number=figures.number,
        sheets=figures.sheets,
        trimmed=figures.trimmed,
        expert_score=figures.expert_score,
        votes=figures.votes,
        public_score=award.ranked.public_score,
        final_score=award.ranked.final_score,
        rank=award.ranked.rank,
        decision=award.decision,
        amount=award.amount,
        reason=award.reason,
    )


def in_order(rows: Iterable[ResultRow]) -> list[ResultRow]:
    """Rows from anywhere in the order of the file."""
    return sorted(rows, key=lambda row: (row.rank is None, row.rank or 0, row.number))
