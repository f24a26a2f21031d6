"""The office's pool of experts: for whom they work, where they live, and what they know about."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget

from communities.models import User
from communities.office import OfficeAdmin, only_used
from contests.admin.inviting import judges
from contests.models import Expert
from contests.querysets import ExpertQuerySet
from programmes.models import Category


class ExpertForm(forms.ModelForm):
    fields = forms.MultipleChoiceField(
        label=gettext_lazy("fields of work"), required=False, widget=UnfoldAdminCheckboxSelectMultipleWidget
    )

    class Meta:
        model = Expert
        fields = ["user", "subdistrict", "employer", "community", "fields"]
        help_texts = {
            "employer": gettext_lazy("As it is called in full: the expert keeps out of what comes from there."),
            "community": gettext_lazy("Blank for somebody from elsewhere. The expert keeps out of its entries."),
        }


@admin.register(Expert)
class ExpertAdmin(OfficeAdmin):
    writable = True
    form = ExpertForm
    list_display = ["user", "employer", "community", "panels"]
    list_filter = [only_used("subdistrict")]
    list_select_related = ["user", "community"]
    search_fields = ["user__username", "user__display_name", "employer"]
    fields = ["user", "subdistrict", "employer", "community", "fields"]

    def scoped(self, queryset: ExpertQuerySet, user: User) -> ExpertQuerySet:
        return queryset.in_office_of(user)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).annotate(panel_total=models.Count("user__panelists"))

    def get_field_queryset(self, db: str | None, db_field: Any, request: HttpRequest) -> models.QuerySet[Any] | None:
        queryset = super().get_field_queryset(db, db_field, request)
        if db_field.name == "user" and queryset is not None:
            return judges(queryset, request.user)
        return queryset

    def get_form(self, request: HttpRequest, obj: Expert | None = None, change: bool = False, **kwargs: Any) -> Any:
        form = super().get_form(request, obj, change=change, **kwargs)
        if "fields" in form.base_fields:
            form.base_fields["fields"].choices = sorted(_names().items())
        return form

    def get_readonly_fields(self, request: HttpRequest, obj: Expert | None = None) -> list[str]:
        return ["user"] if obj else []

    @admin.display(description=gettext_lazy("panels"), ordering="panel_total")
    def panels(self, expert: Any) -> int:
        return expert.panel_total


def _names() -> dict[str, str]:
    """Names of categories by code, as the latest year calls them."""
    return dict(Category.objects.order_by("programme__year").values_list("code", "name"))
