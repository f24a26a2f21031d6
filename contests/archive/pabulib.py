"""Read a participatory-budgeting election in the Pabulib format (`.pb`) as a contest with weights 0 and 1.

A `.pb` file has the sections META, PROJECTS and VOTES, each with a header line and `;` between fields. What becomes of it:

- A project is an entry, a vote is a ballot whose receipt code is the voter id. Experts have no weight, so that nothing
  but votes decides. All projects belong to one community, because the format knows no caps by place.
- The votes of an entry are its approvals or, where the file gives points (`score` of a project, else `points` of the
  votes), its points. Ballots cannot carry points: what an entry has beyond its ballots is one offline count on the
  sheet `POINTS`. Where an entry has fewer points than ballots (a last place worth nothing), there are no ballots at
  all and all points are offline counts.
- `greedy` and `greedy-threshold` skip what no longer fits, `greedy-no-skip` ends there; a rule of another family is
  read like `greedy`, and then the winners may differ from the official ones. `min_project_score_threshold` is the
  minimum of votes.
- The format does not say how ties are settled. After votes, the first of lower cost, higher cost and draw that leads to
  the official winners is declared; lower cost where none does.
"""

import csv
import re
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal
from pathlib import Path
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contests.archive.cells import (
    AMOUNT_CELL,
    COUNT_CELL,
    NOT_TEXT,
    POSITION_CELL,
    Cell,
    code,
)
from contests.archive.compute import tally
from contests.archive.layout import MAX_FILE_BYTES
from contests.archive.problems import ProblemList, expected
from contests.archive.rows import ChoiceRow, CommunityRow, ContestArchive, EntryRow, OfflineRow
from contests.archive.tables import decode
from contests.enums import Decision, EntryStatus, OnMisfit, PublicMethod, RuleProblem, TieBreak
from contests.ruleset import SEED_LENGTH, Ruleset

SECTIONS = ("META", "PROJECTS", "VOTES")
NEEDED = {"META": ("key", "value"), "PROJECTS": ("project_id", "cost"), "VOTES": ("voter_id", "vote")}
VOTE_TYPES = ("approval", "choose-1", "cumulative", "ordinal")
ON_MISFIT = {"greedy-no-skip": OnMisfit.STOP}
POINTS_SHEET = "POINTS"
PLACE = "000000000001"
SUBDISTRICT = "000000000"
NO_CATEGORY = "GENERAL"
MAX_LINE = 100_000
MAX_LINES = 2_000_000
MAX_PROJECTS = 20_000
MAX_CHOICES = 1_000_000
# What the database can hold.
NUMBER_CELL, VOTER_CELL = code(40), code(64)
NAME_LENGTH, PLACE_LENGTH, TITLE_LENGTH, CATEGORY_LENGTH = 100, 40, 200, 30
YEAR = re.compile(r"(19|20)[0-9]{2}", re.ASCII)
WHOLE = re.compile(r"([0-9]{1,9})(\.0+)?", re.ASCII)
TIE_ORDERS = (
    (TieBreak.VOTES, TieBreak.LOWER_COST, TieBreak.DRAW),
    (TieBreak.VOTES, TieBreak.HIGHER_COST, TieBreak.DRAW),
    (TieBreak.VOTES, TieBreak.DRAW),
)


@dataclass(frozen=True, slots=True)
class PbElection:
    """An election as a contest; `official` are the numbers marked as selected, None where the file marks none."""

    archive: ContestArchive
    rule: str
    vote_type: str
    official: frozenset[str] | None


@dataclass(slots=True)
class _Reader:
    """Sections of one file as (line, field by name), with its problems."""

    name: str
    found: ProblemList = field(default_factory=ProblemList)
    sections: dict[str, list[tuple[int, dict[str, str]]]] = field(default_factory=dict)
    columns: dict[str, list[str]] = field(default_factory=dict)
    meta: dict[str, tuple[int, str]] = field(default_factory=dict)

    def add(self, line: int, column: str, message: Any) -> None:
        self.found.add(self.name, line, column, message)

    def cell(self, line: int, column: str, cell: Cell, text: str) -> Any:
        """The value of a field, or None after adding the problem."""
        try:
            return cell.parse(text)
        except ValueError:
            self.add(line, column, expected(cell.expected, text))
            return None

    def of_meta(self, key: str, cell: Cell, default: object = None) -> Any:
        """The value of a META key; without a default the key must be there."""
        line, text = self.meta.get(key, (0, ""))
        if text:
            return self.cell(line, key, cell, text)
        if default is None:
            self.add(line, key, _("this key is missing in META"))
        return default


def _whole(text: str) -> int:
    match = WHOLE.fullmatch(text)
    if not match:
        raise ValueError
    return int(match[1])


WHOLE_CELL = Cell(_whole, str, COUNT_CELL.expected)


def read_pb(path: Path) -> PbElection:
    """The election in a `.pb` file. Raises `ArchiveErrors` with the line of each problem."""
    reader = _Reader(path.name)
    try:
        with path.open("rb") as stream:
            data = stream.read(MAX_FILE_BYTES + 1)
    except OSError:
        reader.add(0, "", _("this file cannot be read"))
        data = b""
    if len(data) > MAX_FILE_BYTES:
        reader.add(0, "", format_lazy(_("larger than {limit} bytes"), limit=MAX_FILE_BYTES))
    reader.found.raise_if_any()
    text = decode(path.name, data, reader.found)
    reader.found.raise_if_any()
    _split(reader, text or "")
    reader.found.raise_if_any()
    election = _election(reader)
    reader.found.raise_if_any()
    return replace(election, archive=_with_ties(election))


def _split(reader: _Reader, text: str) -> None:
    """Fill `sections`, `columns` and `meta`."""
    section = ""
    if text.count("\n") + text.count("\r") > MAX_LINES:
        reader.add(0, "", format_lazy(_("more than {limit} rows"), limit=MAX_LINES))
        return
    for line, content in enumerate(re.split("\r\n|\r|\n", text), 1):
        if len(content) > MAX_LINE:
            reader.add(line, "", format_lazy(_("longer than {limit} characters"), limit=MAX_LINE))
        elif content.strip() in SECTIONS and content.strip() not in reader.sections:
            section = content.strip()
            reader.sections[section] = []
        elif content.strip():
            _take(reader, section, line, next(csv.reader([content], delimiter=";")))
    for name in SECTIONS:
        if name not in reader.columns:
            reader.add(0, "", format_lazy(_("the section {name} is missing"), name=name))
    for line, row in reader.sections.get("META", []):
        if reader.meta.setdefault(row["key"].strip(), (line, row["value"].strip()))[0] != line:
            reader.add(line, "key", _("this key occurs twice"))


def _take(reader: _Reader, section: str, line: int, record: list[str]) -> None:
    if not section:
        reader.add(line, "", expected(_("the line META"), record[0]))
    elif section not in reader.columns:
        reader.columns[section] = [name.strip() for name in record]
        for name in NEEDED[section]:
            if name not in reader.columns[section]:
                reader.add(line, name, _("this column is missing"))
        # Rows of a section without its columns would only repeat the problem.
        reader.found.raise_if_any()
    else:
        columns = reader.columns[section]
        if len(record) != len(columns):
            reader.add(line, "", expected(format_lazy(_("{count} columns"), count=len(columns)), str(len(record))))
        else:
            reader.sections[section].append((line, dict(zip(columns, record, strict=True))))


def _election(reader: _Reader) -> PbElection:
    line, vote_type = reader.meta.get("vote_type", (0, ""))
    if vote_type not in VOTE_TYPES:
        reader.add(
            line, "vote_type", expected(format_lazy(_("one of {values}"), values=", ".join(VOTE_TYPES)), vote_type)
        )
    for key, section in (("num_projects", "PROJECTS"), ("num_votes", "VOTES")):
        count = reader.of_meta(key, WHOLE_CELL)
        if count is not None and count != len(reader.sections[section]):
            reader.add(reader.meta[key][0], key, expected(str(len(reader.sections[section])), str(count)))
    entries = _entries(reader)
    ruleset = _ruleset(reader, vote_type, len(entries))
    reader.found.raise_if_any()
    ballots, points = _ballots(reader, frozenset(entries), ruleset, vote_type)
    points = _scores(reader) or points
    if points is not None:
        ballots, offline = _carry(ballots, points)
    else:
        offline = ()
    reader.found.raise_if_any()
    official = None
    if "selected" in reader.columns["PROJECTS"]:
        rows = reader.sections["PROJECTS"]
        official = frozenset(row["project_id"] for _line, row in rows if row["selected"].strip() == "1")
    archive = ContestArchive(
        name=_title(reader),
        subdistrict=SUBDISTRICT,
        year=_year(reader),
        ruleset=ruleset,
        communities=(CommunityRow(PLACE, _place(reader), None, None),),
        entries=tuple(entries.values()),
        ballots=ballots,
        offline_counts=offline,
    )
    return PbElection(archive, reader.meta.get("rule", (0, ""))[1], vote_type, official)


def _title(reader: _Reader) -> str:
    title = reader.meta.get("description", (0, ""))[1] or reader.name
    return NOT_TEXT.sub(" ", title)[:NAME_LENGTH]


def _place(reader: _Reader) -> str:
    names = (reader.meta.get(key, (0, ""))[1] for key in ("subunit", "district", "unit"))
    return NOT_TEXT.sub(" ", next((name for name in names if name), _title(reader)))[:PLACE_LENGTH]


def _year(reader: _Reader) -> int:
    for key in ("instance", "date_end", "date_begin"):
        year = YEAR.search(reader.meta.get(key, (0, ""))[1])
        if year:
            return int(year[0])
    reader.add(
        reader.meta.get("instance", (0, ""))[0], "instance", _("no year is given in instance, date_end or date_begin")
    )
    return 0


def _entries(reader: _Reader) -> dict[str, EntryRow]:
    entries: dict[str, EntryRow] = {}
    for line, row in reader.sections["PROJECTS"]:
        number = reader.cell(line, "project_id", NUMBER_CELL, row["project_id"])
        cost = reader.cell(line, "cost", AMOUNT_CELL, row["cost"].strip())
        if number is None or cost is None:
            continue
        if number in entries:
            reader.add(line, "project_id", _("this project occurs twice"))
        title = NOT_TEXT.sub(" ", row.get("name", "")).strip()[:TITLE_LENGTH] or number
        category = NOT_TEXT.sub(" ", row.get("category", "")).strip()[:CATEGORY_LENGTH] or NO_CATEGORY
        entries[number] = EntryRow(number, title, PLACE, category, "", cost, EntryStatus.IN)
    if len(entries) > MAX_PROJECTS:
        reader.add(0, "", format_lazy(_("more than {limit} rows"), limit=MAX_PROJECTS))
    return entries


def _ruleset(reader: _Reader, vote_type: str, projects: int) -> Ruleset:
    fewest = reader.of_meta("min_length", WHOLE_CELL, 1)
    most = reader.of_meta("max_length", POSITION_CELL, 1 if vote_type == "choose-1" else max(projects, 1))
    if fewest and most and fewest > most:
        reader.add(reader.meta.get("min_length", (0, ""))[0], "min_length", RuleProblem.CHOICES_REVERSED.label)
    budget = reader.of_meta("budget", AMOUNT_CELL)
    if budget == 0:
        # Here no budget would mean no limit.
        reader.add(reader.meta["budget"][0], "budget", expected(_("an amount above 0"), "0"))
    threshold = reader.of_meta("min_project_score_threshold", WHOLE_CELL, 0)
    seed = reader.meta.get("description", (0, ""))[1] or reader.name
    if vote_type == "cumulative":
        # Places that got no points are not choices, so a ballot may keep fewer than it names.
        fewest = 1
    return Ruleset(
        expert_weight=Decimal(0),
        public_weight=Decimal(1),
        trim_each_side=0,
        trim_min_panel=0,
        quorum=0,
        public_method=PublicMethod.SHARE_OF_TOP,
        min_choices=max(fewest or 1, 1),
        max_choices=most or 1,
        tie_order=TIE_ORDERS[0],
        seed="".join(char for char in seed if char.isprintable())[:SEED_LENGTH],
        budget=budget,
        min_votes=threshold or 0,
        on_misfit=ON_MISFIT.get(reader.meta.get("rule", (0, ""))[1], OnMisfit.SKIP),
    )


def _ballots(
    reader: _Reader, projects: frozenset[str], ruleset: Ruleset, vote_type: str
) -> tuple[tuple[ChoiceRow, ...], Counter[str] | None]:
    """All choices, and the points by project where the votes state points. Votes that name nothing are left out."""
    choices: list[ChoiceRow] = []
    points: Counter[str] | None = None
    if vote_type == "cumulative" and "points" in reader.columns["VOTES"]:
        points = Counter()
    voters: set[str] = set()
    for line, row in reader.sections["VOTES"]:
        voter = reader.cell(line, "voter_id", VOTER_CELL, row["voter_id"])
        if voter in voters:
            reader.add(line, "voter_id", _("this voter occurs twice"))
        voters.add(voter or "")
        named = [name.strip() for name in row["vote"].split(",") if name.strip()]
        if not _is_sound(reader, line, named, projects, ruleset):
            continue
        given = dict.fromkeys(named, 1) if points is None else dict(_points(reader, line, named, row["points"]))
        choices += [ChoiceRow(voter or "", number) for number, value in given.items() if value]
        if points is not None:
            points.update(given)
        if len(choices) > MAX_CHOICES:
            reader.add(line, "", format_lazy(_("more than {limit} choices"), limit=MAX_CHOICES))
            break
    return tuple(choices), points


def _is_sound(reader: _Reader, line: int, named: list[str], projects: frozenset[str], ruleset: Ruleset) -> bool:
    before = len(reader.found.problems)
    for number in named:
        if number not in projects:
            reader.add(line, "vote", expected(_("a project_id of this file"), number))
    if len(set(named)) != len(named):
        reader.add(line, "vote", _("a project is named twice"))
    if named and not ruleset.min_choices <= len(named) <= ruleset.max_choices:
        what = format_lazy(_("{fewest} to {most} projects"), fewest=ruleset.min_choices, most=ruleset.max_choices)
        reader.add(line, "vote", expected(what, str(len(named))))
    return len(reader.found.problems) == before


def _points(reader: _Reader, line: int, named: list[str], text: str) -> Iterator[tuple[str, int]]:
    values = [value.strip() for value in text.split(",") if value.strip()]
    if len(values) != len(named):
        reader.add(line, "points", expected(format_lazy(_("{count} numbers"), count=len(named)), str(len(values))))
        return
    for number, value in zip(named, values, strict=True):
        yield number, reader.cell(line, "points", WHOLE_CELL, value) or 0


def _scores(reader: _Reader) -> Counter[str] | None:
    if "score" not in reader.columns["PROJECTS"]:
        return None
    return Counter(
        {
            row["project_id"]: reader.cell(line, "score", WHOLE_CELL, row["score"].strip()) or 0
            for line, row in reader.sections["PROJECTS"]
        }
    )


def _carry(
    ballots: tuple[ChoiceRow, ...], points: Mapping[str, int]
) -> tuple[tuple[ChoiceRow, ...], tuple[OfflineRow, ...]]:
    """Ballots and offline counts that add up to the points (see the head of this module)."""
    approvals = Counter(row.entry for row in ballots)
    if any(points[number] < approvals[number] for number in approvals):
        ballots, approvals = (), Counter()
    beyond = ((number, total - approvals[number]) for number, total in points.items())
    return ballots, tuple(OfflineRow(number, votes, POINTS_SHEET) for number, votes in beyond if votes)


def _with_ties(election: PbElection) -> ContestArchive:
    for order in TIE_ORDERS if election.official else ():
        archive = replace(election.archive, ruleset=replace(election.archive.ruleset, tie_order=order))
        if winners(archive) == election.official:
            return archive
    return election.archive


def winners(archive: ContestArchive) -> frozenset[str]:
    """The numbers of the entries that the tally selects."""
    return frozenset(row.number for row in tally(archive).results if row.decision == Decision.SELECTED)
