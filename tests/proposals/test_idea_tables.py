"""Lists of ideas as spreadsheets: the rows of the page, of one's scope, safe to open."""

import csv
import io
import uuid
from dataclasses import replace
from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils.timezone import localdate
from openpyxl import load_workbook

from communities import privacy
from proposals.enums import IdeaChannel, Verdict
from proposals.models import Idea, Referral
from proposals.screening_rules import UNDO_TIME
from proposals.services.entering import Contributor, enter_idea
from proposals.services.ideas import Consent, screen, undo_screening
from proposals.services.referring import answer_referral
from tests.browsing import english, text
from tests.scenes import ACCEPTANCE


def rows_of(response):
    content = b"".join(response.streaming_content)
    if response["Content-Type"].startswith("text/csv"):
        return list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))[1:]
    return [[cell.value for cell in row] for row in load_workbook(io.BytesIO(content)).active.iter_rows(min_row=2)]


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_desk_takes_along_what_it_lists(kind, community_officer, communities, idea_in):
    idea_in("RETURNED", title="=HYPERLINK(1)")
    idea_in("ACCEPTED", title="Benches at the gate")
    idea_in("DRAFT", title="Not handed in")
    idea_in("SUBMITTED", title="Elsewhere", community=communities[1])
    client, url = english(community_officer), reverse("desk_ideas_table", args=[kind])
    assert [row[1] for row in rows_of(client.get(url))] == ["Benches at the gate", "'=HYPERLINK(1)"]
    assert [row[1] for row in rows_of(client.get(url, {"state": "RETURNED"}))] == ["'=HYPERLINK(1)"]
    page = text(client.get(reverse("desk_ideas"), {"state": "RETURNED", "page": "1"}))
    assert f"{url}?state=RETURNED" in page


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_office_takes_along_what_it_lists(kind, officer, other_officer, idea_in):
    idea_in("SUBMITTED", title="In the queue")
    idea_in("ACCEPTED", title="Accepted already")
    url = reverse("admin:proposals_idea_table", args=[kind])
    client = english(officer)
    assert [row[1] for row in rows_of(client.get(url))] == ["In the queue"]
    assert [row[1] for row in rows_of(client.get(url, {"state": "ACCEPTED"}))] == ["Accepted already"]
    assert {row[1] for row in rows_of(client.get(url, {"state": "all"}))} == {"In the queue", "Accepted already"}
    assert rows_of(english(other_officer).get(url, {"state": "all"})) == []
    page = text(client.get(reverse("admin:proposals_idea_changelist"), {"state": "ACCEPTED"}))
    assert f"{url}?state=ACCEPTED" in page


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_office_takes_along_how_the_screening_stands(kind, officer, approver, idea_in, scene, now):
    waiting, doubted, _, undone = (
        idea_in(state, title=f"Idea {number}")
        for number, state in enumerate(("SUBMITTED", "SUBMITTED", "REFERRED", "REJECTED"))
    )
    Idea.objects.filter(pk=waiting.pk).update(submitted_at=now - timedelta(days=90))
    screen(idea=doubted, judgement=replace(ACCEPTANCE, sustainability=Verdict.DOUBT), by=approver, now=now)
    undo_screening(screening=undone.screenings.get(), by=officer, now=now - UNDO_TIME / 2)
    reply = "=It stands in May."
    answer_referral(referral=Referral.objects.in_force().get(), text=reply, on=localdate(now), by=officer, now=now)
    url = reverse("admin:proposals_idea_table", args=[kind])
    rows = {row[1]: row[21:] for row in rows_of(english(officer).get(url, {"state": "all"}))}
    assert rows["Idea 0"][1] == "Yes"
    assert rows["Idea 1"][2] == "waits for a second officer"
    assert [rows["Idea 2"][place] for place in (3, 5, 6, 7, 8, 9, 10)] == [
        "Refer elsewhere",
        "Officer",
        "Incomplete or unclear",
        "Please say where it should be.",
        "A department of the street office is asked to help",
        "City management",
        "'=It stands in May.",
    ]
    assert not any(rows["Idea 3"][3:])
    assert all(rows[title][0] for title in ("Idea 0", "Idea 1", "Idea 3"))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_office_takes_along_how_an_idea_came_and_what_was_judged(kind, officer, idea_in, scene, now):
    idea = idea_in("SUBMITTED")
    judged = {"public_benefit_note": "=For the whole yard.", "sustainability_note": "Paint."}
    screen(idea=idea, judgement=replace(ACCEPTANCE, **judged), by=officer, now=now)
    consent = Consent(privacy.VERSION, shows_name=False)
    person = Contributor("Ms Li")
    enter_idea(
        programme=scene.programme,
        text=scene.text("Written down"),
        channel=IdeaChannel.PHONE,
        contributor=person,
        consent=consent,
        key=uuid.uuid4(),
        by=officer,
        now=now,
    )
    answer = english(officer).get(reverse("admin:proposals_idea_table", args=[kind]), {"state": "all"})
    rows = {row[1]: row for row in rows_of(answer)}
    came = rows["Written down"]
    assert (came[13], came[17], came[18]) == ("Telephone", "Officer", privacy.VERSION)
    assert came[19]
    assert not came[20]
    assert not any(came[24:])
    assert not rows[idea.title][17]
    assert rows[idea.title][20]
    assert [cell or "" for cell in rows[idea.title][32:]] == [
        "Pass",
        "'=For the whole yard.",
        "Pass",
        "Paint.",
        "Pass",
        "",
        "",
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_the_offices_file_costs_the_same_for_any_number(count, officer, idea_in, django_assert_num_queries):
    for number in range(count):
        idea_in("REFERRED", title=f"Idea number {number}")
    client = english(officer)
    with django_assert_num_queries(12):
        rows_of(client.get(reverse("admin:proposals_idea_table", args=["csv"]), {"state": "all"}))


@pytest.mark.parametrize("who, status", [("resident", 403), ("officer", 403), ("support_member", 403)])
def test_others_take_nothing_from_the_desk(who, status, cast, programme):
    assert english(cast(who)).get(reverse("desk_ideas_table", args=["csv"])).status_code == status


def test_other_kinds_of_files_are_not_there(community_officer, officer, programme):
    assert english(community_officer).get(reverse("desk_ideas_table", args=["exe"])).status_code == 404
    assert english(officer).get(reverse("admin:proposals_idea_table", args=["exe"])).status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_a_file_costs_the_same_for_any_number(count, community_officer, idea_in, django_assert_num_queries):
    for number in range(count):
        idea_in("SUBMITTED", title=f"Idea number {number}")
    client = english(community_officer)
    with django_assert_num_queries(4):
        rows_of(client.get(reverse("desk_ideas_table", args=["csv"])))
