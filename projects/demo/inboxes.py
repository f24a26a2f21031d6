"""The demo's messages: everybody finds what the year brought them, and has read what is from before the contest and its proposals."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.utils import timezone

from communities.models import Delivery, Notification
from communities.services import outbox
from contests.services import notifications as contests
from projects.services import send_due_notifications
from proposals.services import notifications as proposals

READ_AFTER = timedelta(days=12, hours=12)


def fill_inboxes(now: datetime) -> None:
    """Take all events that the demo left. Nothing leaves the house: the made-up numbers have not asked for it."""
    for send in (
        outbox.send_due_notifications,
        proposals.send_due_notifications,
        contests.send_due_notifications,
        send_due_notifications,
    ):
        send(now=now)
    Delivery.objects.filter(notification__created_at=now).delete()
    old = Notification.objects.unread().filter(at__lt=now - READ_AFTER)
    old.update(read_on=timezone.localdate(now - READ_AFTER))
