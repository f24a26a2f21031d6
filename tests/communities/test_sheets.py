"""Spreadsheets that somebody hands in: read as text, bounded, and never run."""

from __future__ import annotations

import io
import zipfile
from datetime import date, datetime
from itertools import chain

import pytest
from openpyxl import Workbook

from communities import sheets, tables
from communities.enums import SheetProblem

HEADING = ["Title", "Where"]


def workbook(*rows):
    book, file = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(file)
    return file.getvalue()


def text(*rows, encoding="utf-8", between=","):
    return "\r\n".join(between.join(row) for row in rows).encode(encoding)


def bomb():
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as packed:
        packed.writestr("xl/worksheets/sheet1.xml", b" " * (sheets.MOST_UNPACKED + 1))
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        workbook(HEADING, ["Benches", "West"]),
        text(HEADING, ["Benches", "West"]),
        text(HEADING, ["Benches", "West"], encoding="utf-8-sig"),
        text(HEADING, ["Benches", "West"], between="\t"),
        text(HEADING, ["Benches", "West"], between=";"),
    ],
)
def test_rows_come_with_their_numbers(data):
    assert sheets.read(data, most=9) == [(1, HEADING), (2, ["Benches", "West"])]


def test_what_chinese_spreadsheets_save_is_understood():
    assert sheets.read(text(["标题"], ["北门长椅"], encoding="gb18030"), most=9)[1] == (2, ["北门长椅"])


def test_empty_rows_are_passed_over_but_counted_in_the_numbers():
    assert [line for line, _ in sheets.read(workbook(HEADING, [], ["Benches"], [None, " "], ["Lamps"]), most=2)] == [
        1,
        3,
        5,
    ]


@pytest.mark.parametrize(
    ("cell", "read"),
    [(5, "5"), (5.0, "5"), (2.5, "2.5"), (date(2026, 5, 1), "2026-05-01"), (datetime(2026, 5, 1, 9), "2026-05-01")],  # noqa: DTZ001
)
def test_values_become_text(cell, read):
    assert sheets.read(workbook(HEADING, [cell, "here"]), most=9)[1][1][0] == read


def test_a_formula_is_not_computed():
    assert sheets.read(workbook(HEADING, ["=1+1", "here"]), most=9)[1] == (2, ["", "here"])
    assert sheets.read(text(HEADING, ["=1+1", "here"]), most=9)[1] == (2, ["=1+1", "here"])


@pytest.mark.parametrize("typed", ["=1+1", "-1", "@here", "'quoted'", "plain"])
def test_what_our_own_tables_make_harmless_comes_back_as_it_was(typed):
    lines = "".join(tables.as_csv(HEADING, [[typed, ""]])).encode()
    assert sheets.read(lines, most=9)[1][1][0] == typed


@pytest.mark.parametrize(
    ("data", "problem"),
    [
        (b"", SheetProblem.EMPTY),
        (text(HEADING), SheetProblem.EMPTY),
        (workbook(HEADING, []), SheetProblem.EMPTY),
        (b"PK\x03\x04 no archive", SheetProblem.UNREADABLE),
        (workbook(HEADING, ["Benches"])[:-200], SheetProblem.UNREADABLE),
        (b"\x00\x01\x02", SheetProblem.UNREADABLE),
        (b"\xff\xff\xff", SheetProblem.UNREADABLE),
        (b"x" * (sheets.MOST_BYTES + 1), SheetProblem.TOO_LONG),
        (bomb(), SheetProblem.TOO_LONG),
        (text(*chain([HEADING], [["Benches", "West"]] * 10)), SheetProblem.TOO_LONG),
        (workbook(*chain([HEADING], [["Benches", "West"]] * 10)), SheetProblem.TOO_LONG),
    ],
)
def test_files_that_are_not_used(data, problem):
    with pytest.raises(sheets.SheetError, check=lambda error: error.problem == problem):
        sheets.read(data, most=9)


def test_long_cells_and_many_columns_are_cut():
    [_, (_, row)] = sheets.read(text(["Title"] * 80, ["x" * 9000] * 80), most=9)
    assert (len(row), len(row[0])) == (sheets.MOST_COLUMNS, sheets.LONGEST_CELL)
