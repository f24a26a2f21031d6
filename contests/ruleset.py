"""The rules of one contest as a value: what may be declared, whether it makes sense, and its hash."""

import hashlib
import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from decimal import Decimal

from contests.enums import OnMisfit, PartFunding, PublicMethod, RuleProblem, TieBreak

HIGHEST_AMOUNT = Decimal(10**12) - Decimal("0.01")
SEED_LENGTH = 200
# Highest value of each count, well within what the database can hold.
COUNTS = {
    "trim_each_side": 1000,
    "trim_min_panel": 1000,
    "quorum": 1000,
    "min_choices": 1_000_000,
    "max_choices": 1_000_000,
    "min_votes": 1_000_000_000,
    "max_per_category": 1_000_000,
    "reserve": 1_000_000,
}

AMOUNTS = ("budget", "project_cap", "community_cap")
# How many decimals each field may have; the database keeps as many.
PLACES = {
    "expert_weight": 4,
    "public_weight": 4,
    "floor": 2,
    "min_final_score": 2,
    "part_min_share": 4,
    "budget": 2,
    "project_cap": 2,
    "community_cap": 2,
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Ruleset:
    """Everything that `tally.md` leaves to the office. Amounts are yuan; `None` means no limit.

    A budget or cap of zero means none and becomes `None`. Counts of zero mean: `trim_each_side` no trimming,
    `max_per_category` no limit, `reserve` no reserve list.
    """

    expert_weight: Decimal = Decimal("0.80")
    public_weight: Decimal = Decimal("0.20")
    trim_each_side: int = 1
    trim_min_panel: int = 5
    quorum: int = 3
    public_method: PublicMethod = PublicMethod.SHARE_OF_TOP
    floor: Decimal = Decimal(0)
    min_choices: int = 1
    max_choices: int = 3
    tie_order: tuple[TieBreak, ...] = (
        TieBreak.EXPERT_SCORE,
        TieBreak.FIRST_CRITERION,
        TieBreak.VOTES,
        TieBreak.DRAW,
    )
    seed: str = ""
    budget: Decimal | None = None
    project_cap: Decimal | None = None
    community_cap: Decimal | None = None
    min_final_score: Decimal = Decimal(0)
    min_votes: int = 0
    one_per_community: bool = False
    max_per_category: int = 0
    on_misfit: OnMisfit = OnMisfit.SKIP
    part_funding: PartFunding = PartFunding.NEVER
    part_min_share: Decimal = Decimal("0.50")
    reserve: int = 0

    def __post_init__(self) -> None:
        for field in AMOUNTS:
            if getattr(self, field) == 0:
                object.__setattr__(self, field, None)


def problems(ruleset: Ruleset) -> list[tuple[str, RuleProblem]]:
    """Every (field, problem) of the ruleset; the label of a problem is the message. Empty when it may be used."""
    unusable = [(field, RuleProblem.TOO_LARGE) for field in PLACES if not _finite(getattr(ruleset, field))]
    if unusable:
        return unusable
    return [*_number_problems(ruleset), *_weight_problems(ruleset), *_ballot_problems(ruleset), *_tie_problems(ruleset)]


def _finite(value: Decimal | None) -> bool:
    return value is None or value.is_finite()


def _number_problems(ruleset: Ruleset) -> Iterator[tuple[str, RuleProblem]]:
    for field, highest in COUNTS.items():
        yield from ((field, problem) for problem in _bounds(Decimal(getattr(ruleset, field)), Decimal(highest)))
    for field, places in PLACES.items():
        value = getattr(ruleset, field)
        if value is None:
            continue
        yield from ((field, problem) for problem in _bounds(value, HIGHEST_AMOUNT))
        if _decimals(value) > places:
            yield field, RuleProblem.TOO_MANY_DECIMALS
    for field in ("floor", "min_final_score"):
        if getattr(ruleset, field) > 100:
            yield field, RuleProblem.OUTSIDE_0_100
    if ruleset.part_min_share > 1:
        yield "part_min_share", RuleProblem.OUTSIDE_0_1
    elif ruleset.part_funding == PartFunding.LAST and ruleset.part_min_share == 0:
        # With a share of 0 an exhausted budget would still select an entry, with nothing.
        yield "part_min_share", RuleProblem.SHARE_NEEDED


def _bounds(value: Decimal, highest: Decimal) -> Iterator[RuleProblem]:
    if value > highest:
        yield RuleProblem.TOO_LARGE
    elif value < 0:
        yield RuleProblem.NEGATIVE


def _decimals(value: Decimal) -> int:
    exponent = value.normalize().as_tuple().exponent
    return max(0, -exponent) if isinstance(exponent, int) else 0


def _weight_problems(ruleset: Ruleset) -> Iterator[tuple[str, RuleProblem]]:
    if ruleset.expert_weight + ruleset.public_weight != 1:
        yield "public_weight", RuleProblem.WEIGHTS_SUM
    if ruleset.expert_weight > 0 and ruleset.quorum == 0:
        yield "quorum", RuleProblem.QUORUM_ZERO


def _ballot_problems(ruleset: Ruleset) -> Iterator[tuple[str, RuleProblem]]:
    if ruleset.min_choices == 0:
        yield "min_choices", RuleProblem.MIN_CHOICES_ZERO
    if ruleset.min_choices > ruleset.max_choices:
        yield "max_choices", RuleProblem.CHOICES_REVERSED


def _tie_problems(ruleset: Ruleset) -> Iterator[tuple[str, RuleProblem]]:
    if len(set(ruleset.tie_order)) != len(ruleset.tie_order):
        yield "tie_order", RuleProblem.TIE_BREAK_TWICE
    if not ruleset.seed:
        yield "seed", RuleProblem.SEED_MISSING
    elif len(ruleset.seed) > SEED_LENGTH or not ruleset.seed.isprintable():
        yield "seed", RuleProblem.SEED_UNREADABLE


def canonical_json(ruleset: Ruleset) -> bytes:
    """The rules as one line of JSON that is the same for equal rules, whatever their decimals were typed like.

    ASCII, keys in alphabetical order, no spaces; decimals as strings in plain notation without trailing zeros;
    counts as integers; no budget or cap as null; enums by value.
    """
    fields = {name: _canonical(value) for name, value in asdict(ruleset).items()}
    return json.dumps(fields, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")


def sha256(ruleset: Ruleset) -> str:
    """Hexadecimal SHA-256 of `canonical_json`, shown publicly when the contest opens."""
    return hashlib.sha256(canonical_json(ruleset)).hexdigest()


def _canonical(value: object) -> object:
    if isinstance(value, Decimal):
        return plain(value)
    if isinstance(value, tuple):
        return [_canonical(item) for item in value]
    if isinstance(value, str):
        return str(value)
    return value


def plain(value: Decimal) -> str:
    """The decimal without exponent and without trailing zeros: 0.80 is "0.8", 1E+3 is "1000"."""
    text = format(value, "f")
    if "." in text:
        text = text.rstrip("0").rstrip(".")
    return "0" if text == "-0" else text
