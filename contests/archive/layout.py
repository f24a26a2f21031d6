"""Which files a contest archive holds, their columns, and how large each may be (`archive.md`)."""

from dataclasses import dataclass
from typing import Any

from contests.archive import cells, rows
from contests.archive.cells import Cell
from contests.enums import EntryStatus, RecusalGround, VoidReason

FORMAT = "contest-archive/1"
RULES_FILE = "contest.toml"
RESULTS_FILE = "results.csv"
TALLY_FILE = "tally.json"
VERIFY_FILE = "verify.py"

MIB = 1024 * 1024
MAX_RULES_BYTES = MIB // 16
MAX_FILE_BYTES = 64 * MIB
MAX_TOTAL_BYTES = 128 * MIB
MAX_ZIP_BYTES = 64 * MIB
MAX_ZIP_MEMBERS = 64
MAX_ZIP_DIRECTORY_BYTES = MIB // 16


@dataclass(frozen=True, slots=True)
class Column:
    name: str
    cell: Cell


@dataclass(frozen=True, slots=True)
class FileSpec:
    """A CSV file: `row` is the class of its rows, `key` the columns in which no two rows may be equal."""

    name: str
    row: type[Any]
    columns: tuple[Column, ...]
    key: tuple[str, ...]
    max_rows: int
    required: bool = True

    @property
    def stem(self) -> str:
        """The name without extension, which is the attribute of `ContestArchive`."""
        return self.name.removesuffix(".csv")


TABLES = (
    FileSpec(
        "communities.csv",
        rows.CommunityRow,
        (
            Column("code", cells.code(12)),
            Column("name", cells.text(40)),
            Column("registered_population", cells.or_blank(cells.COUNT_CELL, None)),
            Column("award_cap", cells.or_blank(cells.AMOUNT_CELL, None)),
        ),
        key=("code",),
        max_rows=10_000,
    ),
    FileSpec(
        "criteria.csv",
        rows.CriterionRow,
        (
            Column("code", cells.code(30)),
            Column("name", cells.text(60)),
            Column("max_points", cells.MAX_POINTS_CELL),
            Column("position", cells.POSITION_CELL),
            Column("zone", cells.or_blank(cells.code(30), "")),
        ),
        key=("code", "zone"),
        max_rows=10_000,
    ),
    FileSpec(
        "entries.csv",
        rows.EntryRow,
        (
            Column("number", cells.code(40)),
            Column("title", cells.text(200)),
            Column("community", cells.code(12)),
            Column("category", cells.text(30)),
            Column("zone", cells.or_blank(cells.code(30), "")),
            Column("requested_amount", cells.AMOUNT_CELL),
            Column("status", cells.choice(EntryStatus)),
        ),
        key=("number",),
        max_rows=20_000,
    ),
    FileSpec("experts.csv", rows.ExpertRow, (Column("code", cells.code(30)),), key=("code",), max_rows=10_000),
    FileSpec(
        "marks.csv",
        rows.MarkRow,
        (
            Column("expert", cells.code(30)),
            Column("entry", cells.code(40)),
            Column("criterion", cells.code(30)),
            Column("points", cells.POINTS_CELL),
        ),
        key=("expert", "entry", "criterion"),
        max_rows=1_000_000,
    ),
    FileSpec(
        "recusals.csv",
        rows.RecusalRow,
        (
            Column("expert", cells.code(30)),
            Column("entry", cells.code(40)),
            Column("ground", cells.choice(RecusalGround)),
        ),
        key=("expert", "entry"),
        max_rows=100_000,
        required=False,
    ),
    FileSpec(
        "ballots.csv",
        rows.ChoiceRow,
        (Column("ballot", cells.code(64)), Column("entry", cells.code(40))),
        key=("ballot", "entry"),
        max_rows=1_000_000,
    ),
    FileSpec(
        "voids.csv",
        rows.VoidRow,
        (Column("ballot", cells.code(64)), Column("reason", cells.choice(VoidReason))),
        key=("ballot",),
        max_rows=1_000_000,
        required=False,
    ),
    FileSpec(
        "offline_counts.csv",
        rows.OfflineRow,
        (
            Column("entry", cells.code(40)),
            Column("votes", cells.COUNT_CELL),
            Column("sheet", cells.text(30)),
        ),
        key=("entry", "sheet"),
        max_rows=100_000,
        required=False,
    ),
    FileSpec(
        "jury.csv",
        rows.JuryRow,
        (
            Column("juror", cells.code(30)),
            Column("entry", cells.code(40)),
            Column("score", cells.SCORE_CELL),
        ),
        key=("juror", "entry"),
        max_rows=100_000,
        required=False,
    ),
)

INPUT_FILES = (RULES_FILE, *(table.name for table in TABLES))
