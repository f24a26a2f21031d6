"""What is different between two states of a document, section by section. Pure: values in, values out."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields
from datetime import date
from decimal import Decimal
from difflib import SequenceMatcher
from typing import Any, get_type_hints

from proposals.document import (
    COLUMNS,
    PARTS,
    PLACE,
    TABLES,
    ActivityRow,
    BudgetItem,
    Document,
    MemberRow,
    Named,
    ObjectiveRow,
    RiskRow,
    Rows,
)
from proposals.document_enums import OPINIONS, DocumentSection

ROW_KINDS: dict[str, type[Any]] = {
    "members": MemberRow,
    "objectives": ObjectiveRow,
    "activities": ActivityRow,
    "risk_rows": RiskRow,
    "budget_lines": BudgetItem,
}
DAYS = {"starts_on", "ends_on"}
# A number or a word of Latin letters counts as one; of Chinese every character does.
WORD = re.compile(r"[A-Za-z0-9.,]+|\s+|.", re.DOTALL)

SAME, GONE, NEW = "same", "gone", "new"


@dataclass(frozen=True, slots=True)
class Piece:
    """A stretch of text, and whether it is in both states, in the earlier one or in the later one alone."""

    kind: str
    text: str


@dataclass(frozen=True, slots=True)
class SectionChange:
    """What is different in a section: pieces of each column that changed, and a piece for each row of its table."""

    section: DocumentSection
    columns: Mapping[str, Sequence[Piece]]
    rows: Sequence[Piece]


def changed_sections(before: Document, after: Document) -> list[SectionChange]:
    """Sections that differ, in their order, without the opinions of others. Telephone numbers are not looked at."""
    polished = [section for section in PARTS if section not in OPINIONS]
    return [change for section in polished if (change := _change(section, before, after))]


def _change(section: DocumentSection, before: Document, after: Document) -> SectionChange | None:
    part = PARTS[section]
    columns: dict[str, Sequence[Piece]] = {
        name: pieces(_text(before.columns[name]), _text(after.columns[name]))
        for name in part.columns
        if before.columns[name] != after.columns[name]
    }
    if section == DocumentSection.BASICS:
        columns |= _moved(before, after)
    rows: list[Piece] = []
    if part.table:
        old, new = ([line_of(row) for row in getattr(document.rows, part.table)] for document in (before, after))
        rows = list(_compared(old, new)) if old != new else []
    return SectionChange(section, columns, rows) if columns or rows else None


def _moved(before: Document, after: Document) -> dict[str, Sequence[Piece]]:
    """Whole names, one for the other; of a document that was kept without its place nothing is known."""
    known = [name for name in PLACE if name in before.place and name in after.place]
    return {
        name: (Piece(GONE, str(before.place[name])), Piece(NEW, str(after.place[name])))
        for name in known
        if before.place[name].pk != after.place[name].pk
    }


def pieces(before: str, after: str) -> list[Piece]:
    """The two texts as one, in stretches."""
    old, new = WORD.findall(before), WORD.findall(after)
    found: list[Piece] = []
    for piece in _compared(old, new):
        if found and found[-1].kind == piece.kind:
            found[-1] = Piece(piece.kind, found[-1].text + piece.text)
        else:
            found.append(piece)
    return found


def _compared(old: Sequence[str], new: Sequence[str]) -> Iterator[Piece]:
    for tag, i, j, k, m in SequenceMatcher(None, old, new, autojunk=False).get_opcodes():
        if tag == "equal":
            yield from (Piece(SAME, text) for text in old[i:j])
        else:
            yield from (Piece(GONE, text) for text in old[i:j])
            yield from (Piece(NEW, text) for text in new[k:m])


def line_of(row: Any) -> str:
    """A row as one line of text, without a telephone number."""
    values = (getattr(row, field.name) for field in fields(row) if field.name != "phone")
    return " · ".join(text for value in values if (text := _text(value)))


def _text(value: object) -> str:
    if value is None:
        return ""
    return f"{value:f}" if isinstance(value, Decimal) else str(value)


def packed(document: Document) -> dict[str, Any]:
    """The document as JSON can hold it; telephone numbers are left out."""
    rows = {
        table: [
            {name: _plain(value) for name, value in asdict(row).items() if name != "phone"}
            for row in getattr(document.rows, table)
        ]
        for table in TABLES
    }
    columns = {name: _plain(document.columns[name]) for name in COLUMNS}
    return {"columns": columns, "rows": rows, "place": {name: asdict(row) for name, row in document.place.items()}}


def _plain(value: object) -> object:
    return value if value is None or isinstance(value, (int, str)) else str(value)


def unpacked(stored: Mapping[str, Any]) -> Document:
    """What `packed` made a stored value of; a column that did not exist then is empty."""
    columns = {name: _column(name, stored["columns"].get(name, "")) for name in COLUMNS}
    rows = {table: tuple(_row(ROW_KINDS[table], row) for row in stored["rows"].get(table, ())) for table in TABLES}
    place = {name: Named(**row) for name, row in stored.get("place", {}).items()}
    return Document(columns, Rows(**rows), place)


def _column(name: str, value: Any) -> object:
    return date.fromisoformat(value) if name in DAYS and value else value


def _row(kind: type[Any], values: Mapping[str, Any]) -> Any:
    hints = get_type_hints(kind)
    readers: dict[type, Any] = {date: date.fromisoformat, Decimal: Decimal}
    return kind(**{name: readers.get(hints[name], hints[name])(value) for name, value in values.items()})
