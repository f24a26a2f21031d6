"""How each published figure was made, with its numbers, for whoever wants to follow it with a pocket calculator."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction

from contests.enums import AwardReason, Decision, PublicMethod
from contests.figures import jury_means
from contests.models import Contest, Overruling, Result, TallyRun
from contests.rounding import half_up
from contests.ruleset import Ruleset, plain
from contests.sentences import sentence
from contests.wording import percent


@dataclass(frozen=True, slots=True)
class Sheet:
    """One score sheet on the scale of 100, and whether it was dropped as one of the highest or lowest."""

    score: str
    dropped: bool


@dataclass(frozen=True, slots=True)
class Row:
    """One result with its reason as a sentence and the sums behind its figures; a sum that was not needed is blank.

    `overruling`: the office's decision that stands in place of the computed one, if there is one.
    """

    result: Result
    overruling: Overruling | None
    sentence: str
    sheets: tuple[Sheet, ...]
    expert: str
    public: str
    composite: str

    @property
    def decided(self) -> Overruling | Result:
        """What stands."""
        return self.overruling or self.result


@dataclass(frozen=True, slots=True)
class Working:
    """A whole run: its rules, its rows in published order, and the totals of what stands. `awarded` in yuan."""

    rules: Ruleset
    rows: tuple[Row, ...]
    selected: int
    awarded: Decimal

    @property
    def remainder(self) -> Decimal | None:
        return None if self.rules.budget is None else self.rules.budget - self.awarded


def working_of_run(run: TallyRun, results: Sequence[Result]) -> Working:
    """`results` are all results of the run in published order, with their entries and communities."""
    rules = run.contest.ruleset
    share = _shares(run, rules, results)
    rows = tuple(_row(result, rules, share) for result in results)
    chosen = [row.decided for row in rows if row.decided.decision == Decision.SELECTED]
    awarded = sum((decision.amount for decision in chosen), Decimal("0.00"))
    return Working(rules=rules, rows=rows, selected=len(chosen), awarded=awarded)


def _row(result: Result, rules: Ruleset, share: Callable[[Result], str]) -> Row:
    sheets = _sheets(result, rules)
    counted = [sheet.score for sheet in sheets if not sheet.dropped]
    scored = result.final_score is not None
    return Row(
        result=result,
        overruling=result.award.overruling if hasattr(result, "award") else None,
        sentence=sentence(result),
        sheets=sheets,
        expert=f"({' + '.join(counted)}) ÷ {len(counted)} = {result.expert_score}" if scored and counted else "",
        public=_public(result, rules, share) if scored else "",
        composite=_composite(result, rules) if scored else "",
    )


def _sheets(result: Result, rules: Ruleset) -> tuple[Sheet, ...]:
    """Lowest first, as the run kept them."""
    cut = rules.trim_each_side if result.trimmed else 0
    last = len(result.sheet_scores) - cut
    return tuple(Sheet(score, dropped=not cut <= place < last) for place, score in enumerate(result.sheet_scores))


def _public(result: Result, rules: Ruleset, share: Callable[[Result], str]) -> str:
    made = share(result)
    if not made:
        return ""
    if rules.floor:
        floor = plain(rules.floor)
        made = f"{floor} + (100 − {floor}) × ({made}) ÷ 100"
    return f"{made} = {result.public_score}"


def _composite(result: Result, rules: Ruleset) -> str:
    expert, public = percent(rules.expert_weight), percent(rules.public_weight)
    return f"{expert}% × {result.expert_score} + {public}% × {result.public_score} = {result.final_score}"


def _shares(run: TallyRun, rules: Ruleset, results: Sequence[Result]) -> Callable[[Result], str]:
    """How to write the share of 0–100 of one entry (`tally.md` 2.4) by the declared method.

    Blank where nobody voted. Blank too while an entry has too few sheets: its votes count for the others, but are not
    among the results.
    """
    incomplete = any(result.reason == AwardReason.INCOMPLETE for result in results)
    if run.no_votes or incomplete:
        return lambda _result: ""
    voted = [result for result in results if result.votes is not None]
    match rules.public_method:
        case PublicMethod.SHARE_OF_TOP:
            top = max((result.votes or 0 for result in voted), default=0)
            return lambda result: f"100 × {result.votes} ÷ {top}"
        case PublicMethod.PER_THOUSAND:
            return _per_thousand(run.contest, voted)
        case PublicMethod.SHARE_OF_BALLOTS:
            return lambda result: f"100 × {result.votes} ÷ {run.counts['valid_ballots']}"
        case PublicMethod.RANK:
            return _by_rank(voted)
        case PublicMethod.JURY_MEAN:
            means = jury_means(run.contest)
            return lambda result: str(half_up(means.get(result.entry_id, Fraction(0))))


def _per_thousand(contest: Contest, voted: Sequence[Result]) -> Callable[[Result], str]:
    people = dict(contest.communities.values_list("community_id", "registered_population"))

    def rate(result: Result) -> Fraction:
        return Fraction(1000 * (result.votes or 0), people[result.entry.community_id])

    def written(result: Result) -> str:
        return f"({result.votes} × 1000 ÷ {people[result.entry.community_id]})"

    top = written(max(voted, key=rate)) if voted else ""
    return lambda result: f"100 × {written(result)} ÷ {top}"


def _by_rank(voted: Sequence[Result]) -> Callable[[Result], str]:
    count = len(voted)
    votes = [result.votes or 0 for result in voted]
    if count == 1:
        return lambda _result: "100"

    def mean_rank(result: Result) -> Decimal:
        mine = result.votes or 0
        ahead = sum(other > mine for other in votes)
        return ahead + Decimal(votes.count(mine) + 1) / 2

    return lambda result: f"100 × ({count} − {plain(mean_rank(result))}) ÷ ({count} − 1)"
