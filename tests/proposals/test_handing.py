"""Answers to ideas without an account are told in person, and it is kept who told them and when."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
import time_machine
from django.db import InternalError, transaction
from django.urls import reverse
from django.utils import timezone, translation

from communities.refusal import Refused
from communities.services.people import confirm_phone
from proposals.enums import ProposalRefusal
from proposals.handing import in_words, to_hand_over, why_not_hand_over
from proposals.models import Idea, IdeaEvent, ToldInPerson
from proposals.screening_rules import UNDO_TIME
from proposals.services.claiming import answer_offer, claim_idea, decide_claim
from proposals.services.handing import hand_over
from proposals.services.ideas import screen, undo_screening, withdraw_idea
from tests.browsing import english, shown, text
from tests.proposals.test_admin_ideas import REJECT
from tests.proposals.test_idea_tables import rows_of
from tests.racing import race
from tests.scenes import ACCEPTANCE, turning_away

R = ProposalRefusal
PHONE = "+8613912345678"
LIST = "/desk/answers/"


@pytest.fixture
def told_at(now):
    """When a decision of `now` cannot be taken back any more."""
    return now + UNDO_TIME


@pytest.fixture
def answered(scene, community_officer):
    """`answered(judgement, phone=)`: what was decided of an idea that the officer of community A entered."""

    def make(judgement=ACCEPTANCE, phone=""):
        idea = scene.entered(by=community_officer, phone=phone)
        return screen(idea=idea, judgement=judgement, by=scene.officer, now=scene.now).event

    return make


def test_an_answer_waits_in_words_once_it_stands(answered, now, told_at):
    event = answered(turning_away("REJECT"))
    assert [*to_hand_over(told_at - timedelta(seconds=1))] == []
    [waiting] = in_words(to_hand_over(told_at).select_related("idea"))
    assert waiting.event == event
    assert event.idea.title in waiting.sentence
    assert waiting.remarks == [event.get_reason_display(), event.note]


def test_what_reaches_an_account_or_was_given_up_waits_for_nobody(answered, idea_in, community_officer, told_at):
    offered = answered(phone=PHONE).idea.claims.get()
    assert [event.idea for event in to_hand_over(told_at)] == [offered.idea]
    confirm_phone(user=offered.user, now=told_at)
    offered.user.refresh_from_db()
    answer_offer(offer=offered, accepted=True, by=offered.user, now=told_at)
    idea_in("ACCEPTED")
    withdraw_idea(idea=Idea.objects.get(pk=answered().idea_id), by=community_officer, now=told_at)
    assert [*to_hand_over(told_at)] == []


def test_what_may_be_taken_back_or_is_somebodys_is_not_passed_on(answered, officer, neighbour, now, told_at):
    event = answered()
    assert why_not_hand_over(officer, event, now) == R.WRONG_STATE
    claim = claim_idea(idea=event.idea, by=neighbour, now=now)
    decide_claim(claim=claim, accepted=True, by=officer, now=now)
    with pytest.raises(Refused, check=lambda refused: refused.reason == R.HAS_AUTHOR):
        hand_over(event=IdeaEvent.objects.get(pk=event.pk), by=officer, now=told_at)


def test_what_was_taken_back_is_told_nobody(answered, officer, now, told_at):
    event = answered()
    undo_screening(screening=event.screening, by=officer, now=now)
    assert [*to_hand_over(told_at)] == []
    assert why_not_hand_over(officer, event, told_at) == R.WRONG_STATE


@pytest.mark.parametrize("role", ["community_officer", "officer"])
def test_the_desk_says_what_to_tell_and_keeps_that_it_was(role, cast, answered, now, told_at):
    event, person = answered(turning_away("REJECT")), cast(role)
    desk = english(person)
    assert event.note not in text(desk.get(LIST))
    with time_machine.travel(told_at):
        page = text(desk.get(LIST))
        assert event.note in page
        assert event.idea.receipt in page
        answer = desk.post(reverse("answer_told", args=[event.pk]), follow=True)
        assert "No answer waits to be passed on." in text(answer)
        assert shown(person) in text(answer)
    told = ToldInPerson.objects.get()
    assert (told.event, told.by) == (event, person)
    assert told.at >= told_at


def test_the_desk_says_whose_number_was_asked_and_what_they_said(answered, officer, outsider, told_at):
    offer = answered(phone=outsider.phone).idea.claims.get()
    desk = english(officer)
    with time_machine.travel(told_at):
        assert f"Mobile number {outsider.masked_phone}: not answered yet" in text(desk.get(LIST))
        answer_offer(offer=offer, accepted=False, by=outsider, now=told_at)
        assert f"Mobile number {outsider.masked_phone}: not theirs" in text(desk.get(LIST))


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_officer_takes_the_list_along_to_call(
    kind, answered, community_officer, outsider, django_assert_num_queries, told_at
):
    turned_away = replace(turning_away("REJECT"), note="=1+1")
    events = [answered(turned_away, phone=outsider.phone), answered()]
    desk = english(community_officer)
    with time_machine.travel(told_at):
        assert f"format={kind}" in text(desk.get(LIST))
        with django_assert_num_queries(5):
            rows = rows_of(desk.get(LIST, {"format": kind}))
        assert desk.get(LIST, {"format": "exe"}).status_code == 404
        assert english(outsider).get(LIST, {"format": kind}).status_code == 403
        [told, _] = in_words(to_hand_over(told_at).select_related("idea").order_by("pk"))
    assert [row[0] for row in rows] == [event.idea.receipt for event in events]
    idea = events[0].idea
    assert [*rows[0][1:5]] == [idea.title, idea.community.name, "Telephone", "Ms Li"]
    assert rows[0][5] == f"{outsider.masked_phone} (not answered yet)"
    assert not rows[1][5]
    assert rows[0][6].splitlines()[1:] == [str(remark) for remark in told.remarks]
    assert idea.title in rows[0][6].splitlines()[0]


def test_both_desks_count_what_waits(answered, community_officer, officer, supervisor, told_at):
    event = answered()
    with time_machine.travel(told_at):
        waiting = {item.url: item for item in english(officer).get("/admin/").context["waiting"]}
        assert (waiting[LIST].count, waiting[LIST].since) == (1, event.at)
        assert LIST in text(english(community_officer).get(reverse("desk")))
        assert LIST not in text(english(supervisor).get("/admin/"))


def test_answers_elsewhere_are_not_there(answered, other_officer, neighbour, told_at):
    event = answered()
    mark = reverse("answer_told", args=[event.pk])
    with time_machine.travel(told_at):
        assert event.idea.title not in text(english(other_officer).get(LIST))
        assert english(other_officer).post(mark).status_code == 404
        assert english(neighbour).get(LIST).status_code == 403
        assert english(neighbour).post(mark).status_code == 403
    assert not ToldInPerson.objects.exists()


def test_what_was_told_stays_so(answered, officer, told_at):
    told = hand_over(event=answered(), by=officer, now=told_at)
    rows = ToldInPerson.objects.filter(pk=told.pk)
    for change in (lambda: rows.update(at=told_at + timedelta(days=1)), rows.delete):
        with pytest.raises(InternalError, match="append_only"), transaction.atomic():
            change()


@pytest.mark.django_db(transaction=True)
def test_of_two_officers_the_first_is_kept(answered, officer, community_officer, told_at):
    event = answered()
    rows = race(
        *(
            lambda person=person: hand_over(event=IdeaEvent.objects.get(pk=event.pk), by=person, now=told_at)
            for person in (officer, community_officer)
        )
    )
    assert len({row.pk for row in rows}) == 1
    assert {row.by for row in rows} == {ToldInPerson.objects.get().by}


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_costs_the_same_for_any_number(count, answered, officer, told_at, django_assert_num_queries):
    for _ in range(count):
        answered(phone=PHONE)
    client = english(officer)
    with time_machine.travel(told_at), django_assert_num_queries(8):
        client.get(LIST)


# What the office sees before it decides


@pytest.fixture
def entered(scene, community_officer):
    """Given by telephone, and waiting for its screening."""
    return scene.entered(by=community_officer)


def seen_in(page):
    """The words of a preview for one idea, which the page says will wait to be passed on."""
    rows = page.context.get("rows")
    [preview] = rows[0][2] if rows else page.context["previews"]
    assert preview.recipient is None
    for words in (preview.sentence, *preview.remarks):
        assert shown(words) in text(page)
    assert "Answers to pass on" in text(page).partition(shown(preview.sentence))[2]
    assert "Nobody is told by the site" not in text(page)
    return preview.sentence, preview.remarks


def waiting_at(moment):
    [answer] = in_words(to_hand_over(moment).select_related("idea").order_by("at", "pk"))[-1:]
    return answer.sentence, answer.remarks


@pytest.mark.parametrize("together", [False, True])
def test_the_preview_of_a_screening_is_word_for_word_what_waits_to_be_passed_on(entered, together, officer, told_at):
    office = english(officer)
    data = {**REJECT, "revision": entered.revision}
    url = reverse("admin:proposals_idea_decide") + f"?idea={entered.pk}"
    url = url if together else reverse("admin:proposals_idea_screen", args=[entered.pk])
    looked_at = office.post(url, {**data, "preview": "1"})
    seen = seen_in(looked_at)
    assert not entered.screenings.exists()
    office.post(url, {**data, "decide" if together else "save": "1", "seen": looked_at.context.get("seen", "")})
    with translation.override("en"):
        assert waiting_at(timezone.now() + UNDO_TIME) == seen


def test_the_preview_of_a_closing_is_word_for_word_what_waits_to_be_passed_on(answered, programme, officer, now):
    idea = answered().idea
    programme.stages.update(closes_at=now)
    office, url = english(officer), reverse("admin:proposals_idea_close") + f"?idea={idea.pk}"
    looked_at = office.post(url, {"decision": "REJECT", "note": "Next year.", "preview": "1"})
    seen = seen_in(looked_at)
    data = {"decision": "REJECT", "note": "Next year.", "decide": "1", "seen": looked_at.context["seen"]}
    office.post(url, data)
    with translation.override("en"):
        assert waiting_at(timezone.now() + UNDO_TIME) == seen
