"""Votes on paper: counting sheets that two people type independently, each with its scan."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from communities.models import Community
from contests.models.contest import Contest
from contests.voting_enums import SheetCheck


class PaperSheet(models.Model):
    """One counting sheet of a polling place. Its figures are `OfflineCount` rows, counted once a second person agrees.

    `number` is what stands on the paper and on the rows; `digest` is SHA-256 of the checked scan.
    """

    contest = models.ForeignKey(
        Contest, on_delete=models.CASCADE, related_name="paper_sheets", verbose_name=_("contest")
    )
    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="+", verbose_name=_("community"))
    number = models.CharField(_("counting sheet"), max_length=30)
    place = models.CharField(_("polling place"), max_length=60)
    papers = models.PositiveIntegerField(_("valid ballot papers"))
    scan = models.FileField(_("scan"), upload_to="scans/")
    digest = models.CharField(max_length=64, editable=False)
    state = models.CharField(_("state"), max_length=10, choices=SheetCheck.choices, default=SheetCheck.ENTERED)
    mismatches = models.PositiveSmallIntegerField(_("times typed differently"), default=0)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("entered by")
    )
    entered_at = models.DateTimeField(_("entered at"))
    verified_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("verified by"),
    )
    verified_at = models.DateTimeField(_("verified at"), null=True, blank=True)

    class Meta:
        verbose_name = _("counting sheet")
        verbose_name_plural = _("counting sheets")
        ordering = ["-entered_at", "-pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "number"],
                name="contests_papersheet_number_once",
                violation_error_message=_("A sheet with this number is entered already."),
            ),
            models.CheckConstraint(
                condition=Q(verified_by__isnull=True) | ~Q(verified_by=F("entered_by")),
                name="contests_papersheet_two_persons",
                violation_error_message=_("A second person verifies a paper count."),
            ),
            models.CheckConstraint(
                condition=Q(state=SheetCheck.ENTERED, verified_at__isnull=True)
                | Q(state=SheetCheck.VERIFIED, verified_at__isnull=False, verified_by__isnull=False),
                name="contests_papersheet_verification_signed",
                violation_error_message=_("A verified sheet has a date and a second person."),
            ),
        ]

    def __str__(self) -> str:
        return self.number


class HelperSession(models.Model):
    """That an officer helped somebody at the screen: who, where and on which day; never whom, nor at what time.

    A time would lead to the minute of the one ballot that was cast then. The voter's line says only that they were helped. How long the helper's session lasts is kept beside their log-in.
    """

    contest = models.ForeignKey(
        Contest, on_delete=models.CASCADE, related_name="helper_sessions", verbose_name=_("contest")
    )
    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="+", verbose_name=_("community"))
    helper = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("helper")
    )
    day = models.DateField(_("day"))
    place = models.CharField(_("place"), max_length=60, blank=True)
    consented = models.BooleanField(_("the person asked for help"))
    has_voted = models.BooleanField(_("the person cast a ballot"), default=False)

    class Meta:
        verbose_name = _("help with voting")
        verbose_name_plural = _("help with voting")
        ordering = ["-day", "community", "helper"]
        constraints = [
            models.CheckConstraint(
                condition=Q(consented=True),
                name="contests_helpersession_consent",
                violation_error_message=_("Nobody is helped who has not asked for it."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.helper} · {self.day}"
