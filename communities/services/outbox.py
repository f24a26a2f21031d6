"""Events become notifications: each once, in their order, whatever dies in between.

The events of a batch, the notifications they lead to and the mark on the events are written in one transaction. A
worker that is killed has therefore written all of a batch or nothing of it; the next one goes on from there. One sender
at a time works on the events of a table, so that the order is theirs; a second one leaves at once. And should all this
fail, the database keeps one notification for each event, person and page.

An event that cannot be told, for whatever is wrong with it, is set aside: those behind it go on in their order, and the
office sees it and can put it back.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from datetime import datetime, timedelta
from itertools import islice
from traceback import extract_tb
from typing import TypeVar
from zlib import crc32

import structlog
from django.db import InterfaceError, OperationalError, connection, transaction
from django.db.models import QuerySet

from communities.enums import Channel
from communities.history import Event
from communities.models import (
    Delivery,
    Notification,
    NotificationChoice,
    ResidencyEvent,
    SetAsideEvent,
    User,
)
from communities.notice_kinds import NoticeKind, default_channels
from communities.notices import Message, residency_notices
from communities.refusal import refuse_if
from communities.rules import why_not_mend_messages

# First key of the advisory locks; the second tells the tables of events apart.
OUTBOX_KEY = 7304
EVENTS = 100
ROWS = 1000
# What happened longer ago is found on the site; nobody wants a text message about the day before yesterday.
STALE = timedelta(days=2)
# No fault of an event: the whole batch waits for the next attempt.
OUTAGES = (OperationalError, InterfaceError, OSError)

log = structlog.get_logger(__name__)

E = TypeVar("E", bound=Event)
Table = Callable[[Sequence[E]], Iterable[Message]]


def send_due_notifications(*, now: datetime) -> int:
    """Tell people what became of the communities they named; returns how many events were taken."""
    return take_events("residency", ResidencyEvent.objects.all(), residency_notices, now=now)


def take_events(source: str, events: QuerySet[E], table: Table[E], *, now: datetime) -> int:
    """Take all events that nobody was notified of yet, batch by batch; returns how many there were.

    `source` names the table of the events; each has one name of its own for ever.
    """
    taken = 0
    while batch := take_batch(source, events, table, now=now):
        taken += batch
    return taken


@transaction.atomic
def take_batch(source: str, events: QuerySet[E], table: Table[E], *, now: datetime) -> int:
    """The oldest events that are not marked: write their notifications and mark them, or nothing of it."""
    aside = SetAsideEvent.objects.filter(source=source)
    waiting = events.filter(notified_at__isnull=True).exclude(pk__in=aside.values("event"))
    if not waiting.exists() or not _only_sender(source):
        return 0
    # Who takes an event back meanwhile waits until it is told, or has taken it from this batch.
    batch = list(waiting.order_by("at", "pk").select_for_update(of=("self",), no_key=True)[:EVENTS])
    told = batch if _write(source, table, batch, now) is None else _write_each(source, table, batch, now)
    events.filter(pk__in=[event.pk for event in told]).update(notified_at=now)
    return len(batch)


def _write(source: str, table: Table[E], events: Sequence[E], now: datetime) -> Exception | None:
    """Write the notifications of all these events, or none and say what was in the way. Raises `OUTAGES`."""
    try:
        with transaction.atomic():
            pairs = _pairs(table(events))
            while chunk := list(islice(pairs, ROWS)):
                _tell(source, chunk, now)
    except OUTAGES:
        raise
    # One bad event must not silence all that come after it, whatever it is that is wrong with it.
    except Exception as error:  # noqa: BLE001
        return error
    return None


def _write_each(source: str, table: Table[E], batch: Sequence[E], now: datetime) -> list[E]:
    """Tell the events one by one and set aside those that cannot be told; returns the others."""
    told = []
    for event in batch:
        error = _write(source, table, [event], now)
        if error is None:
            told.append(event)
            continue
        # Where and what, but not the error's words: they may hold what a person wrote.
        name, place = type(error).__name__, extract_tb(error.__traceback__)[-1]
        where = f"{place.filename}:{place.lineno}"
        log.error("event_set_aside", source=source, number=event.pk, error=name, where=where)
        SetAsideEvent.objects.create(source=source, event=event.pk, happened_at=event.at, error=name[:80], at=now)
    return told


@transaction.atomic
def put_back(*, event: SetAsideEvent, by: User) -> None:
    """What was in its way has been mended: the event waits again, to be told in its turn. Raises `Refused`."""
    refuse_if(why_not_mend_messages(by))
    SetAsideEvent.objects.filter(pk=event.pk).delete()


def _only_sender(source: str) -> bool:
    """Whether nobody else is taking these events; the server frees the lock when the transaction ends or dies."""
    table = crc32(source.encode()) & 0x7FFFFFFF
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_xact_lock(%s, %s)", [OUTBOX_KEY, table])
        return bool(cursor.fetchone()[0])


def _pairs(messages: Iterable[Message]) -> Iterator[tuple[Message, int]]:
    """Message and recipient; nobody is told what they did themselves."""
    for message in messages:
        for recipient in message.recipients:
            if recipient != message.event.actor_id:
                yield message, recipient


def _tell(source: str, pairs: Sequence[tuple[Message, int]], now: datetime) -> None:
    """Write up to `ROWS` notifications and their deliveries, in a fixed number of statements."""
    people = User.objects.filter(pk__in={user for _, user in pairs}, is_active=True).in_bulk()
    kinds = {message.kind for message, _ in pairs}
    chosen = {
        (choice.user_id, choice.kind): choice.channels
        for choice in NotificationChoice.objects.filter(user__in=people, kind__in=kinds)
    }
    rows = []
    for message, user in pairs:
        channels = chosen.get((user, message.kind), default_channels(message.kind))
        if user in people and channels:
            rows.append(notification_of(source, message, user, now, on_site=Channel.SITE in channels))
    Notification.objects.bulk_create(rows, ignore_conflicts=True)
    _deliver(source, {message.event.pk for message, _ in pairs}, people, chosen, now)


def notification_of(source: str, message: Message, user: int, now: datetime, *, on_site: bool) -> Notification:
    """The row, not stored yet, that says `message` to one person (id)."""
    return Notification(
        recipient_id=user,
        notice=message.notice,
        kind=message.kind,
        facts=dict(message.facts),
        link=message.link,
        source=source,
        event=message.event.pk,
        on_site=on_site,
        at=message.event.at,
        created_at=now,
    )


def _deliver(
    source: str,
    events: set[int],
    people: dict[int, User],
    chosen: dict[tuple[int, str], frozenset[Channel]],
    now: datetime,
) -> None:
    """Put what goes by text message or e-mail on its way, for people who can be reached so."""
    ways = {pk: reach for pk, user in people.items() if (reach := ways_to(user))}
    fresh = Notification.objects.filter(
        source=source, event__in=events, recipient__in=ways, at__gt=now - STALE, deliveries__isnull=True
    )
    rows = []
    for notification in fresh.order_by("at", "event", "pk"):
        kind = NoticeKind(notification.kind)
        wanted = chosen.get((notification.recipient_id, kind), default_channels(kind))
        rows += [
            Delivery(notification=notification, channel=channel, due_at=now)
            for channel in sorted(wanted & ways[notification.recipient_id])
        ]
    Delivery.objects.bulk_create(rows, ignore_conflicts=True)


def ways_to(user: User) -> set[Channel]:
    """How the person can be reached outside the site: a number or an address counts once it was confirmed."""
    ways = set()
    if user.phone_token and user.phone_verified_at:
        ways.add(Channel.SMS)
    if user.email_confirmed_at:
        ways.add(Channel.EMAIL)
    return ways
