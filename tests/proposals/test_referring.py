"""An idea that others take over: who, how, and what they answered."""

from __future__ import annotations

import csv
import io
from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext, override
from openpyxl import load_workbook

from communities.notices import remark_of, sentence
from communities.refusal import Refused
from proposals.enums import IdeaState, ProposalRefusal, ScreeningDecision, Verdict
from proposals.models import Referral, Screening
from proposals.screening_rules import UNDO_TIME, why_not_answer_referral
from proposals.services.ideas import screen, undo_screening, withdraw_idea
from proposals.services.notifications import send_due_notifications
from proposals.services.referring import answer_referral
from tests.browsing import english, shown, text
from tests.proposals.test_admin_ideas import REJECT, screen_url, state_of
from tests.proposals.test_rules import ROLES
from tests.racing import SECONDS, meanwhile, race, somebody_waits
from tests.scenes import RECEIVER, turning_away

R = ProposalRefusal
LIST = "/admin/proposals/referral/"
REFER = {**REJECT, "decision": "REFER", "disposition": "STREET_DEPARTMENT", "receiver": "City management"}
ANSWER = "The lamp is set up in May."


@pytest.fixture
def referral(idea_in):
    return Referral.objects.get(screening__idea=idea_in(IdeaState.REFERRED))


def answer(referral, by, now, **parts):
    return answer_referral(referral=referral, text=ANSWER, on=timezone.localdate(now), by=by, now=now, **parts)


def test_a_referral_keeps_who_takes_the_idea_over(referral):
    kept = (referral.disposition, referral.receiver, referral.contact, referral.note)
    assert kept == (RECEIVER.disposition, RECEIVER.receiver, RECEIVER.contact, RECEIVER.note)


@pytest.mark.parametrize("to", [None, replace(RECEIVER, receiver="  ")])
def test_nobody_is_sent_nowhere(to, idea_in, officer, now):
    idea = idea_in(IdeaState.SUBMITTED)
    judgement = replace(turning_away(ScreeningDecision.REFER), to=to)
    with pytest.raises(Refused) as refusal:
        screen(idea=idea, judgement=judgement, by=officer, now=now)
    assert refusal.value.reason == R.RECEIVER_NEEDED
    assert state_of(idea) == IdeaState.SUBMITTED


def test_other_decisions_have_no_receiver(idea_in, officer, now):
    judgement = replace(turning_away(ScreeningDecision.REJECT), to=RECEIVER)
    screen(idea=idea_in(IdeaState.SUBMITTED), judgement=judgement, by=officer, now=now)
    assert not Referral.objects.exists()


def test_a_first_opinion_and_what_was_taken_back_are_no_referrals(idea_in, officer, now):
    doubtful = replace(turning_away(ScreeningDecision.REFER), sustainability=Verdict.DOUBT)
    screen(idea=idea_in(IdeaState.SUBMITTED), judgement=doubtful, by=officer, now=now)
    referred = idea_in(IdeaState.REFERRED)
    undo_screening(screening=referred.screenings.get(), by=officer, now=now - UNDO_TIME / 2)
    assert Referral.objects.count() == 2
    assert not Referral.objects.in_force().exists()
    assert not Referral.objects.unanswered().exists()


@pytest.mark.parametrize("role", ROLES)
def test_who_enters_an_answer(role, referral, cast, now):
    expected = None if role in {"officer", "approver"} else R.NOT_AN_OFFICER
    assert why_not_answer_referral(cast(role), referral, timezone.localdate(now), now) == expected


@pytest.mark.parametrize("days, reason", [(-1, R.BEFORE_REFERRAL), (0, None), (3, None), (4, R.NOT_YET)])
def test_on_which_day_an_answer_came(days, reason, referral, officer, now):
    on = timezone.localdate(now) + timedelta(days=days)
    assert why_not_answer_referral(officer, referral, on, now + timedelta(days=3)) == reason


def test_there_is_one_answer(referral, officer, approver, now):
    answered = answer(referral, officer, now)
    assert (answered.reply, answered.replied_on, answered.recorded_by) == (ANSWER, timezone.localdate(now), officer)
    with pytest.raises(Refused) as refusal:
        answer(Referral.objects.get(), approver, now)
    assert refusal.value.reason == R.ANSWERED_ALREADY


def test_of_a_withdrawn_idea_nobody_waits_for_an_answer(referral, resident, officer, now):
    withdraw_idea(idea=referral.screening.idea, by=resident, now=now)
    assert why_not_answer_referral(officer, referral, timezone.localdate(now), now) == R.WRONG_STATE


def test_an_answer_ends_the_time_for_taking_back(referral, officer, now):
    answer(referral, officer, now)
    with pytest.raises(Refused) as refusal:
        undo_screening(screening=Screening.objects.get(), by=officer, now=now)
    assert refusal.value.reason == R.WRONG_STATE


@pytest.mark.django_db(transaction=True)
def test_of_two_answers_one_is_kept(scene, idea_in):
    idea_in(IdeaState.REFERRED)
    outcomes = race(
        *[lambda by=by: answer(Referral.objects.get(), by, scene.now) for by in (scene.officer, scene.approver)]
    )
    assert [outcome.reason for outcome in outcomes if isinstance(outcome, Refused)] == [R.ANSWERED_ALREADY]
    assert Referral.objects.get().screening.idea.events.filter(from_state=IdeaState.REFERRED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_no_answer_comes_after_a_withdrawal_at_the_same_moment(scene, idea_in):
    idea, referral = idea_in(IdeaState.REFERRED), Referral.objects.select_related("screening__idea__programme").get()
    with transaction.atomic():
        withdraw_idea(idea=idea, by=scene.author, now=scene.now)
        answered = meanwhile(lambda: answer(referral, scene.officer, scene.now))
        somebody_waits()
    with pytest.raises(Refused) as refusal:
        answered.result(SECONDS)
    assert refusal.value.reason == R.WRONG_STATE
    assert not idea.events.filter(from_state=IdeaState.REFERRED, to_state=IdeaState.REFERRED).exists()


def test_the_author_hears_who_and_then_what(referral, officer, resident, now):
    send_due_notifications(now=now + UNDO_TIME)
    answer(referral, officer, now + timedelta(days=2))
    send_due_notifications(now=now + timedelta(days=2))
    with override("en"):
        told = [(sentence(row), remark_of(row)) for row in resident.notifications.order_by("pk")]
    title = referral.screening.idea.title
    assert told == [
        (
            f"Your idea “{title}” has been passed on to those in charge of it: City management.",
            ["Incomplete or unclear", "Please say where it should be."],
        ),
        (f"Those to whom your idea “{title}” was passed on have answered.", [ANSWER]),
    ]


def test_the_preview_names_the_receiver(client, officer, idea_in):
    client.force_login(officer)
    response = client.post(screen_url(idea_in(IdeaState.SUBMITTED)), {**REFER, "preview": "1"})
    [preview] = response.context["previews"]
    assert "City management" in preview.sentence
    assert not Referral.objects.exists()


@pytest.mark.parametrize("missing", ["receiver", "disposition"])
def test_the_form_asks_who_and_how(client, officer, idea_in, missing):
    idea = idea_in(IdeaState.SUBMITTED)
    client.force_login(officer)
    response = client.post(screen_url(idea), {**REFER, missing: "", "contact": "Ms Zhao"})
    assert missing in response.context["form"].errors
    assert "Ms Zhao" in text(response)
    assert state_of(idea) == IdeaState.SUBMITTED


def test_everyone_reads_receiver_and_answer_but_not_the_contact(referral, officer, resident, neighbour, now):
    idea = referral.screening.idea
    waiting = text(english().get(idea.get_absolute_url()))
    assert "Passed on to: City management" in waiting
    assert "Their answer will stand here." in waiting
    answer(referral, officer, now)
    for reader in (None, resident, neighbour):
        page = text(english(reader).get(idea.get_absolute_url()))
        assert ANSWER in page
        assert "Their answer will stand here." not in page
        assert "Ms Zhao" not in page
        assert "Since 2024." not in page


def test_the_office_lists_what_is_open_and_enters_the_answer(officer, referral, now):
    office = english(officer)
    [waiting] = [item for item in office.get("/admin/").context["waiting"] if item.url == LIST]
    assert (waiting.count, waiting.since) == (1, referral.screening.at)
    assert office.get(LIST).context["cl"].result_count == 1
    address = reverse("admin:proposals_referral_do", args=[referral.pk, "answer"])
    refused = office.post(address, {"text": ANSWER, "on": "2000-01-01"})
    assert shown(R.BEFORE_REFERRAL.label) in text(refused)
    assert ANSWER in text(refused)
    assert office.post(address, {"text": ANSWER, "on": timezone.localdate(now)}).status_code == 302
    assert office.get(LIST).context["cl"].result_count == 0
    assert office.get(LIST, {"answered": "yes"}).context["cl"].result_count == 1
    assert ANSWER in text(office.get(f"{LIST}{referral.pk}/change/"))


@pytest.mark.parametrize("who, status", [("supervisor", 403), ("resident", 403), ("other_officer", 404)])
def test_who_does_not_enter_it(client, request, referral, who, status, now):
    client.force_login(request.getfixturevalue(who))
    address = reverse("admin:proposals_referral_do", args=[referral.pk, "answer"])
    assert client.post(address, {"text": ANSWER, "on": timezone.localdate(now)}).status_code == status
    assert Referral.objects.get().reply == ""


def test_the_list_makes_as_many_queries_for_many_as_for_few(client, officer, idea_in, django_assert_num_queries):
    client.force_login(officer)
    idea_in(IdeaState.REFERRED)
    client.get(LIST)
    with django_assert_num_queries(8):
        client.get(LIST)
    for _ in range(2):
        idea_in(IdeaState.REFERRED)
    with django_assert_num_queries(8):
        assert client.get(LIST).context["cl"].result_count == 3


def test_the_list_is_narrowed_down_by_the_ideas_place_category_and_year(client, officer, idea_in, communities):
    here, there = (idea_in(IdeaState.REFERRED, community=place) for place in communities[:2])
    client.force_login(officer)
    for name in ("community", "category", "programme"):
        field = f"screening__idea__{name}__id__exact"
        found = client.get(LIST, {field: getattr(there, f"{name}_id")}).context["cl"].result_list
        assert {row.screening.idea for row in found} == ({there} if name == "community" else {here, there})


def test_the_files_say_what_the_list_shows(client, officer, idea_in, referral, now):
    answered = idea_in(IdeaState.REFERRED, title="=Lamps at the gate")
    answer(Referral.objects.get(screening__idea=answered), officer, now)
    client.force_login(officer)
    rows = {}
    for query in ("", "?answered=yes", "?answered=all"):
        data = b"".join(client.get(f"{LIST}table.csv{query}").streaming_content).decode("utf-8-sig")
        rows[query] = list(csv.DictReader(io.StringIO(data)))
    with override("zh-hans"):
        title, reply = gettext("Title"), gettext("Answer")
    assert [row[title] for row in rows[""]] == [referral.screening.idea.title]
    assert [(row[title], row[reply]) for row in rows["?answered=yes"]] == [("'=Lamps at the gate", ANSWER)]
    assert len(rows["?answered=all"]) == 2
    book = load_workbook(io.BytesIO(b"".join(client.get(f"{LIST}table.xlsx").streaming_content)))
    assert book.active.max_row == 2


@pytest.mark.parametrize(("role", "status"), [("supervisor", 200), ("resident", 403), ("support_member", 403)])
def test_who_takes_the_files(role, status, cast, client, referral):
    client.force_login(cast(role))
    assert client.get(f"{LIST}table.csv").status_code == status
    if status == 200:
        assert client.get(f"{LIST}table.exe").status_code == 404


@pytest.mark.parametrize("count", [1, 3])
def test_a_file_costs_the_same_for_any_number(count, client, officer, idea_in, django_assert_num_queries):
    for _ in range(count):
        idea_in(IdeaState.REFERRED)
    client.force_login(officer)
    client.get(LIST)
    with django_assert_num_queries(11):
        b"".join(client.get(f"{LIST}table.csv").streaming_content)
