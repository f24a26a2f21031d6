"""The tables inside a proposal's document: the team, the objectives, the planned activities, and the risks.

Rows are never altered: a saved section replaces those that differ, and the database keeps every row that came or went
with the moment and the acting person. Together with the versions of the proposal's text the document of any moment can
be put together again: the rows inserted up to then and not deleted by then. Telephone numbers are kept out of it.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pghistory
import pgtrigger
from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from communities import phones

CAME_AND_WENT = (pghistory.InsertEvent(), pghistory.DeleteEvent())

# The states of `PROPOSAL_FROZEN_STATES`. FOR SHARE: a row that is being written and a proposal that is being qualified
# wait for each other.
_FROZEN = "(SELECT state FROM proposals_proposal WHERE id = %s FOR SHARE) IN ('POOLED', 'QUALIFIED')"
FROZEN_WITH_PROPOSAL = pgtrigger.Trigger(
    name="frozen_with_proposal",
    when=pgtrigger.Before,
    operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
    func=f"""
        IF TG_OP <> 'INSERT' AND {_FROZEN % "OLD.proposal_id"} OR TG_OP <> 'DELETE' AND {_FROZEN % "NEW.proposal_id"} THEN
            RAISE EXCEPTION 'frozen_with_proposal: the rows in % of a qualified proposal stay as they are', TG_TABLE_NAME;
        END IF;
        IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
        RETURN NEW;
    """,
)


class DocumentRow(models.Model):
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        abstract = True
        ordering = ["position", "pk"]
        triggers = [FROZEN_WITH_PROPOSAL]


@pghistory.track(*CAME_AND_WENT, exclude=["phone_token"])
class TeamMember(DocumentRow):
    """Somebody who carries the project out; the number is for the office and the accompanying organisation only."""

    proposal = models.ForeignKey(
        "proposals.Proposal", on_delete=models.CASCADE, related_name="members", verbose_name=_("proposal")
    )
    name = models.CharField(_("name"), max_length=40)
    duty = models.CharField(_("task in the team"), max_length=60)
    phone_token = models.CharField(_("phone, encrypted"), max_length=200, blank=True)

    class Meta(DocumentRow.Meta):
        verbose_name = _("team member")
        verbose_name_plural = _("team members")
        constraints = [
            models.CheckConstraint(
                condition=~Q(name="") & ~Q(duty=""),
                name="proposals_teammember_named",
                violation_error_message=_("Give each member a name and a task."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def phone(self) -> str:
        """The number as typed, or nothing."""
        return phones.decrypt(self.phone_token) if self.phone_token else ""


@pghistory.track(*CAME_AND_WENT)
class Objective(DocumentRow):
    """What is measured, and the value to be reached: "new benches", 12, "pieces"."""

    proposal = models.ForeignKey(
        "proposals.Proposal", on_delete=models.CASCADE, related_name="objectives", verbose_name=_("proposal")
    )
    indicator = models.CharField(_("indicator"), max_length=100)
    target_value = models.DecimalField(
        _("target value"), max_digits=12, decimal_places=2, validators=[MinValueValidator(Decimal("0.01"))]
    )
    unit = models.CharField(_("unit"), max_length=20, blank=True)

    class Meta(DocumentRow.Meta):
        verbose_name = _("objective")
        verbose_name_plural = _("objectives")
        constraints = [
            models.CheckConstraint(
                condition=Q(target_value__gt=Decimal(0)),
                name="proposals_objective_target_positive",
                violation_error_message=_("A target value is above zero."),
            )
        ]

    def __str__(self) -> str:
        return self.indicator


@pghistory.track(*CAME_AND_WENT)
class PlannedActivity(DocumentRow):
    """One step of the plan: from when to when, how often, with how many people, by whom, and what comes of it."""

    proposal = models.ForeignKey(
        "proposals.Proposal", on_delete=models.CASCADE, related_name="activities", verbose_name=_("proposal")
    )
    name = models.CharField(_("activity"), max_length=60)
    date_from: models.DateField[date, date] = models.DateField(_("from day"))
    date_to: models.DateField[date, date] = models.DateField(_("to day"))
    times = models.IntegerField(_("times"), default=1, validators=[MinValueValidator(1)])
    people = models.IntegerField(_("people each time"), default=0, validators=[MinValueValidator(0)])
    owner = models.CharField(_("who sees to it"), max_length=40, blank=True)
    output = models.CharField(_("what comes of it"), max_length=100, blank=True)

    class Meta(DocumentRow.Meta):
        verbose_name = _("planned activity")
        verbose_name_plural = _("planned activities")
        constraints = [
            models.CheckConstraint(
                condition=Q(date_to__gte=F("date_from")),
                name="proposals_plannedactivity_dates_in_order",
                violation_error_message=_("An activity ends on the day it begins or later."),
            ),
            models.CheckConstraint(
                condition=Q(times__gte=1, people__gte=0),
                name="proposals_plannedactivity_counted",
                violation_error_message=_("An activity takes place at least once; people are not below zero."),
            ),
        ]

    def __str__(self) -> str:
        return self.name


@pghistory.track(*CAME_AND_WENT)
class Risk(DocumentRow):
    """What may go wrong, and what is done then."""

    proposal = models.ForeignKey(
        "proposals.Proposal", on_delete=models.CASCADE, related_name="risk_rows", verbose_name=_("proposal")
    )
    risk = models.CharField(_("risk"), max_length=150)
    response = models.CharField(_("response"), max_length=200)

    class Meta(DocumentRow.Meta):
        verbose_name = _("risk")
        verbose_name_plural = _("risks")
        constraints = [
            models.CheckConstraint(
                condition=~Q(risk="") & ~Q(response=""),
                name="proposals_risk_answered",
                violation_error_message=_("Say of each risk what is done about it."),
            )
        ]

    def __str__(self) -> str:
        return self.risk
