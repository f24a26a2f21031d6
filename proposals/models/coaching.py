"""The log of how a proposal was polished."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from communities.history import UNALTERABLE
from communities.models import Organisation


class CoachingNote(models.Model):
    """One meeting or round of polishing: who coached, on which day, and what was worked on. Nobody rewrites it."""

    proposal = models.ForeignKey(
        "proposals.Proposal", on_delete=models.PROTECT, related_name="coaching_notes", verbose_name=_("proposal")
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("coach")
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("support organisation"),
    )
    held_on = models.DateField(_("day"))
    text = models.CharField(_("what was worked on"), max_length=500)
    written_at = models.DateTimeField(_("written at"))

    class Meta:
        verbose_name = _("coaching note")
        verbose_name_plural = _("coaching notes")
        ordering = ["-held_on", "-pk"]
        triggers = UNALTERABLE
        constraints = [
            models.CheckConstraint(
                condition=~models.Q(text=""),
                name="proposals_coachingnote_says_something",
                violation_error_message=_("Write what was worked on."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.held_on}: {self.text}"
