"""Rows as a spreadsheet: CSV (UTF-8 with its mark, as spreadsheets want it) or XLSX, row by row.

A text that a spreadsheet would take for a formula is made harmless with an apostrophe before it (OWASP, CSV Injection);
numbers stay numbers. Rows are read one after the other, so that a long list needs no more memory than a short one.
"""

from __future__ import annotations

import csv
import re
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import IO, TypeAlias

from django.http import FileResponse, Http404, HttpResponseBase, StreamingHttpResponse
from django.utils import timezone
from openpyxl import Workbook

Cell: TypeAlias = "str | int | Decimal | date | datetime | None"
Row: TypeAlias = Sequence[Cell]

CSV, XLSX = "csv", "xlsx"
TYPES = {
    CSV: "text/csv; charset=utf-8",
    XLSX: "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
MARK = "\ufeff"
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
# What no XML document holds, and so no XLSX file; without them a file is the same in both kinds.
NO_XML = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff]")
# What no sheet is called by.
NO_TITLE = re.compile(r"[\\*?:/\[\]]")
SPOOLED = 1024 * 1024


class _Line:
    """What the CSV writer writes to: hands each line straight back."""

    def write(self, text: str) -> str:
        return text


def harmless(value: Cell) -> Cell:
    """The value as a cell that starts no formula; moments in the time of the place, without the zone."""
    if isinstance(value, datetime):
        return timezone.localtime(value).replace(tzinfo=None, microsecond=0)
    if not isinstance(value, str):
        return value
    text = NO_XML.sub("", value)
    return f"'{text}" if text.startswith(FORMULA_STARTS) else text


def table_file(name: str, title: str, heading: Sequence[str], rows: Iterable[Row], kind: str) -> HttpResponseBase:
    """The rows as a file of the kind asked for, called `name`; 404 for another kind."""
    if kind not in TYPES:
        raise Http404(kind)
    if kind == XLSX:
        book = as_xlsx(title, heading, rows)
        return FileResponse(book, as_attachment=True, filename=f"{name}.{kind}", content_type=TYPES[kind])
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"'}
    return StreamingHttpResponse(as_csv(heading, rows), content_type=TYPES[kind], headers=headers)


def as_csv(heading: Sequence[str], rows: Iterable[Row]) -> Iterator[str]:
    """The lines of a CSV file; empty values are empty cells."""
    writer = csv.writer(_Line())
    yield MARK + writer.writerow([harmless(name) for name in heading])
    for row in rows:
        yield writer.writerow([harmless(value) for value in row])


def as_xlsx(title: str, heading: Sequence[str], rows: Iterable[Row]) -> IO[bytes]:
    """A workbook with one sheet, open at its beginning; large ones lie in a file that goes when it is closed."""
    book = Workbook(write_only=True)
    sheet = book.create_sheet(NO_TITLE.sub("", title)[:31])
    sheet.freeze_panes = "A2"
    sheet.append([harmless(name) for name in heading])
    for values in rows:
        sheet.append([harmless(value) for value in values])
    file = tempfile.SpooledTemporaryFile(max_size=SPOOLED)  # noqa: SIM115 (whoever sends it closes it)
    book.save(file)
    file.seek(0)
    return file
