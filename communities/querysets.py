"""Reads of people and places in the office's own words."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.contrib.auth.base_user import BaseUserManager
from django.db import models
from django.db.models import Exists, OuterRef, Q

from communities import phones
from communities.enums import OFFICE_ROLES, Channel, DeliveryState, ResidencyState, Role

if TYPE_CHECKING:
    from communities.models import (
        Appointment,
        Community,
        Delivery,
        Notification,
        Residency,
        Subdistrict,
        User,
    )


class UserManager(BaseUserManager["User"]):
    """Creates accounts, and finds them by user name or phone."""

    def create_user(self, username: str, password: str | None = None, **fields: Any) -> User:
        """An account with an unusable password unless one is given."""
        user = self.model(username=username, **fields)
        user.set_password(password)
        user.save(using=self._db)
        return user

    def create_superuser(self, username: str, password: str | None = None, **fields: Any) -> User:
        """For installation only: daily work is done under appointments."""
        return self.create_user(username, password, is_superuser=True, **fields)

    def with_phone(self, number: str) -> models.QuerySet[User]:
        """The account with this number (E.164), or none."""
        return self.filter(phone_hash=phones.keyed_hash(number))

    def known_to(self, subdistricts: Collection[int]) -> models.QuerySet[User]:
        """Residents and role holders of these sub-districts, and accounts without a phone: staff and experts."""
        if not subdistricts:
            return self.none()
        lives = self.filter(residencies__subdistrict__in=subdistricts)
        works = self.filter(appointments__subdistrict__in=subdistricts)
        return self.filter(Q(pk__in=lives.values("pk")) | Q(pk__in=works.values("pk")) | Q(phone_hash__isnull=True))


class CommunityQuerySet(models.QuerySet["Community"]):
    def in_subdistrict(self, subdistrict: Subdistrict) -> CommunityQuerySet:
        return self.filter(subdistrict=subdistrict)


class ResidencyQuerySet(models.QuerySet["Residency"]):
    def verified(self) -> ResidencyQuerySet:
        return self.filter(state=ResidencyState.VERIFIED)

    def standing(self) -> ResidencyQuerySet:
        """Verified, or named and not refused yet."""
        return self.exclude(state=ResidencyState.REFUSED)

    def awaiting_verification(self) -> ResidencyQuerySet:
        return self.filter(state=ResidencyState.PENDING).order_by("created_at")

    def at_desk_of(self, user: User) -> ResidencyQuerySet:
        """Those that a community officer may decide: of their communities, and never their own."""
        return self.filter(community__in=scope_of(user).communities).exclude(user=user)


class AppointmentQuerySet(models.QuerySet["Appointment"]):
    def in_force(self, on: date) -> AppointmentQuerySet:
        """Appointments that hold on this day."""
        return self.filter(Q(ends_on__isnull=True) | Q(ends_on__gte=on), starts_on__lte=on)


class NotificationQuerySet(models.QuerySet["Notification"]):
    def shown_to(self, user: User) -> NotificationQuerySet:
        """The person's own, without the kinds that they do not want on the site."""
        return self.filter(recipient=user, on_site=True)

    def unread(self) -> NotificationQuerySet:
        return self.filter(read_on__isnull=True)


class DeliveryQuerySet(models.QuerySet["Delivery"]):
    def due(self, now: datetime) -> DeliveryQuerySet:
        """What may go out now, oldest first; one person's messages of a channel go one after the other."""
        waiting = self.filter(state=DeliveryState.WAITING)
        earlier = self.model.objects.filter(
            state=DeliveryState.WAITING,
            channel=OuterRef("channel"),
            notification__recipient=OuterRef("notification__recipient"),
            pk__lt=OuterRef("pk"),
        )
        return waiting.filter(~Exists(earlier), due_at__lte=now).order_by("pk")

    def failed(self) -> DeliveryQuerySet:
        """Given up; only a person sends them again."""
        return self.filter(state=DeliveryState.FAILED)

    def by(self, *channels: Channel) -> DeliveryQuerySet:
        return self.filter(channel__in=channels)


@dataclass(frozen=True, slots=True)
class Scope:
    """What a person's appointments of today cover, as ids."""

    appointments: tuple[Appointment, ...]

    def in_roles(self, roles: Collection[Role]) -> list[int]:
        """Sub-districts in which the person holds one of these roles."""
        return [a.subdistrict_id for a in self.appointments if a.role in roles]

    @property
    def subdistricts(self) -> list[int]:
        """Sub-districts of which the person may see everything."""
        return self.in_roles(OFFICE_ROLES)

    @property
    def communities(self) -> list[int]:
        return [a.community_id for a in self.appointments if a.community_id is not None]

    @property
    def organisations(self) -> list[int]:
        return [a.organisation_id for a in self.appointments if a.organisation_id is not None]


def scope_of(user: User) -> Scope:
    return Scope(tuple(user.appointments_today))
