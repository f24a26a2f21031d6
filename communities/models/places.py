"""Places: the sub-district, its communities, and the bodies that act in them."""

from __future__ import annotations

from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communities.enums import HousingType, OrganisationKind
from communities.querysets import CommunityQuerySet

TELEPHONE = r"^[0-9+() -]*$"


class Subdistrict(models.Model):
    """A sub-district (街道), by its national 9-digit code, and where its office is reached by whoever asks or objects."""

    code = models.CharField(_("code"), max_length=9, unique=True, validators=[RegexValidator(r"^\d{9}$")])
    name = models.CharField(_("name"), max_length=40)
    district = models.CharField(_("district"), max_length=40, blank=True)
    office = models.CharField(
        _("office in charge"),
        max_length=60,
        blank=True,
        default="",
        db_default="",
        help_text=_("Its full name, as it stands under a public notice."),
    )
    address = models.CharField(
        _("where the office is"),
        max_length=120,
        blank=True,
        default="",
        db_default="",
        help_text=_("Street, number and room, where people come and letters go to."),
    )
    hours = models.CharField(
        _("office hours"),
        max_length=80,
        blank=True,
        default="",
        db_default="",
        help_text=_("For example: working days 9:00–11:30, 14:00–17:00."),
    )
    telephone = models.CharField(
        _("telephone for questions"),
        max_length=30,
        blank=True,
        default="",
        db_default="",
        validators=[RegexValidator(TELEPHONE, _("Digits, spaces and hyphens only."))],
    )
    supervision_telephone = models.CharField(
        _("telephone of supervision"),
        max_length=30,
        blank=True,
        default="",
        db_default="",
        validators=[RegexValidator(TELEPHONE, _("Digits, spaces and hyphens only."))],
    )

    class Meta:
        verbose_name = _("sub-district")
        verbose_name_plural = _("sub-districts")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^\d{9}$"),
                name="communities_subdistrict_code_9_digits",
                violation_error_message=_("The code of a sub-district has 9 digits."),
            ),
            models.CheckConstraint(
                condition=Q(telephone__regex=TELEPHONE, supervision_telephone__regex=TELEPHONE),
                name="communities_subdistrict_telephones",
                violation_error_message=_("A telephone number has digits, spaces and hyphens only."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_reachable(self) -> bool:
        """Whether people can be told where to come or whom to call."""
        return bool(self.address or self.telephone)


class Community(models.Model):
    """A community (社区), by its 12-digit code; the unit of scoping."""

    subdistrict = models.ForeignKey(
        Subdistrict, on_delete=models.PROTECT, related_name="communities", verbose_name=_("sub-district")
    )
    code = models.CharField(_("code"), max_length=12, unique=True)
    name = models.CharField(_("name"), max_length=40)
    housing_type = models.CharField(_("housing type"), max_length=20, choices=HousingType.choices, blank=True)
    registered_population = models.PositiveIntegerField(_("registered population"), null=True, blank=True)
    households = models.PositiveIntegerField(_("households"), null=True, blank=True)

    objects = CommunityQuerySet.as_manager()

    class Meta:
        verbose_name = _("community")
        verbose_name_plural = _("communities")
        ordering = ["code"]
        constraints = [
            models.CheckConstraint(
                condition=Q(code__regex=r"^\d{12}$"),
                name="communities_community_code_12_digits",
                violation_error_message=_("The code of a community has 12 digits."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Organisation(models.Model):
    """A body that acts in the sub-district: committee, support organisation, group, company, unit."""

    subdistrict = models.ForeignKey(
        Subdistrict, on_delete=models.PROTECT, related_name="organisations", verbose_name=_("sub-district")
    )
    community = models.ForeignKey(
        Community,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="organisations",
        verbose_name=_("community"),
    )
    kind = models.CharField(_("kind"), max_length=20, choices=OrganisationKind.choices)
    name = models.CharField(_("name"), max_length=80)

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["name"]
        constraints = [
            models.UniqueConstraint(
                fields=["subdistrict", "name"],
                name="communities_organisation_name_once",
                violation_error_message=_("An organisation of this name exists already."),
            )
        ]

    def __str__(self) -> str:
        return self.name
