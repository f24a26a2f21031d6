"""The year of a sub-district: stages, categories, zones, and who accompanies which community."""

from __future__ import annotations

from datetime import date, datetime
from decimal import Decimal

import pgtrigger
from django.conf import settings
from django.core.validators import MaxLengthValidator, MinValueValidator, RegexValidator
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.models import Community, Organisation, Subdistrict
from programmes.enums import StageKind
from programmes.querysets import AccompanimentQuerySet, ProgrammeQuerySet, StageQuerySet
from programmes.workdays import LONGEST, add_workdays

CENT = Decimal("0.01")
GUIDE_LENGTH = 2000


class Programme(models.Model):
    """One year of one sub-district. Caps are in yuan; without one a project or a community may ask for any sum."""

    subdistrict = models.ForeignKey(
        Subdistrict, on_delete=models.PROTECT, related_name="programmes", verbose_name=_("sub-district")
    )
    year = models.PositiveSmallIntegerField(_("year"))
    title = models.CharField(_("title"), max_length=60)
    theme = models.CharField(_("theme"), max_length=120, blank=True)
    screening_days = models.PositiveSmallIntegerField(
        _("working days for an answer"),
        default=10,
        db_default=10,
        help_text=_(
            "Within so many working days the office answers an idea, counted from the day after it was handed in; what "
            "waits longer is marked as late."
        ),
    )
    screening_guide = models.TextField(
        _("what ideas are screened by"),
        blank=True,
        default="",
        db_default="",
        validators=[MaxLengthValidator(GUIDE_LENGTH)],
        help_text=_(
            "For example what counts as a common need this year, and what is favoured. Officers read it above every idea "
            "that they screen; nobody else does."
        ),
    )
    number_prefix = models.CharField(
        _("letters before project numbers"),
        max_length=6,
        blank=True,
        default="",
        db_default="",
        validators=[RegexValidator(r"^[A-Z]*$", _("Capital letters from A to Z only."))],
        help_text=_("Those of the sub-district, as WJ in WJ-034-2018-01."),
    )
    project_cap = models.DecimalField(
        _("cap per project (yuan)"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(CENT)],
        help_text=_("What one proposal may ask for at most. Empty: no cap."),
    )
    community_cap = models.DecimalField(
        _("cap per community (yuan)"),
        max_digits=12,
        decimal_places=2,
        null=True,
        blank=True,
        validators=[MinValueValidator(CENT)],
        help_text=_("What all proposals of one community may ask for together. Empty: no cap."),
    )

    objects = ProgrammeQuerySet.as_manager()

    class Meta:
        verbose_name = _("programme")
        verbose_name_plural = _("programmes")
        ordering = ["-year"]
        constraints = [
            models.UniqueConstraint(
                fields=["subdistrict", "year"],
                name="programmes_programme_one_a_year",
                violation_error_message=_("This sub-district has a programme for that year."),
            ),
            models.CheckConstraint(
                condition=Q(year__gte=2000, year__lte=2100),
                name="programmes_programme_year_plausible",
                violation_error_message=_("The year must lie between 2000 and 2100."),
            ),
            models.CheckConstraint(
                condition=Q(screening_days__gte=1, screening_days__lte=LONGEST),
                name="programmes_programme_screening_days_plausible",
                violation_error_message=_("An answer takes 1 to 60 working days."),
            ),
            models.CheckConstraint(
                condition=Q(number_prefix__regex=r"^[A-Z]*$"),
                name="programmes_programme_prefix_letters",
                violation_error_message=_("Project numbers begin with capital letters from A to Z."),
            ),
            models.CheckConstraint(
                condition=(Q(project_cap__isnull=True) | Q(project_cap__gt=0))
                & (Q(community_cap__isnull=True) | Q(community_cap__gt=0)),
                name="programmes_programme_caps_positive",
                violation_error_message=_("A cap is above zero, or there is none."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.title} {self.year}"

    def answer_by(self, handed_in: datetime) -> date:
        """The last day on which an idea that was handed in then is answered in time."""
        return add_workdays(timezone.localdate(handed_in), self.screening_days)


class Stage(models.Model):
    """One of the eight stages with its window: open from `opens_at` up to, not including, `closes_at`.

    `revision` and `changed_at` tell subscribed calendars that it was moved; the database counts them itself.
    """

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="stages", verbose_name=_("programme")
    )
    kind = models.CharField(_("stage"), max_length=20, choices=StageKind.choices)
    opens_at = models.DateTimeField(_("opens"))
    closes_at = models.DateTimeField(_("closes"))
    revision = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(default=timezone.now, editable=False)

    objects = StageQuerySet.as_manager()

    class Meta:
        verbose_name = _("stage")
        verbose_name_plural = _("stages")
        ordering = ["opens_at"]
        triggers = [
            pgtrigger.Trigger(
                name="revision_counted",
                when=pgtrigger.Before,
                operation=pgtrigger.Update,
                func="""
                    IF (OLD.kind, OLD.opens_at, OLD.closes_at)
                        IS DISTINCT FROM (NEW.kind, NEW.opens_at, NEW.closes_at)
                    THEN
                        NEW.revision = OLD.revision + 1;
                        NEW.changed_at = clock_timestamp();
                    ELSE
                        NEW.revision = OLD.revision;
                        NEW.changed_at = OLD.changed_at;
                    END IF;
                    RETURN NEW;
                """,
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "kind"],
                name="programmes_stage_once",
                violation_error_message=_("This stage is already there."),
            ),
            models.CheckConstraint(
                condition=Q(closes_at__gt=F("opens_at")),
                name="programmes_stage_closes_after_opening",
                violation_error_message=_("A stage closes after it opens."),
            ),
        ]

    def __str__(self) -> str:
        return str(self.get_kind_display())


class Category(models.Model):
    """What an idea is about; each year names its own."""

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="categories", verbose_name=_("programme")
    )
    code = models.CharField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=30)
    position = models.PositiveSmallIntegerField(_("position"), default=0)

    class Meta:
        verbose_name = _("category")
        verbose_name_plural = _("categories")
        ordering = ["position", "code"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "code"],
                name="programmes_category_code_once",
                violation_error_message=_("This category is already there."),
            )
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def colour(self) -> int:
        """Which of the eight colours of the style sheet marks it; those of one year begin with the first."""
        return self.position % 8 + 1


class Zone(models.Model):
    """A group of communities with a focus of its own."""

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="zones", verbose_name=_("programme")
    )
    code = models.CharField(_("code"), max_length=30)
    name = models.CharField(_("name"), max_length=40)
    focus = models.CharField(_("focus"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("zone")
        verbose_name_plural = _("zones")
        ordering = ["code"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "code"],
                name="programmes_zone_code_once",
                violation_error_message=_("This zone is already there."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class ZoneCommunity(models.Model):
    """A community belongs to at most one zone of a programme, hence the programme beside the zone."""

    programme = models.ForeignKey(Programme, on_delete=models.CASCADE, related_name="+", verbose_name=_("programme"))
    zone = models.ForeignKey(Zone, on_delete=models.CASCADE, related_name="members", verbose_name=_("zone"))
    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="zone_memberships", verbose_name=_("community")
    )

    class Meta:
        verbose_name = _("community of a zone")
        verbose_name_plural = _("communities of zones")
        ordering = ["community"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "community"],
                name="programmes_zonecommunity_one_zone",
                violation_error_message=_("This community is already in a zone of the programme."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.zone} – {self.community}"


class Accompaniment(models.Model):
    """The support organisation that accompanies a community for the year, or until it was handed over to another."""

    programme = models.ForeignKey(
        Programme, on_delete=models.CASCADE, related_name="accompaniments", verbose_name=_("programme")
    )
    organisation = models.ForeignKey(
        Organisation, on_delete=models.PROTECT, related_name="accompaniments", verbose_name=_("organisation")
    )
    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="accompaniments", verbose_name=_("community")
    )

    ended_at = models.DateTimeField(_("handed over at"), null=True, blank=True, editable=False)
    ended_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="+",
        verbose_name=_("handed over by"),
    )

    objects = AccompanimentQuerySet.as_manager()

    class Meta:
        verbose_name = _("accompaniment")
        verbose_name_plural = _("accompaniments")
        ordering = ["community"]
        constraints = [
            models.UniqueConstraint(
                fields=["programme", "community"],
                condition=Q(ended_at__isnull=True),
                name="programmes_accompaniment_one_organisation",
                violation_error_message=_("This community is accompanied already."),
            ),
            models.CheckConstraint(
                condition=Q(ended_at__isnull=True, ended_by__isnull=True)
                | Q(ended_at__isnull=False, ended_by__isnull=False),
                name="programmes_accompaniment_ended_by_somebody",
                violation_error_message=_("Somebody hands a community over."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organisation} – {self.community}"
