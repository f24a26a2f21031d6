"""The timetable of a pitch session, as a person may read it, and how many sheets are in."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.db.models import Count, Q

from communities.rules import Person
from contests.models import Assignment, Entry, PitchSession, PitchSlot
from contests.timetable import beginnings


@dataclass(frozen=True, slots=True)
class Turn:
    """A pitch with its time. `place` counts those that take part, from 1."""

    slot: PitchSlot
    place: int
    begins: datetime
    ends: datetime


@dataclass(frozen=True, slots=True)
class SheetsIn:
    """Of the sheets that an entry still gets or has got, without those of experts who keep out or have dropped out."""

    came: int = 0
    due: int = 0

    @property
    def complete(self) -> bool:
        return 0 < self.due == self.came


def sheets_in(entries: Collection[int]) -> dict[int, SheetsIn]:
    """By entry (id); an entry that nobody scores is left out."""
    awaited = Assignment.objects.awaited().filter(entry__in=entries).order_by()
    counted = awaited.values("entry_id").annotate(came=Count("pk", filter=Q(is_in=True)), due=Count("pk"))
    return {row["entry_id"]: SheetsIn(row["came"], row["due"]) for row in counted}


def agenda(session: PitchSession, user: Person, turns: Sequence[Turn] | None = None) -> list[Turn]:
    """Every pitch that takes part, in order; without what the person keeps out of as an expert.

    `turns` is the `whole_agenda`, for whoever has asked for it before.
    """
    shown = set(Entry.objects.visible_to(user).filter(contest=session.contest_id).values_list("pk", flat=True))
    whole = whole_agenda(session) if turns is None else turns
    return [turn for turn in whole if turn.slot.entry_id in shown]


def whole_agenda(session: PitchSession) -> list[Turn]:
    """For the machine: what is told to those behind the entries, and where the session goes next."""
    slots = list(session.slots.taking_part().select_related("entry__community", "session"))
    times = beginnings(session.starts_at, session.minutes, session.pause, [slot.entry.community.code for slot in slots])
    length = timedelta(minutes=session.minutes)
    return [
        Turn(slot, place, begins, begins + length)
        for place, (slot, begins) in enumerate(zip(slots, times, strict=True), 1)
    ]
