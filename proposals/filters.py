"""How lists of ideas and proposals are narrowed down."""

from __future__ import annotations

from typing import Any

import django_filters
from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from communities.bigrams import SEARCH_LENGTH, Query
from communities.fulltext import SearchableQuerySet
from communities.models import Community
from programmes.models import Category, Programme, Zone
from proposals.enums import IDEA_PUBLIC_STATES, PROPOSAL_PUBLIC_STATES, IdeaState, ProposalState
from proposals.models import Idea, Proposal
from proposals.querysets import IdeaQuerySet

PUBLIC_STATES = [(state.value, state.label) for state in IdeaState if state in IDEA_PUBLIC_STATES]
PUBLIC_PROPOSAL_STATES = [(state.value, state.label) for state in ProposalState if state in PROPOSAL_PUBLIC_STATES]
EVER_ACCEPTED = "EVER_ACCEPTED"
OLDEST, SECONDED, WAITING = "oldest", "seconded", "waiting"
ORDERS = {OLDEST: ("submitted_at", "pk"), SECONDED: ("-seconding_count", "-submitted_at", "-pk")}


class ProgrammeFilterSet(django_filters.FilterSet):
    """Offers the communities and categories of one programme only."""

    q = django_filters.CharFilter(
        method="search", label=_("Search"), widget=forms.TextInput(attrs={"maxlength": SEARCH_LENGTH})
    )
    # The view has chosen the rows of the programme by it; the form only carries it along.
    programme = django_filters.CharFilter(method="keep", widget=forms.HiddenInput)
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

    def keep(self, rows: QuerySet[Any], name: str, value: str) -> QuerySet[Any]:
        return rows


class IdeaFilter(ProgrammeFilterSet):
    q = django_filters.CharFilter(method="search", label=_("Words or place"))
    zone = django_filters.ModelChoiceFilter(
        queryset=Zone.objects.none(), empty_label=_("All zones"), label=_("Zone"), method="in_zone"
    )
    state = django_filters.ChoiceFilter(
        choices=[*PUBLIC_STATES, (EVER_ACCEPTED, _("Accepted, also those joined since"))],
        empty_label=_("All states"),
        method="in_state",
    )
    sort = django_filters.ChoiceFilter(
        choices=[
            (SECONDED, _("Most seconded first")),
            (WAITING, _("Longest waiting first")),
            (OLDEST, _("Oldest first")),
        ],
        empty_label=_("Newest first"),
        label=_("Order"),
        method="in_order",
    )

    class Meta:
        model = Idea
        fields = ["q", "programme", "community", "category", "zone", "state", "sort"]

    def __init__(self, *args: Any, programme: Programme | None, **kwargs: Any) -> None:
        super().__init__(*args, programme=programme, **kwargs)
        zones = Zone.objects.filter(programme=programme)
        if zones.exists():
            self.filters["zone"].queryset = zones
        else:
            del self.filters["zone"]

    def in_zone(self, rows: IdeaQuerySet, name: str, value: Zone) -> IdeaQuerySet:
        return rows.filter(community__in=value.members.values("community"))

    def in_state(self, rows: IdeaQuerySet, name: str, value: str) -> IdeaQuerySet:
        if value == EVER_ACCEPTED:
            return rows.ever_accepted().told()
        return rows.shown_in(value)

    def in_order(self, rows: IdeaQuerySet, name: str, value: str) -> QuerySet[Idea]:
        if value == WAITING:
            return rows.longest_waiting_first()
        return rows.order_by(*ORDERS[value])


class OwnIdeaFilter(django_filters.FilterSet):
    """By the state that the author knows."""

    state = django_filters.ChoiceFilter(choices=IdeaState.choices, empty_label=_("All states"), method="in_state")

    class Meta:
        model = Idea
        fields = ["state"]

    def in_state(self, rows: IdeaQuerySet, name: str, value: str) -> IdeaQuerySet:
        return rows.shown_in(value)


class ProposalFilter(ProgrammeFilterSet):
    """Among others by the project pool, from which good proposals without money go on in a later year."""

    state = django_filters.ChoiceFilter(choices=PUBLIC_PROPOSAL_STATES, empty_label=_("All states"))

    class Meta:
        model = Proposal
        fields = ["q", "programme", "community", "category", "state"]
