"""Rosters of residents as offices keep them in spreadsheets: read row by row, with what is wrong in each.

A roster has a heading and one row for each voter: the number on the committee's own roster, a mobile number (may be
empty) and whether the person is 18 or older. Nothing else is read: neither names nor addresses.
"""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from communities import sheets
from communities.enums import SheetProblem
from contests.voting_enums import RosterProblem, VotingRefusal

MAX_ROWS = 5000
REFERENCE_LENGTH = 40
MOBILE = re.compile(r"(?:\+?86)?(1[3-9]\d{9})")
_WORDS = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
HEADINGS: dict[str, list[str]] = _WORDS["headings"]
YES = frozenset(_WORDS["yes"])
PROBLEMS = {
    SheetProblem.UNREADABLE: VotingRefusal.FILE_UNREADABLE,
    SheetProblem.TOO_LONG: VotingRefusal.FILE_LONG,
    SheetProblem.EMPTY: VotingRefusal.FILE_EMPTY,
}


class RosterError(Exception):
    """The file as a whole cannot be used; `reason` says why."""

    def __init__(self, reason: VotingRefusal, **facts: object) -> None:
        super().__init__(reason.value)
        self.reason = reason
        self.facts = facts


@dataclass(frozen=True, slots=True)
class RosterRow:
    """A row that can be entered. `phone` in E.164 form, or empty."""

    line: int
    reference: str
    phone: str


@dataclass(frozen=True, slots=True)
class WrongRow:
    """A row that is left out; `typed` is what its cells hold."""

    line: int
    typed: str
    problem: RosterProblem


def read(data: bytes) -> tuple[list[RosterRow], list[WrongRow]]:
    """The rows of an .xlsx or .csv file, and those with something wrong. Raises `RosterError`."""
    try:
        cells = sheets.read(data, most=MAX_ROWS)
    except sheets.SheetError as error:
        raise RosterError(PROBLEMS[error.problem], most=MAX_ROWS) from error
    rows = [(number, [_plain(cell) for cell in row]) for number, row in cells]
    columns = _columns(rows[0][1])
    return _checked(rows[1:], columns)


def mobile(typed: str) -> str:
    """The mobile number in E.164 form; empty if it is none."""
    found = MOBILE.fullmatch(re.sub(r"[\s-]", "", unicodedata.normalize("NFKC", typed)))
    return f"+86{found[1]}" if found else ""


def _plain(cell: str) -> str:
    """Digits and letters in their common form, without what an export puts before a formula."""
    return unicodedata.normalize("NFKC", cell).strip().lstrip("'")


def _columns(heading: Sequence[str]) -> dict[str, int]:
    names = [name.lower().replace(" ", "") for name in heading]
    found = {
        field: next((names.index(name) for name in understood if name in names), -1)
        for field, understood in HEADINGS.items()
    }
    if found["reference"] < 0:
        raise RosterError(VotingRefusal.NO_REFERENCE_COLUMN, column=HEADINGS["reference"][0])
    return found


def _checked(rows: Sequence[tuple[int, list[str]]], columns: dict[str, int]) -> tuple[list[RosterRow], list[WrongRow]]:
    good: list[RosterRow] = []
    wrong: list[WrongRow] = []
    references: set[str] = set()
    phones: set[str] = set()
    for line, row in rows:
        cell = {field: row[at] if 0 <= at < len(row) else "" for field, at in columns.items()}
        phone = mobile(cell["phone"])
        if problem := _problem(cell, phone, references, phones):
            wrong.append(WrongRow(line, " · ".join(filter(None, row))[:120], problem))
            continue
        references.add(cell["reference"])
        phones |= {phone} - {""}
        good.append(RosterRow(line, cell["reference"], phone))
    return good, wrong


def _problem(cell: dict[str, str], phone: str, references: set[str], phones: set[str]) -> RosterProblem | None:
    checks = {
        RosterProblem.NO_REFERENCE: not cell["reference"],
        RosterProblem.LONG_REFERENCE: len(cell["reference"]) > REFERENCE_LENGTH,
        RosterProblem.TWICE: cell["reference"] in references,
        RosterProblem.PHONE_WRONG: bool(cell["phone"]) and not phone,
        RosterProblem.PHONE_TWICE: bool(phone) and phone in phones,
        RosterProblem.UNDER_AGE: cell["adult"].lower() not in YES,
    }
    return next((problem for problem, found in checks.items() if found), None)
