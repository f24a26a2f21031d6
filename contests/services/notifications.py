"""The verb that tells voters, experts and authors of a contest what happened in it."""

from __future__ import annotations

from datetime import datetime

from communities.services.outbox import take_events
from contests.models import ContestEvent
from contests.notices import contest_notices


def send_due_notifications(*, now: datetime) -> int:
    """Take the events of contests; returns how many there were."""
    return take_events("contest", ContestEvent.objects.all(), contest_notices, now=now)
