"""What narrows the office's lists of people down: where they live, and what they are appointed to, in one's own scope."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from communities.asked import number_in
from communities.enums import Role
from communities.models import Appointment, Community, Residency
from communities.querysets import scope_of


class HomeFilter(SimpleListFilter):
    """By the community in which people live, verified."""

    title = _("community")
    parameter_name = "community"
    person = "pk"
    """What of a row is the person's number."""

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[Any, str]]:
        homes = Residency.objects.verified().filter(subdistrict__in=scope_of(request.user).subdistricts)
        return [(place.pk, place.name) for place in Community.objects.filter(pk__in=homes.values("community"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        homes = Residency.objects.verified().filter(
            community=number_in(self.value()), subdistrict__in=scope_of(request.user).subdistricts
        )
        return queryset.filter(**{f"{self.person}__in": homes.values("user")})


class RecipientHomeFilter(HomeFilter):
    person = "notification__recipient"


class RoleFilter(SimpleListFilter):
    """By what people are or were appointed to."""

    title = _("role")
    parameter_name = "role"

    def lookups(self, request: HttpRequest, model_admin: Any) -> Iterable[tuple[Any, str]]:
        return Role.choices

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        if self.value() is None:
            return queryset
        here = Appointment.objects.filter(role=self.value(), subdistrict__in=scope_of(request.user).subdistricts)
        return queryset.filter(pk__in=here.values("user"))
