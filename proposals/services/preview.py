"""What residents will read of a decision, before anybody decides."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import override

from communities.models import User
from communities.notices import remark_of, sentence
from communities.refusal import refuse_if
from communities.services.outbox import notification_of
from proposals.enums import DECISION_STATES, IdeaState
from proposals.handing import in_words
from proposals.models import Idea, IdeaEvent
from proposals.notices import Named, messages_of, readable
from proposals.services.ideas import Judgement, Receiver


@dataclass(frozen=True, slots=True)
class Preview:
    """Sentence and remarks as one recipient reads them on the site and in e-mails.

    Without a recipient: as they wait to be passed on to somebody who has no account.
    """

    recipient: User | None
    sentence: str
    remarks: list[str]


def preview(*, ideas: Sequence[Idea], judgement: Judgement, by: User, now: datetime) -> dict[int, list[Preview]]:
    """By idea (number), who is told and what; nothing is stored.

    Written by the same functions that write the notification, in each reader's language, and the answers to pass on. Raises `Refused` where the
    judgement itself would be refused of every idea.
    """
    refused = [judgement.why_not(idea) for idea in ideas]
    if all(refused):
        refuse_if(refused[0])
    step = {"from_state": IdeaState.SUBMITTED, "to_state": DECISION_STATES[judgement.decision]}
    words = {"reason": judgement.reason or "", "note": judgement.note}
    events = [IdeaEvent(idea=idea, actor=by, at=now, **step, **words) for idea in ideas]
    return told_by(events, judgement.to, now, same_as=judgement.duplicate_of)


def told_by(
    events: Sequence[IdeaEvent], to: Receiver | None, now: datetime, *, same_as: Idea | None = None
) -> dict[int, list[Preview]]:
    """As `preview`, of events that are not stored, which have no number; what one names all of them do."""
    other = readable([same_as.pk]).get(same_as.pk) if same_as else None
    named: dict[int | None, Named] = {None: Named(to.receiver if to else "", other)}
    messages = list(messages_of(events, named))
    people = User.objects.filter(pk__in={pk for message in messages for pk in message.recipients}, is_active=True)
    reached = people.in_bulk()
    shown: dict[int, list[Preview]] = {event.idea_id: [] for event in events}
    for message in messages:
        assert isinstance(message.event, IdeaEvent)
        for recipient in (reached[pk] for pk in message.recipients if pk in reached):
            told = notification_of("preview", message, recipient.pk, now, on_site=True)
            with override(recipient.language):
                shown[message.event.idea_id].append(Preview(recipient, sentence(told), remark_of(told)))
    for answer in in_words([event for event in events if event.idea.author_id is None], named):
        shown[answer.event.idea_id].append(Preview(None, answer.sentence, answer.remarks))
    return shown
