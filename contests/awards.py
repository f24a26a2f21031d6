"""From scores to ranks and awards (`tally.md` 2.6 and 3)."""

import hashlib
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from decimal import Decimal
from fractions import Fraction

from contests.enums import AwardReason, Decision, OnMisfit, PartFunding, TieBreak
from contests.ruleset import Ruleset
from contests.scoring import EntryFigures, Scored

NOTHING = Decimal("0.00")
# An entry refused for one of these is not good enough, or too dear, whatever others give up: never a reserve.
NEVER_RESERVE = frozenset({AwardReason.BELOW_MIN_SCORE, AwardReason.BELOW_MIN_VOTES, AwardReason.OVER_PROJECT_CAP})
TIE_KEY = Fraction | str


@dataclass(frozen=True, slots=True)
class Ranked:
    """A complete entry with its rank; `decided_by` is the tie-break its rank needed, None where the score decided."""

    figures: EntryFigures
    public_score: Decimal
    final_score: Decimal
    rank: int
    decided_by: TieBreak | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """The figures that a sentence about an award needs; what does not belong to its reason is None.

    `requested`: yuan asked for. `limit`: the cap, budget (yuan) or number of awards in the category that applied.
    `spent`: yuan, or number of awards, that counted against the limit before this entry. `remainder`: limit less
    spent. `score`, `votes`: what the entry has, `minimum` what it would have needed. `stopped_by`: number of the entry
    at which selection ended, `stopped_community` whether only for its community.
    """

    requested: Decimal
    limit: Decimal | None = None
    spent: Decimal | None = None
    remainder: Decimal | None = None
    score: Decimal | None = None
    votes: int | None = None
    minimum: Decimal | None = None
    stopped_by: str | None = None
    stopped_community: bool = False


@dataclass(frozen=True, slots=True)
class Award:
    """The computed decision about one ranked entry; `amount` in yuan, 0.00 where it is not selected."""

    ranked: Ranked
    decision: Decision
    amount: Decimal
    reason: AwardReason
    facts: Facts


def draw_key(seed: str, number: str) -> str:
    """What `DRAW` orders by, ascending: hexadecimal SHA-256 of `<seed>:<entry number>`."""
    return hashlib.sha256(f"{seed}:{number}".encode()).hexdigest()


def rank(entries: Iterable[Scored], ruleset: Ruleset) -> list[Ranked]:
    """The complete entries in rank order, ranks 1 to n; incomplete ones are left out.

    A tie that outlasts the declared list is settled by `DRAW`, declared or not, so that neither the order of the input
    nor a database id ever decides. In a group of equal scores `decided_by` is the last tie-break that was needed to
    tell the entry from those directly before and after it.
    """
    declared = ruleset.tie_order
    order = declared if TieBreak.DRAW in declared else (*declared, TieBreak.DRAW)
    complete = [
        (entry, entry.public_score, entry.final_score)
        for entry in entries
        if entry.public_score is not None and entry.final_score is not None
    ]
    keyed = [
        ((-Fraction(final), *(_tie_key(tie, entry.figures, public, ruleset) for tie in order)), entry, public, final)
        for entry, public, final in complete
    ]
    keyed.sort(key=lambda row: row[0])
    keys = [row[0] for row in keyed]
    return [
        Ranked(entry.figures, public, final, place + 1, _decided_by(keys, place, order))
        for place, (_key, entry, public, final) in enumerate(keyed)
    ]


def _tie_key(tie: TieBreak, entry: EntryFigures, public_score: Decimal, ruleset: Ruleset) -> TIE_KEY:
    """A value that is smaller for the entry that goes first."""
    match tie:
        case TieBreak.EXPERT_SCORE:
            return -Fraction(entry.expert_score or 0)
        case TieBreak.PUBLIC_SCORE:
            return -Fraction(public_score)
        case TieBreak.FIRST_CRITERION:
            return -entry.first_criterion
        case TieBreak.VOTES:
            return Fraction(-entry.votes)
        case TieBreak.LOWER_COST:
            return Fraction(entry.requested_amount)
        case TieBreak.HIGHER_COST:
            return -Fraction(entry.requested_amount)
        case TieBreak.DRAW:
            return draw_key(ruleset.seed, entry.number)


def _decided_by(keys: Sequence[tuple[TIE_KEY, ...]], place: int, order: Sequence[TieBreak]) -> TieBreak | None:
    depth = 0
    for other in (place - 1, place + 1):
        if 0 <= other < len(keys):
            pairs = zip(keys[place], keys[other], strict=True)
            depth = max(depth, next((index for index, (mine, theirs) in enumerate(pairs) if mine != theirs), 0))
    return order[depth - 1] if depth else None


@dataclass(slots=True)
class _Selection:
    """The state of one selection: what is awarded so far, and whether it has ended."""

    ruleset: Ruleset
    caps: Mapping[str, Decimal | None]
    awarded: Decimal = NOTHING
    by_community: dict[str, Decimal] = field(default_factory=dict)
    by_category: Counter[str] = field(default_factory=Counter)
    stopped_by: str | None = None
    stopped_communities: dict[str, str] = field(default_factory=dict)

    def consider(self, entry: Ranked, reason: AwardReason) -> Award:
        """The first answer of `tally.md` 3 that applies; `reason` is what a selection in this pass is called."""
        figures = entry.figures
        refusal = (
            self._after_stop(figures)
            or self._below_minimum(entry)
            or self._over_project_cap(figures)
            or self._category_full(figures)
        )
        if refusal:
            return Award(entry, Decision.NOT_SELECTED, NOTHING, *refusal)
        return self._over_community_cap(entry) or self._over_budget(entry) or self._take(entry, reason)

    def _after_stop(self, figures: EntryFigures) -> tuple[AwardReason, Facts] | None:
        if self.stopped_by is not None:
            return AwardReason.AFTER_STOP, Facts(requested=figures.requested_amount, stopped_by=self.stopped_by)
        at = self.stopped_communities.get(figures.community)
        if at is None:
            return None
        return AwardReason.AFTER_STOP, Facts(requested=figures.requested_amount, stopped_by=at, stopped_community=True)

    def _below_minimum(self, entry: Ranked) -> tuple[AwardReason, Facts] | None:
        rules, requested, votes = self.ruleset, entry.figures.requested_amount, entry.figures.votes
        if entry.final_score < rules.min_final_score:
            facts = Facts(requested=requested, score=entry.final_score, minimum=rules.min_final_score)
            return AwardReason.BELOW_MIN_SCORE, facts
        if votes < rules.min_votes:
            return AwardReason.BELOW_MIN_VOTES, Facts(
                requested=requested, votes=votes, minimum=Decimal(rules.min_votes)
            )
        return None

    def _over_project_cap(self, figures: EntryFigures) -> tuple[AwardReason, Facts] | None:
        cap, requested = self.ruleset.project_cap, figures.requested_amount
        if not cap or requested <= cap:
            return None
        return AwardReason.OVER_PROJECT_CAP, Facts(requested=requested, limit=cap)

    def _category_full(self, figures: EntryFigures) -> tuple[AwardReason, Facts] | None:
        limit, taken = self.ruleset.max_per_category, self.by_category[figures.category]
        if not limit or taken < limit:
            return None
        facts = Facts(requested=figures.requested_amount, limit=Decimal(limit), spent=Decimal(taken))
        return AwardReason.CATEGORY_FULL, facts

    def _over_community_cap(self, entry: Ranked) -> Award | None:
        community, requested = entry.figures.community, entry.figures.requested_amount
        cap = self.caps.get(community) or self.ruleset.community_cap
        spent = self.by_community.get(community, NOTHING)
        if not cap or spent + requested <= cap:
            return None
        if self.ruleset.on_misfit == OnMisfit.STOP:
            self.stopped_by = entry.figures.number
        elif self.ruleset.on_misfit == OnMisfit.STOP_IN_COMMUNITY:
            self.stopped_communities[community] = entry.figures.number
        facts = Facts(requested=requested, limit=cap, spent=spent, remainder=cap - spent)
        return Award(entry, Decision.NOT_SELECTED, NOTHING, AwardReason.COMMUNITY_CAP, facts)

    def _over_budget(self, entry: Ranked) -> Award | None:
        rules, requested = self.ruleset, entry.figures.requested_amount
        if not rules.budget or self.awarded + requested <= rules.budget:
            return None
        remainder = rules.budget - self.awarded
        facts = Facts(requested=requested, limit=rules.budget, spent=self.awarded, remainder=remainder)
        if rules.part_funding == PartFunding.LAST and remainder >= rules.part_min_share * requested:
            self.stopped_by = entry.figures.number
            return self._award(entry, remainder, AwardReason.PART_FUNDED, facts)
        if rules.on_misfit == OnMisfit.STOP:
            self.stopped_by = entry.figures.number
        return Award(entry, Decision.NOT_SELECTED, NOTHING, AwardReason.BUDGET, facts)

    def _take(self, entry: Ranked, reason: AwardReason) -> Award:
        requested, budget, spent = entry.figures.requested_amount, self.ruleset.budget, self.awarded
        remainder = budget - spent if budget else None
        facts = Facts(requested=requested, limit=budget, spent=spent, remainder=remainder)
        return self._award(entry, requested, reason, facts)

    def _award(self, entry: Ranked, amount: Decimal, reason: AwardReason, facts: Facts) -> Award:
        community = entry.figures.community
        self.awarded += amount
        self.by_community[community] = self.by_community.get(community, NOTHING) + amount
        self.by_category[entry.figures.category] += 1
        return Award(entry, Decision.SELECTED, amount.quantize(NOTHING), reason, facts)


def select(
    ranked: Sequence[Ranked], ruleset: Ruleset, community_caps: Mapping[str, Decimal | None] | None = None
) -> list[Award]:
    """The computed decision about each ranked entry, in the order given (rank order).

    `community_caps`: own cap by community code; a community without one, or with None or zero, has the contest's.
    """
    selection = _Selection(ruleset, community_caps or {})
    decided: dict[int, Award] = {}
    if ruleset.one_per_community:
        served: set[str] = set()
        for place, entry in enumerate(ranked):
            if entry.figures.community in served:
                continue
            award = selection.consider(entry, AwardReason.COMMUNITY_GUARANTEE)
            if award.decision == Decision.SELECTED:
                served.add(entry.figures.community)
                decided[place] = award
    for place, entry in enumerate(ranked):
        if place not in decided:
            decided[place] = selection.consider(entry, AwardReason.BY_RANK)
    return _with_reserve([decided[place] for place in range(len(ranked))], ruleset.reserve)


def _with_reserve(awards: Iterable[Award], places: int) -> list[Award]:
    result = []
    for award in awards:
        if places and award.decision == Decision.NOT_SELECTED and award.reason not in NEVER_RESERVE:
            places -= 1
            result.append(replace(award, decision=Decision.RESERVE))
        else:
            result.append(award)
    return result
