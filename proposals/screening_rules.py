"""Why not? Of judging ideas: screen, take it back, close what was left over, and answer for those to whom it was referred."""

from __future__ import annotations

from collections.abc import Collection
from datetime import date, datetime, timedelta

from django.utils import timezone

from communities.rules import Person, is_street_officer
from programmes.enums import Action
from programmes.rules import is_over, permits
from proposals.enums import (
    CLOSING_REASONS,
    IdeaState,
    ProposalRefusal,
    ScreeningDecision,
    ScreeningReason,
    Verdict,
)
from proposals.models import Idea, Referral, Screening

# How long an officer may take a decision back; nobody is told of it before.
UNDO_TIME = timedelta(minutes=10)


def why_not_screen(user: Person, idea: Idea, now: datetime) -> ProposalRefusal | None:
    if not is_street_officer(user, idea.programme.subdistrict_id):
        return ProposalRefusal.NOT_AN_OFFICER
    if idea.author_id == user.pk:
        return ProposalRefusal.OWN_IDEA
    if idea.state != IdeaState.SUBMITTED:
        return ProposalRefusal.WRONG_STATE
    return _why_not_answer_now(idea, now)


def _why_not_answer_now(idea: Idea, now: datetime) -> ProposalRefusal | None:
    """While ideas are screened, and what was not answered then as long as it takes: nobody is left without an answer."""
    programme = idea.programme
    answering = permits(programme, Action.SCREEN_IDEA, now) or is_over(programme, Action.SCREEN_IDEA, now)
    return None if answering else ProposalRefusal.STAGE_CLOSED


def why_not_decide_late(idea: Idea, decision: ScreeningDecision, now: datetime) -> ProposalRefusal | None:
    """Nothing is decided from which there is no way on."""
    if decision == ScreeningDecision.ACCEPT and is_over(idea.programme, Action.CONSOLIDATE, now):
        return ProposalRefusal.TOO_LATE_TO_ACCEPT
    if decision == ScreeningDecision.RETURN and is_over(idea.programme, Action.REVISE_IDEA, now):
        return ProposalRefusal.TOO_LATE_TO_RETURN
    return None


def why_not_close(user: Person, idea: Idea, now: datetime) -> ProposalRefusal | None:
    """The office closes what was not revised or not joined, once the time for that is over."""
    if not is_street_officer(user, idea.programme.subdistrict_id):
        return ProposalRefusal.NOT_AN_OFFICER
    if idea.author_id == user.pk:
        return ProposalRefusal.OWN_IDEA
    if idea.state not in CLOSING_REASONS:
        return ProposalRefusal.WRONG_STATE
    return None if Idea.objects.without_outcome(now).filter(pk=idea.pk).exists() else ProposalRefusal.NOT_OVER_YET


def why_not_undo_screening(user: Person, screening: Screening, now: datetime) -> ProposalRefusal | None:
    """The officer who decided may think again while nobody was told and nothing was built on the decision."""
    idea, event = screening.idea, screening.event
    if not is_street_officer(user, idea.programme.subdistrict_id):
        return ProposalRefusal.NOT_AN_OFFICER
    if screening.officer_id != user.pk:
        return ProposalRefusal.NOT_YOUR_DECISION
    if event is None or idea.events.last() != event:
        return ProposalRefusal.WRONG_STATE
    if event.notified_at or event.not_before is None or event.not_before <= now:
        return ProposalRefusal.TOLD_ALREADY
    # What was closed at the end is open again until it is closed anew; for that there is always time.
    return _why_not_answer_now(idea, now) if event.from_state == IdeaState.SUBMITTED else None


def why_not_decide(
    decision: ScreeningDecision,
    verdicts: Collection[Verdict],
    reason: ScreeningReason | None,
    note: str,
    receiver: str = "",
) -> ProposalRefusal | None:
    """Whether the parts of a screening agree: nobody is turned away without a reason and a word, or sent nowhere."""
    if decision == ScreeningDecision.ACCEPT:
        return ProposalRefusal.CRITERION_FAILED if Verdict.FAIL in verdicts else None
    if not reason or not note.strip():
        return ProposalRefusal.REASON_NEEDED
    nowhere = decision == ScreeningDecision.REFER and not receiver.strip()
    return ProposalRefusal.RECEIVER_NEEDED if nowhere else None


def why_not_call_duplicate(
    idea: Idea, decision: ScreeningDecision, reason: ScreeningReason | None, other: Idea | None
) -> ProposalRefusal | None:
    """Nobody is told that others said the same without the office naming whom: an idea of the year that was handed in."""
    if reason != ScreeningReason.DUPLICATE or decision == ScreeningDecision.ACCEPT:
        return ProposalRefusal.SAME_AS_WHICH if other else None
    if other is None or other.pk == idea.pk or other.submitted_at is None:
        return ProposalRefusal.SAME_AS_WHICH
    return None if other.programme_id == idea.programme_id else ProposalRefusal.SAME_AS_WHICH


def why_not_answer_referral(user: Person, referral: Referral, on: date, now: datetime) -> ProposalRefusal | None:
    """At any time of the year: receivers take the time they take. Of withdrawn ideas nobody waits for an answer."""
    screening = referral.screening
    if not is_street_officer(user, screening.idea.programme.subdistrict_id):
        return ProposalRefusal.NOT_AN_OFFICER
    if referral.replied_on is not None:
        return ProposalRefusal.ANSWERED_ALREADY
    if not Referral.objects.unanswered().filter(pk=referral.pk).exists():
        return ProposalRefusal.WRONG_STATE
    if on > timezone.localdate(now):
        return ProposalRefusal.NOT_YET
    return ProposalRefusal.BEFORE_REFERRAL if on < timezone.localdate(screening.at) else None


def needs_second_officer(verdicts: Collection[Verdict]) -> bool:
    """In doubt nobody decides alone."""
    return Verdict.DOUBT in verdicts


def why_not_answer_opinion(user: Person, opinion: Screening | None, seen: int | None) -> ProposalRefusal | None:
    """The second officer is somebody else, and has read the first opinion: `seen` is its number."""
    if opinion is None:
        return None
    if opinion.officer_id == user.pk:
        return ProposalRefusal.COLLEAGUE_DECIDES
    return None if opinion.pk == seen else ProposalRefusal.OPINION_GIVEN
