"""Score sheets: points, why they were given, and how a sheet that was handed in is opened again."""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communities.history import UNALTERABLE
from contests.enums import SheetState
from contests.models.contest import Entry
from contests.models.judging import Panelist
from contests.models.rubric import Criterion
from contests.querysets import ScoreSheetQuerySet

SHEET_OPEN = "(SELECT state FROM contests_scoresheet WHERE id = %s) = 'DRAFT'"


# A reopening holds a copy of the version that it opens; only then does the sheet become a draft again, and nothing else.
REOPENED_OR_FINAL = """
    IF TG_OP = 'UPDATE' THEN
        IF EXISTS (SELECT 1 FROM contests_reopening r WHERE r.sheet_id = OLD.id AND r.revision = OLD.revision)
            AND (NEW.id, NEW.entry_id, NEW.panelist_id, NEW.comment, NEW.created_at, NEW.state, NEW.revision)
                = (OLD.id, OLD.entry_id, OLD.panelist_id, OLD.comment, OLD.created_at, 'DRAFT', OLD.revision + 1)
        THEN RETURN NEW;
        END IF;
    END IF;
    RAISE EXCEPTION 'the sheet is submitted'
        USING ERRCODE = 'check_violation', CONSTRAINT = 'contests_scoresheet_submitted_is_final';
"""
# The database makes the copy itself, so that nobody hands in another.
COPY_OF_SHEET = """
    SELECT s.revision, s.submitted_at, s.comment INTO NEW.revision, NEW.submitted_at, NEW.comment
      FROM contests_scoresheet s WHERE s.id = NEW.sheet_id AND s.state = 'SUBMITTED' FOR UPDATE;
    IF NOT FOUND THEN
        RAISE EXCEPTION 'the sheet is not submitted'
            USING ERRCODE = 'check_violation', CONSTRAINT = 'contests_reopening_of_submitted';
    END IF;
    NEW.lines = (
        SELECT coalesce(
            jsonb_agg(jsonb_build_array(c.name, m.points::text, c.max_points::text, coalesce(r.text, ''))
                      ORDER BY c.position, c.code), '[]')
          FROM contests_mark m
          JOIN contests_criterion c ON c.id = m.criterion_id
          LEFT JOIN contests_remark r ON r.sheet_id = m.sheet_id AND r.criterion_id = m.criterion_id
         WHERE m.sheet_id = NEW.sheet_id);
    RETURN NEW;
"""


def fixed_with_the_sheet(constraint: str) -> pgtrigger.Trigger:
    """Rows of a sheet come, change and go only while the sheet is a draft."""
    return pgtrigger.Trigger(
        name="sheet_is_draft",
        when=pgtrigger.Before,
        operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
        func=f"""
                    IF TG_OP <> 'INSERT' AND NOT {SHEET_OPEN % "OLD.sheet_id"}
                        OR TG_OP <> 'DELETE' AND NOT {SHEET_OPEN % "NEW.sheet_id"}
                    THEN
                        RAISE EXCEPTION 'the sheet is submitted'
                            USING ERRCODE = 'check_violation', CONSTRAINT = '{constraint}';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
    )


class ScoreSheet(models.Model):
    """One expert's judgement of one entry; fixed once submitted, unless an approver reopens it (`Reopening`)."""

    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="sheets", verbose_name=_("entry"))
    panelist = models.ForeignKey(Panelist, on_delete=models.CASCADE, related_name="sheets", verbose_name=_("expert"))
    state = models.CharField(_("state"), max_length=10, choices=SheetState.choices, default=SheetState.DRAFT)
    comment = models.TextField(_("comment"), blank=True, max_length=1000)
    # Counts what was saved, so that a second tab or a browser that was cut off overwrites nothing it has not seen.
    revision = models.PositiveIntegerField(default=0, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)

    objects = ScoreSheetQuerySet.as_manager()

    class Meta:
        verbose_name = _("score sheet")
        verbose_name_plural = _("score sheets")
        ordering = ["entry__number", "panelist__code"]
        triggers = [
            pgtrigger.Trigger(
                name="submitted_is_final",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state=SheetState.SUBMITTED),
                func=REOPENED_OR_FINAL,
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["entry", "panelist"],
                name="contests_scoresheet_once",
                violation_error_message=_("There is a sheet of this expert for this entry already."),
            ),
            models.CheckConstraint(
                condition=Q(state=SheetState.DRAFT) | Q(submitted_at__isnull=False),
                name="contests_scoresheet_submission_dated",
                violation_error_message=_("A submitted sheet has a date."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.panelist} – {self.entry}"


class Mark(models.Model):
    """The points of one criterion on one sheet. An abstention is no row."""

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.CASCADE, related_name="marks", verbose_name=_("sheet"))
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+", verbose_name=_("criterion"))
    points = models.DecimalField(_("points"), max_digits=6, decimal_places=2)

    class Meta:
        verbose_name = _("mark")
        verbose_name_plural = _("marks")
        ordering = ["criterion__position"]
        triggers = [
            pgtrigger.Trigger(
                name="within_maximum",
                when=pgtrigger.Before,
                operation=pgtrigger.Insert | pgtrigger.Update,
                func="""
                    IF NEW.points > (SELECT max_points FROM contests_criterion WHERE id = NEW.criterion_id) THEN
                        RAISE EXCEPTION 'points above the maximum of the criterion'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'contests_mark_within_maximum';
                    END IF;
                    RETURN NEW;
                """,
            ),
            fixed_with_the_sheet("contests_mark_sheet_is_draft"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "criterion"],
                name="contests_mark_once",
                violation_error_message=_("This criterion has a mark already."),
            ),
            models.CheckConstraint(
                condition=Q(points__gte=0),
                name="contests_mark_not_negative",
                violation_error_message=_("Points cannot be negative."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.criterion}: {self.points}"


class Remark(models.Model):
    """Why an expert gave so many points for one criterion."""

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.CASCADE, related_name="remarks", verbose_name=_("sheet"))
    criterion = models.ForeignKey(Criterion, on_delete=models.PROTECT, related_name="+", verbose_name=_("criterion"))
    text = models.CharField(_("reason"), max_length=300)

    class Meta:
        verbose_name = _("reason of points")
        verbose_name_plural = _("reasons of points")
        ordering = ["criterion__position"]
        triggers = [fixed_with_the_sheet("contests_remark_sheet_is_draft")]
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "criterion"],
                name="contests_remark_once",
                violation_error_message=_("This criterion has a reason already."),
            ),
            models.CheckConstraint(
                condition=~Q(text=""),
                name="contests_remark_not_blank",
                violation_error_message=_("A reason is not blank."),
            ),
        ]

    def __str__(self) -> str:
        return self.text


class Reopening(models.Model):
    """An approver lets an expert change a sheet that was handed in; the version that was handed in stays here, whole.

    `lines`: criterion, points, maximum and reason, in the order of the rubric.
    """

    sheet = models.ForeignKey(ScoreSheet, on_delete=models.CASCADE, related_name="reopenings", verbose_name=_("sheet"))
    revision = models.PositiveIntegerField(editable=False, default=0)
    submitted_at = models.DateTimeField(_("submitted at"), editable=False, null=True)
    comment = models.TextField(_("comment"), blank=True, editable=False)
    lines = models.JSONField(_("points"), default=list, editable=False)
    reason = models.CharField(_("reason"), max_length=300)
    reopened_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("reopened by")
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("reopening of a sheet")
        verbose_name_plural = _("reopenings of sheets")
        ordering = ["at", "pk"]
        triggers = [
            *UNALTERABLE,
            pgtrigger.Trigger(
                name="copies_the_sheet", when=pgtrigger.Before, operation=pgtrigger.Insert, func=COPY_OF_SHEET
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["sheet", "revision"],
                name="contests_reopening_once",
                violation_error_message=_("This version has been reopened already."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="contests_reopening_reasoned",
                violation_error_message=_("Say why."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.sheet}: {self.reason}"

    @property
    def total(self) -> Decimal:
        return sum((Decimal(points) for _name, points, _most, _why in self.lines), Decimal(0))
