"""How the list of projects is narrowed down."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communities.bigrams import SEARCH_LENGTH, Query
from communities.fulltext import SearchableQuerySet
from communities.models import Community
from programmes.models import Programme
from projects.enums import ProjectState
from projects.models import Project
from projects.querysets import ProjectQuerySet

UNDER_WAY = "UNDER_WAY"


class CommunityFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        field_name="name",
        lookup_expr="icontains",
        label=_("Community"),
        widget=forms.TextInput(attrs={"maxlength": SEARCH_LENGTH}),
    )
    # The view orders by it; the form only carries it along.
    sort = django_filters.CharFilter(method="keep", widget=forms.HiddenInput)

    class Meta:
        model = Community
        fields = ["q", "sort"]

    def keep(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows


class ProjectFilter(django_filters.FilterSet):
    q = django_filters.CharFilter(
        method="search", label=_("Search"), widget=forms.TextInput(attrs={"maxlength": SEARCH_LENGTH})
    )
    community = django_filters.ModelChoiceFilter(queryset=Community.objects.all(), empty_label=_("All communities"))
    programme = django_filters.ModelChoiceFilter(
        queryset=Programme.objects.filter(stages__isnull=False).distinct(),
        field_name="award__entry__contest__programme",
        label=_("Year"),
        empty_label=pgettext_lazy("filter", "All years"),
    )
    state = django_filters.ChoiceFilter(
        choices=[(UNDER_WAY, _("Not finished yet")), *ProjectState.choices],
        empty_label=_("All states"),
        method="in_state",
    )

    class Meta:
        model = Project
        fields = ["q", "community", "programme", "state"]

    def in_state(self, rows: ProjectQuerySet, name: str, value: str) -> ProjectQuerySet:
        return rows.under_way() if value == UNDER_WAY else rows.filter(state=value)

    def search(self, rows: SearchableQuerySet[Any], name: str, value: str) -> SearchableQuerySet[Any]:
        """Rows with all words, in the order of the list."""
        return rows.with_all_words(Query.of(value[:SEARCH_LENGTH]))
