"""The verb that tells residents what became of their ideas."""

from __future__ import annotations

from datetime import datetime

from communities.services.outbox import take_events
from proposals.models import ClaimEvent, IdeaEvent, ProposalEvent, RemarkEvent
from proposals.notices import claim_notices, idea_notices, proposal_notices, remark_notices


def send_due_notifications(*, now: datetime) -> int:
    """Take the events of ideas, of proposals, of questions and answers, and of claims; returns how many."""
    ideas = take_events("idea", IdeaEvent.objects.due(now), idea_notices, now=now)
    proposals = take_events("proposal", ProposalEvent.objects.all(), proposal_notices, now=now)
    remarks = take_events("remark", RemarkEvent.objects.all(), remark_notices, now=now)
    return ideas + proposals + remarks + take_events("claim", ClaimEvent.objects.all(), claim_notices, now=now)
