"""People: who lives, works and decides where."""

from __future__ import annotations

from functools import cached_property
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.contrib.auth.models import PermissionsMixin
from django.db import models
from django.db.models import F, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities import phones
from communities.enums import (
    OFFICE_ROLES,
    Language,
    ResidencyState,
    Role,
    VerificationMethod,
)
from communities.history import APPEND_ONLY, Event
from communities.models.places import Community, Organisation, Subdistrict
from communities.querysets import AppointmentQuerySet, ResidencyQuerySet, UserManager


class User(AbstractBaseUser, PermissionsMixin):
    """A person with an account: residents log in by phone and code, staff by user name and password.

    The phone number is kept as `phone_token` (encrypted) and `phone_hash` (to find it); see `phones`.
    """

    username = models.CharField(_("user name"), max_length=40, unique=True)
    display_name = models.CharField(_("name shown"), max_length=20, blank=True)
    phone_token = models.TextField(_("phone, encrypted"), blank=True, editable=False)
    phone_hash = models.CharField(_("phone, keyed hash"), max_length=64, null=True, unique=True, editable=False)
    phone_verified_at = models.DateTimeField(_("phone verified at"), null=True, blank=True, editable=False)
    # An address that was not confirmed gets nothing but the request to confirm it.
    email = models.EmailField(_("e-mail address"), blank=True)
    email_confirmed_at = models.DateTimeField(_("e-mail confirmed at"), null=True, blank=True, editable=False)
    language = models.CharField(
        _("language of messages"), max_length=10, choices=Language.choices, default=Language.CHINESE
    )
    is_active = models.BooleanField(_("active"), default=True)
    date_joined = models.DateTimeField(_("joined at"), default=timezone.now, editable=False)

    USERNAME_FIELD = "username"
    REQUIRED_FIELDS: ClassVar[list[str]] = []

    objects = UserManager()

    class Meta:
        verbose_name = _("user")
        verbose_name_plural = _("users")
        ordering = ["username"]
        constraints = [
            models.CheckConstraint(
                condition=Q(phone_hash__isnull=True, phone_token="")
                | (Q(phone_hash__isnull=False) & ~Q(phone_token="")),
                name="communities_user_phone_whole",
                violation_error_message=_("A phone number is stored with its hash or not at all."),
            ),
            # Whoever sets a resident's password could log in as that person and read their ballot.
            models.CheckConstraint(
                condition=Q(phone_hash__isnull=True) | Q(password__startswith=UNUSABLE_PASSWORD_PREFIX),
                name="communities_user_phone_or_password",
                violation_error_message=_("An account with a phone number has no password."),
            ),
            models.CheckConstraint(
                condition=Q(email_confirmed_at__isnull=True) | ~Q(email=""),
                name="communities_user_email_confirmed",
                violation_error_message=_("Only an address can be confirmed."),
            ),
        ]

    def __str__(self) -> str:
        return self.display_name or self.username

    @property
    def phone(self) -> str:
        """The number in E.164 form, empty if there is none."""
        return phones.decrypt(self.phone_token) if self.phone_token else ""

    @property
    def masked_phone(self) -> str:
        return phones.mask(self.phone) if self.phone_token else ""

    @cached_property
    def appointments_today(self) -> list[Appointment]:
        """Appointments in force today; read once for each request's user."""
        return list(self.appointments.in_force(timezone.localdate()).select_related("community", "organisation"))

    @property
    def is_staff(self) -> bool:
        """Whether the office's admin site opens for this person."""
        return self.is_superuser or any(a.role in OFFICE_ROLES for a in self.appointments_today)


class Residency(models.Model):
    """A user's claim to live in a community, and how it was verified."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="residencies", verbose_name=_("user"))
    subdistrict = models.ForeignKey(
        Subdistrict, on_delete=models.PROTECT, related_name="+", verbose_name=_("sub-district")
    )
    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="residencies", verbose_name=_("community")
    )
    state = models.CharField(_("state"), max_length=10, choices=ResidencyState.choices, default=ResidencyState.PENDING)
    method = models.CharField(_("verified how"), max_length=20, choices=VerificationMethod.choices, blank=True)
    decided_by = models.ForeignKey(
        User, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("decided by")
    )
    decided_at = models.DateTimeField(_("decided at"), null=True, blank=True)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = ResidencyQuerySet.as_manager()

    class Meta:
        verbose_name = _("residency")
        verbose_name_plural = _("residencies")
        ordering = ["created_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "subdistrict"],
                condition=Q(state=ResidencyState.VERIFIED),
                name="communities_residency_one_verified",
                violation_error_message=_("This person is already verified in another community of the sub-district."),
            ),
            models.UniqueConstraint(
                fields=["user", "community"],
                condition=~Q(state=ResidencyState.REFUSED),
                name="communities_residency_once",
                violation_error_message=_("You have named this community already."),
            ),
            models.CheckConstraint(
                condition=Q(state=ResidencyState.PENDING) | Q(decided_at__isnull=False),
                name="communities_residency_decision_dated",
                violation_error_message=_("A decision has a date."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.community}"


class ResidencyEvent(Event):
    residency = models.ForeignKey(
        Residency, on_delete=models.PROTECT, related_name="events", verbose_name=_("residency")
    )

    class Meta(Event.Meta):
        verbose_name = _("event of a residency")
        verbose_name_plural = _("events of residencies")
        triggers = APPEND_ONLY
        indexes = [
            models.Index(
                fields=["at", "id"], condition=Q(notified_at__isnull=True), name="communities_residency_outbox"
            )
        ]

    def get_to_state_display(self) -> str:
        return str(ResidencyState(self.to_state).label)


class Appointment(models.Model):
    """A role held by a user within a scope, from one day to another (both included; open end: until further notice)."""

    user = models.ForeignKey(User, on_delete=models.CASCADE, related_name="appointments", verbose_name=_("user"))
    role = models.CharField(_("role"), max_length=20, choices=Role.choices)
    subdistrict = models.ForeignKey(
        Subdistrict, on_delete=models.PROTECT, related_name="appointments", verbose_name=_("sub-district")
    )
    community = models.ForeignKey(
        Community,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="appointments",
        verbose_name=_("community"),
    )
    organisation = models.ForeignKey(
        Organisation,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="appointments",
        verbose_name=_("organisation"),
    )
    starts_on = models.DateField(_("from"), default=timezone.localdate)
    ends_on = models.DateField(_("until"), null=True, blank=True)

    objects = AppointmentQuerySet.as_manager()

    class Meta:
        verbose_name = _("appointment")
        verbose_name_plural = _("appointments")
        ordering = ["user", "role"]
        constraints = [
            models.CheckConstraint(
                condition=(
                    Q(role=Role.COMMUNITY_OFFICER, community__isnull=False, organisation__isnull=True)
                    | Q(role=Role.SUPPORT_MEMBER, community__isnull=True, organisation__isnull=False)
                    | Q(role__in=sorted(OFFICE_ROLES), community__isnull=True, organisation__isnull=True)
                ),
                name="communities_appointment_scope_of_role",
                violation_error_message=_(
                    "A community officer has a community, a support member an organisation, the others neither."
                ),
            ),
            models.CheckConstraint(
                condition=Q(ends_on__isnull=True) | Q(ends_on__gte=F("starts_on")),
                name="communities_appointment_ends_after_start",
                violation_error_message=_("The end lies before the beginning."),
            ),
            models.UniqueConstraint(
                fields=["user", "role", "subdistrict", "community", "organisation"],
                condition=Q(ends_on__isnull=True),
                nulls_distinct=False,
                name="communities_appointment_once",
                violation_error_message=_("This person holds this role already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_role_display()}"
