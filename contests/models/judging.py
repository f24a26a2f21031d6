"""Experts, and what they may judge."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communities.history import UNALTERABLE
from contests.enums import DeclaredTie, RecusalGround
from contests.models.contest import CONTEST_DRAFT, Contest, Entry
from contests.querysets import AssignmentQuerySet, PanelistQuerySet, RecusalQuerySet
from programmes.models import Zone

ENTRY_IN_DRAFT = CONTEST_DRAFT % "(SELECT contest_id FROM contests_entry WHERE id = OLD.entry_id)"


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
    is_chair = models.BooleanField(_("presides"), default=False)

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
            models.UniqueConstraint(
                fields=["contest"],
                condition=Q(is_chair=True),
                name="contests_panelist_one_chair",
                violation_error_message=_("A panel has one chair."),
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


class OtherPerson(models.Model):
    """An expert bears the name of somebody on an entry's team, and the office has found that it is another person."""

    panelist = models.ForeignKey(Panelist, on_delete=models.CASCADE, related_name="+", verbose_name=_("expert"))
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="+", verbose_name=_("entry"))
    reason = models.CharField(_("reason"), max_length=200)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("noted by")
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("namesake who is another person")
        verbose_name_plural = _("namesakes who are other persons")
        constraints = [
            models.UniqueConstraint(
                fields=["panelist", "entry"],
                name="contests_otherperson_once",
                violation_error_message=_("This has been noted already."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="contests_otherperson_reasoned",
                violation_error_message=_("Say why."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.panelist} – {self.entry}: {self.reason}"


class Recusal(models.Model):
    """An expert keeps out of an entry (回避); a sheet of theirs does not count, but is kept.

    `tie` and `note` are what the expert declared; a ground that was found has neither, and `noted_by` where it was the
    office that found it. Once the contest is open no recusal is changed or taken back.
    """

    panelist = models.ForeignKey(Panelist, on_delete=models.CASCADE, related_name="recusals", verbose_name=_("expert"))
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="recusals", verbose_name=_("entry"))
    ground = models.CharField(_("ground"), max_length=20, choices=RecusalGround.choices)
    tie = models.CharField(_("what ties them"), max_length=10, choices=DeclaredTie.choices, blank=True)
    note = models.CharField(_("explanation"), max_length=300, blank=True)
    noted_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("noted by"),
    )
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
            models.CheckConstraint(
                condition=~Q(ground=RecusalGround.DECLARED) | Q(noted_by__isnull=True),
                name="contests_recusal_declared_by_expert",
                violation_error_message=_("What an expert declares was not found by the office."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.panelist} – {self.entry}"
