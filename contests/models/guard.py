"""The guard desk: how ballots came in, and groups of them that look like stuffing.

A trace belongs to a ballot and knows nothing of the voter but what thousands share. Network and browser are hashes
under the contest's secret; all traces are deleted when the result is confirmed, or when their time is over.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from contests.models.ballots import Ballot
from contests.models.contest import Contest
from contests.querysets import BallotFlagQuerySet
from contests.voting_enums import FlagKind, FlagState


class BallotTrace(models.Model):
    """How one ballot came in; empty where a part is not known. `segment`: the first seven digits of the number."""

    ballot = models.OneToOneField(
        Ballot, on_delete=models.CASCADE, primary_key=True, related_name="trace", verbose_name=_("ballot")
    )
    network = models.CharField(max_length=16, blank=True)
    device = models.CharField(max_length=16, blank=True)
    segment = models.CharField(max_length=16, blank=True)
    is_new = models.BooleanField(default=False)

    class Meta:
        verbose_name = _("trace of a ballot")
        verbose_name_plural = _("traces of ballots")

    def __str__(self) -> str:
        return str(self.pk)


class BallotFlag(models.Model):
    """One group of ballots that stands out. It is in the way of the final tally until it is settled.

    An officer proposes to let the ballots stand or to void them, with a reason; an approver, another person, settles it.
    """

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="flags", verbose_name=_("contest"))
    kind = models.CharField(_("kind"), max_length=20, choices=FlagKind.choices)
    subject = models.CharField(max_length=40)
    ballots = models.PositiveIntegerField(_("ballots"))
    found_at = models.DateTimeField(_("found at"))
    # The last ballot that was in the box when it was proposed to void the group: what comes later is another matter.
    seen_to = models.PositiveBigIntegerField(null=True, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=FlagState.choices, default=FlagState.OPEN)
    voids = models.BooleanField(_("ballots are to be voided"), default=False)
    reason = models.CharField(_("reason"), max_length=500, blank=True)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("proposed by"),
    )
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("settled by"),
    )
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)

    objects = BallotFlagQuerySet.as_manager()

    class Meta:
        verbose_name = _("flagged group of ballots")
        verbose_name_plural = _("flagged groups of ballots")
        ordering = ["state", "-ballots", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "kind", "subject"],
                name="contests_ballotflag_once",
                violation_error_message=_("This group is flagged already."),
            ),
            models.CheckConstraint(
                condition=Q(state=FlagState.OPEN) | (Q(proposed_by__isnull=False) & ~Q(reason="")),
                name="contests_ballotflag_proposed_with_reason",
                violation_error_message=_("A proposal has its author and its reason."),
            ),
            models.CheckConstraint(
                condition=Q(settled_by__isnull=True) | ~Q(settled_by=F("proposed_by")),
                name="contests_ballotflag_two_persons",
                violation_error_message=_("A second person settles what is flagged."),
            ),
            models.CheckConstraint(
                condition=Q(state__in=[FlagState.OPEN, FlagState.PROPOSED], settled_at__isnull=True)
                | Q(state=FlagState.SETTLED, settled_at__isnull=False, settled_by__isnull=False),
                name="contests_ballotflag_settlement_signed",
                violation_error_message=_("What is settled has a date and a second person."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.ballots}"
