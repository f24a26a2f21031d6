"""Spreadsheets: no text becomes a formula, numbers stay numbers, and rows come one by one."""

import csv
import io
from datetime import UTC, datetime
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import load_workbook

from communities import tables

TEXTS = ["=1+1", "+1", "-1", "@SUM(A1)", "\t=1", "\r=1", "\n=1", "＝1", '=HYPERLINK("http://x")']


def read_csv(heading, rows):
    lines = "".join(tables.as_csv(heading, rows))
    assert lines.startswith(tables.MARK)
    return list(csv.reader(io.StringIO(lines.removeprefix(tables.MARK), newline="")))


def read_xlsx(heading, rows):
    with tables.as_xlsx("Sheet", heading, rows) as file:
        return list(load_workbook(io.BytesIO(file.read()))["Sheet"].iter_rows())


@pytest.mark.parametrize("text", TEXTS)
def test_what_looks_like_a_formula_is_a_text(text):
    assert read_csv([text], [[text]]) == [[f"'{text}"]] * 2
    for (cell,) in read_xlsx([text], [[text]]):
        assert cell.data_type == "s"
        assert cell.value.startswith("'")


def test_values_keep_their_kind():
    moment = datetime(2026, 11, 20, 16, 30, tzinfo=UTC)
    row = [7, Decimal("-12.50"), None, "Text", moment]
    ((_heading, *_rest), cells) = read_xlsx(list("abcde"), [row])
    assert [cell.value for cell in cells[:4]] == [7, Decimal("-12.5"), None, "Text"]
    assert str(cells[4].value) == "2026-11-21 00:30:00"
    assert cells[1].data_type == "n"
    assert read_csv(list("abcde"), [row])[1] == ["7", "-12.50", "", "Text", "2026-11-21 00:30:00"]


def test_characters_that_no_workbook_holds_are_left_out():
    assert read_xlsx(["a"], [["be\x00nch\x0b"]])[1][0].value == "bench"


@given(st.lists(st.text(st.characters(codec="utf-8"), max_size=30), min_size=1, max_size=5))
def test_any_text_comes_back_from_csv(texts):
    _heading, row = read_csv(["x"] * len(texts), [texts])
    assert row == [tables.harmless(text) for text in texts]
    assert not any(cell.startswith(tables.FORMULA_STARTS) for cell in row)


def test_rows_are_written_as_they_are_read():
    def rows():
        yield ["first"]
        raise AssertionError("read too far")

    lines = tables.as_csv(["a"], rows())
    assert next(lines).endswith("a\r\n")
    assert next(lines) == "first\r\n"
