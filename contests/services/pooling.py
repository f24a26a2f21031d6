"""The verb that keeps good proposals without money for another year."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from communities.models import User
from communities.refusal import refuse_if
from contests.models import Contest, Entry
from contests.rules import why_not_pool
from proposals.enums import ProposalState
from proposals.models import Proposal
from proposals.services.proposals import move_proposal


@transaction.atomic
def pool_unfunded(*, contest: Contest, by: User, now: datetime) -> list[Proposal]:
    """Once the result is confirmed, put what was not selected or is on the reserve list into the project pool.

    Which proposals says `EntryQuerySet.to_pool`. A second time nothing is left to do. Raises `Refused`.
    """
    contest = (
        Contest.objects.select_for_update(of=("self",), no_key=True).select_related("programme").get(pk=contest.pk)
    )
    refuse_if(why_not_pool(by, contest))
    unfunded = Entry.objects.to_pool().filter(contest=contest).order_by().values("proposal")
    chosen = Proposal.objects.filter(pk__in=unfunded).select_related("programme", "community")
    return [
        move_proposal(proposal=proposal, to=ProposalState.POOLED, by=by, now=now, note=contest.name)
        for proposal in chosen.order_by("pk")
    ]
