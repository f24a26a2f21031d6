"""Pictures of ideas."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from proposals.models.ideas import Idea, photo_path
from proposals.photo_querysets import IdeaPhotoQuerySet

MAX_PHOTOS = 3
# For why a photo was taken down.
REASON_LENGTH = 200


class IdeaPhoto(models.Model):
    """A picture of the place or the problem, as `photos.develop` makes it: no metadata, sides in pixels."""

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="photos", verbose_name=_("idea"))
    position = models.PositiveSmallIntegerField(_("position"))
    image = models.FileField(_("photo"), upload_to=photo_path)
    # Empty until a worker has made it.
    thumbnail = models.FileField(_("small photo"), upload_to=photo_path, blank=True)
    digest = models.CharField(_("SHA-256"), max_length=64)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    added_at = models.DateTimeField(_("added at"))
    # The file is missing or cannot be read: no worker tries again.
    unreadable_at = models.DateTimeField(_("found unreadable at"), null=True, blank=True)
    # Taken down by an officer; the row and the file stay, and only the office sees them.
    taken_down_at = models.DateTimeField(_("taken down at"), null=True, blank=True)
    taken_down_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken down by"),
    )
    taken_down_reason = models.CharField(
        _("why it was taken down"), max_length=REASON_LENGTH, blank=True, default="", db_default=""
    )

    objects = IdeaPhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["position"]
        indexes = [
            # The work that waits for a worker.
            models.Index(
                fields=["id"],
                condition=Q(thumbnail="", unreadable_at__isnull=True),
                name="proposals_photo_undeveloped",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["idea", "position"],
                name="proposals_ideaphoto_place_once",
                violation_error_message=_("There is a photo in this place already."),
            ),
            models.UniqueConstraint(
                fields=["idea", "digest"],
                name="proposals_ideaphoto_once",
                violation_error_message=_("This photo is there already."),
            ),
            models.CheckConstraint(
                condition=Q(position__lt=MAX_PHOTOS),
                name="proposals_ideaphoto_three_at_most",
                violation_error_message=_("An idea has three photos at most."),
            ),
            models.CheckConstraint(
                condition=Q(taken_down_at__isnull=True, taken_down_by__isnull=True, taken_down_reason="")
                | (Q(taken_down_at__isnull=False, taken_down_by__isnull=False) & ~Q(taken_down_reason="")),
                name="proposals_ideaphoto_taken_down_with_reason",
                violation_error_message=_("A photo is taken down by somebody, at a time and for a reason."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.idea} – {self.position + 1}"

    def get_absolute_url(self) -> str:
        return reverse("idea_photo", args=[self.idea_id, self.digest])
