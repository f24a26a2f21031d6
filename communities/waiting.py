"""What waits for a person or an office: the rows of every to-do list of the site, and the days on which things end."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import ngettext


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something to do: how many, and the page on which it is done.

    `since` is when the oldest began to wait, `due` when all should be done; `overdue` marks what is late already.
    `note` says in a sentence what to do when the title alone does not; `action` is the word on the button, empty where
    nothing can be done but wait.
    """

    title: str | Promise
    count: int
    url: str
    since: datetime | None = None
    due: date | None = None
    overdue: bool = False
    note: str | Promise = ""
    action: str | Promise = ""


def last_day(end: date) -> date:
    """The last day before something is over: what closes at midnight has its last day before it.

    `end` is the first moment that is no longer part of it; a plain day is itself the last one.
    """
    return timezone.localdate(end - timedelta(microseconds=1)) if isinstance(end, datetime) else end


def moment(at: datetime | None) -> str:
    """For example "06/30/2026 18:00", and "06/30/2026" for midnight: then no more than the day is known."""
    if at is None:
        return ""
    local = timezone.localtime(at)
    return date_format(local, "SHORT_DATE_FORMAT" if local.time() == time.min else "SHORT_DATETIME_FORMAT")


def until(end: datetime) -> str:
    """For example "06/30/2026 18:00", and for what closes at the midnight after it "06/30/2026"."""
    at = timezone.localtime(end)
    if at.time() == time.min:
        return date_format(last_day(end), "SHORT_DATE_FORMAT")
    return moment(end)


def waited(since: datetime) -> str:
    """For example "for 1 day"; by the calendar, so that what came last night came yesterday."""
    days = (timezone.localdate() - timezone.localdate(since)).days
    if days <= 0:
        return _("since today")
    return ngettext("for %(days)d day", "for %(days)d days", days) % {"days": days}


def oldest_first(items: Iterable[Waiting]) -> list[Waiting]:
    """What really waits, who waited longest first; what has no beginning comes last, in the order given."""
    found = [item for item in items if item.count]
    dated = sorted((item for item in found if item.since is not None), key=_beginning)
    return dated + [item for item in found if item.since is None]


def latest_due_last(items: Iterable[Waiting]) -> list[Waiting]:
    """What really waits, in the order of its days; what has no day comes last, in the order given."""
    found = [item for item in items if item.count]
    dated = sorted((item for item in found if item.due is not None), key=_last_day)
    return dated + [item for item in found if item.due is None]


def _last_day(item: Waiting) -> date:
    return last_day(item.due) if item.due is not None else date.max


def _beginning(item: Waiting) -> float:
    return item.since.timestamp() if item.since is not None else 0.0
