"""Experts, what they may judge, and their score sheets."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communities.history import UNALTERABLE
from contests.enums import DeclaredTie, RecusalGround, SheetState
from contests.models.contest import CONTEST_DRAFT, Contest, Entry
from contests.models.rubric import Criterion
from contests.querysets import AssignmentQuerySet, PanelistQuerySet, RecusalQuerySet, ScoreSheetQuerySet
from programmes.models import Zone

ENTRY_IN_DRAFT = CONTEST_DRAFT % "(SELECT contest_id FROM contests_entry WHERE id = OLD.entry_id)"
SHEET_OPEN = "(SELECT state FROM contests_scoresheet WHERE id = %s) = 'DRAFT'"


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


class Panelist(models.Model):
    """An expert in one contest. `code` is the pseudonym of the published record; an imported one has no account.

    Once the contest is open nobody else takes over the seat, and with it the sheets of the one who scored them.
    """

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="panelists", verbose_name=_("contest"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="panelists",
        verbose_name=_("user"),
    )
    code = models.CharField(_("code"), max_length=30)
    zone = models.ForeignKey(
        Zone,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("reads only zone"),
    )

    objects = PanelistQuerySet.as_manager()

    class Meta:
        verbose_name = _("expert")
        verbose_name_plural = _("experts")
        ordering = ["code"]
        triggers = [
            pgtrigger.Trigger(
                name="seat_is_kept",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF NOT {CONTEST_DRAFT % "OLD.contest_id"} THEN
                        RAISE EXCEPTION 'the contest is open'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'contests_panelist_seat_is_kept';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "code"],
                name="contests_panelist_code_once",
                violation_error_message=_("This code is taken."),
            ),
            models.UniqueConstraint(
                fields=["contest", "user"],
                name="contests_panelist_user_once",
                violation_error_message=_("This person is on the panel already."),
            ),
        ]

    def __str__(self) -> str:
        return self.code


class Departure(models.Model):
    """An expert has dropped out: they get nothing more to read, and what they have handed in stays."""

    panelist = models.OneToOneField(
        Panelist, on_delete=models.CASCADE, related_name="departure", verbose_name=_("expert")
    )
    reason = models.CharField(_("reason"), max_length=200)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("noted by")
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("departure of an expert")
        verbose_name_plural = _("departures of experts")
        triggers = UNALTERABLE
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="contests_departure_reasoned",
                violation_error_message=_("Say why."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.panelist}: {self.reason}"


class Assignment(models.Model):
    """An entry that an expert is to score."""

    panelist = models.ForeignKey(
        Panelist, on_delete=models.CASCADE, related_name="assignments", verbose_name=_("expert")
    )
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="assignments", verbose_name=_("entry"))

    objects = AssignmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("assignment")
        verbose_name_plural = _("assignments")
        ordering = ["entry__number"]
        constraints = [
            models.UniqueConstraint(
                fields=["panelist", "entry"],
                name="contests_assignment_once",
                violation_error_message=_("This entry is assigned to the expert already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.panelist} – {self.entry}"


class Recusal(models.Model):
    """An expert keeps out of an entry (回避); a sheet of theirs does not count, but is kept.

    `tie` and `note` are what the expert declared; a ground that was found has neither. Once the contest is open no
    recusal is changed or taken back.
    """

    panelist = models.ForeignKey(Panelist, on_delete=models.CASCADE, related_name="recusals", verbose_name=_("expert"))
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="recusals", verbose_name=_("entry"))
    ground = models.CharField(_("ground"), max_length=20, choices=RecusalGround.choices)
    tie = models.CharField(_("what ties them"), max_length=10, choices=DeclaredTie.choices, blank=True)
    note = models.CharField(_("explanation"), max_length=300, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = RecusalQuerySet.as_manager()

    class Meta:
        verbose_name = _("recusal")
        verbose_name_plural = _("recusals")
        ordering = ["panelist__code", "entry__number"]
        triggers = [
            pgtrigger.Trigger(
                name="is_kept",
                when=pgtrigger.Before,
                operation=pgtrigger.Update | pgtrigger.Delete,
                func=f"""
                    IF NOT {ENTRY_IN_DRAFT} THEN
                        RAISE EXCEPTION 'the contest is open'
                            USING ERRCODE = 'check_violation', CONSTRAINT = 'contests_recusal_is_kept';
                    END IF;
                    IF TG_OP = 'DELETE' THEN RETURN OLD; END IF;
                    RETURN NEW;
                """,
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["panelist", "entry"],
                name="contests_recusal_once",
                violation_error_message=_("The expert keeps out of this entry already."),
            ),
            models.CheckConstraint(
                condition=Q(ground=RecusalGround.DECLARED) | Q(tie="", note=""),
                name="contests_recusal_tie_declared",
                violation_error_message=_("Only what an expert declares has an explanation."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.panelist} – {self.entry}"


class ScoreSheet(models.Model):
    """One expert's judgement of one entry; fixed once submitted."""

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
            pgtrigger.Protect(
                name="submitted_is_final",
                operation=pgtrigger.Update | pgtrigger.Delete,
                condition=pgtrigger.Q(old__state=SheetState.SUBMITTED),
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
