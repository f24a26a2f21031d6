"""By what entries are judged."""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contests import scale
from contests.models.contest import CONTEST_DRAFT, Contest
from programmes.models import Zone


class Criterion(models.Model):
    """One line of the rubric, fixed when the contest opens; with a zone it belongs to the rubric of that zone alone."""

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="criteria", verbose_name=_("contest"))
    zone = models.ForeignKey(
        Zone, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("zone")
    )
    code = models.CharField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=60)
    guidance = models.TextField(_("what is looked at"), blank=True)
    anchors = models.TextField(_("what the points mean"), blank=True, max_length=1000)
    max_points = models.DecimalField(_("maximum"), max_digits=6, decimal_places=2)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("criterion")
        verbose_name_plural = _("criteria")
        ordering = ["zone__code", "position", "code"]
        triggers = [
            pgtrigger.Trigger(
                name="rubric_frozen",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF TG_OP <> 'INSERT' AND NOT {CONTEST_DRAFT % "OLD.contest_id"}
                        OR TG_OP <> 'DELETE' AND NOT {CONTEST_DRAFT % "NEW.contest_id"}
                    THEN
                        RAISE EXCEPTION 'the contest is open'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'contests_criterion_rubric_frozen';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "zone", "code"],
                nulls_distinct=False,
                name="contests_criterion_code_once",
                violation_error_message=_("This criterion is already in the rubric."),
            ),
            models.CheckConstraint(
                condition=Q(max_points__gt=0),
                name="contests_criterion_maximum_positive",
                violation_error_message=_("The maximum must be above zero."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def clean(self) -> None:
        """Anchors are lines of points and their meaning, within the maximum."""
        super().clean()
        try:
            found = scale.anchors(self.anchors)
        except ValueError as error:
            raise ValidationError({"anchors": _("Each line begins with points: “%s”.") % error}) from error
        if self.max_points is not None and any(anchor.points > self.max_points for anchor in found):
            raise ValidationError({"anchors": _("No line has more points than the maximum.")})

    @property
    def anchor_list(self) -> list[scale.Anchor]:
        return scale.anchors(self.anchors)

    @property
    def remark_below(self) -> Decimal:
        return scale.remark_below(self.max_points)
