"""The verbs by which an idea on paper comes to the account of the resident who gave it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from communities.models import User
from communities.refusal import Refused, refuse_if
from proposals.enums import ClaimState, ProposalRefusal
from proposals.models import ClaimEvent, Idea, IdeaClaim
from proposals.rules import why_not_claim, why_not_decide_claim
from proposals.services.drafts import hold_desk


@transaction.atomic
def claim_idea(*, idea: Idea, by: User, now: datetime) -> IdeaClaim:
    """A resident says that an idea without an author is theirs; saying it twice changes nothing. Raises `Refused`."""
    # First the person, so that claims to several ideas are counted one after the other; then the idea.
    hold_desk(by)
    idea = _hold(idea.pk)
    if earlier := IdeaClaim.objects.waiting().filter(idea=idea, user=by).first():
        return earlier
    refuse_if(why_not_claim(by, idea))
    return IdeaClaim.objects.create(idea=idea, user=by, at=now)


@transaction.atomic
def decide_claim(*, claim: IdeaClaim, accepted: bool, by: User, now: datetime) -> IdeaClaim:
    """An officer says whether the idea is the resident's; the first who is confirmed has it, and the others not. Each of them hears of it.

    The idea is held meanwhile, so that two officers cannot confirm two residents. Raises `Refused`.
    """
    idea = _hold(claim.idea_id)
    claim = IdeaClaim.objects.select_related("idea__community", "user").get(pk=claim.pk)
    refuse_if(why_not_decide_claim(by, claim))
    if accepted:
        if not Idea.objects.filter(pk=idea.pk, author__isnull=True).update(author=claim.user):
            raise Refused(ProposalRefusal.HAS_AUTHOR)
        for other in IdeaClaim.objects.waiting().filter(idea=idea).exclude(pk=claim.pk):
            _decide(other, accepted=False, by=by, now=now)
    _decide(claim, accepted=accepted, by=by, now=now)
    return claim


def _decide(claim: IdeaClaim, *, accepted: bool, by: User, now: datetime) -> None:
    """The one place where a claim is decided. Needs the idea held."""
    claim.accepted, claim.decided_by, claim.decided_at = accepted, by, now
    claim.save(update_fields=["accepted", "decided_by", "decided_at"])
    found = ClaimState.CONFIRMED if accepted else ClaimState.REFUSED
    ClaimEvent.objects.create(claim=claim, actor=by, to_state=found, at=now)


def _hold(pk: int) -> Idea:
    """The idea as it is now; nobody else decides about it until this transaction ends."""
    return Idea.objects.select_for_update(no_key=True).get(pk=pk)
