"""The verbs by which an idea on paper comes to the account of the resident who gave it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from communities.models import User
from communities.refusal import Refused, refuse_if
from proposals.enums import ClaimState, ProposalRefusal
from proposals.models import ClaimEvent, Idea, IdeaClaim
from proposals.rules import why_not_answer_offer, why_not_claim, why_not_decide_claim
from proposals.services.drafts import hold_desk


@transaction.atomic
def claim_idea(*, idea: Idea, by: User, now: datetime) -> IdeaClaim:
    """A resident says that an idea without an author is theirs; saying it twice changes nothing.

    To whom it is offered anyway gets the offer, which needs no officer. Raises `Refused`.
    """
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
    claim = _held(claim)
    refuse_if(why_not_decide_claim(by, claim))
    return _settle(claim, accepted=accepted, by=by, now=now)


def offer_idea(*, idea: Idea, to: User, by: User, now: datetime) -> IdeaClaim:
    """Ask the account of the number that came with an idea whether it is theirs; called by `enter_idea`, in its transaction."""
    offer = IdeaClaim.objects.create(idea=idea, user=to, offered_by=by, at=now)
    ClaimEvent.objects.create(claim=offer, actor=by, to_state=ClaimState.OFFERED, at=now)
    return offer


@transaction.atomic
def answer_offer(*, offer: IdeaClaim, accepted: bool, by: User, now: datetime) -> IdeaClaim:
    """The resident says whether the offered idea is theirs: then it is, and others who claimed it hear that it is not theirs.

    The idea is held meanwhile: an officer who speaks for it comes before, or finds that it has an author. Raises `Refused`.
    """
    offer = _held(offer)
    refuse_if(why_not_answer_offer(by, offer))
    return _settle(offer, accepted=accepted, by=by, now=now)


def _settle(claim: IdeaClaim, *, accepted: bool, by: User, now: datetime) -> IdeaClaim:
    """What was decided about a claim or an offer, with all that follows. Needs the idea held."""
    if accepted:
        if not Idea.objects.filter(pk=claim.idea_id, author__isnull=True).update(author=claim.user):
            raise Refused(ProposalRefusal.HAS_AUTHOR)
        for other in IdeaClaim.objects.waiting().filter(idea=claim.idea_id).exclude(pk=claim.pk):
            _decide(other, accepted=False, by=by, now=now)
    _decide(claim, accepted=accepted, by=by, now=now)
    return claim


def _decide(claim: IdeaClaim, *, accepted: bool, by: User, now: datetime) -> None:
    """The one place where a claim is decided. Needs the idea held."""
    claim.accepted, claim.decided_by, claim.decided_at = accepted, by, now
    claim.save(update_fields=["accepted", "decided_by", "decided_at"])
    found = ClaimState.CONFIRMED if accepted else ClaimState.REFUSED
    ClaimEvent.objects.create(claim=claim, actor=by, to_state=found, at=now)


def _held(claim: IdeaClaim) -> IdeaClaim:
    """The claim as it is now, and nobody else decides about its idea until this transaction ends."""
    _hold(claim.idea_id)
    return IdeaClaim.objects.select_related("idea__community", "user").get(pk=claim.pk)


def _hold(pk: int) -> Idea:
    """The idea as it is now; nobody else decides about it until this transaction ends."""
    return Idea.objects.select_for_update(no_key=True).get(pk=pk)
