"""The readable definition of the scores of a contest (`tally.md` 2, steps 1 to 5).

Two layers meet at `EntryFigures`, one row for each entry that takes part:

- below it, marks and ballots become aggregates. `sheet_score`, `expert_figure` and `mean_share` do it for one entry at
  a time; a database does the same for a whole contest in SQL and must arrive at equal `EntryFigures`.
- above it, `score` needs all entries at once, because a public score is relative to the other entries.

All values are `Decimal`, `Fraction` or `int`. Published figures are rounded by `half_up`; nothing else is.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from itertools import groupby

from contests.enums import PublicMethod, TallyProblem
from contests.rounding import half_up
from contests.ruleset import Ruleset

ZERO = Decimal("0.00")


class TallyError(ValueError):
    """The inputs do not allow a tally: `code` says why, `number` which entry shows it (blank: the contest)."""

    def __init__(self, code: TallyProblem, number: str = "") -> None:
        super().__init__(f"{code.value} {number}".rstrip())
        self.code = code
        self.number = number


@dataclass(frozen=True, slots=True)
class ExpertFigure:
    """What the experts say of one entry; `score` is None below the quorum, and then nothing was trimmed."""

    sheets: int
    trimmed: bool
    score: Decimal | None


@dataclass(frozen=True, slots=True)
class EntryFigures:
    """The aggregates of one entry that takes part (status `IN`, be it complete or not).

    `population`: registered population of its community, None where unknown. `sheets`: counted score sheets.
    `expert_score`: None for an incomplete entry. `first_criterion`: mean share of the maximum, 0 to 1, over all
    counted sheets; 0 without sheets. `votes`: valid choices and verified offline votes. `jury_mean`: mean of the
    0–100 scores of the jurors, None where no juror scored the entry.
    """

    number: str
    community: str
    population: int | None
    category: str
    requested_amount: Decimal
    sheets: int
    trimmed: bool
    expert_score: Decimal | None
    first_criterion: Fraction
    votes: int
    jury_mean: Fraction | None


@dataclass(frozen=True, slots=True)
class Scored:
    """An entry with its public and composite score, both None where it is incomplete."""

    figures: EntryFigures
    public_score: Decimal | None
    final_score: Decimal | None


@dataclass(frozen=True, slots=True)
class Scoring:
    """All entries that take part, in the order they were given; `no_votes`: nobody voted (or no juror scored)."""

    entries: tuple[Scored, ...]
    no_votes: bool


def sheet_score(points: Sequence[Decimal], max_points: Sequence[Decimal]) -> Decimal:
    """One complete sheet on the scale of 100 (step 1); `points` and `max_points` run over the same rubric."""
    if not points or len(points) != len(max_points):
        raise ValueError("a sheet has one mark for every criterion of its rubric")
    return half_up(100 * sum(map(Fraction, points), Fraction(0)) / sum(map(Fraction, max_points), Fraction(0)))


def expert_figure(sheet_scores: Sequence[Decimal], ruleset: Ruleset) -> ExpertFigure:
    """The expert score of one entry from its sheet scores (step 2).

    Without any weight of the experts an entry is never incomplete; without sheets its expert score is then 0.00.
    """
    count = len(sheet_scores)
    if ruleset.expert_weight > 0 and (count < ruleset.quorum or count == 0):
        return ExpertFigure(sheets=count, trimmed=False, score=None)
    if count == 0:
        return ExpertFigure(sheets=0, trimmed=False, score=ZERO)
    cut = ruleset.trim_each_side
    trimmed = cut > 0 and count >= ruleset.trim_min_panel and count > 2 * cut
    kept = sorted(sheet_scores)[cut : count - cut] if trimmed else sheet_scores
    return ExpertFigure(sheets=count, trimmed=trimmed, score=half_up(sum(map(Fraction, kept), Fraction(0)) / len(kept)))


def mean_share(points: Sequence[Decimal], max_points: Decimal) -> Fraction:
    """Mean share of the maximum that one criterion got, unrounded; 0 without points. For `FIRST_CRITERION`."""
    if not points:
        return Fraction(0)
    return sum(map(Fraction, points), Fraction(0)) / (Fraction(max_points) * len(points))


def composite(expert_score: Decimal, public_score: Decimal, ruleset: Ruleset) -> Decimal:
    """The composite score of one entry (step 5)."""
    return half_up(
        Fraction(ruleset.expert_weight) * Fraction(expert_score)
        + Fraction(ruleset.public_weight) * Fraction(public_score)
    )


def score(figures: Sequence[EntryFigures], ruleset: Ruleset, valid_ballots: int) -> Scoring:
    """Public and composite scores of all entries that take part (steps 4 and 5).

    `figures` holds the incomplete entries too: they get no scores, but their votes count in the maximum and in the
    ranks of the others. `valid_ballots`: ballots that are not voided. Raises `TallyError`.
    """
    public = public_scores(figures, ruleset, valid_ballots)
    entries = []
    for entry in figures:
        if entry.expert_score is None:
            entries.append(Scored(entry, None, None))
        else:
            points = public[entry.number]
            entries.append(Scored(entry, points, composite(entry.expert_score, points, ruleset)))
    return Scoring(entries=tuple(entries), no_votes=without_votes(figures, ruleset))


def without_votes(figures: Sequence[EntryFigures], ruleset: Ruleset) -> bool:
    """Whether the public said nothing: no vote at all, or under `JURY_MEAN` no juror."""
    if ruleset.public_method == PublicMethod.JURY_MEAN:
        return all(entry.jury_mean is None for entry in figures)
    return all(entry.votes == 0 for entry in figures)


def public_scores(figures: Sequence[EntryFigures], ruleset: Ruleset, valid_ballots: int) -> dict[str, Decimal]:
    """Public score by entry number (step 4). Raises `TallyError` where the method lacks what it divides by."""
    if without_votes(figures, ruleset):
        return {entry.number: ZERO for entry in figures}
    shares = _shares(figures, ruleset.public_method, valid_ballots)
    floor = Fraction(ruleset.floor)
    return {number: half_up(floor + (100 - floor) * share / 100) for number, share in shares.items()}


def _shares(figures: Sequence[EntryFigures], method: PublicMethod, valid_ballots: int) -> Mapping[str, Fraction]:
    """The unrounded `x` of step 4 by entry number, given that somebody voted.

    Votes on paper have no ballots, so that `SHARE_OF_BALLOTS` can pass 100 where many of them go to one entry.
    Under `JURY_MEAN` an entry that no juror scored has 0.
    """
    if method == PublicMethod.SHARE_OF_TOP:
        return _share_of_top({entry.number: Fraction(entry.votes) for entry in figures})
    if method == PublicMethod.PER_THOUSAND:
        return _share_of_top({entry.number: _per_thousand(entry) for entry in figures})
    if method == PublicMethod.SHARE_OF_BALLOTS:
        if valid_ballots == 0:
            raise TallyError(TallyProblem.NO_BALLOTS)
        return {entry.number: Fraction(100 * entry.votes, valid_ballots) for entry in figures}
    if method == PublicMethod.RANK:
        return _rank_points(figures)
    return {entry.number: entry.jury_mean or Fraction(0) for entry in figures}


def _share_of_top(values: Mapping[str, Fraction]) -> dict[str, Fraction]:
    top = max(values.values())
    return {number: 100 * value / top for number, value in values.items()}


def _per_thousand(entry: EntryFigures) -> Fraction:
    if entry.population is None or entry.population <= 0:
        raise TallyError(TallyProblem.POPULATION_UNKNOWN, entry.number)
    return Fraction(1000 * entry.votes, entry.population)


def _rank_points(figures: Sequence[EntryFigures]) -> dict[str, Fraction]:
    count = len(figures)
    if count == 1:
        return {figures[0].number: Fraction(100)}
    points: dict[str, Fraction] = {}
    ahead = 0
    for _votes, group in groupby(sorted(figures, key=lambda entry: -entry.votes), key=lambda entry: entry.votes):
        equal = list(group)
        # Ranks ahead+1 … ahead+k are shared by k entries; this is their mean.
        mean_rank = ahead + Fraction(len(equal) + 1, 2)
        points.update({entry.number: 100 * (count - mean_rank) / (count - 1) for entry in equal})
        ahead += len(equal)
    return points
