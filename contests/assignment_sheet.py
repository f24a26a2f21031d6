"""Who scores what as a spreadsheet: a heading and one row for each expert and entry, by code and number.

Other columns, such as names and titles, are for those who look at the table and are not read.
"""

from __future__ import annotations

import tomllib
import unicodedata
from dataclasses import dataclass
from pathlib import Path

from communities import sheets
from contests.enums import AssignmentProblem

MAX_ROWS = 5000
HEADINGS: dict[str, list[str]] = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))["headings"]


class ColumnMissing(Exception):
    """The table has no column of codes or of numbers."""


@dataclass(frozen=True, slots=True)
class AssignmentRow:
    """A row of the table: its line in the file, the expert's code and the entry's number."""

    line: int
    code: str
    number: str


@dataclass(frozen=True, slots=True)
class WrongAssignment:
    """A row that keeps the table from being taken over."""

    row: AssignmentRow
    problem: AssignmentProblem


def read(data: bytes) -> list[AssignmentRow]:
    """The rows of an .xlsx or .csv file. Raises `communities.sheets.SheetError`, or `ColumnMissing`."""
    rows = sheets.read(data, most=MAX_ROWS)
    names = [_plain(name).lower().replace(" ", "") for name in rows[0][1]]
    at = {
        field: next((names.index(name) for name in understood if name in names), -1)
        for field, understood in HEADINGS.items()
    }
    if -1 in at.values():
        raise ColumnMissing
    return [
        AssignmentRow(line, _cell(row, at["code"]).upper(), _number(_cell(row, at["number"]))) for line, row in rows[1:]
    ]


def _cell(row: list[str], at: int) -> str:
    return _plain(row[at]) if at < len(row) else ""


def _plain(cell: str) -> str:
    return unicodedata.normalize("NFKC", cell).strip()


def _number(typed: str) -> str:
    """A spreadsheet takes 007 for the number 7."""
    return typed.zfill(3) if typed.isdecimal() else typed
