"""What is different between two documents, and documents as JSON keeps them. Pure."""

from dataclasses import replace
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from proposals.changes import GONE, NEW, SAME, Piece, changed_sections, line_of, packed, pieces, unpacked
from proposals.document import COLUMNS, BudgetItem, Document, MemberRow, Named, RiskRow, Rows
from proposals.document_enums import DocumentSection
from tests.scenes import COMPLETE, ROWS

S = DocumentSection
FULL = Document(
    dict.fromkeys(COLUMNS, "") | {"team_type": "RESIDENTS"} | COMPLETE,
    replace(ROWS, budget_lines=(BudgetItem("Benches", Decimal("400.00"), 12),)),
)
WITHOUT_PHONES = replace(FULL, rows=replace(FULL.rows, members=tuple(replace(m, phone="") for m in FULL.rows.members)))


@pytest.mark.parametrize(
    ("before", "after", "found"),
    [
        ("", "", []),
        ("Benches", "Benches", [Piece(SAME, "Benches")]),
        ("", "Benches", [Piece(NEW, "Benches")]),
        ("Benches", "", [Piece(GONE, "Benches")]),
        (
            "Three benches",
            "Twelve benches",
            [Piece(GONE, "Three"), Piece(NEW, "Twelve"), Piece(SAME, " benches")],
        ),
        (
            "在东门放三把椅子",
            "在西门放三把长椅",
            [
                Piece(SAME, "在"),
                Piece(GONE, "东"),
                Piece(NEW, "西"),
                Piece(SAME, "门放三把"),
                Piece(NEW, "长"),
                Piece(SAME, "椅"),
                Piece(GONE, "子"),
            ],
        ),
        ("400.00元", "450.00元", [Piece(GONE, "400.00"), Piece(NEW, "450.00"), Piece(SAME, "元")]),
    ],
)
def test_two_texts_as_one(before, after, found):
    assert pieces(before, after) == found


@settings(max_examples=150, deadline=None)
@given(st.text(max_size=60), st.text(max_size=60))
def test_both_texts_can_be_read_from_the_pieces(before, after):
    found = pieces(before, after)
    assert "".join(piece.text for piece in found if piece.kind != NEW) == before
    assert "".join(piece.text for piece in found if piece.kind != GONE) == after


def test_equal_documents_have_no_changes():
    assert changed_sections(FULL, FULL) == []
    assert changed_sections(FULL, WITHOUT_PHONES) == []


def test_a_column_and_a_row_change_their_sections_only():
    after = replace(
        FULL,
        columns={**FULL.columns, "summary": "Shade, too.", "starts_on": date(2030, 5, 1), "direct_beneficiaries": None},
        rows=replace(FULL.rows, risk_rows=(RiskRow("Frost", "Wait."), *FULL.rows.risk_rows)),
    )
    changes = {change.section: change for change in changed_sections(FULL, after)}
    assert list(changes) == [S.BASICS, S.SUMMARY, S.NEEDS, S.RISKS]
    assert set(changes[S.BASICS].columns) == {"starts_on"}
    assert changes[S.NEEDS].columns["direct_beneficiaries"] == [Piece(GONE, "300")]
    assert [piece.kind for piece in changes[S.RISKS].rows] == [NEW, SAME]


def test_numbers_of_people_are_in_no_line():
    assert line_of(MemberRow("Somebody", "writes", "+8613800000009")) == "Somebody · writes"


def test_a_document_comes_back_from_json_without_numbers():
    stored = packed(FULL)
    assert "13800000009" not in str(stored)
    assert unpacked(stored) == WITHOUT_PHONES


def test_where_it_belongs_comes_back_and_is_a_change_of_the_basics():
    here = {"community": Named(1, "Community A"), "category": Named(5, "Environment")}
    before = unpacked(packed(replace(FULL, place=here)))
    assert before == replace(WITHOUT_PHONES, place=here)
    assert changed_sections(before, replace(before, place={**here, "category": Named(5, "Renamed")})) == []
    [change] = changed_sections(before, replace(before, place={**here, "community": Named(2, "Community B")}))
    assert change.section == S.BASICS
    assert change.columns == {"community": (Piece("gone", "Community A"), Piece("new", "Community B"))}


def test_a_document_kept_without_its_place_is_not_said_to_have_moved():
    stored = packed(FULL)
    del stored["place"]
    assert changed_sections(unpacked(stored), replace(WITHOUT_PHONES, place={"community": Named(1, "A")})) == []


def test_an_empty_document_comes_back():
    empty = Document(dict.fromkeys(COLUMNS, "") | {"starts_on": None, "ends_on": None}, Rows())
    assert unpacked(packed(empty)) == empty


def test_what_was_added_to_documents_later_is_empty_in_earlier_ones():
    stored = packed(FULL)
    del stored["columns"]["innovation"]
    del stored["rows"]["risk_rows"]
    earlier = unpacked(stored)
    assert (earlier.columns["innovation"], earlier.rows.risk_rows) == ("", ())
