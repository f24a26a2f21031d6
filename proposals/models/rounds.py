"""Rounds of polishing: what the document was before, and what the proposal's lead said to the changes."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from proposals.writing_querysets import PolishRoundQuerySet

NOTE_LENGTH = 300


class PolishRound(models.Model):
    """From the first change until the lead's answer.

    `before` and `after` are documents as `changes.packed` makes them; `after` is what the lead looked at. `declined`
    names the sections whose earlier text was put back. An answered round is history.
    """

    proposal = models.ForeignKey(
        "proposals.Proposal", on_delete=models.PROTECT, related_name="rounds", verbose_name=_("proposal")
    )
    number = models.PositiveSmallIntegerField(_("number"))
    before = models.JSONField(_("before"))
    begun_at = models.DateTimeField(_("begun at"))
    presented_at = models.DateTimeField(_("shown to the lead at"), null=True, blank=True)
    presented_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("shown by"),
    )
    note = models.CharField(_("what was changed and why"), max_length=NOTE_LENGTH, blank=True, default="")
    answered_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answered by"),
    )
    after = models.JSONField(_("after"), null=True, blank=True)
    declined = models.JSONField(_("declined sections"), default=list, blank=True)
    answer = models.CharField(_("answer"), max_length=NOTE_LENGTH, blank=True, default="")

    objects = PolishRoundQuerySet.as_manager()

    class Meta:
        verbose_name = _("round of polishing")
        verbose_name_plural = _("rounds of polishing")
        ordering = ["number"]
        triggers = [
            pgtrigger.Protect(
                name="answered_is_history",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__answered_at__isnull=False),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["proposal", "number"],
                name="proposals_polishround_number_once",
                violation_error_message=_("This round is there already."),
            ),
            models.UniqueConstraint(
                fields=["proposal"],
                condition=Q(answered_at__isnull=True),
                name="proposals_polishround_one_open",
                violation_error_message=_("One round of polishing is under way already."),
            ),
            models.CheckConstraint(
                condition=Q(presented_at__isnull=True, presented_by__isnull=True)
                | Q(presented_at__isnull=False, presented_by__isnull=False),
                name="proposals_polishround_shown_by_somebody",
                violation_error_message=_("Somebody shows a round to the lead."),
            ),
            models.CheckConstraint(
                condition=Q(answered_at__isnull=True, answered_by__isnull=True, after__isnull=True)
                | Q(
                    answered_at__isnull=False,
                    answered_by__isnull=False,
                    after__isnull=False,
                    presented_at__isnull=False,
                ),
                name="proposals_polishround_answered_whole",
                violation_error_message=_("A round is answered by somebody, once it was shown."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.proposal} – {self.number}"
