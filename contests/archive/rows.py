"""The rows of a contest archive as values; field names are column names (`archive.md`)."""

from dataclasses import dataclass
from decimal import Decimal

from contests.enums import EntryStatus, RecusalGround, VoidReason
from contests.ruleset import Ruleset


@dataclass(frozen=True, slots=True)
class CommunityRow:
    code: str
    name: str
    registered_population: int | None
    award_cap: Decimal | None


@dataclass(frozen=True, slots=True)
class CriterionRow:
    """`zone` is blank for the contest's own rubric."""

    code: str
    name: str
    max_points: Decimal
    position: int
    zone: str


@dataclass(frozen=True, slots=True)
class EntryRow:
    """`zone` is blank where the community is in none; a zone without criteria uses the contest's rubric."""

    number: str
    title: str
    community: str
    category: str
    zone: str
    requested_amount: Decimal
    status: EntryStatus


@dataclass(frozen=True, slots=True)
class ExpertRow:
    code: str


@dataclass(frozen=True, slots=True)
class MarkRow:
    expert: str
    entry: str
    criterion: str
    points: Decimal


@dataclass(frozen=True, slots=True)
class RecusalRow:
    expert: str
    entry: str
    ground: RecusalGround


@dataclass(frozen=True, slots=True)
class ChoiceRow:
    """One choice on one ballot; `ballot` is the receipt code."""

    ballot: str
    entry: str


@dataclass(frozen=True, slots=True)
class VoidRow:
    ballot: str
    reason: VoidReason


@dataclass(frozen=True, slots=True)
class OfflineRow:
    entry: str
    votes: int
    sheet: str


@dataclass(frozen=True, slots=True)
class JuryRow:
    juror: str
    entry: str
    score: Decimal


@dataclass(frozen=True, slots=True, kw_only=True)
class ContestArchive:
    """One whole contest: its rules and inputs. The order of rows carries no meaning.

    `subdistrict`: national code of 9 digits.
    """

    name: str
    subdistrict: str
    year: int
    ruleset: Ruleset
    communities: tuple[CommunityRow, ...] = ()
    criteria: tuple[CriterionRow, ...] = ()
    entries: tuple[EntryRow, ...] = ()
    experts: tuple[ExpertRow, ...] = ()
    marks: tuple[MarkRow, ...] = ()
    recusals: tuple[RecusalRow, ...] = ()
    ballots: tuple[ChoiceRow, ...] = ()
    voids: tuple[VoidRow, ...] = ()
    offline_counts: tuple[OfflineRow, ...] = ()
    jury: tuple[JuryRow, ...] = ()

    def rubric(self, zone: str) -> tuple[CriterionRow, ...]:
        """The criteria that apply to an entry of this zone (blank: of none), in the order of their positions."""
        own = [row for row in self.criteria if zone and row.zone == zone]
        return tuple(sorted(own or [row for row in self.criteria if not row.zone], key=lambda row: row.position))
