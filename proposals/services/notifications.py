"""The verb that tells residents what became of their ideas."""

from __future__ import annotations

from datetime import datetime

from communities.services.outbox import take_events
from proposals.models import IdeaEvent, ProposalEvent, RemarkEvent
from proposals.notices import idea_notices, proposal_notices, remark_notices


def send_due_notifications(*, now: datetime) -> int:
    """Take the events of ideas, then those of proposals, then those of questions and answers; returns how many."""
    ideas = take_events("idea", IdeaEvent.objects.due(now), idea_notices, now=now)
    proposals = take_events("proposal", ProposalEvent.objects.all(), proposal_notices, now=now)
    return ideas + proposals + take_events("remark", RemarkEvent.objects.all(), remark_notices, now=now)
