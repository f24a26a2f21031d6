"""Residents who say that an idea on paper is theirs."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communities.history import APPEND_ONLY, Event
from proposals.enums import ClaimState
from proposals.models.ideas import Idea
from proposals.querysets import IdeaClaimQuerySet


class IdeaClaim(models.Model):
    """Who holds the receipt of an idea without an author says so; an officer decides with the paper in hand."""

    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="claims", verbose_name=_("idea"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="idea_claims", verbose_name=_("who")
    )
    at = models.DateTimeField(_("when"))
    # Empty until somebody has decided.
    accepted = models.BooleanField(_("confirmed"), null=True, blank=True)
    decided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("decided by"),
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)

    objects = IdeaClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("claim to an idea")
        verbose_name_plural = _("claims to ideas")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["idea", "user"],
                condition=Q(accepted__isnull=True),
                name="proposals_ideaclaim_once",
                violation_error_message=_("You have said already that this idea is yours."),
            ),
            models.UniqueConstraint(
                fields=["idea"],
                condition=Q(accepted=True),
                name="proposals_ideaclaim_one_owner",
                violation_error_message=_("This idea is confirmed to be somebody's already."),
            ),
            models.CheckConstraint(
                condition=Q(accepted__isnull=True, decided_by__isnull=True, decided_at__isnull=True)
                | Q(accepted__isnull=False, decided_by__isnull=False, decided_at__isnull=False),
                name="proposals_ideaclaim_decided_whole",
                violation_error_message=_("A decision has a person and a date."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.idea}"


class ClaimEvent(Event):
    """An officer's decision; who claimed the idea hears of it."""

    claim = models.ForeignKey(IdeaClaim, on_delete=models.PROTECT, related_name="events", verbose_name=_("claim"))

    class Meta(Event.Meta):
        verbose_name = _("event of a claim")
        verbose_name_plural = _("events of claims")
        triggers = APPEND_ONLY
        indexes = [models.Index(fields=["notified_at", "at"], name="proposals_claim_outbox")]

    def get_to_state_display(self) -> str:
        return str(ClaimState(self.to_state).label)
