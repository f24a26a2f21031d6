"""Pitches for telephones and office programs to put into their calendars (RFC 5545)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vDuration

from contests.agenda import Turn
from contests.models import Contest, PitchSession
from programmes.ics import empty_calendar

# On the day itself a session runs late or early; programs look again more often than for the year.
REFRESH = timedelta(hours=1)


def pitch_calendar(session: PitchSession, turns: Iterable[Turn], *, url: str) -> bytes:
    """One event for each pitch, in the active language. The same timetable gives the same bytes.

    `url` is the page of the timetable, complete with its scheme.
    """
    contest = session.contest
    calendar: Calendar = empty_calendar(_("Pitches of “%s”") % contest)
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    for turn in turns:
        calendar.add_component(_event(session, contest, turn, url))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def _event(session: PitchSession, contest: Contest, turn: Turn, url: str) -> Event:
    entry = turn.slot.entry
    zone = timezone.get_default_timezone()
    changed = session.changed_at.replace(microsecond=0)
    event = Event()
    subdistrict = contest.programme.subdistrict
    event.add("uid", f"{subdistrict.code}-{contest.programme.year}-{contest.pk}-{entry.number}@golden-ideas".lower())
    event.add("summary", _("Pitch %(turn)s: %(title)s") % {"turn": turn.place, "title": entry.title})
    event.add("dtstart", timezone.localtime(turn.begins, zone))
    event.add("dtend", timezone.localtime(turn.ends, zone))
    event.add("dtstamp", changed)
    event.add("last-modified", changed)
    event.add("sequence", session.revision)
    event.add("location", session.place)
    event.add("url", f"{url}#entry-{entry.number}")
    event.add("description", f"{contest}\n{url}")
    return event
