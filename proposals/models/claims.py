"""Residents who say that an idea on paper is theirs, and those who are asked because of their number."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from communities.history import APPEND_ONLY, Event
from proposals.claim_querysets import IdeaClaimQuerySet
from proposals.enums import ClaimState
from proposals.models.ideas import Idea


class IdeaClaim(models.Model):
    """Who holds the receipt of an idea without an author says so; an officer decides with the paper in hand.

    Where an officer wrote a number down with the idea it is the other way round: the idea is offered to the account of
    that number, and whoever logs in there decides.
    """

    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="claims", verbose_name=_("idea"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="idea_claims", verbose_name=_("who")
    )
    at = models.DateTimeField(_("when"))
    # Empty for what residents say of their own accord.
    offered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("offered by"),
    )
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
            models.UniqueConstraint(
                fields=["idea"],
                condition=Q(accepted__isnull=True, offered_by__isnull=False),
                name="proposals_ideaclaim_one_offer",
                violation_error_message=_("This idea is offered to somebody already."),
            ),
            models.CheckConstraint(
                condition=Q(offered_by__isnull=True)
                | Q(accepted__isnull=True)
                | Q(accepted=False)
                | Q(decided_by=F("user")),
                name="proposals_ideaclaim_offer_taken_by_its_receiver",
                violation_error_message=_(
                    "An idea that was offered is taken only by the person to whom it was offered."
                ),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.idea}"

    @property
    def outcome(self) -> str:
        """How an offer stands that nobody has taken, for the office."""
        return gettext("not answered yet") if self.accepted is None else gettext("not theirs")


class ClaimEvent(Event):
    """An offer, or a decision; who is not told of what they did themselves is told of it."""

    claim = models.ForeignKey(IdeaClaim, on_delete=models.PROTECT, related_name="events", verbose_name=_("claim"))

    class Meta(Event.Meta):
        verbose_name = _("event of a claim")
        verbose_name_plural = _("events of claims")
        triggers = APPEND_ONLY
        indexes = [models.Index(fields=["notified_at", "at"], name="proposals_claim_outbox")]

    def get_to_state_display(self) -> str:
        return str(ClaimState(self.to_state).label)
