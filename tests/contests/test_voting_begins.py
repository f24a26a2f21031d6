"""Residents hear that they can vote when they can, once, whoever looks how often and in which order things happen."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import transaction

from contests.enums import ContestAct, ContestState
from contests.models import Contest, ContestEvent
from contests.services.lifecycle import close_contest
from contests.services.notifications import note_begun_voting, send_due_notifications
from contests.tasks import notify
from tests.racing import SECONDS, meanwhile, race, somebody_waits
from tests.waiting import eventually
from tests.workers import empty_queue, send, worker

pytestmark = pytest.mark.django_db

BEGUN = ContestAct.VOTING_OPENED
A_SECOND = timedelta(seconds=1)


@pytest.fixture
def contest(contest_in, now) -> Contest:
    """Open, with a voting window that opens tomorrow."""
    contest = contest_in("OPEN", entries=1, voting_opens_at=now + timedelta(days=1))
    send_due_notifications(now=now)
    return contest


def told(user):
    return [row.notice for row in user.notifications.order_by("pk") if row.notice == BEGUN]


def test_nobody_hears_of_voting_before_its_first_moment(contest, other_resident):
    opens = contest.voting_opens_at
    send_due_notifications(now=opens - A_SECOND)
    assert told(other_resident) == []
    send_due_notifications(now=opens)
    assert told(other_resident) == [BEGUN]
    assert other_resident.notifications.get(notice=BEGUN).at == opens


def test_it_is_told_once_however_often_somebody_looks(contest, other_resident):
    for minutes in range(3):
        send_due_notifications(now=contest.voting_opens_at + timedelta(minutes=minutes))
    assert told(other_resident) == [BEGUN]
    assert contest.events.filter(reason=BEGUN).count() == 1


def test_the_event_carries_the_moment_and_no_actor(contest):
    late = contest.voting_opens_at + timedelta(hours=5)
    note_begun_voting(now=late)
    event = contest.events.get(reason=BEGUN)
    assert (event.at, event.actor, event.from_state, event.to_state) == (contest.voting_opens_at, None, "OPEN", "OPEN")
    assert event.get_reason_display()


def test_a_window_that_was_open_before_its_contest_begins_with_it(contest_in, resident, now):
    contest = contest_in("OPEN", entries=1)
    assert contest.voting_opens_at < contest.opened_at
    send_due_notifications(now=now)
    assert contest.events.get(reason=BEGUN).at == contest.opened_at
    assert told(resident) == [BEGUN]
    notices = list(resident.notifications.order_by("pk").values_list("notice", flat=True))
    assert notices.index("PROPOSAL_ENTERED") < notices.index(BEGUN)


@pytest.mark.parametrize("state", [state for state in ContestState if state != ContestState.OPEN])
def test_only_an_open_contest_is_voted_in(state, contest_in, now):
    contest_in(state, entries=1)
    note_begun_voting(now=now)
    assert not ContestEvent.objects.filter(reason=BEGUN).exists()


def test_voting_that_is_over_is_nobodys_news(contest, other_resident):
    send_due_notifications(now=contest.voting_closes_at)
    assert told(other_resident) == []


def test_a_contest_closed_before_anybody_could_be_told(contest, other_resident, approver):
    opens = contest.voting_opens_at
    note_begun_voting(now=opens)
    close_contest(contest=contest, by=approver, now=opens + A_SECOND, reason="Storm")
    send_due_notifications(now=opens + 2 * A_SECOND)
    assert told(other_resident) == []
    assert not ContestEvent.objects.filter(notified_at=None).exists()


def test_an_imported_contest_is_a_record_of_the_past(contest, other_resident):
    Contest.objects.filter(pk=contest.pk).update(source_sha256="0" * 64)
    send_due_notifications(now=contest.voting_opens_at)
    assert told(other_resident) == []
    assert not contest.events.filter(reason=BEGUN).exists()


def test_a_window_that_was_moved_begins_when_it_does_now(contest, other_resident):
    later = contest.voting_opens_at + timedelta(days=1)
    Contest.objects.filter(pk=contest.pk).update(voting_opens_at=later)
    send_due_notifications(now=contest.voting_opens_at)
    assert told(other_resident) == []
    send_due_notifications(now=later)
    assert told(other_resident) == [BEGUN]


def test_a_worker_that_dies_after_the_event_leaves_it_to_the_next(contest, other_resident):
    note_begun_voting(now=contest.voting_opens_at)
    assert contest.events.get(reason=BEGUN).notified_at is None
    send_due_notifications(now=contest.voting_opens_at + A_SECOND)
    assert told(other_resident) == [BEGUN]


@pytest.mark.django_db(transaction=True)
def test_several_workers_at_once_tell_it_once(contest, other_resident):
    opens = contest.voting_opens_at
    race(*[lambda: send_due_notifications(now=opens)] * 4)
    send_due_notifications(now=opens)
    assert told(other_resident) == [BEGUN]
    assert contest.events.filter(reason=BEGUN).count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_contest_that_is_being_closed_is_waited_for(contest, approver):
    opens = contest.voting_opens_at
    with transaction.atomic():
        close_contest(contest=contest, by=approver, now=opens, reason="Storm")
        looking = meanwhile(lambda: note_begun_voting(now=opens))
        somebody_waits()
    looking.result(SECONDS)
    assert not contest.events.filter(reason=BEGUN).exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_that_comes_late_tells_it_by_the_clock(contest, other_resident, now, tmp_path):
    Contest.objects.filter(pk=contest.pk).update(voting_opens_at=now - timedelta(hours=1))
    empty_queue()
    with worker(tmp_path / "worker.log"):
        send("contests.tasks.notify")
        eventually(lambda: told(other_resident) == [BEGUN])
    notify()
    assert told(other_resident) == [BEGUN]
