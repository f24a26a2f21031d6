"""How lists of ideas and proposals are narrowed down."""

from __future__ import annotations

from typing import Any

import django_filters
from django.utils.translation import gettext_lazy as _

from communities.bigrams import SEARCH_LENGTH, Query
from communities.fulltext import SearchableQuerySet
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

    def __init__(self, *args: Any, programme: Programme | None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if programme is not None:
            self.filters["community"].queryset = Community.objects.filter(subdistrict=programme.subdistrict_id)
            self.filters["category"].queryset = Category.objects.filter(programme=programme)

    def search(self, rows: SearchableQuerySet[Any], name: str, value: str) -> SearchableQuerySet[Any]:
        """Rows with all words, in the order of the list."""
        return rows.with_all_words(Query.of(value[:SEARCH_LENGTH]))


class IdeaFilter(ProgrammeFilterSet):
    state = django_filters.ChoiceFilter(choices=PUBLIC_STATES, empty_label=_("All states"))

    class Meta:
        model = Idea
        fields = ["q", "community", "category", "state"]


class ProposalFilter(ProgrammeFilterSet):
    class Meta:
        model = Proposal
        fields = ["q", "community", "category"]
