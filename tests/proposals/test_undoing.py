"""A decision is taken back within ten minutes and before anybody is told of it."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from communities.models import Notification
from communities.refusal import Refused
from programmes.enums import StageKind
from projects.my_data import data_of
from proposals.enums import IdeaState, ProposalRefusal, ScreeningDecision
from proposals.models import Idea, Screening
from proposals.moderation import why_not_ask
from proposals.receipts import receipt
from proposals.rules import why_not_second
from proposals.screening_rules import UNDO_TIME, why_not_undo_screening
from proposals.services.ideas import revise_idea, screen, undo_screening, withdraw_idea
from proposals.services.joining import consolidate
from proposals.services.notifications import send_due_notifications
from tests.browsing import english, text
from tests.proposals.test_admin_ideas import ACCEPT, LIST, REJECT, change_url, screen_url, state_of
from tests.proposals.test_rules import ROLES
from tests.proposals.test_second_officer import DOUBTFUL
from tests.racing import SECONDS, meanwhile, race, somebody_waits
from tests.scenes import ACCEPTANCE, turning_away

R = ProposalRefusal
REJECTION = turning_away(ScreeningDecision.REJECT)
RETURNING = turning_away(ScreeningDecision.RETURN)


def undo_url(screening):
    return reverse("admin:proposals_idea_undo", args=[screening.pk])


def in_time(scene):
    """When what the scene decided can still be taken back."""
    return scene.now - UNDO_TIME / 2


@pytest.fixture
def idea(idea_in):
    return idea_in(IdeaState.SUBMITTED)


@pytest.fixture
def rejected(idea, officer, now):
    return screen(idea=idea, judgement=REJECTION, by=officer, now=now)


@pytest.mark.parametrize("decision", ScreeningDecision)
def test_every_decision_is_taken_back(decision, idea, officer, now):
    judgement = ACCEPTANCE if decision == ScreeningDecision.ACCEPT else turning_away(decision)
    screening = screen(idea=idea, judgement=judgement, by=officer, now=now)
    undo_screening(screening=screening, by=officer, now=now + UNDO_TIME - timedelta(seconds=1))
    assert state_of(idea) == IdeaState.SUBMITTED
    assert Idea.objects.get(pk=idea.pk).submitted_at == idea.submitted_at
    submitted, decided, undone = idea.events.all()
    assert (undone.undoes, undone.actor, undone.to_state) == (decided, officer, IdeaState.SUBMITTED)
    assert [*idea.events.in_force()] == [submitted]
    assert not Screening.objects.decisions().exists()
    assert not Idea.objects.ever_accepted().exists()


def test_nobody_is_told_before_the_ten_minutes_are_over(rejected, resident, now):
    send_due_notifications(now=now + UNDO_TIME - timedelta(seconds=1))
    assert not Notification.objects.exists()
    send_due_notifications(now=now + UNDO_TIME)
    assert resident.notifications.get().notice == "IDEA_REJECTED"


def test_what_was_taken_back_is_told_nobody(idea, rejected, officer, resident, now):
    idea = undo_screening(screening=rejected, by=officer, now=now)
    screen(idea=idea, judgement=ACCEPTANCE, by=officer, now=now + timedelta(minutes=1))
    send_due_notifications(now=now + timedelta(days=1))
    assert [row.notice for row in resident.notifications.all()] == ["IDEA_ACCEPTED"]


def test_what_comes_after_a_decision_waits_for_it(idea, scene, resident, neighbour, idea_in, now):
    screen(idea=idea, judgement=ACCEPTANCE, by=scene.officer, now=now)
    consolidate(programme=scene.programme, ideas=[idea], title="Rest", by=scene.officer, now=now + timedelta(minutes=1))
    other = idea_in(IdeaState.SUBMITTED, by=neighbour)
    withdraw_idea(idea=other, by=neighbour, now=now)
    send_due_notifications(now=now + timedelta(minutes=5))
    assert not Notification.objects.exists()
    assert not other.events.filter(notified_at=None).exists()
    send_due_notifications(now=now + UNDO_TIME)
    told = resident.notifications.order_by("pk")
    assert [row.notice for row in told] == ["IDEA_ACCEPTED", "IDEA_JOINED"]


@pytest.mark.parametrize("role", ROLES)
def test_who_takes_a_decision_back(role, rejected, cast, now):
    expected = {"officer": None, "approver": R.NOT_YOUR_DECISION}
    assert why_not_undo_screening(cast(role), rejected, now) == expected.get(role, R.NOT_AN_OFFICER)


@pytest.mark.parametrize("stage", StageKind)
def test_the_stage_permits_screening_anew(stage, rejected, officer, programme, now):
    programme.stages.exclude(kind=stage).update(opens_at=now + timedelta(days=8), closes_at=now + timedelta(days=9))
    open_for = {StageKind.IDEA_COLLECTION, StageKind.SCREENING, StageKind.PROPOSAL_INCUBATION}
    assert why_not_undo_screening(officer, rejected, now) == (None if stage in open_for else R.STAGE_CLOSED)


@pytest.mark.parametrize("minutes, reason", [(9, None), (10, R.TOLD_ALREADY), (60, R.TOLD_ALREADY)])
def test_when_it_is_too_late(minutes, reason, rejected, officer, now):
    assert why_not_undo_screening(officer, rejected, now + timedelta(minutes=minutes)) == reason


def test_a_first_opinion_is_no_decision(idea, officer, now):
    opinion = screen(idea=idea, judgement=DOUBTFUL, by=officer, now=now)
    assert why_not_undo_screening(officer, opinion, now) == R.WRONG_STATE


def test_a_second_officer_takes_back_what_a_first_opinion_led_to(idea, officer, approver, now):
    opinion = screen(idea=idea, judgement=DOUBTFUL, by=officer, now=now)
    decided = screen(idea=idea, judgement=ACCEPTANCE, by=approver, now=now, seen=opinion.pk)
    undo_screening(screening=decided, by=approver, now=now)
    assert Screening.objects.opinion_of(Idea.objects.get(pk=idea.pk)) == opinion


def joined(idea, scene):
    consolidate(programme=scene.programme, ideas=[idea], title="Rest", by=scene.officer, now=scene.now)


def withdrawn(idea, scene):
    withdraw_idea(idea=idea, by=scene.author, now=scene.now)


def revised(idea, scene):
    revise_idea(idea=idea, text=scene.text("Written anew"), revision=1, by=scene.author, now=scene.now)


def undone(idea, scene):
    undo_screening(screening=idea.screenings.get(), by=scene.officer, now=scene.now)


@pytest.mark.parametrize(
    "decision, then",
    [
        (ScreeningDecision.ACCEPT, joined),
        (ScreeningDecision.REJECT, withdrawn),
        (ScreeningDecision.RETURN, revised),
        (ScreeningDecision.REJECT, undone),
    ],
)
def test_what_somebody_built_on_stands(decision, then, idea, scene, now):
    judgement = ACCEPTANCE if decision == ScreeningDecision.ACCEPT else turning_away(decision)
    screening = screen(idea=idea, judgement=judgement, by=scene.officer, now=now)
    then(Idea.objects.get(pk=idea.pk), scene)
    events = idea.events.count()
    with pytest.raises(Refused) as refusal:
        undo_screening(screening=screening, by=scene.officer, now=now)
    assert refusal.value.reason == R.WRONG_STATE
    assert idea.events.count() == events


@pytest.mark.django_db(transaction=True)
def test_of_two_clicks_one_takes_it_back(scene, idea_in):
    idea = idea_in(IdeaState.REJECTED)
    screening = idea.screenings.get()
    outcomes = race(*[lambda: undo_screening(screening=screening, by=scene.officer, now=in_time(scene))] * 2)
    assert [outcome.reason for outcome in outcomes if isinstance(outcome, Refused)] == [R.WRONG_STATE]
    assert idea.events.filter(undoes__isnull=False).count() == 1
    assert state_of(idea) == IdeaState.SUBMITTED


@pytest.mark.django_db(transaction=True)
def test_a_decision_is_taken_back_or_a_colleague_joins_the_idea(scene, idea_in):
    idea = idea_in(IdeaState.ACCEPTED)
    screening = idea.screenings.get()
    outcomes = race(
        lambda: undo_screening(screening=screening, by=scene.officer, now=in_time(scene)),
        lambda: consolidate(
            programme=scene.programme,
            ideas=[Idea.objects.get(pk=idea.pk)],
            title="Rest",
            by=scene.approver,
            now=scene.now,
        ),
    )
    assert len([outcome for outcome in outcomes if isinstance(outcome, Refused)]) == 1
    taken_back = idea.events.filter(undoes__isnull=False).exists()
    assert state_of(idea) == (IdeaState.SUBMITTED if taken_back else IdeaState.CONSOLIDATED)


@pytest.mark.django_db(transaction=True)
def test_a_decision_is_taken_back_or_told(scene, idea_in, resident):
    """The sender's clock is ahead, as clocks of two machines may be."""
    idea = idea_in(IdeaState.REJECTED)
    screening = idea.screenings.get()
    race(
        lambda: undo_screening(screening=screening, by=scene.officer, now=in_time(scene)),
        lambda: send_due_notifications(now=scene.now + UNDO_TIME),
    )
    told = resident.notifications.filter(notice="IDEA_REJECTED").exists()
    assert state_of(idea) == (IdeaState.REJECTED if told else IdeaState.SUBMITTED)


@pytest.mark.django_db(transaction=True)
def test_who_comes_while_it_is_being_told_comes_too_late(scene, idea_in, resident):
    idea = idea_in(IdeaState.REJECTED)
    screening = idea.screenings.get()
    with transaction.atomic():
        send_due_notifications(now=scene.now + UNDO_TIME)
        late = meanwhile(lambda: undo_screening(screening=screening, by=scene.officer, now=in_time(scene)))
        somebody_waits()
    with pytest.raises(Refused, check=lambda refusal: refusal.reason == R.TOLD_ALREADY):
        late.result(SECONDS)
    assert resident.notifications.get().notice == "IDEA_REJECTED"
    assert state_of(idea) == IdeaState.REJECTED


@pytest.mark.django_db(transaction=True)
def test_a_sender_that_comes_while_it_is_taken_back_tells_nothing(scene, idea_in):
    idea = idea_in(IdeaState.REJECTED)
    with transaction.atomic():
        undo_screening(screening=idea.screenings.get(), by=scene.officer, now=in_time(scene))
        sending = meanwhile(lambda: send_due_notifications(now=scene.now + UNDO_TIME))
        somebody_waits()
    sending.result(SECONDS)
    assert not Notification.objects.exists()
    assert state_of(idea) == IdeaState.SUBMITTED


def test_it_is_offered_on_the_list_and_on_the_next_screen(client, officer, approver, idea, idea_in):
    following = idea_in(IdeaState.SUBMITTED, title="Benches, too")
    client.force_login(officer)
    client.post(screen_url(idea), {**REJECT, "next": "1"})
    address = undo_url(idea.screenings.get())
    for page in (LIST, screen_url(following), change_url(idea)):
        assert address in client.get(page).content.decode()
    client.force_login(approver)
    for page in (LIST, screen_url(following), change_url(idea)):
        assert address not in client.get(page).content.decode()


def test_after_the_ten_minutes_it_is_not_offered(client, officer, idea, now):
    screening = screen(idea=idea, judgement=REJECTION, by=officer, now=now)
    client.force_login(officer)
    with time_machine.travel(now + UNDO_TIME):
        for page in (LIST, change_url(idea)):
            assert undo_url(screening) not in client.get(page).content.decode()
        response = client.post(undo_url(screening), follow=True)
    assert response.redirect_chain[-1][0] == change_url(idea)
    assert str(R.TOLD_ALREADY.label) in response.content.decode()


def test_taking_back_opens_the_idea_again(client, officer, resident, idea):
    client.force_login(officer)
    client.post(screen_url(idea), REJECT)
    screening = idea.screenings.get()
    assert client.post(undo_url(screening)).url == screen_url(idea)
    assert 'data-state="WITHDRAWN"' in client.get(change_url(idea)).content.decode()
    client.post(screen_url(idea), ACCEPT)
    client.force_login(resident)
    with time_machine.travel(timezone.now() + UNDO_TIME):
        history = client.get(idea.get_absolute_url())
        mine = client.get(reverse("my_ideas"))
    assert [event.to_state for event in history.context["events"]] == [IdeaState.SUBMITTED, IdeaState.ACCEPTED]
    assert "Please call 12345." not in history.content.decode()
    assert "Please call 12345." not in mine.content.decode()


@pytest.mark.parametrize("who, status", [("supervisor", 403), ("resident", 403), ("other_officer", 404)])
def test_who_does_not_take_back(client, request, rejected, who, status):
    client.force_login(request.getfixturevalue(who))
    assert client.post(undo_url(rejected)).status_code == status
    assert state_of(rejected.idea) == IdeaState.REJECTED


# What residents read meanwhile


def test_residents_read_of_a_decision_when_it_cannot_be_taken_back_any_more(officer, resident, neighbour, idea, now):
    screen(idea=idea, judgement=RETURNING, by=officer, now=now)
    author, office = english(resident), english(officer)
    own, mine, first = idea.get_absolute_url(), reverse("my_ideas"), reverse("my")
    for page in (own, mine, first):
        assert 'data-state="SUBMITTED"' in text(author.get(page))
        assert 'data-state="RETURNED"' not in text(author.get(page))
        assert RETURNING.note not in text(author.get(page))
    edit = reverse("idea_edit", args=[idea.pk])
    assert not any(edit in text(author.get(page)) for page in (own, first, "/"))
    [kept] = data_of(resident)["ideas"]
    assert (kept["state"], [event["to_state"] for event in kept["events"]]) == ("SUBMITTED", ["SUBMITTED"])
    with override("en"):
        told_at = f"Residents read this from {timezone.localtime(now + UNDO_TIME):%H:%M} on."
    for page in (own, change_url(idea)):
        assert told_at in text(office.get(page))
    assert 'data-state="RETURNED"' in text(office.get(own))
    with time_machine.travel(now + UNDO_TIME):
        for page in (own, mine, first):
            assert 'data-state="RETURNED"' in text(author.get(page))
        assert RETURNING.note in text(author.get(own))
        assert edit in text(author.get(first))
        assert told_at not in text(office.get(own))


def test_lists_show_what_was_just_decided_as_waiting(officer, neighbour, idea, now):
    screen(idea=idea, judgement=ACCEPTANCE, by=officer, now=now)
    reader, url = english(neighbour), reverse("idea_list")
    for state, there in (("", True), ("SUBMITTED", True), ("ACCEPTED", False), ("EVER_ACCEPTED", False)):
        page = text(reader.get(url, {"state": state, "programme": idea.programme_id}))
        assert (idea.title in page) is there
        assert ('data-state="SUBMITTED"' in page) is there
    withdraw_idea(idea=Idea.objects.get(), by=idea.author, now=now)
    assert Idea.objects.get().shown_state == IdeaState.WITHDRAWN


def test_a_receipt_tells_it_no_sooner(officer, idea, now):
    Idea.objects.filter(pk=idea.pk).update(
        author=None, channel="PAPER", entered_by=officer, receipt=receipt("26003", 1)
    )
    number = {"number": Idea.objects.get().receipt}
    screen(idea=Idea.objects.get(), judgement=REJECTION, by=officer, now=now)
    url = reverse("receipt_state")
    assert 'data-state="SUBMITTED"' in text(english().post(url, number))
    assert [event.to_state for event in english().post(url, number).context["events"]] == ["SUBMITTED"]
    with time_machine.travel(now + UNDO_TIME):
        assert 'data-state="REJECTED"' in text(english().post(url, number))


@pytest.mark.parametrize("decision", ["REJECT", "RETURN", "REFER"])
def test_everyone_reads_what_was_just_decided_as_before(decision, officer, neighbour, idea, now):
    """List, page, search, community, counts, file and share card: nobody can tell a decision by what goes missing."""
    readers = [english(), english(neighbour)]
    pages = [
        f"{reverse('idea_list')}?programme={idea.programme_id}",
        f"{reverse('idea_list')}?programme={idea.programme_id}&state=SUBMITTED",
        f"{reverse('idea_list')}?programme={idea.programme_id}&format=csv",
        idea.get_absolute_url(),
        f"{reverse('search')}?q={idea.title}",
        reverse("community_detail", args=[idea.community_id]),
        reverse("home"),
    ]

    def read(reader, page):
        # But for the tokens against forged forms.
        return re.sub(r"\b\w{64}\b", "", b"".join(reader.get(page)).decode()).splitlines()

    before = {(reader, page): read(reader, page) for reader in readers for page in pages}
    assert all(idea.title in "".join(lines) for lines in before.values())
    screen(idea=idea, judgement=turning_away(decision), by=officer, now=now)
    for (reader, page), lines in before.items():
        assert read(reader, page) == lines, page
    assert english().get(reverse("idea_card", args=[idea.pk])).status_code == 200
    with time_machine.travel(now + UNDO_TIME):
        gone = decision != "REFER"
        assert english().get(idea.get_absolute_url()).status_code == (404 if gone else 200)
        assert (idea.title in text(english().get(pages[0]))) is not gone


def test_what_was_just_decided_may_be_asked_about_but_not_seconded(officer, neighbour, idea, now):
    screen(idea=idea, judgement=REJECTION, by=officer, now=now)
    decided = Idea.objects.get()
    assert why_not_ask(neighbour, decided, now) is None
    assert why_not_second(neighbour, decided, now) == R.BEING_DECIDED
