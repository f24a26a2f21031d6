"""Proposals: the document, its budget, and the ideas joined into it."""

from __future__ import annotations

from decimal import Decimal

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxLengthValidator, MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from communities.fulltext import WithoutWords, words_of
from communities.history import APPEND_ONLY, Event, any_changes
from communities.models import Community
from programmes.models import Category, Programme
from proposals.document import COLUMNS
from proposals.document_enums import BudgetSource, TeamType
from proposals.enums import (
    PROPOSAL_FROZEN_STATES,
    PROPOSAL_PUBLIC_STATES,
    ConsolidationKind,
    ProposalReason,
    ProposalState,
    RoundStep,
)
from proposals.models.document import CAME_AND_WENT, FROZEN_WITH_PROPOSAL
from proposals.models.ideas import Idea
from proposals.pledge import promises_of
from proposals.querysets import ConsolidationQuerySet, ProposalQuerySet

ProposalManager = WithoutWords.from_queryset(ProposalQuerySet)


OPINION_LENGTH = 300
JOINING_NOTE_LENGTH = 300
TEXT_CHANGES = any_changes(("community", "category", *COLUMNS))
REASONS = dict([*RoundStep.choices, *ProposalReason.choices])


@pghistory.track(
    model_name="ProposalVersion",
    exclude=[
        "state",
        "number",
        "lead",
        "earlier",
        "origin",
        "pledge_version",
        "pledged_at",
        "pledged_by",
        "revision",
        "sealed_at",
        "created_at",
        "words",
    ],
    obj_field=pghistory.ObjForeignKey(related_name="versions"),
)
class Proposal(models.Model):
    """A project that ideas were joined into, with its document. Contests refer to it, never the other way."""

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="proposals", verbose_name=_("programme")
    )
    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="proposals", verbose_name=_("community")
    )
    category = models.ForeignKey(
        Category, on_delete=models.PROTECT, related_name="proposals", verbose_name=_("category")
    )
    title = models.CharField(_("title"), max_length=200)
    number = models.CharField(_("project number"), max_length=24, blank=True, default="", db_default="", editable=False)
    site = models.CharField(_("place"), max_length=100, blank=True)
    starts_on = models.DateField(_("begins on"), null=True, blank=True)
    ends_on = models.DateField(_("ends on"), null=True, blank=True)
    team_name = models.CharField(_("team"), max_length=60, blank=True)
    team_type = models.CharField(_("kind of team"), max_length=20, choices=TeamType.choices, blank=True)
    summary = models.TextField(_("summary"), blank=True, validators=[MaxLengthValidator(500)])
    needs_analysis = models.TextField(_("needs analysis"), blank=True, validators=[MaxLengthValidator(800)])
    target_group = models.CharField(_("for whom"), max_length=100, blank=True)
    direct_beneficiaries = models.IntegerField(
        _("people who benefit directly"), null=True, blank=True, validators=[MinValueValidator(0)]
    )
    indirect_beneficiaries = models.IntegerField(
        _("people who benefit indirectly"), null=True, blank=True, validators=[MinValueValidator(0)]
    )
    goal = models.TextField(_("goal"), blank=True, validators=[MaxLengthValidator(300)])
    plan = models.TextField(_("plan"), blank=True, validators=[MaxLengthValidator(800)])
    innovation = models.TextField(_("what is new about it"), blank=True, validators=[MaxLengthValidator(300)])
    sustainability = models.TextField(_("how it goes on"), blank=True, validators=[MaxLengthValidator(300)])
    capacity_building = models.TextField(
        _("how it grows community organisations"), blank=True, validators=[MaxLengthValidator(300)]
    )
    risks = models.TextField(_("risks and answers"), blank=True, validators=[MaxLengthValidator(300)])
    community_opinion = models.TextField(
        _("opinion of the residents' committee"), blank=True, validators=[MaxLengthValidator(OPINION_LENGTH)]
    )
    support_opinion = models.TextField(
        _("opinion of the support organisation"), blank=True, validators=[MaxLengthValidator(OPINION_LENGTH)]
    )
    earlier = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="later",
        editable=False,
        verbose_name=_("proposal of an earlier year"),
    )
    # The first of the line: with it all years of a proposal are found in one step.
    origin = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="line",
        editable=False,
        verbose_name=_("first proposal of the line"),
    )
    lead = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("lead"),
        help_text=_("Who speaks for the proposal, if it is not the author of its leading idea."),
    )
    state = models.CharField(_("state"), max_length=20, choices=ProposalState.choices, default=ProposalState.DRAFT)
    # What the lead promised when it was handed in, see `pledge`; empty until then, and again once it is given back.
    pledge_version = models.CharField(
        _("statement of integrity agreed to"), max_length=20, blank=True, default="", db_default="", editable=False
    )
    pledged_at = models.DateTimeField(_("promised at"), null=True, blank=True, editable=False)
    # The lead, or whoever keeps the paper that the lead has signed.
    pledged_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        editable=False,
        verbose_name=_("promised by"),
    )
    revision = models.PositiveIntegerField(default=1, editable=False)
    # A contest with it has opened: from then on no idea joins or leaves it.
    sealed_at = models.DateTimeField(_("sealed at"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    words = words_of("title", "summary", "goal", "needs_analysis", "plan", "team_name")

    objects = ProposalManager()

    class Meta:
        verbose_name = _("proposal")
        verbose_name_plural = _("proposals")
        ordering = ["-created_at", "-pk"]
        triggers = [
            pgtrigger.Protect(
                name="number_given_once",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__number="") & pgtrigger.Q(old__number__df=pgtrigger.F("new__number")),
            ),
            # What contests judge stays word for word as it was qualified.
            pgtrigger.Protect(
                name="text_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=sorted(PROPOSAL_FROZEN_STATES)) & TEXT_CHANGES,
            ),
        ]
        indexes = [
            models.Index(fields=["programme", "state"], name="proposals_proposal_by_state"),
            # The public list of a year, and its count however it is filtered.
            models.Index(
                fields=["programme", "-created_at", "-id"],
                include=["community", "category"],
                condition=Q(state__in=sorted(PROPOSAL_PUBLIC_STATES)),
                name="proposals_proposal_public",
            ),
            GinIndex(fields=["words"], name="proposals_proposal_words"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "number"],
                condition=~Q(number=""),
                name="proposals_proposal_number_once",
                violation_error_message=_("Another proposal has this number."),
            ),
            models.UniqueConstraint(
                fields=["earlier", "programme"],
                name="proposals_proposal_reentered_once",
                violation_error_message=_("This proposal is entered in that year already."),
            ),
            models.CheckConstraint(
                condition=Q(earlier__isnull=True, origin__isnull=True) | Q(earlier__isnull=False, origin__isnull=False),
                name="proposals_proposal_line_whole",
                violation_error_message=_("A proposal that goes on knows the one before it and the first of its line."),
            ),
            models.CheckConstraint(
                condition=Q(pledge_version="", pledged_at__isnull=True, pledged_by__isnull=True)
                | (~Q(pledge_version="") & Q(pledged_at__isnull=False, pledged_by__isnull=False)),
                name="proposals_proposal_pledge_whole",
                violation_error_message=_("A promise has its wording, its time and somebody who gave it."),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__gte=F("starts_on")),
                name="proposals_proposal_dates_in_order",
                violation_error_message=_("A project ends on the day it begins or later."),
            ),
            models.CheckConstraint(
                condition=Q(direct_beneficiaries__isnull=True) | Q(direct_beneficiaries__gte=0),
                name="proposals_proposal_direct_counted",
                violation_error_message=_("A number of people is not below zero."),
            ),
            models.CheckConstraint(
                condition=Q(indirect_beneficiaries__isnull=True) | Q(indirect_beneficiaries__gte=0),
                name="proposals_proposal_indirect_counted",
                violation_error_message=_("A number of people is not below zero."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("proposal_detail", args=[self.pk])

    @property
    def promises(self) -> tuple[str | Promise, ...]:
        return promises_of(self.pledge_version)


@pghistory.track(*CAME_AND_WENT, exclude=["amount"])
class BudgetLine(models.Model):
    """One line of a proposal's budget in yuan; `amount` is unit price times quantity, by the database."""

    proposal = models.ForeignKey(
        Proposal, on_delete=models.CASCADE, related_name="budget_lines", verbose_name=_("proposal")
    )
    position = models.PositiveSmallIntegerField(_("position"), default=0)
    item = models.CharField(_("item"), max_length=60)
    unit_price = models.DecimalField(_("unit price"), max_digits=10, decimal_places=2)
    quantity = models.PositiveIntegerField(_("quantity"), default=1)
    amount = models.GeneratedField(
        expression=F("unit_price") * F("quantity"),
        output_field=models.DecimalField(max_digits=14, decimal_places=2),
        db_persist=True,
        verbose_name=_("amount"),
    )
    source = models.CharField(_("source"), max_length=10, choices=BudgetSource.choices, default=BudgetSource.REQUESTED)
    note = models.CharField(_("note"), max_length=100, blank=True)

    class Meta:
        verbose_name = _("budget line")
        verbose_name_plural = _("budget lines")
        ordering = ["position", "pk"]
        triggers = [FROZEN_WITH_PROPOSAL]
        constraints = [
            models.CheckConstraint(
                condition=Q(unit_price__gt=Decimal(0), quantity__gt=0),
                name="proposals_budgetline_positive",
                violation_error_message=_("Unit price and quantity must be above zero."),
            )
        ]

    def __str__(self) -> str:
        return self.item


class Consolidation(models.Model):
    """Joins an idea to a proposal; undoing keeps the row, so that the history stays whole.

    Undone, it is as if the idea had never been joined. Ended with the proposal, the idea was part of it to the last and
    is free for another one.
    """

    proposal = models.ForeignKey(
        Proposal, on_delete=models.PROTECT, related_name="consolidations", verbose_name=_("proposal")
    )
    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="consolidations", verbose_name=_("idea"))
    kind = models.CharField(_("kind"), max_length=10, choices=ConsolidationKind.choices)
    note = models.CharField(
        _("note on the joining"),
        max_length=JOINING_NOTE_LENGTH,
        blank=True,
        default="",
        db_default="",
        help_text=_("Why they belong together, for colleagues: residents do not read it."),
    )
    created_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        related_name="+",
        verbose_name=_("joined by"),
    )
    created_at = models.DateTimeField(_("joined at"))
    undone_at = models.DateTimeField(_("undone at"), null=True, blank=True)
    ended_at = models.DateTimeField(_("ended with the proposal at"), null=True, editable=False)
    # Whether the author wants to be named as a contributor of the proposal; empty until they have said so.
    named = models.BooleanField(_("named as a contributor"), null=True, editable=False)
    answered_at = models.DateTimeField(_("answered at"), null=True, editable=False)

    objects = ConsolidationQuerySet.as_manager()

    class Meta:
        verbose_name = _("consolidation")
        verbose_name_plural = _("consolidations")
        ordering = ["-kind", "created_at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["idea"],
                condition=Q(undone_at__isnull=True, ended_at__isnull=True),
                name="proposals_consolidation_idea_once",
                violation_error_message=_("This idea is already part of a proposal."),
            ),
            models.UniqueConstraint(
                fields=["proposal"],
                condition=Q(kind=ConsolidationKind.PRIMARY, undone_at__isnull=True),
                name="proposals_consolidation_one_primary",
                violation_error_message=_("A proposal has one leading idea."),
            ),
            models.CheckConstraint(
                condition=Q(undone_at__isnull=True) | Q(ended_at__isnull=True),
                name="proposals_consolidation_over_once",
                violation_error_message=_("What was undone does not end with the proposal."),
            ),
            models.CheckConstraint(
                condition=Q(named__isnull=True, answered_at__isnull=True)
                | Q(named__isnull=False, answered_at__isnull=False),
                name="proposals_consolidation_answer_dated",
                violation_error_message=_("Whether somebody wants to be named was said at a time."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.idea} → {self.proposal}"


class ProposalEvent(Event):
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="events", verbose_name=_("proposal"))

    class Meta(Event.Meta):
        verbose_name = _("event of a proposal")
        verbose_name_plural = _("events of proposals")
        triggers = APPEND_ONLY
        indexes = [models.Index(fields=["notified_at", "at"], name="proposals_proposalevent_outbox")]

    def get_to_state_display(self) -> str:
        return str(ProposalState(self.to_state).label)

    def get_reason_display(self) -> str:
        return str(REASONS.get(self.reason, ""))
