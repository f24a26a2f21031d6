"""How much each support organisation has on its hands this year."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from datetime import datetime

from django.db.models import Count, Max

from communities.models import Organisation
from programmes.models import Accompaniment, Programme
from proposals.enums import ProposalState
from proposals.models import CoachingNote, Proposal


@dataclass(slots=True)
class Load:
    """Of one organisation: its communities, its proposals by state, and what was noted in their logs."""

    organisation: Organisation
    communities: list[str] = field(default_factory=list)
    states: Counter[ProposalState] = field(default_factory=Counter)
    notes: int = 0
    moved_at: datetime | None = None
    noted_at: datetime | None = None

    @property
    def proposals(self) -> int:
        return self.states.total()

    @property
    def last_at(self) -> datetime | None:
        """When something was last done: a step of a proposal, or an entry of a log."""
        return max((at for at in (self.moved_at, self.noted_at) if at), default=None)


def load_of(programme: Programme) -> list[Load]:
    """The organisations that accompany a community today, by name. Three queries, however many there are."""
    accompanied = Accompaniment.objects.in_force().filter(programme=programme)
    loads: dict[int, Load] = {}
    at_home: dict[int, Load] = {}
    for row in accompanied.select_related("organisation", "community").order_by("organisation__name", "community"):
        load = loads.setdefault(row.organisation_id, Load(row.organisation))
        load.communities.append(row.community.name)
        at_home[row.community_id] = load
    proposals = Proposal.objects.filter(programme=programme, community__in=at_home).order_by()
    counted = proposals.values_list("community", "state").annotate(
        count=Count("pk", distinct=True), moved=Max("events__at")
    )
    for community, state, count, moved in counted:
        load = at_home[community]
        load.states[ProposalState(state)] += count
        load.moved_at = max(filter(None, (load.moved_at, moved)), default=None)
    notes = CoachingNote.objects.filter(proposal__programme=programme, organisation__in=loads).order_by()
    for organisation, count, last in notes.values_list("organisation").annotate(
        count=Count("pk"), last=Max("written_at")
    ):
        loads[organisation].notes, loads[organisation].noted_at = count, last
    return list(loads.values())
