"""Answers that no account gets: which wait to be told to somebody without one, in what words, and who may say they were."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q

from communities.models import Notification
from communities.notices import remark_of, sentence
from communities.rules import Person
from proposals.enums import IdeaState, ProposalRefusal
from proposals.models import IdeaEvent
from proposals.notices import IDEA_NOTICES, NOBODY, Named, named_by, told_of
from proposals.querysets import IdeaEventQuerySet
from proposals.rules import serves


@dataclass(frozen=True, slots=True)
class Answer:
    """One answer in the words in which an account would be told of it, in the language that is active now."""

    event: IdeaEvent
    sentence: str
    remarks: list[str]


def answers(now: datetime) -> IdeaEventQuerySet:
    """What whoever has an account would have been told by now; of withdrawn ideas nobody waits for an answer."""
    news = Q(*(Q(from_state=old, to_state=new) for old, new in IDEA_NOTICES), _connector=Q.OR)
    return IdeaEvent.objects.shown(now).filter(news, idea__author__isnull=True).exclude(idea__state=IdeaState.WITHDRAWN)


def to_hand_over(now: datetime) -> IdeaEventQuerySet:
    """Answers that nobody has passed on yet."""
    return answers(now).filter(told_in_person__isnull=True)


def why_not_hand_over(user: Person, event: IdeaEvent, now: datetime) -> ProposalRefusal | None:
    """Whoever works for the residents of the community tells them, at any time of the year."""
    if not serves(user, event.idea.community):
        return ProposalRefusal.NOT_YOUR_COMMUNITY
    if event.idea.author_id is not None:
        return ProposalRefusal.HAS_AUTHOR
    return None if answers(now).filter(pk=event.pk).exists() else ProposalRefusal.WRONG_STATE


def in_words(events: Iterable[IdeaEvent], named: Mapping[int | None, Named] | None = None) -> list[Answer]:
    """What to say; the events need their ideas. Two queries at most, or none given what each event (id) names."""
    events = list(events)
    named = named_by(events) if named is None else named
    found = []
    for event in events:
        if told := told_of(event, event.idea, named.get(event.pk, NOBODY)):
            notice, facts = told
            words = Notification(notice=notice, facts=facts)
            found.append(Answer(event, sentence(words), remark_of(words)))
    return found
