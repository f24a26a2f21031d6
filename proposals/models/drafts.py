"""Ideas that somebody is still writing."""

from __future__ import annotations

import uuid

from django.conf import settings
from django.db import models
from django.urls import reverse
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from programmes.models import Programme
from proposals.models.ideas import Idea


class IdeaDraft(models.Model):
    """What one person has typed into the form of an idea so far, finished or not, right or wrong.

    It is no idea yet, or what a returned `idea` may become: nobody else sees it, and nothing counts or finds it. It
    goes when the form is handed in.
    """

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="idea_drafts", verbose_name=_("programme")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="idea_drafts", verbose_name=_("author")
    )
    # What is being revised; none while an idea is written for the first time.
    idea = models.ForeignKey(
        Idea, on_delete=models.CASCADE, null=True, blank=True, related_name="drafts", verbose_name=_("idea")
    )
    # The key of the form, which becomes the `submission_key` of a new idea.
    key = models.UUIDField(editable=False)
    # As the form sends it: text by name of the field.
    typed = models.JSONField(_("what was typed"))
    # Counts the saves; who saves from an earlier one, and is not the tab that saved last, did not see what is stored.
    revision = models.PositiveIntegerField(default=1, editable=False)
    writer = models.UUIDField(default=uuid.uuid4, editable=False)
    saved_at = models.DateTimeField(_("saved at"))

    class Meta:
        verbose_name = _("draft of an idea")
        verbose_name_plural = _("drafts of ideas")
        ordering = ["-saved_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["author", "key"],
                name="proposals_ideadraft_once",
                violation_error_message=_("This form has its draft already."),
            )
        ]

    def __str__(self) -> str:
        return self.typed.get("title", "").strip() or gettext("Without a title yet")

    def get_absolute_url(self) -> str:
        """The form in which it is written on."""
        page = reverse("idea_edit", args=[self.idea_id]) if self.idea_id else reverse("idea_create")
        return f"{page}?draft={self.key}"
