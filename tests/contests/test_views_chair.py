"""The chair's page: who may see it when, and that it names nobody and nothing to those who must not know."""

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from communities.enums import Role
from contests.models import Entry, Panelist
from contests.services.assigning import depart
from contests.services.judging import submit_sheet
from contests.services.recusing import recuse
from tests.browsing import english, text
from tests.constraints import violated
from tests.factories import AppointmentFactory


def url(contest):
    return reverse("panel_chair", args=[contest.pk])


@pytest.fixture
def chaired(contest_in, scene):
    """`chaired(state, judged=, **rules)`: a contest over which E01 presides."""

    def make(state, *, judged=False, **rules):
        contest = contest_in("DRAFT", **rules)
        contest.panelists.filter(code="E01").update(is_chair=True)
        scene.open(contest)
        if judged or state != "OPEN":
            scene.judge(contest)
        if state != "OPEN":
            scene.vote(contest)
            scene.close(contest)
        return contest

    return make


@pytest.mark.parametrize(
    "who, state, judged, shows, status",
    [
        ("officer", "OPEN", False, False, 200),
        ("approver", "OPEN", True, False, 200),
        ("supervisor", "CLOSED", True, False, 200),
        ("other_officer", "CLOSED", True, True, 404),
        ("resident", "CLOSED", True, True, 404),
        # The chair, by what is in and what the contest shows.
        ("expert", "OPEN", False, True, 403),
        ("expert", "OPEN", True, False, 403),
        ("expert", "OPEN", True, True, 200),
        ("expert", "CLOSED", True, False, 200),
        # Another expert.
        ("recused_expert", "CLOSED", True, True, 403),
    ],
)
def test_stage_role(who, state, judged, shows, status, chaired, cast):
    contest = chaired(state, judged=judged, shows_scores=shows)
    assert english(cast(who)).get(url(contest)).status_code == status


def test_the_office_reads_names_and_the_chair_codes(chaired, officer, expert, scene):
    contest = chaired("CLOSED")
    page = text(english(officer).get(url(contest)))
    assert scene.recused.display_name in page
    assert "11 of 11 sheets are in." in page
    page = text(english(expert).get(url(contest)))
    assert "E04" in page
    assert scene.recused.display_name not in page
    assert scene.recused.username not in page


def test_figures_are_those_of_the_sheets(chaired, officer):
    # Of 90 points, E01 … E04 take 0, 3, 6 and 9 half points off in entry 001 (E04 keeps out), 6 more in each next one.
    context = english(officer).get(url(chaired("CLOSED"))).context
    rows = {row["seat"].code: row for row in context["experts"]}
    assert [str(rows[code]["figures"].mean) for code in ("E01", "E02", "E04")] == ["96.67", "95.00", "90.00"]
    assert [rows[code]["assigned"] for code in ("E01", "E04")] == [3, 2]
    assert [row["entry"].number for row in context["entries"]] == ["002", "003", "001"]
    assert context["outliers"] == []


def test_a_sheet_that_sticks_out_is_marked(contest_in, officer, scene):
    contest = contest_in("OPEN")
    entry = contest.entries.get(number="002")
    scene.submit_sheet(contest.panelists.get(code="E01"), entry, 0)
    seat = contest.panelists.get(code="E02")
    scene.begin_sheet(seat, entry)
    submit_sheet(panelist=seat, entry=entry, revision=1, by=scene.experts[1], now=scene.now)
    response = english(officer).get(url(contest))
    assert [(row["seat"].code, str(row["score"])) for row in response.context["outliers"]] == [
        ("E01", "100.00"),
        ("E02", "50.00"),
    ]
    assert "50 beside a mean of 75" in text(response)


def test_the_chair_sees_nothing_of_what_they_keep_out_of(chaired, expert):
    contest = chaired("OPEN", judged=True, shows_scores=True)
    entry = contest.entries.get(number="002")
    recuse(panelist=contest.panelists.get(user=expert), entry=entry, tie="MEMBER", by=expert)
    response = english(expert).get(url(contest))
    assert entry.title not in text(response)
    assert {row["entry"].number for row in response.context["entries"]} == {"001", "003"}
    assert [row["assigned"] for row in response.context["experts"]] == [2, 2, 2, 1]


def test_a_chair_who_dropped_out_sees_no_scores(chaired, expert, officer, scene):
    contest = chaired("OPEN", shows_scores=True)
    scene.submit_sheet(contest.panelists.get(code="E02"), contest.entries.get(number="002"), 0)
    seat = contest.panelists.get(user=expert)
    depart(panelist=seat, reason="Moved away", by=officer, now=scene.now)
    assert not seat.assignments.exists()
    response = english(expert).get(url(contest))
    assert response.status_code == 403
    assert "You have dropped out of this panel" in text(response)


def test_an_expert_who_comes_to_the_office_is_still_an_expert(chaired, expert, subdistrict):
    contest = chaired("OPEN", judged=True)
    entry = contest.entries.get(number="002")
    recuse(panelist=contest.panelists.get(user=expert), entry=entry, tie="MEMBER", by=expert)
    AppointmentFactory(user=expert, role=Role.STREET_OFFICER, subdistrict=subdistrict)
    assert english(expert).get(url(contest)).status_code == 403
    assert entry not in Entry.objects.visible_to(expert)
    assert Entry.objects.visible_to(expert).count() == 2


def test_a_panel_has_one_chair(contest_in):
    contest = contest_in("DRAFT")
    with pytest.raises(IntegrityError) as error, transaction.atomic():
        Panelist.objects.filter(contest=contest).update(is_chair=True)
    assert violated(error.value) == "contests_panelist_one_chair"


@pytest.mark.parametrize("entries", [1, 5])
def test_the_page_costs_the_same_for_any_number(contest_in, officer, entries, django_assert_num_queries):
    contest = contest_in("OPEN", entries=entries, judged=True)
    client = english(officer)
    client.get(url(contest))
    with django_assert_num_queries(11):
        client.get(url(contest))
