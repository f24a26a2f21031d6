"""How lists of ideas and proposals are narrowed down."""

from __future__ import annotations

from typing import Any

import django_filters
from django.db.models import Q, QuerySet
from django.utils.translation import gettext_lazy as _

from communities.models import Community
from programmes.models import Category, Programme
from proposals.enums import IDEA_PUBLIC_STATES, IdeaState
from proposals.models import Idea, Proposal

PUBLIC_STATES = [(state.value, state.label) for state in IdeaState if state in IDEA_PUBLIC_STATES]


class ProgrammeFilterSet(django_filters.FilterSet):
    """Offers the communities and categories of one programme only."""

    q = django_filters.CharFilter(method="search", label=_("Search"))
    community = django_filters.ModelChoiceFilter(queryset=Community.objects.all(), empty_label=_("All communities"))
    category = django_filters.ModelChoiceFilter(queryset=Category.objects.all(), empty_label=_("All categories"))

    searched = ("title",)

    def __init__(self, *args: Any, programme: Programme | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if programme is not None:
            self.filters["community"].queryset = Community.objects.filter(subdistrict=programme.subdistrict_id)
            self.filters["category"].queryset = Category.objects.filter(programme=programme)

    def search(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        wanted = Q()
        for field in self.searched:
            wanted |= Q(**{f"{field}__icontains": value})
        return rows.filter(wanted)


class IdeaFilter(ProgrammeFilterSet):
    state = django_filters.ChoiceFilter(choices=PUBLIC_STATES, empty_label=_("All states"))

    searched = ("title", "problem")

    class Meta:
        model = Idea
        fields = ["q", "community", "category", "state"]


class ProposalFilter(ProgrammeFilterSet):
    searched = ("title", "summary")

    class Meta:
        model = Proposal
        fields = ["q", "community", "category"]
