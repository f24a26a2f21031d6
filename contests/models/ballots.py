"""The public's side: ballots, paper counts and the on-site jury.

Nothing here links a voter to a ballot. The roll says that someone voted, not when; a ballot carries a hash of the
voter under the contest's secret, which is destroyed when the result is confirmed; the roll is then written anew in no
order, because the order in which both were written would tell as much.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from communities.history import UNALTERABLE
from contests.enums import VoidReason
from contests.models.contest import Contest, Entry
from contests.querysets import BallotQuerySet, OfflineCountQuerySet


class Ballot(models.Model):
    """One cast ballot. A changed vote is a new row that supersedes the last; the chain of a voter cannot branch.

    `receipt` is what the voter keeps and what open data shows. `cast_at` is kept to the minute.
    """

    # Here and below the unique constraints serve the look-ups by what they begin with: an index less to write per ballot.
    contest = models.ForeignKey(
        Contest, on_delete=models.CASCADE, db_index=False, related_name="ballots", verbose_name=_("contest")
    )
    receipt = models.CharField(_("receipt code"), max_length=64)
    voter_key = models.CharField(max_length=64)
    supersedes = models.OneToOneField(
        "self", on_delete=models.CASCADE, null=True, blank=True, related_name="superseded_by"
    )
    cast_at = models.DateTimeField(_("cast at"))

    objects = BallotQuerySet.as_manager()

    class Meta:
        verbose_name = _("ballot")
        verbose_name_plural = _("ballots")
        ordering = ["pk"]
        triggers = UNALTERABLE
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "receipt"],
                name="contests_ballot_receipt_once",
                violation_error_message=_("This receipt code is taken."),
            ),
            models.UniqueConstraint(
                fields=["contest", "voter_key"],
                condition=Q(supersedes__isnull=True),
                name="contests_ballot_one_chain_per_voter",
                violation_error_message=_("This voter has voted already."),
            ),
        ]

    def __str__(self) -> str:
        return self.receipt


class BallotChoice(models.Model):
    ballot = models.ForeignKey(
        Ballot, on_delete=models.CASCADE, db_index=False, related_name="choices", verbose_name=_("ballot")
    )
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="choices", verbose_name=_("entry"))

    class Meta:
        verbose_name = _("choice")
        verbose_name_plural = _("choices")
        triggers = UNALTERABLE
        constraints = [
            models.UniqueConstraint(
                fields=["ballot", "entry"],
                name="contests_ballotchoice_once",
                violation_error_message=_("An entry is chosen once on a ballot."),
            )
        ]

    def __str__(self) -> str:
        return str(self.entry_id)


class BallotVoid(models.Model):
    """A ballot that does not count, and why; the ballot itself stays."""

    ballot = models.OneToOneField(Ballot, on_delete=models.CASCADE, related_name="void", verbose_name=_("ballot"))
    reason = models.CharField(_("reason"), max_length=20, choices=VoidReason.choices)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("voided by"),
    )
    at = models.DateTimeField(_("when"), auto_now_add=True)

    class Meta:
        verbose_name = _("voided ballot")
        verbose_name_plural = _("voided ballots")
        triggers = UNALTERABLE

    def __str__(self) -> str:
        return self.get_reason_display()


class OfflineCount(models.Model):
    """Votes for an entry on one paper counting sheet; counted only when a second person has verified them."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="offline_counts", verbose_name=_("entry"))
    sheet = models.CharField(_("counting sheet"), max_length=30)
    votes = models.PositiveIntegerField(_("votes"))
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
    )
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("verified by"),
    )
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)
    # The sheet with its scan; rows that came with an archive have only its number.
    paper = models.ForeignKey(
        "contests.PaperSheet",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="counts",
        verbose_name=_("counting sheet"),
    )

    objects = OfflineCountQuerySet.as_manager()

    class Meta:
        verbose_name = _("paper count")
        verbose_name_plural = _("paper counts")
        ordering = ["entry__number", "sheet"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "sheet"],
                name="contests_offlinecount_once",
                violation_error_message=_("This sheet is entered for this entry already."),
            ),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | Q(entered_by__isnull=True) | ~Q(verified_by=F("entered_by")),
                name="contests_offlinecount_two_persons",
                violation_error_message=_("A second person verifies a paper count."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet}: {self.votes}"


class JuryScore(models.Model):
    """The score of 0–100 that one on-site juror gave an entry; `juror` is a pseudonym."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="jury_scores", verbose_name=_("entry"))
    juror = models.CharField(_("juror"), max_length=30)
    score = models.DecimalField(_("score"), max_digits=5, decimal_places=2)

    class Meta:
        verbose_name = _("jury score")
        verbose_name_plural = _("jury scores")
        ordering = ["juror", "entry__number"]
        constraints = [
            models.UniqueConstraint(
                fields=["juror", "entry"],
                name="contests_juryscore_once",
                violation_error_message=_("This juror has scored the entry already."),
            ),
            models.CheckConstraint(
                condition=Q(score__gte=0, score__lte=100),
                name="contests_juryscore_0_100",
                violation_error_message=_("A score lies between 0 and 100."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.juror}: {self.score}"
