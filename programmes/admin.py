"""The office's pages of the programme year: its stages, categories, zones and accompaniments."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db import models
from django.http import HttpRequest

from communities.admin import streets
from communities.models import Community, User
from communities.office import OfficeAdmin, OfficeInline
from programmes.models import Accompaniment, Category, Programme, Stage, Zone, ZoneCommunity


class YearInline(OfficeInline):
    """Part of the year; the office writes it, and nothing that others may refer to is removed."""

    def writable_for(self, obj: Any) -> bool:
        return True


class StageInline(YearInline):
    model = Stage


class CategoryInline(YearInline):
    model = Category


class ZoneInline(YearInline):
    model = Zone


class OfThisYear(OfficeInline):
    """Rows whose choices come from the programme itself, so there are none before it is saved."""

    def writable_for(self, obj: Any) -> bool:
        return obj is not None

    def get_formset(self, request: HttpRequest, obj: Any = None, **kwargs: Any) -> Any:
        formset = super().get_formset(request, obj, **kwargs)
        fields = formset.form.base_fields
        if obj is not None and "community" in fields:
            fields["community"].queryset = Community.objects.in_subdistrict(obj.subdistrict)
        if obj is not None and "zone" in fields:
            fields["zone"].queryset = obj.zones.all()
        return formset


class ZoneCommunityInline(OfThisYear):
    model = ZoneCommunity
    fields = ["zone", "community"]


class AccompanimentInline(OfThisYear):
    model = Accompaniment


@admin.register(Programme)
class ProgrammeAdmin(OfficeAdmin):
    writable = True
    list_display = ["title", "year", "theme", "subdistrict"]
    list_select_related = ["subdistrict"]
    search_fields = ["title", "theme"]
    inlines = [StageInline, CategoryInline, ZoneInline, ZoneCommunityInline, AccompanimentInline]

    def scoped(self, queryset: models.QuerySet[Programme], user: User) -> models.QuerySet[Programme]:
        return queryset.filter(subdistrict__in=streets(user))

    def get_readonly_fields(self, request: HttpRequest, obj: Programme | None = None) -> list[str]:
        # Everything of a year hangs on its sub-district.
        return ["subdistrict"] if obj else []
