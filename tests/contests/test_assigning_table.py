"""The table of assignments: the same columns out and in, errors by row, all or nothing."""

from __future__ import annotations

import io
import re

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from openpyxl import Workbook, load_workbook

from communities.enums import SheetProblem
from communities.refusal import Refused
from communities.sheets import SheetError
from contests.assignment_sheet import AssignmentRow, ColumnMissing, read
from contests.enums import AssignmentProblem, ContestAct, ContestRefusal
from contests.models import Assignment, Contest
from contests.services.assigning import depart
from contests.services.assigning_table import assign_table, compare
from tests.browsing import english, shown, text
from tests.factories import PanelistFactory
from tests.racing import race

R, P = ContestRefusal, AssignmentProblem


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


def rows(*pairs):
    return [AssignmentRow(line, *pair.split()) for line, pair in enumerate(pairs, 2)]


def assigned(contest):
    found = Assignment.objects.filter(panelist__contest=contest).order_by("panelist__code", "entry__number")
    return [f"{code} {number}" for code, number in found.values_list("panelist__code", "entry__number")]


def page_of(contest):
    return reverse("admin:contests_contest_assignments", args=[contest.pk])


def upload(contest, user, content, **further):
    return english(user).post(page_of(contest), {"table": SimpleUploadedFile("t.csv", content), **further})


# Reading


def book(*lines):
    made, file = Workbook(), io.BytesIO()
    for line in lines:
        made.active.append(line)
    made.save(file)
    return file.getvalue()


@pytest.mark.parametrize(
    "data",
    [
        "评委编号,评委,参赛编号\nE01,甲,007\n".encode("gb18030"),
        "\ufeffEntry number;Expert code\n7;e01\n".encode(),
        book(["评委编号", "评委", "参赛编号"], ["Ｅ01", "甲", 7]),
    ],
)
def test_codes_and_numbers_are_read_however_they_were_saved(data):
    assert read(data) == [AssignmentRow(2, "E01", "007")]


def test_a_table_without_its_columns_is_refused():
    with pytest.raises(ColumnMissing):
        read(b"code,title\nE01,Benches\n")
    with pytest.raises(SheetError, check=lambda error: error.problem == SheetProblem.EMPTY):
        read("评委编号,参赛编号\n".encode())


# Comparing and taking over


def test_each_wrong_row_is_named_with_its_reason(contest_in, officer, now):
    contest = contest_in("OPEN")
    PanelistFactory(contest=contest, code="E05")
    depart(panelist=contest.panelists.get(code="E03"), reason="Ill", by=officer, now=now)
    table = rows("E09 001", "E03 001", "E01 009", "E04 001", "E05 001", "E05 001")
    table.append(AssignmentRow(8, "", "001"))
    found = compare(contest=contest, rows=table)
    assert [(each.row.line, each.problem) for each in found.wrong] == [
        (2, P.NO_EXPERT),
        (3, P.EXPERT_LEFT),
        (4, P.NO_ENTRY),
        (5, P.RECUSED),
        (7, P.TWICE),
        (8, P.NO_EXPERT),
    ]


def test_it_is_all_or_nothing(contest_in, officer):
    contest = contest_in("OPEN")
    before = assigned(contest)
    PanelistFactory(contest=contest, code="E05")
    with refused(R.ROWS_WRONG) as refusal:
        assign_table(contest=contest, rows=rows("E05 001", "E04 001"), alone=True, by=officer)
    assert "3" in str(refusal.value)
    assert assigned(contest) == before


def test_rows_are_added_and_with_alone_the_others_go_but_for_what_is_handed_in(contest_in, officer, scene):
    contest = contest_in("OPEN")
    PanelistFactory(contest=contest, code="E05")
    scene.submit_sheet(contest.panelists.get(code="E01"), contest.entries.get(number="001"), 0)
    before = assigned(contest)
    assign_table(contest=contest, rows=rows("E05 001", "E02 002"), alone=False, by=officer)
    assert assigned(contest) == sorted([*before, "E05 001"])
    assert contest.events.filter(reason=ContestAct.ENTRIES_ASSIGNED).latest("pk").note == "E05"
    done = assign_table(contest=contest, rows=rows("E05 001", "E02 002"), alone=True, by=officer)
    assert (done.new, done.there, done.handed_in) == ([], 2, 1)
    # What E04 keeps out of is no assignment that stands.
    assert [pair for pair in assigned(contest) if pair != "E04 001"] == ["E01 001", "E02 002", "E05 001"]


@pytest.mark.parametrize("state, allowed", [("DRAFT", True), ("OPEN", True), ("CLOSED", False)])
@pytest.mark.parametrize("who", ["officer", "approver", "other_officer", "supervisor", "expert"])
def test_stage_role(who, state, allowed, contest_in, cast):
    contest = contest_in(state, entries=1)

    def act():
        return assign_table(contest=contest, rows=rows("E01 001"), alone=False, by=cast(who))

    if who not in {"officer", "approver"}:
        with refused(R.NOT_AN_OFFICER):
            act()
    elif not allowed:
        with refused(R.WRONG_STATE):
            act()
    else:
        assert act().wrong == []


@pytest.mark.django_db(transaction=True)
def test_two_tables_at_once_come_one_after_the_other(contest_in, officer, approver):
    contest = contest_in("DRAFT", entries=2)
    one, other = rows("E01 001"), rows("E02 002")
    outcomes = race(
        lambda: assign_table(contest=contest, rows=one, alone=True, by=officer),
        lambda: assign_table(contest=contest, rows=other, alone=True, by=approver),
    )
    assert not [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert assigned(contest) in (["E01 001"], ["E02 002"])


# The page


def test_what_is_assigned_goes_out_and_comes_in_again_unchanged(contest_in, officer):
    contest = contest_in("OPEN")
    client = english(officer)
    kinds = {}
    for kind in ("csv", "xlsx"):
        response = client.get(reverse("admin:contests_contest_assignments_table", args=[contest.pk, kind]))
        kinds[kind] = b"".join(response.streaming_content)
        assert f"assignments-{contest.pk}.{kind}" in response["Content-Disposition"]
    assert [cell.value for cell in load_workbook(io.BytesIO(kinds["xlsx"])).active[1]][:3] == [
        "expert code",
        "expert",
        "entry number",
    ]
    for data in kinds.values():
        found = compare(contest=contest, rows=read(data))
        assert (found.wrong, found.new, found.absent) == ([], [], [])
        assert found.there == 11


def test_the_preview_shows_what_changes_and_then_it_is_taken_over(contest_in, officer):
    contest = contest_in("OPEN")
    PanelistFactory(contest=contest, code="E05")
    page = text(upload(contest, officer, b"expert code,entry number\nE05,1\nE01,1\n", alone="on"))
    assert "New: 1. Assigned already: 1." in page
    assert "Taken away: 10." in page
    before = assigned(contest)
    assert "E05 001" not in before
    signed = re.search(r'name="rows" value="([^"]+)"', page)[1]
    page = text(english(officer).post(page_of(contest), {"rows": signed}, follow=True))
    assert "New assignments: 1. Taken away: 10." in page
    assert "E05 001" in assigned(contest)


def test_wrong_rows_are_shown_and_offer_nothing_to_press(contest_in, officer):
    contest = contest_in("OPEN")
    page = text(upload(contest, officer, b"expert code,entry number\nE04,1\n<b>,1\n"))
    assert "2 rows cannot be taken over" in page
    assert shown(P.RECUSED.label) in page
    assert shown("<B>") in page
    assert 'name="rows"' not in page


def test_a_preview_of_somebody_else_or_forged_is_refused(contest_in, officer, approver):
    contest = contest_in("OPEN")
    PanelistFactory(contest=contest, code="E05")
    page = text(upload(contest, officer, b"expert code,entry number\nE05,1\n"))
    signed = re.search(r'name="rows" value="([^"]+)"', page)[1]
    for user, value in ((approver, signed), (officer, f"{signed}x")):
        page = text(english(user).post(page_of(contest), {"rows": value}, follow=True))
        assert "This preview is out of date." in page
    assert "E05 001" not in assigned(contest)


def test_who_keeps_out_meanwhile_is_told_by_row(contest_in, officer):
    contest = contest_in("OPEN")
    seat = PanelistFactory(contest=contest, code="E05")
    page = text(upload(contest, officer, b"expert code,entry number\nE05,1\n"))
    signed = re.search(r'name="rows" value="([^"]+)"', page)[1]
    seat.recusals.create(entry=contest.entries.get(number="001"), ground="DECLARED", tie="RELATIVE")
    page = text(english(officer).post(page_of(contest), {"rows": signed}, follow=True))
    assert "Rows 2 do not fit" in page
    assert "E05 001" not in assigned(contest)


@pytest.mark.parametrize(
    "content, error",
    [
        (b"PK\x03\x04broken", SheetProblem.UNREADABLE.label),
        (b"title\nBenches\n", "The table needs a column “expert code” and a column “entry number”"),
        (b"", "empty"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(content, error, contest_in, officer):
    assert shown(error) in text(upload(contest_in("DRAFT", entries=1), officer, content))


def test_supervisors_download_and_change_nothing(contest_in, supervisor, other_officer, resident):
    contest = contest_in("OPEN", entries=1)
    client = english(supervisor)
    assert "Look at what is in it" not in text(client.get(page_of(contest)))
    assert client.post(page_of(contest), {"rows": "x"}).status_code == 403
    table = reverse("admin:contests_contest_assignments_table", args=[contest.pk, "csv"])
    assert client.get(table).status_code == 200
    assert english(other_officer).get(table).status_code == 404
    assert english(resident).get(table).status_code == 403


@pytest.mark.parametrize("entries", [1, 3])
def test_a_preview_costs_the_same_for_any_number(entries, contest_in, officer, django_assert_num_queries):
    contest = contest_in("DRAFT", entries=entries)
    lines = "".join(f"E01,{number}\n" for number in range(1, entries + 1))
    table = read(f"expert code,entry number\n{lines}".encode())
    contest = Contest.objects.select_related("programme").get(pk=contest.pk)
    with django_assert_num_queries(21):
        compare(contest=contest, rows=table)
