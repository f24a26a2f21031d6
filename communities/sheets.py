"""Rows of a spreadsheet that somebody hands in, XLSX or CSV, as text. Nothing in it is computed or run.

The file is bounded before it is opened: what a few packed bytes unfold to is asked first.
"""

from __future__ import annotations

import csv
import io
import zipfile
from collections.abc import Iterable, Iterator
from datetime import date, datetime
from typing import Any

from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from communities.enums import SheetProblem
from communities.tables import FORMULA_STARTS

MOST_BYTES = 2 * 1024 * 1024
MOST_UNPACKED = 50 * 1024 * 1024
MOST_COLUMNS = 50
LONGEST_CELL = 5000
# What spreadsheets in China save a CSV file as.
ENCODINGS = ("utf-8-sig", "gb18030")
UNREADABLE = (
    InvalidFileException,
    zipfile.BadZipFile,
    KeyError,
    ValueError,
    OSError,
    EOFError,
    csv.Error,
    SyntaxError,
    TypeError,
)


class SheetError(Exception):
    """The file as a whole cannot be used."""

    def __init__(self, problem: SheetProblem) -> None:
        super().__init__(problem.value)
        self.problem = problem


def read(data: bytes, *, most: int) -> list[tuple[int, list[str]]]:
    """Number (from 1) and cells of each row that is not empty, the heading among them. Raises `SheetError`.

    `most` rows are allowed below the heading.
    """
    if len(data) > MOST_BYTES:
        raise SheetError(SheetProblem.TOO_LONG)
    try:
        cells = [_cells(row) for row in _rows(data, most)]
    except UNREADABLE as error:
        raise SheetError(SheetProblem.UNREADABLE) from error
    rows = [(number, row) for number, row in enumerate(cells, 1) if any(row)]
    if len(rows) < 2:
        raise SheetError(SheetProblem.EMPTY)
    if len(rows) > most + 1:
        raise SheetError(SheetProblem.TOO_LONG)
    return rows


def _rows(data: bytes, most: int) -> Iterable[Iterable[object]]:
    return _workbook(data, most) if data.startswith(b"PK") else _text(data)


def _workbook(data: bytes, most: int) -> Iterator[tuple[object, ...]]:
    """The first sheet; of formulas what they showed when the file was saved."""
    with zipfile.ZipFile(io.BytesIO(data)) as packed:
        if sum(member.file_size for member in packed.infolist()) > MOST_UNPACKED:
            raise SheetError(SheetProblem.TOO_LONG)
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    sheet: Any = book.worksheets[0]
    # Empty rows between the others do not count as too many.
    yield from sheet.iter_rows(values_only=True, max_row=2 * most + 100, max_col=MOST_COLUMNS)


def _text(data: bytes) -> Iterator[list[str]]:
    if b"\0" in data:
        raise SheetError(SheetProblem.UNREADABLE)
    for encoding in ENCODINGS:
        try:
            text = data.decode(encoding)
            break
        except UnicodeDecodeError:
            continue
    else:
        raise SheetError(SheetProblem.UNREADABLE)
    between = max(",;\t", key=text.partition("\n")[0].count)
    for row in csv.reader(io.StringIO(text, newline=""), delimiter=between):
        yield row[:MOST_COLUMNS]


def _cells(row: Iterable[object]) -> list[str]:
    """Without the empty cells behind the last one."""
    cells = [_plain(value) for value in row]
    while cells and not cells[-1]:
        cells.pop()
    return cells


def _plain(value: object) -> str:
    """A cell as text: 5 is not written 5.0, and the apostrophe that our own tables put before a formula goes."""
    if value is None:
        return ""
    if isinstance(value, float) and value.is_integer():
        value = int(value)
    if isinstance(value, datetime):
        value = value.date()
    text = (value.isoformat() if isinstance(value, date) else str(value)).strip().replace("\r\n", "\n")
    return (text[1:] if text[:1] == "'" and text[1:].startswith(FORMULA_STARTS) else text)[:LONGEST_CELL]
