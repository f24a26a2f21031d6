"""How each published figure was made, with its numbers, for whoever wants to follow it with a pocket calculator."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from contests.enums import PublicMethod
from contests.figures import jury_means
from contests.models import Overruling, Result, TallyRun
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
    """A run: its rules, the rows that are shown, and the totals of all that stands. `awarded` in yuan."""

    rules: Ruleset
    rows: tuple[Row, ...]
    entries: int
    selected: int
    awarded: Decimal

    @property
    def remainder(self) -> Decimal | None:
        return None if self.rules.budget is None else self.rules.budget - self.awarded


def working_of_run(run: TallyRun, shown: Iterable[Result]) -> Working:
    """`shown` are the results of one page, with their parts; the totals are of all, however many there are."""
    rules = run.contest.ruleset
    totals = run.results.totals()
    share = _shares(run, rules, totals)
    return Working(
        rules=rules,
        rows=tuple(_row(result, rules, share) for result in shown),
        entries=totals["entries"],
        selected=totals["selected"],
        awarded=totals["awarded"],
    )


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


def _shares(run: TallyRun, rules: Ruleset, totals: Mapping[str, Any]) -> Callable[[Result], str]:
    """How to write the share of 0–100 of one entry (`tally.md` 2.4) by the declared method.

    Blank where nobody voted. Blank too while an entry has too few sheets: its votes count for the others, but are not
    among the results.
    """
    if run.no_votes or totals["incomplete"]:
        return lambda _result: ""
    match rules.public_method:
        case PublicMethod.SHARE_OF_TOP:
            return lambda result: f"100 × {result.votes} ÷ {totals['most_votes']}"
        case PublicMethod.PER_THOUSAND:
            return _per_thousand(run)
        case PublicMethod.SHARE_OF_BALLOTS:
            return lambda result: f"100 × {result.votes} ÷ {run.counts['valid_ballots']}"
        case PublicMethod.RANK:
            return _by_rank(run)
        case PublicMethod.JURY_MEAN:
            means = jury_means(run.contest)
            return lambda result: str(half_up(means.get(result.entry_id, Fraction(0))))


def _per_thousand(run: TallyRun) -> Callable[[Result], str]:
    people = dict(run.contest.communities.values_list("community_id", "registered_population"))
    votes = run.results.voted().in_published_order().values_list("votes", "entry__community_id")
    voted = [(number or 0, community) for number, community in votes]

    def rate(votes: int, community: int) -> Fraction:
        return Fraction(1000 * votes, people[community])

    def written(votes: int | None, community: int) -> str:
        return f"({votes} × 1000 ÷ {people[community]})"

    top = written(*max(voted, key=lambda each: rate(*each))) if voted else ""
    return lambda result: f"100 × {written(result.votes, result.entry.community_id)} ÷ {top}"


def _by_rank(run: TallyRun) -> Callable[[Result], str]:
    votes = [number or 0 for number in run.results.voted().values_list("votes", flat=True)]
    count = len(votes)
    if count == 1:
        return lambda _result: "100"

    def mean_rank(result: Result) -> Decimal:
        mine = result.votes or 0
        ahead = sum(other > mine for other in votes)
        return ahead + Decimal(votes.count(mine) + 1) / 2

    return lambda result: f"100 × ({count} − {plain(mean_rank(result))}) ÷ ({count} − 1)"
