"""What a proposal may ask for: the caps of its programme, and what is left of them."""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal

from proposals.models import Proposal
from proposals.querysets import ProposalQuerySet


@dataclass(frozen=True, slots=True)
class Allowance:
    """In yuan: what the proposal asks for, what the other proposals of its community do, and the caps, if any."""

    asked: Decimal
    others: Decimal
    project_cap: Decimal | None
    community_cap: Decimal | None

    @property
    def left_of_project(self) -> Decimal | None:
        """Below zero: so much too much; None without a cap."""
        return None if self.project_cap is None else self.project_cap - self.asked

    @property
    def left_of_community(self) -> Decimal | None:
        return None if self.community_cap is None else self.community_cap - self.others - self.asked


def allowance_of(proposal: Proposal) -> Allowance:
    """Counts what is stored; of the others what is handed in or qualified, each by its budget lines."""
    proposals: ProposalQuerySet = Proposal.objects.all()
    others = proposals.asking().filter(programme=proposal.programme_id, community=proposal.community_id)
    return Allowance(
        asked=proposals.filter(pk=proposal.pk).requested_sum(),
        others=others.exclude(pk=proposal.pk).requested_sum(),
        project_cap=proposal.programme.project_cap,
        community_cap=proposal.programme.community_cap,
    )
