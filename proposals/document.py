"""The document of a proposal as plain values: its rows, its sections, and what a section still lacks.

Pure: a `Document` is read from the database by `services.proposals.document_of`, and handed to `completeness_of` by
pages and by the rule for submission alike.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, fields
from datetime import date
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from proposals.document_enums import BudgetSource, DocumentSection

# What the fields of a budget line take, in every form.
UNIT_PRICE: dict[str, Any] = {"min_value": Decimal("0.01"), "max_digits": 10, "decimal_places": 2}
QUANTITY: dict[str, Any] = {"min_value": 1, "max_value": 1_000_000}
ITEM_LENGTH, LINE_NOTE_LENGTH = 60, 100
# Of what is written now; the column keeps the longer titles of earlier years.
LONGEST_TITLE = 30

MEMBERS_NEEDED = 3
ACTIVITIES_NEEDED = 3
OBJECTIVES_NEEDED = 1
RISKS_NEEDED = 1


@dataclass(frozen=True, slots=True)
class BudgetItem:
    """A budget line as typed: unit price in yuan with two decimals."""

    item: str
    unit_price: Decimal
    quantity: int
    source: BudgetSource = BudgetSource.REQUESTED
    note: str = ""


@dataclass(frozen=True, slots=True)
class MemberRow:
    name: str
    duty: str
    phone: str = ""


@dataclass(frozen=True, slots=True)
class ObjectiveRow:
    indicator: str
    target_value: Decimal
    unit: str = ""


@dataclass(frozen=True, slots=True)
class ActivityRow:
    name: str
    date_from: date
    date_to: date
    times: int = 1
    people: int = 0
    owner: str = ""
    output: str = ""


@dataclass(frozen=True, slots=True)
class RiskRow:
    risk: str
    response: str


@dataclass(frozen=True, slots=True)
class Rows:
    """The tables of a document, each in its order."""

    members: tuple[MemberRow, ...] = ()
    objectives: tuple[ObjectiveRow, ...] = ()
    activities: tuple[ActivityRow, ...] = ()
    risk_rows: tuple[RiskRow, ...] = ()
    budget_lines: tuple[BudgetItem, ...] = ()


TABLES = tuple(each.name for each in fields(Rows))


@dataclass(frozen=True, slots=True)
class Part:
    """What a section is made of: columns of the proposal, and the table among `TABLES` that belongs to it, if any."""

    columns: tuple[str, ...] = ()
    table: str = ""


PARTS: dict[DocumentSection, Part] = {
    DocumentSection.BASICS: Part(("title", "site", "starts_on", "ends_on")),
    DocumentSection.TEAM: Part(("team_name", "team_type"), "members"),
    DocumentSection.SUMMARY: Part(("summary",)),
    DocumentSection.NEEDS: Part(("needs_analysis", "target_group", "direct_beneficiaries", "indirect_beneficiaries")),
    DocumentSection.GOALS: Part(("goal",), "objectives"),
    DocumentSection.PLAN: Part(("plan",), "activities"),
    DocumentSection.BUDGET: Part((), "budget_lines"),
    DocumentSection.EFFECT: Part(("innovation", "sustainability", "capacity_building")),
    DocumentSection.RISKS: Part(("risks",), "risk_rows"),
    DocumentSection.COMMUNITY_OPINION: Part(("community_opinion",)),
    DocumentSection.SUPPORT_OPINION: Part(("support_opinion",)),
}
COLUMNS = tuple(column for part in PARTS.values() for column in part.columns)
# Where it belongs: the office alone changes it, and the lead decides about it with the basics.
PLACE = ("community", "category")


@dataclass(frozen=True, slots=True)
class Named:
    """A row of another table by its key, with the name it had then."""

    pk: int
    name: str

    def __str__(self) -> str:
        return self.name


@dataclass(frozen=True, slots=True)
class Document:
    """All of it: the columns of `COLUMNS` by name, the tables, and by the names of `PLACE` where it belongs."""

    columns: Mapping[str, object]
    rows: Rows
    place: Mapping[str, Named] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Section:
    """A section that has to be filled, and what it lacks in words; complete when it lacks nothing."""

    name: DocumentSection
    missing: tuple[str | Promise, ...]

    @property
    def complete(self) -> bool:
        return not self.missing


# What each section needs, in words: (columns, what is said while they are empty).
NEEDED: dict[DocumentSection, tuple[tuple[tuple[str, ...], str | Promise], ...]] = {
    DocumentSection.BASICS: ((("site",), _("the place")), (("starts_on", "ends_on"), _("first and last day"))),
    DocumentSection.TEAM: ((("team_name",), _("the name of the team")), (("team_type",), _("the kind of team"))),
    DocumentSection.SUMMARY: ((("summary",), _("the summary")),),
    DocumentSection.NEEDS: (
        (("needs_analysis",), _("what is needed")),
        (("target_group",), _("for whom")),
        (("direct_beneficiaries",), _("how many people benefit directly")),
    ),
    DocumentSection.GOALS: ((("goal",), _("the goal")),),
    DocumentSection.PLAN: (),
    DocumentSection.BUDGET: (),
    DocumentSection.EFFECT: (
        (("innovation",), _("what is new about it")),
        (("sustainability",), _("how it goes on")),
        (("capacity_building",), _("how it grows community organisations")),
    ),
    DocumentSection.RISKS: (),
}


def asks_for_money(rows: Rows) -> bool:
    return any(line.source == BudgetSource.REQUESTED for line in rows.budget_lines)


TABLES_NEEDED: dict[DocumentSection, tuple[Callable[[Rows], bool], str | Promise]] = {
    DocumentSection.TEAM: (lambda rows: len(rows.members) >= MEMBERS_NEEDED, _("three members")),
    DocumentSection.GOALS: (lambda rows: len(rows.objectives) >= OBJECTIVES_NEEDED, _("an objective to measure")),
    DocumentSection.PLAN: (lambda rows: len(rows.activities) >= ACTIVITIES_NEEDED, _("three activities")),
    DocumentSection.BUDGET: (asks_for_money, _("a budget line that asks for money")),
    DocumentSection.RISKS: (lambda rows: len(rows.risk_rows) >= RISKS_NEEDED, _("a risk with its answer")),
}


def completeness_of(document: Document) -> list[Section]:
    """The nine sections that have to be filled, in order, each with what it lacks. Opinions are left to their givers."""
    return [Section(name, tuple(_missing(name, document))) for name in NEEDED]


def _missing(name: DocumentSection, document: Document) -> Iterator[str | Promise]:
    for columns, words in NEEDED[name]:
        if any(_is_empty(document.columns.get(column)) for column in columns):
            yield words
    if name == DocumentSection.BASICS and len(str(document.columns.get("title", ""))) > LONGEST_TITLE:
        yield _("a title of 30 characters at most")
    if name in TABLES_NEEDED:
        enough, words = TABLES_NEEDED[name]
        if not enough(document.rows):
            yield words


def _is_empty(value: object) -> bool:
    """Nothing, or nothing but blanks; nought is a number."""
    return value is None or (isinstance(value, str) and not value.strip())
