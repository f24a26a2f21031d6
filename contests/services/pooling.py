"""The verb that keeps good proposals without money for another year."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from communities.models import User
from communities.refusal import refuse_if
from contests.enums import AwardState, ContestState
from contests.models import Award, Contest, Entry
from contests.rules import why_not_pool
from proposals.enums import ProposalState
from proposals.models import Proposal
from proposals.services.proposals import move_proposal


@transaction.atomic
def pool_unfunded(*, contest: Contest, by: User, now: datetime) -> list[Proposal]:
    """Once the result is confirmed, put what was not selected or is on the reserve list into the project pool.

    A proposal that is funded elsewhere, or is in a contest whose result is still to come, stays out of it. A second
    time nothing is left to do. Raises `Refused`.
    """
    contest = (
        Contest.objects.select_for_update(of=("self",), no_key=True).select_related("programme").get(pk=contest.pk)
    )
    refuse_if(why_not_pool(by, contest))
    proposals = Proposal.objects.filter(
        state=ProposalState.QUALIFIED,
        entries__contest=contest,
        entries__award__state__in=[AwardState.NOT_SELECTED, AwardState.RESERVE],
    )
    funded = Award.objects.filter(state=AwardState.SELECTED).values("entry__proposal")
    under_way = Entry.objects.exclude(contest__state=ContestState.CONFIRMED).values("proposal")
    chosen = proposals.exclude(pk__in=funded).exclude(pk__in=under_way).select_related("programme", "community")
    return [
        move_proposal(proposal=proposal, to=ProposalState.POOLED, by=by, now=now, note=contest.name)
        for proposal in chosen.order_by("pk")
    ]
