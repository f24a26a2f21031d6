"""Jobs of the communities: find what is due, call one verb, log."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.utils import timezone

from communities.services.delivery import deliver_due
from communities.services.outbox import send_due_notifications

log = structlog.get_logger(__name__)


@shared_task
def notify() -> None:
    """Residents hear whether they were verified."""
    if taken := send_due_notifications(now=timezone.now()):
        log.info("notified", source="communities", events=taken)


@shared_task
def deliver() -> None:
    """Text messages and e-mails leave the house."""
    if sent := deliver_due(now=timezone.now()):
        log.info("delivered", sent=sent)
