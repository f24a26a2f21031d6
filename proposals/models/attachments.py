"""Papers that are handed in with a proposal."""

from __future__ import annotations

import pghistory
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from proposals.attachments import MAX_BYTES, NAME_LENGTH
from proposals.document_enums import AttachmentKind
from proposals.models.document import CAME_AND_WENT
from proposals.writing_querysets import AttachmentQuerySet

MAX_ATTACHMENTS = 5
KEPT_KINDS = [AttachmentKind.PDF, AttachmentKind.DOCX, AttachmentKind.PPTX, AttachmentKind.JPG]


def attachment_path(attachment: Attachment, _name: str) -> str:
    """By its content, never by the name that it came under."""
    return f"proposals/{attachment.proposal_id}/{attachment.digest}.{attachment.kind.lower()}"


@pghistory.track(*CAME_AND_WENT, exclude=["file"])
class Attachment(models.Model):
    """A file as `attachments.examine` keeps it; the database remembers each that came and went, and by whom."""

    proposal = models.ForeignKey(
        "proposals.Proposal", on_delete=models.CASCADE, related_name="attachments", verbose_name=_("proposal")
    )
    position = models.PositiveSmallIntegerField(_("position"))
    kind = models.CharField(_("kind"), max_length=4, choices=AttachmentKind.choices)
    name = models.CharField(_("name"), max_length=NAME_LENGTH)
    file = models.FileField(_("file"), upload_to=attachment_path, max_length=150)
    size = models.PositiveIntegerField(_("size in bytes"))
    digest = models.CharField(_("SHA-256"), max_length=64)
    added_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("added by")
    )
    added_at = models.DateTimeField(_("added at"))

    objects = AttachmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("attachment")
        verbose_name_plural = _("attachments")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "position"],
                name="proposals_attachment_place_once",
                violation_error_message=_("There is an attachment in this place already."),
            ),
            models.UniqueConstraint(
                fields=["proposal", "digest"],
                name="proposals_attachment_once",
                violation_error_message=_("This file is attached already."),
            ),
            models.CheckConstraint(
                condition=Q(position__lt=MAX_ATTACHMENTS),
                name="proposals_attachment_five_at_most",
                violation_error_message=_("A proposal has five attachments at most."),
            ),
            models.CheckConstraint(
                condition=Q(size__gt=0, size__lte=MAX_BYTES),
                name="proposals_attachment_sized",
                violation_error_message=_("An attachment has 10 MB at most."),
            ),
            models.CheckConstraint(
                condition=Q(kind__in=KEPT_KINDS),
                name="proposals_attachment_kind_kept",
                violation_error_message=_("An attachment is a PDF, a Word document, slides or a picture."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("proposal_attachment", args=[self.proposal_id, self.digest])
