"""The verb with which officers enter many ideas at once, from a spreadsheet."""

from __future__ import annotations

import uuid
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from communities.models import User
from programmes.models import Programme
from proposals.enums import IdeaChannel
from proposals.models import Idea
from proposals.services.entering import Contributor, enter_idea
from proposals.services.ideas import Consent, IdeaText


@dataclass(frozen=True, slots=True)
class Entry:
    """One row: an idea as `enter_idea` takes it. The same row has the same `key`, whoever brings it."""

    text: IdeaText
    channel: IdeaChannel
    contributor: Contributor
    consent: Consent
    key: uuid.UUID


@transaction.atomic
def import_ideas(*, programme: Programme, entries: Sequence[Entry], by: User, now: datetime) -> list[Idea]:
    """Enter all of them, each with its receipt, or none; rows that were entered before are left as they are.

    Returns the ideas of all rows, in their order. Raises `Refused` or `ValidationError` as `enter_idea` does.
    """
    # Two officers with the same file come one after the other, and the second finds its rows entered.
    Programme.objects.select_for_update(no_key=True).get(pk=programme.pk)
    known = already_entered(programme, entries)
    return [
        known.get(entry.key)
        or enter_idea(
            programme=programme,
            text=entry.text,
            channel=entry.channel,
            contributor=entry.contributor,
            consent=entry.consent,
            key=entry.key,
            by=by,
            now=now,
        )
        for entry in entries
    ]


def already_entered(programme: Programme, entries: Sequence[Entry]) -> dict[uuid.UUID, Idea]:
    """The ideas of rows that somebody entered before, by key."""
    keys = [entry.key for entry in entries]
    return {idea.submission_key: idea for idea in Idea.objects.filter(programme=programme, submission_key__in=keys)}
