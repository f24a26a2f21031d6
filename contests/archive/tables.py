"""One CSV file of an archive: bytes to rows, row by row, with the place of whatever is wrong."""

import csv
import io
from collections.abc import Iterator
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contests.archive.layout import FileSpec
from contests.archive.problems import ProblemList, expected

BOM = "\ufeff"
Located = list[tuple[int, Any]]


def decode(name: str, data: bytes, found: ProblemList) -> str | None:
    """The text of a file without a byte-order mark; None after adding what is wrong to `found`."""
    try:
        text = data.decode("utf-8").removeprefix(BOM)
    except UnicodeDecodeError as error:
        found.add(name, data.count(b"\n", 0, error.start) + 1, "", _("this is not valid UTF-8"))
        return None
    if "\x00" in text:
        found.add(name, text.count("\n", 0, text.index("\x00")) + 1, "", _("there is a zero byte in this line"))
        return None
    return text


def read_table(spec: FileSpec, text: str, found: ProblemList) -> Located:
    """The rows of a file with the line each begins at; rows with a problem are left out and added to `found`."""
    records = _records(spec.name, text, found)
    _line, header = next(records, (1, []))
    order = _header(spec, header, found)
    if order is None:
        return []
    rows: Located = []
    seen: dict[tuple[Any, ...], int] = {}
    for line, record in records:
        row = _row(spec, line, record, order, found)
        if row is None:
            continue
        if len(rows) >= spec.max_rows:
            found.add(spec.name, line, "", format_lazy(_("more than {limit} rows"), limit=spec.max_rows))
            break
        first = seen.setdefault(tuple(getattr(row, name) for name in spec.key), line)
        if first != line:
            found.add(spec.name, line, spec.key[-1], format_lazy(_("the same as in row {row}"), row=first))
            continue
        rows.append((line, row))
    return rows


def _records(name: str, text: str, found: ProblemList) -> Iterator[tuple[int, list[str]]]:
    """Each record with the line it begins at; empty lines are passed over, broken quoting ends the file."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    while True:
        line = reader.line_num + 1
        try:
            record = next(reader)
        except StopIteration:
            return
        except csv.Error:
            found.add(name, line, "", _("the quoting of this line is broken, or it is too long"))
            return
        if record:
            yield line, record


def _header(spec: FileSpec, header: list[str], found: ProblemList) -> list[int] | None:
    """Where each column of the layout is in the file; None where the header is wrong."""
    names = [column.name for column in spec.columns]
    missing = [name for name in names if name not in header]
    for name in missing:
        found.add(spec.name, 1, name, _("this column is missing"))
    unknown = [name for at, name in enumerate(header) if name not in names or name in header[:at]]
    for name in unknown:
        found.add(spec.name, 1, "", expected(format_lazy(_("the columns {names}"), names=",".join(names)), name))
    return None if missing or unknown else [header.index(name) for name in names]


def _row(spec: FileSpec, line: int, record: list[str], order: list[int], found: ProblemList) -> Any | None:
    if len(record) != len(order):
        what = format_lazy(_("{count} columns"), count=len(order))
        found.add(spec.name, line, "", expected(what, str(len(record))))
        return None
    values = []
    for column, at in zip(spec.columns, order, strict=True):
        try:
            values.append(column.cell.parse(record[at]))
        except ValueError:
            found.add(spec.name, line, column.name, expected(column.cell.expected, record[at]))
    return spec.row(*values) if len(values) == len(order) else None
