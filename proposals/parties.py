"""Who a proposal belongs to beside its community: the zone, the organisation that accompanies it, and its lead."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db.models import OuterRef, QuerySet, Subquery, Value
from django.db.models.functions import Coalesce

from programmes.models import Accompaniment, ZoneCommunity
from proposals.enums import ConsolidationKind
from proposals.models import Consolidation, Proposal


@dataclass(frozen=True, slots=True)
class Parties:
    """Names, each empty where there is none; that of the lead (as in `rules.lead_of`) is not for everyone."""

    zone: str
    organisation: str
    lead: str


def with_parties(proposals: QuerySet[Any]) -> QuerySet[Any]:
    """Adds `zone_name`, `organisation_name` and `lead_name`."""
    placed = {"programme": OuterRef("programme"), "community": OuterRef("community")}
    zones = ZoneCommunity.objects.filter(**placed).values("zone__name")
    organisations = Accompaniment.objects.in_force().filter(**placed).order_by("pk").values("organisation__name")
    leading = Consolidation.objects.of_the_record().filter(proposal=OuterRef("pk"), kind=ConsolidationKind.PRIMARY)
    named: QuerySet[Any] = proposals.annotate(
        zone_name=Coalesce(Subquery(zones[:1]), Value("")),
        organisation_name=Coalesce(Subquery(organisations[:1]), Value("")),
        lead_name=Coalesce("lead__display_name", Subquery(leading.values("idea__author__display_name")[:1]), Value("")),
    )
    return named


def parties_of(proposal: Proposal) -> Parties:
    names = with_parties(Proposal.objects.filter(pk=proposal.pk)).values_list(
        "zone_name", "organisation_name", "lead_name"
    )
    return Parties(*names.get())
