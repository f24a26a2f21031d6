"""How the proposals of a year are spread over its communities and categories: what the office is warned of."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count

from communities.models import Community
from programmes.models import Category, Programme
from proposals.enums import PROPOSAL_EXITS
from proposals.models import Proposal
from proposals.repeats import Repeat, repeats_of

MOST_OF_A_KIND = 2
"""So many proposals of one category in one community are no reason to look again."""


@dataclass(frozen=True, slots=True)
class Crowd:
    """Many proposals of one category in one community."""

    community: Community
    category: Category
    proposals: int


@dataclass(frozen=True, slots=True)
class Balance:
    crowds: list[Crowd]
    without: list[Community]
    repeats: list[Repeat]


def balance_of(programme: Programme) -> Balance:
    """Where there are many of one kind or of one team, and which communities have no proposal.

    Warnings: nothing is refused for them.
    """
    proposals = Proposal.objects.filter(programme=programme).exclude(state__in=sorted(PROPOSAL_EXITS)).order_by()
    counted = proposals.values_list("community", "category").annotate(number=Count("pk"))
    many = [(community, category, number) for community, category, number in counted if number > MOST_OF_A_KIND]
    communities = {place.pk: place for place in Community.objects.in_subdistrict(programme.subdistrict)}
    categories = {kind.pk: kind for kind in programme.categories.all()}
    crowds = [Crowd(communities[place], categories[kind], number) for place, kind, number in many]
    served = {community for community, _, _ in counted}
    return Balance(
        sorted(crowds, key=lambda crowd: -crowd.proposals),
        [place for place in communities.values() if place.pk not in served],
        repeats_of(Proposal.objects.filter(programme=programme)),
    )
