"""The office's pages of the programme year: its stages, categories, zones and accompaniments."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminSelectWidget

from communities.admin import streets
from communities.enums import OrganisationKind
from communities.models import Community, Organisation, User
from communities.office import OfficeAdmin, OfficeInline, Verb, VerbForm, only_used
from programmes.models import Accompaniment, Category, Programme, Stage, Zone, ZoneCommunity
from programmes.services import hand_over


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
    """Added here; who replaces whom is a verb of its own, so that the year remembers both."""

    model = Accompaniment
    fields = ["organisation", "community", "ended_at"]
    readonly_fields = ["ended_at"]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class HandOverForm(VerbForm):
    """Which community goes to which organisation."""

    accompaniment = forms.ModelChoiceField(
        label=gettext_lazy("community"),
        queryset=Accompaniment.objects.none(),
        empty_label=None,
        widget=UnfoldAdminSelectWidget,
    )
    to = forms.ModelChoiceField(
        label=gettext_lazy("new support organisation"),
        queryset=Organisation.objects.none(),
        empty_label=None,
        widget=UnfoldAdminSelectWidget,
    )

    def __init__(self, *args: Any, obj: Programme, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        accompaniment = self.fields["accompaniment"]
        accompaniment.queryset = obj.accompaniments.in_force().select_related("organisation", "community", "programme")
        accompaniment.label_from_instance = lambda row: f"{row.community} – {row.organisation}"
        self.fields["to"].queryset = obj.subdistrict.organisations.filter(kind=OrganisationKind.SUPPORT)


def _hand_over(_programme: Programme, user: User, *, accompaniment: Accompaniment, to: Organisation) -> str:
    hand_over(accompaniment=accompaniment, to=to, by=user, now=timezone.now())
    return _("%(organisation)s accompanies %(community)s now.") % {
        "organisation": to,
        "community": accompaniment.community,
    }


@admin.register(Programme)
class ProgrammeAdmin(OfficeAdmin):
    writable = True
    list_display = ["title", "year", "theme", "subdistrict"]
    list_filter = ["year", only_used("subdistrict")]
    list_select_related = ["subdistrict"]
    search_fields = ["title", "theme"]
    verbs = (
        Verb(
            "hand-over",
            gettext_lazy("Hand a community over"),
            _hand_over,
            lambda programme: programme.accompaniments.in_force().exists(),
            form=HandOverForm,
            warning=gettext_lazy(
                "From now on the other organisation writes the proposals of the community. The present one no longer sees "
                "them; its log, changes and papers stay under its name."
            ),
        ),
    )
    inlines = [StageInline, CategoryInline, ZoneInline, ZoneCommunityInline, AccompanimentInline]

    def scoped(self, queryset: models.QuerySet[Programme], user: User) -> models.QuerySet[Programme]:
        return queryset.filter(subdistrict__in=streets(user))

    def get_readonly_fields(self, request: HttpRequest, obj: Programme | None = None) -> list[str]:
        # Everything of a year hangs on its sub-district.
        return ["subdistrict"] if obj else []
