"""The verbs that tell voters, experts and authors of a contest what happened in it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from communities.services.outbox import take_events
from contests.enums import ContestAct, ContestState
from contests.models import Contest, ContestEvent
from contests.notices import contest_notices


def send_due_notifications(*, now: datetime) -> int:
    """Take the events of contests, also that voting has begun since the last time; returns how many there were."""
    note_begun_voting(now=now)
    return take_events("contest", ContestEvent.objects.all(), contest_notices, now=now)


@transaction.atomic
def note_begun_voting(*, now: datetime) -> None:
    """Leave an event for each contest whose voting window has opened: nobody's act, the clock's.

    Whoever looks later finds the window just as open, so nothing is lost while no worker runs; of several who look at
    once the constraint of the events lets one through. The row of the contest is locked, so that it does not close
    in between. The event carries the moment from which on people could vote, not the one at which this was noticed.
    """
    for contest in Contest.objects.select_for_update(of=("self",), no_key=True).unannounced(now):
        assert contest.voting_opens_at is not None
        begun = ContestEvent(
            contest=contest,
            from_state=ContestState.OPEN,
            to_state=ContestState.OPEN,
            reason=ContestAct.VOTING_OPENED,
            at=max(contest.voting_opens_at, contest.opened_at or contest.voting_opens_at),
        )
        ContestEvent.objects.bulk_create([begun], ignore_conflicts=True)
