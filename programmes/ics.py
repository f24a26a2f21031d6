"""The year as a calendar that telephones and office programs subscribe to (RFC 5545, with the `icalendar` package)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.translation import gettext as _
from icalendar import Calendar, Event, vDuration

from programmes.calendar import last_day_of
from programmes.models import Programme, Stage

PRODUCT = "-//Golden ideas//Programme//ZH"
# How often programs are asked to look again.
REFRESH = timedelta(hours=12)


def calendar_file(programme: Programme, stages: Iterable[Stage], *, url: str) -> bytes:
    """One event for each stage, in the active language. The same stages give the same bytes.

    `url` is the page of the programme, complete with its scheme. Events are known by sub-district, year and kind, so
    that they stay the same ones when the site moves to another address.
    """
    calendar = empty_calendar(f"{programme.subdistrict} {programme}")
    calendar.add("refresh-interval", vDuration(REFRESH), parameters={"VALUE": "DURATION"})
    calendar.add("x-published-ttl", vDuration(REFRESH))
    for stage in stages:
        calendar.add_component(_event(programme, stage, url))
    calendar.add_missing_timezones()
    return bytes(calendar.to_ical())


def empty_calendar(name: str) -> Calendar:
    """What every calendar of the site begins with."""
    calendar = Calendar()
    calendar.add("prodid", PRODUCT)
    calendar.add("version", "2.0")
    calendar.add("calscale", "GREGORIAN")
    calendar.add("name", name)
    calendar.add("x-wr-calname", name)
    calendar.add("x-wr-timezone", timezone.get_default_timezone_name())
    return calendar


def _event(programme: Programme, stage: Stage, url: str) -> Event:
    """A stage of whole days is an event of whole days, any other one has its hours, in the time of the office."""
    event = Event()
    event.add("uid", f"{programme.subdistrict.code}-{programme.year}-{stage.kind}@golden-ideas".lower())
    event.add("summary", _("%(stage)s (%(programme)s)") % {"stage": stage.get_kind_display(), "programme": programme})
    starts, ends = _span(stage)
    event.add("dtstart", starts)
    event.add("dtend", ends)
    # Without a METHOD, DTSTAMP is when the event was last revised (RFC 5545, 3.8.7.2).
    event.add("dtstamp", stage.changed_at.replace(microsecond=0))
    event.add("last-modified", stage.changed_at.replace(microsecond=0))
    event.add("sequence", stage.revision)
    event.add("url", url)
    event.add("description", url)
    # Weeks of a programme do not make anybody busy.
    event.add("transp", "TRANSPARENT")
    return event


def _span(stage: Stage) -> tuple[date, date] | tuple[datetime, datetime]:
    """The end is the first moment, or the first day, that is no longer part of it."""
    opens, closes = (
        timezone.localtime(at, timezone.get_default_timezone()) for at in (stage.opens_at, stage.closes_at)
    )
    if opens.time() == time.min and _ends_a_day(closes):
        return opens.date(), last_day_of(stage) + timedelta(days=1)
    return opens, closes


def _ends_a_day(closes: datetime) -> bool:
    """Midnight, and the last minute before it, which is how forms are filled in."""
    return closes.time() == time.min or closes.time() >= time(23, 59)
