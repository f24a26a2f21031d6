"""Jobs on ideas: find the row, call one verb, log."""

from __future__ import annotations

from datetime import timedelta

import structlog
from celery import shared_task
from django.utils import timezone

from proposals.models import IdeaPhoto
from proposals.services.notifications import send_due_notifications
from proposals.services.photos import make_thumbnail
from proposals.services.words import count_words

log = structlog.get_logger(__name__)

# A photo that was just added may still be on its way into the storage.
AT_REST = timedelta(seconds=5)
# Seconds; no longer than the beat takes to give the job again.
EXPIRES = 10


@shared_task
def draw_thumbnail(photo_id: int) -> None:
    """Draw the small picture of one photo, if it has none yet."""
    now = timezone.now()
    photo = IdeaPhoto.objects.to_be_drawn(now).filter(pk=photo_id).first()
    if photo is None:
        return
    if make_thumbnail(photo=photo, now=now):
        log.info("thumbnail", photo=photo_id)
    else:
        log.error("photo_unreadable", photo=photo_id)


@shared_task
def draw_missing_thumbnails() -> None:
    """Every photo without a small picture gets its job (again); jobs that no worker took up meanwhile fall away."""
    waiting = IdeaPhoto.objects.to_be_drawn(timezone.now() - AT_REST)
    for photo_id in waiting.values_list("pk", flat=True):
        draw_thumbnail.apply_async(args=[photo_id], expires=EXPIRES)


@shared_task
def notify() -> None:
    """Residents hear what became of their ideas."""
    if taken := send_due_notifications(now=timezone.now()):
        log.info("notified", source="proposals", events=taken)


@shared_task
def weigh_words() -> None:
    """What was handed in since the last time counts for how common a word is."""
    count_words()
