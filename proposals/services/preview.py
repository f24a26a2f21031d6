"""What a resident will read of a decision, before anybody decides."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import override

from communities.models import User
from communities.notices import remark_of, sentence
from communities.refusal import refuse_if
from communities.services.outbox import notification_of
from proposals.enums import DECISION_STATES, IdeaState
from proposals.models import Idea, IdeaEvent
from proposals.notices import messages_of
from proposals.services.ideas import Judgement


@dataclass(frozen=True, slots=True)
class Preview:
    """Sentence and remarks as one recipient reads them on the site and in e-mails."""

    recipient: User
    sentence: str
    remarks: list[str]


def preview(*, idea: Idea, judgement: Judgement, by: User, now: datetime) -> list[Preview]:
    """Written by the same functions that write the notification, in each reader's language; nothing is stored.

    Raises `Refused` where the judgement itself would be refused.
    """
    refuse_if(judgement.why_not())
    event = IdeaEvent(
        idea=idea,
        actor=by,
        from_state=IdeaState.SUBMITTED,
        to_state=DECISION_STATES[judgement.decision],
        reason=judgement.reason or "",
        note=judgement.note,
        at=now,
    )
    shown = []
    receivers: dict[int | None, str] = {event.pk: judgement.to.receiver} if judgement.to else {}
    for message in messages_of([event], receivers):
        for recipient in User.objects.filter(pk__in=message.recipients, is_active=True):
            told = notification_of("preview", message, recipient.pk, now, on_site=True)
            with override(recipient.language):
                shown.append(Preview(recipient, sentence(told), remark_of(told)))
    return shown
