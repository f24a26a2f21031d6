"""Runs of the tally, their results, and the awards decided from them."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from communities.history import UNALTERABLE
from contests.enums import AwardReason, AwardState, Decision, RunKind, RunState, RunStep, TieBreak
from contests.models.contest import Contest, Entry
from contests.querysets import AwardQuerySet, ResultQuerySet, TallyRunQuerySet


class TallyRun(models.Model):
    """One computation of a contest. It is asked for as a row, carried out by a worker, and never changed when done.

    `ruleset` and `counts` are what it ran on, `results_sha256` is the digest of its results as the archive writes them.
    `attempt` counts how often a worker took it up: only the latest attempt may write results.
    """

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="runs", verbose_name=_("contest"))
    kind = models.CharField(_("kind"), max_length=5, choices=RunKind.choices)
    state = models.CharField(_("state"), max_length=8, choices=RunState.choices, default=RunState.PENDING)
    step = models.CharField(_("step"), max_length=10, choices=RunStep.choices, default=RunStep.QUEUED)
    attempt = models.PositiveSmallIntegerField(_("attempt"), default=0)
    requested_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("requested by"),
    )
    requested_at = models.DateTimeField(_("requested at"))
    finished_at = models.DateTimeField(_("finished at"), null=True, blank=True)
    ruleset = models.JSONField(_("rules"), default=dict)
    rules_sha256 = models.CharField(_("hash of the rules"), max_length=64, blank=True)
    counts = models.JSONField(_("counts of inputs"), default=dict)
    no_votes = models.BooleanField(_("nobody voted"), default=False)
    results_sha256 = models.CharField(_("digest of the results"), max_length=64, blank=True)
    error = models.CharField(_("error"), max_length=500, blank=True)

    objects = TallyRunQuerySet.as_manager()

    class Meta:
        verbose_name = _("tally run")
        verbose_name_plural = _("tally runs")
        ordering = ["-pk"]
        triggers = [
            pgtrigger.Protect(
                name="done_is_final",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state__in=[RunState.DONE, RunState.FAILED]),
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["contest"],
                condition=Q(state__in=[RunState.PENDING, RunState.RUNNING]),
                name="contests_tallyrun_one_at_a_time",
                violation_error_message=_("A tally of this contest is under way."),
            ),
            models.CheckConstraint(
                condition=~Q(state=RunState.DONE) | ~Q(results_sha256=""),
                name="contests_tallyrun_done_has_digest",
                violation_error_message=_("A finished run has a digest."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contest} – {self.get_kind_display()} {self.pk}"

    @property
    def progress(self) -> int:
        """Per cent of the steps that are behind."""
        steps = RunStep.values
        return 100 * steps.index(self.step) // (len(steps) - 1)


class Result(models.Model):
    """One entry in one run. Scores and rank are empty for entries without a rank.

    `sheet_scores` are the counted sheets, lowest first; `facts` the figures that the sentence about `reason` needs,
    as text (see `contests.awards.Facts`).
    """

    run = models.ForeignKey(TallyRun, on_delete=models.CASCADE, related_name="results", verbose_name=_("run"))
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="results", verbose_name=_("entry"))
    sheets = models.PositiveSmallIntegerField(_("score sheets"), default=0)
    sheet_scores = models.JSONField(_("sheet scores"), default=list)
    trimmed = models.BooleanField(_("highest and lowest dropped"), default=False)
    expert_score = models.DecimalField(_("expert score"), max_digits=5, decimal_places=2, null=True)
    votes = models.PositiveIntegerField(_("votes"), null=True)
    offline_votes = models.PositiveIntegerField(_("of them on paper"), null=True)
    public_score = models.DecimalField(_("public score"), max_digits=12, decimal_places=2, null=True)
    final_score = models.DecimalField(_("composite score"), max_digits=12, decimal_places=2, null=True)
    rank = models.PositiveIntegerField(_("rank"), null=True)
    decided_by = models.CharField(_("tie decided by"), max_length=20, choices=TieBreak.choices, blank=True)
    decision = models.CharField(_("decision"), max_length=12, choices=Decision.choices)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    reason = models.CharField(_("reason"), max_length=20, choices=AwardReason.choices)
    facts = models.JSONField(_("figures of the reason"), default=dict)

    objects = ResultQuerySet.as_manager()

    class Meta:
        verbose_name = _("result")
        verbose_name_plural = _("results")
        ordering = ["rank", "entry__number"]
        triggers = UNALTERABLE
        constraints = [
            models.UniqueConstraint(
                fields=["run", "entry"],
                name="contests_result_once",
                violation_error_message=_("An entry has one result in a run."),
            ),
            models.UniqueConstraint(
                fields=["run", "rank"],
                name="contests_result_rank_once",
                violation_error_message=_("Two entries cannot share a rank."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry}: {self.final_score}"


class Overruling(models.Model):
    """The office's own decision about an entry, beside the computed one and never in its place (`tally.md` 3).

    One person proposes it with a reason; it is in force when a second one has signed, and fixed from then on.
    """

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, related_name="overruling", verbose_name=_("entry"))
    decision = models.CharField(_("decision"), max_length=12, choices=Decision.choices)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2, default=0)
    reason = models.TextField(_("reason"), max_length=500)
    proposed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("proposed by")
    )
    proposed_at = models.DateTimeField(_("proposed at"))
    signed_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("signed by"),
    )
    signed_at = models.DateTimeField(_("signed at"), null=True, blank=True)

    class Meta:
        verbose_name = _("overruling")
        verbose_name_plural = _("overrulings")
        ordering = ["entry__number"]
        triggers = [
            pgtrigger.Protect(
                name="signed_is_final",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__signed_at__isnull=False),
            )
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(signed_by__isnull=True, signed_at__isnull=True)
                | (Q(signed_by__isnull=False, signed_at__isnull=False) & ~Q(signed_by=F("proposed_by"))),
                name="contests_overruling_two_persons",
                violation_error_message=_("A second person signs."),
            ),
            models.CheckConstraint(
                condition=Q(decision=Decision.SELECTED, amount__gt=0) | (~Q(decision=Decision.SELECTED) & Q(amount=0)),
                name="contests_overruling_amount_only_if_selected",
                violation_error_message=_("Selected entries have an amount, the others none."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="contests_overruling_has_reason",
                violation_error_message=_("Give a reason."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.entry} – {self.get_decision_display()}"


class Award(models.Model):
    """The decision about an entry that is put on public notice: computed by a final run, or overruling it."""

    entry = models.OneToOneField(Entry, on_delete=models.PROTECT, related_name="award", verbose_name=_("entry"))
    result = models.OneToOneField(Result, on_delete=models.PROTECT, related_name="award", verbose_name=_("result"))
    overruling = models.OneToOneField(
        Overruling,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="award",
        verbose_name=_("overruling"),
    )
    state = models.CharField(_("decision"), max_length=12, choices=AwardState.choices)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    created_at = models.DateTimeField(_("created at"))

    objects = AwardQuerySet.as_manager()

    class Meta:
        verbose_name = _("award")
        verbose_name_plural = _("awards")
        ordering = ["result__rank", "entry__number"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=AwardState.SELECTED, amount__gte=0) | (~Q(state=AwardState.SELECTED) & Q(amount=0)),
                name="contests_award_amount_only_if_selected",
                violation_error_message=_("Only selected entries have an amount."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry} – {self.get_state_display()}"
