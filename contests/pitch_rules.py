"""Why not? The rules of the pitch session's verbs."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.utils import timezone

from communities.rules import Person
from contests.agenda import SheetsIn
from contests.enums import JUDGED_STATES, ContestRefusal, ContestState
from contests.models import Contest, PitchSession, PitchSlot
from contests.pitch_enums import PITCH_ACTS, PitchAct, PitchRefusal, PitchState
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


def why_not_run_pitches(
    user: Person, contest: Contest, session: PitchSession, act: PitchAct
) -> ContestRefusal | PitchRefusal | None:
    """The office hosts the session, by the table of what can be pressed when."""
    if refusal := why_not_run_contest(user, contest) or _not_open(contest):
        return refusal
    if session.state == PitchState.PLANNED:
        return PitchRefusal.NOT_DRAWN
    return None if act in PITCH_ACTS[PitchState(session.state)] else PitchRefusal.NOT_NOW


def is_planned_day(session: PitchSession, now: datetime) -> bool:
    """Whoever starts on another day is asked whether they mean to."""
    return timezone.localdate(now) == timezone.localdate(session.starts_at)


def why_not_reveal(
    user: Person, contest: Contest, slot: PitchSlot, sheets: SheetsIn, *, scored: bool
) -> ContestRefusal | PitchRefusal | None:
    """After the pitch, once every sheet that counts is in; `scored`: they are enough for a score."""
    if refusal := why_not_run_contest(user, contest):
        return refusal
    if contest.state not in JUDGED_STATES:
        return ContestRefusal.WRONG_STATE
    if slot.revealed_at is not None:
        return PitchRefusal.REVEALED_ALREADY
    if not was_held(slot):
        return PitchRefusal.NOT_HELD
    if not sheets.complete:
        return PitchRefusal.SHEETS_OUT
    return None if scored else PitchRefusal.TOO_FEW_SHEETS


def was_held(slot: PitchSlot) -> bool:
    """Whether the pitch is on or has been."""
    session = slot.session
    return session.state == PitchState.ENDED or slot.position <= (session.on_now or 0)


def _not_open(contest: Contest) -> ContestRefusal | None:
    return None if contest.state == ContestState.OPEN else ContestRefusal.WRONG_STATE
