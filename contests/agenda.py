"""The timetable of a pitch session, as a person may read it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta

from communities.rules import Person
from contests.models import Entry, PitchSession, PitchSlot
from contests.timetable import beginnings


@dataclass(frozen=True, slots=True)
class Turn:
    """A pitch with its time. `place` counts those that take part, from 1."""

    slot: PitchSlot
    place: int
    begins: datetime
    ends: datetime


def agenda(session: PitchSession, user: Person) -> list[Turn]:
    """Every pitch that takes part, in order; without what the person keeps out of as an expert."""
    shown = set(Entry.objects.visible_to(user).filter(contest=session.contest_id).values_list("pk", flat=True))
    return [turn for turn in whole_agenda(session) if turn.slot.entry_id in shown]


def whole_agenda(session: PitchSession) -> list[Turn]:
    """For the machine: what is told to those behind the entries, and where the session goes next."""
    slots = list(session.slots.taking_part().select_related("entry__community"))
    times = beginnings(session.starts_at, session.minutes, session.pause, [slot.entry.community.code for slot in slots])
    length = timedelta(minutes=session.minutes)
    return [
        Turn(slot, place, begins, begins + length)
        for place, (slot, begins) in enumerate(zip(slots, times, strict=True), 1)
    ]
