"""Rosters as offices send them: two file formats, three columns, and every row that cannot be used named."""

from __future__ import annotations

import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from openpyxl import Workbook

from communities import sheets
from contests import codes, roster
from contests.roster import RosterError, RosterRow
from contests.voting_enums import RosterProblem, VotingRefusal

P, R = RosterProblem, VotingRefusal
HEADING = ["编号", "手机号", "满18周岁"]


def workbook(*rows: list[object]) -> bytes:
    book, out = Workbook(), io.BytesIO()
    for row in rows:
        book.active.append(row)
    book.save(out)
    return out.getvalue()


def problems(*rows: list[object]) -> dict[int, RosterProblem]:
    return {row.line: row.problem for row in roster.read(workbook(HEADING, *rows))[1]}


def test_a_workbook_is_read_by_its_headings():
    good, wrong = roster.read(workbook(["姓名", *HEADING], ["x", 7, "138 0000 1111", "是"], ["y", "A-2", None, "是"]))
    assert good == [RosterRow(2, "7", "+8613800001111"), RosterRow(3, "A-2", "")]
    assert wrong == []


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "gb18030"])
@pytest.mark.parametrize("between", [",", ";", "\t"])
def test_a_text_file_is_read_as_offices_save_it(encoding, between):
    lines = [between.join(row) for row in (HEADING, ["0001", "+8613800001111", "是"], ["0002", "", "是"])]
    good, _wrong = roster.read("\r\n".join(lines).encode(encoding))
    assert [row.reference for row in good] == ["0001", "0002"]


def test_every_row_says_what_is_wrong_with_it():
    assert problems(
        ["", "", "是"],
        ["x" * 41, "", "是"],
        ["1", "13800001111", "是"],
        ["1", "", "是"],
        ["2", "12345", "是"],
        ["3", "13800001111", "是"],
        ["4", "", "否"],
        ["5", "", None],
    ) == {2: P.NO_REFERENCE, 3: P.LONG_REFERENCE, 5: P.TWICE, 6: P.PHONE_WRONG, 7: P.PHONE_TWICE, 8: P.UNDER_AGE, 9: P.UNDER_AGE}  # fmt: skip


@pytest.mark.parametrize(
    ("data", "reason"),
    [
        (b"PK\x03\x04 nothing", R.FILE_UNREADABLE),
        (b"\xff\xfe\x00\x01", R.FILE_UNREADABLE),
        (b"", R.FILE_EMPTY),
        ("编号,手机号\n".encode(), R.FILE_EMPTY),
        (b"name,age\nA,20\n", R.NO_REFERENCE_COLUMN),
        (b"x" * (sheets.MOST_BYTES + 1), R.FILE_LONG),
        (("编号,满18周岁\n" + "".join(f"{n},是\n" for n in range(roster.MAX_ROWS + 1))).encode(), R.FILE_LONG),
    ],
)
def test_a_file_that_cannot_be_used_is_refused(data, reason):
    with pytest.raises(RosterError) as caught:
        roster.read(data)
    assert caught.value.reason == reason
    assert str(reason.label % caught.value.facts)


@given(st.binary(max_size=300))
def test_no_file_breaks_the_reader(data):
    try:
        good, wrong = roster.read(data)
    except RosterError:
        return
    assert len({row.reference for row in good}) == len(good)
    assert all(row.problem for row in wrong)


# Household codes


def test_a_code_is_read_however_it_was_typed():
    code = codes.draw()
    assert codes.read(code.lower().replace("-", " ")) == code
    assert codes.read("".join(chr(ord(c) + 0xFEE0) if c != "-" else "—" for c in code)) == code


@given(st.text(max_size=20))
def test_what_is_no_code_is_none(typed):
    assert codes.read(typed) in {"", codes.written(codes.read(typed).replace("-", ""))}


@pytest.mark.parametrize("typed", ["", "AAAA-BBBB-CCC", "0AAA-BBBB-CCCC", "IAAA-BBBB-CCCC", "AAAA-BBBB-CCCCC"])
def test_letters_that_look_alike_are_no_code(typed):
    assert codes.read(typed) == ""


def test_hashes_need_the_key():
    code = codes.draw()
    assert codes.keyed_hash(code, "a") != codes.keyed_hash(code, "b")
    assert codes.keyed_hash(code, "a") == codes.keyed_hash(code, "a")
