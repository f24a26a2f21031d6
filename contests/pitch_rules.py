"""Why not? The rules of the pitch session's verbs."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from communities.rules import Person
from contests.enums import ContestRefusal, ContestState
from contests.models import Contest, PitchSession, PitchSlot
from contests.pitch_enums import PitchRefusal, PitchState
from contests.rules import why_not_run_contest, within


def why_not_plan_pitches(
    user: Person, contest: Contest, session: PitchSession | None, starts_at: datetime | None
) -> ContestRefusal | PitchRefusal | None:
    """The office plans until the session begins; `starts_at` is what it wants, None before it has said so."""
    if refusal := why_not_run_contest(user, contest):
        return refusal
    if contest.state not in {ContestState.DRAFT, ContestState.OPEN}:
        return ContestRefusal.WRONG_STATE
    if session is not None and session.state not in {PitchState.PLANNED, PitchState.DRAWN}:
        return PitchRefusal.BEGUN
    if starts_at is None or within(contest.scoring_opens_at, contest.scoring_closes_at, starts_at):
        return None
    return PitchRefusal.OUTSIDE_SCORING


def why_not_draw(user: Person, contest: Contest, session: PitchSession | None) -> ContestRefusal | PitchRefusal | None:
    """Once, and after the opening: from then on the seed and the entries are fixed."""
    if refusal := why_not_run_contest(user, contest) or _not_open(contest):
        return refusal
    if session is None:
        return PitchRefusal.NOT_PLANNED
    return None if session.state == PitchState.PLANNED else PitchRefusal.DRAWN_ALREADY


def why_not_move_pitch(
    user: Person, contest: Contest, slot: PitchSlot, to: int | None, places: Collection[int]
) -> ContestRefusal | PitchRefusal | None:
    """What has not been on yet is moved, to one of `places`, the positions that are still to come; None for anywhere."""
    if refusal := why_not_run_contest(user, contest) or _not_open(contest):
        return refusal
    if slot.position not in places or (to is not None and to not in places):
        return PitchRefusal.PLACE_GONE
    return PitchRefusal.SAME_PLACE if to == slot.position else None


def _not_open(contest: Contest) -> ContestRefusal | None:
    return None if contest.state == ContestState.OPEN else ContestRefusal.WRONG_STATE
