"""Jobs on ideas: find the row, call one verb, log."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.utils import timezone

from proposals.models import IdeaPhoto
from proposals.services.notifications import send_due_notifications
from proposals.services.photos import make_thumbnail

log = structlog.get_logger(__name__)


@shared_task
def draw_thumbnail(photo_id: int) -> None:
    """Draw the small picture of one photo, if it has none yet."""
    photo = IdeaPhoto.objects.filter(pk=photo_id, thumbnail="").first()
    if photo is not None:
        make_thumbnail(photo=photo)
        log.info("thumbnail", photo=photo_id)


@shared_task
def draw_missing_thumbnails() -> None:
    """Every photo without a small picture gets its job (again)."""
    for photo_id in IdeaPhoto.objects.filter(thumbnail="").values_list("pk", flat=True):
        draw_thumbnail.delay(photo_id)


@shared_task
def notify() -> None:
    """Residents hear what became of their ideas."""
    if taken := send_due_notifications(now=timezone.now()):
        log.info("notified", source="proposals", events=taken)
