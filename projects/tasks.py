"""Jobs of the projects: call one verb, log."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.utils import timezone

from projects.services import send_due_notifications

log = structlog.get_logger(__name__)


@shared_task
def notify() -> None:
    """Authors hear how the projects from their ideas go on."""
    if taken := send_due_notifications(now=timezone.now()):
        log.info("notified", source="projects", events=taken)
