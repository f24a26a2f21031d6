"""Notifications leave the house: a delivery is taken up, handed over to the provider, and marked as sent.

Nothing can tell whether a provider got a message when the worker dies between handing over and marking. Such a message
goes out again, word for word and under the same key: the number of its notification stands in the link of a text message,
and an e-mail keeps its Message-ID, by which some mail programs show it once.

After about five hours without success a delivery is given up; the office sees it on its first page and can send it again.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime, timedelta
from email.utils import parseaddr
from functools import partial
from typing import Any

import structlog
from django.conf import settings
from django.core.mail import EmailMessage
from django.db import transaction
from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from communities import sms
from communities.enums import Channel, DeliveryState
from communities.models import Delivery, Notification, Outgoing, User
from communities.notices import remark_of, sentence
from communities.refusal import refuse_if
from communities.rules import why_not_send_again
from communities.services.outbox import ways_to

log = structlog.get_logger(__name__)

AT_ONCE = 200
# After an attempt the next one waits this long; after the last one there is none.
GAPS = (timedelta(minutes=1), timedelta(minutes=5), timedelta(minutes=30), timedelta(hours=2), timedelta(hours=2))
# Hours of the day, local time, in which no telephone of ours buzzes.
QUIET_FROM, QUIET_UNTIL = 22, 8


class Unreachable(Exception):
    """There is nobody at the other end any more; trying again would not help."""


def quiet(now: datetime) -> bool:
    """Whether residents sleep: text messages wait until the morning, e-mails wake nobody."""
    hour = timezone.localtime(now).hour
    return hour >= QUIET_FROM or hour < QUIET_UNTIL


def ways_out(now: datetime) -> tuple[Channel, ...]:
    """On which ways something may leave the house at this hour."""
    return (Channel.EMAIL,) if quiet(now) else (Channel.EMAIL, Channel.SMS)


def deliver_due(*, now: datetime) -> int:
    """Hand over what is due, up to `AT_ONCE`; returns how many were sent."""
    due = Delivery.objects.due(now).by(*ways_out(now)).select_related("notification__recipient")
    return sum(hand_over(delivery=delivery, now=now) for delivery in due[:AT_ONCE])


def hand_over(*, delivery: Delivery, now: datetime) -> bool:
    """Take one delivery up, unless somebody else was faster, and hand it over; returns whether it was sent."""
    return attempt(row=delivery, rows=Delivery.objects.all(), send=partial(_send, delivery), now=now)


def attempt(*, row: Outgoing, rows: QuerySet[Any], send: Callable[[], None], now: datetime) -> bool:
    """Take a row up, unless somebody else was faster, and hand it over by `send`; returns whether it was sent.

    `rows` are all of its table. What `send` raises makes the row wait for the next attempt; after `Unreachable` there is none.
    """
    mine = rows.filter(pk=row.pk, state=DeliveryState.WAITING)
    if not _take_up(row, mine, now):
        return False
    try:
        send()
    except Unreachable:
        return _end(row, mine, DeliveryState.FAILED, error="unreachable")
    # Whatever a provider raises: the row stays and is tried again. Its words may hold the number, so only the name.
    except Exception as error:  # noqa: BLE001
        log.warning("delivery_failed", delivery=row.pk, attempt=row.attempts, error=type(error).__name__)
        last = row.attempts >= len(GAPS)
        return _end(row, mine, DeliveryState.FAILED if last else DeliveryState.WAITING, error=type(error).__name__)
    return _end(row, mine, DeliveryState.SENT, sent_at=now)


@transaction.atomic
def send_again(*, delivery: Delivery, by: User, now: datetime) -> None:
    """Begin anew with a message that was given up; it goes out with the next ones that are due. Raises `Refused`."""
    delivery.refresh_from_db(fields=["state"], from_queryset=Delivery.objects.select_for_update(no_key=True))
    refuse_if(why_not_send_again(by, delivery))
    Delivery.objects.filter(pk=delivery.pk).update(
        state=DeliveryState.WAITING, attempts=0, due_at=now, last_error="", sent_at=None
    )


def _take_up(row: Outgoing, mine: QuerySet[Any], now: datetime) -> bool:
    """Compare and set: of two workers one gets the row. A row that was taken up too often is given up."""
    found = mine.filter(attempts=row.attempts)
    if row.attempts >= len(GAPS):
        found.update(state=DeliveryState.FAILED)
        return False
    taken = found.update(attempts=row.attempts + 1, due_at=now + GAPS[row.attempts])
    row.attempts += 1
    return taken == 1


def _end(
    row: Outgoing, mine: QuerySet[Any], state: DeliveryState, *, error: str = "", sent_at: datetime | None = None
) -> bool:
    mine.filter(attempts=row.attempts).update(state=state, last_error=error[:80], sent_at=sent_at)
    return state == DeliveryState.SENT


def _send(delivery: Delivery) -> None:
    notification = delivery.notification
    if delivery.channel not in ways_to(notification.recipient):
        # The number or the address is gone since the row was written.
        raise Unreachable
    with override(notification.recipient.language):
        if delivery.channel == Channel.SMS:
            sms.send(notification.recipient.phone, sms_text(notification))
        else:
            _mail(notification).send()


def address_of(notification: Notification) -> str:
    """The page that marks the notification as read and leads on; its number is the key of the message."""
    return settings.SITE_ADDRESS + reverse("notification", args=[notification.pk])


def sms_text(notification: Notification) -> str:
    """Short, and without anything that a person wrote: a text message lights up on a table for all to see."""
    kind = notification.get_kind_display()
    return _("[%(site)s] News: %(kind)s. Read it here: %(link)s") % {
        "site": _("Golden ideas"),
        "kind": kind,
        "link": address_of(notification),
    }


def _mail(notification: Notification) -> EmailMessage:
    said = [sentence(notification), *remark_of(notification)]
    closing = _("You chose to get such e-mails. Change it here: %(link)s") % {
        "link": settings.SITE_ADDRESS + reverse("notification_settings")
    }
    domain = parseaddr(settings.DEFAULT_FROM_EMAIL)[1].rpartition("@")[2]
    return EmailMessage(
        subject=f"{_('Golden ideas')}: {notification.get_kind_display()}",
        body="\n\n".join([*said, address_of(notification), closing]),
        to=[notification.recipient.email],
        headers={"Message-ID": f"<notification-{notification.pk}@{domain}>"},
    )
