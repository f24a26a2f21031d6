"""The verbs of whoever hosts the pitch session: who is on, the clock, and revealing a score (亮分)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from communities.models import User
from communities.refusal import Refused, refuse_if
from contests import locks
from contests.agenda import SheetsIn, sheets_in
from contests.enums import ContestAct, ContestRefusal
from contests.figures import expert_aggregates, score_of_experts
from contests.models import Contest, ContestEvent, PitchSession, PitchSlot
from contests.pitch_enums import PitchAct, PitchRefusal, PitchState
from contests.pitch_rules import is_planned_day, why_not_reveal, why_not_run_pitches

TOLD = {
    PitchAct.START: ContestAct.PITCH_STARTED,
    PitchAct.NEXT: ContestAct.PITCH_NEXT,
    PitchAct.BACK: ContestAct.PITCH_BACK,
    PitchAct.PAUSE: ContestAct.PITCH_PAUSED,
    PitchAct.RESUME: ContestAct.PITCH_RESUMED,
}


@transaction.atomic
def run_pitches(
    *, session: PitchSession, act: PitchAct, revision: int, by: User, now: datetime, other_day: bool = False
) -> PitchSession:
    """Do what the host pressed, if the session is still as they saw it (`revision`): of two hosts one is first.

    Going on after the last pitch ends the session. `other_day`: the host knows that it was planned for another. Raises `Refused`: no officer, a contest that is not open, nothing
    drawn, somebody was quicker, not at this point, or a start on another day that nobody meant.
    """
    contest = locks.share(session.contest)
    session = PitchSession.objects.get(pk=session.pk)
    if revision != session.revision:
        raise Refused(PitchRefusal.MOVED_ON)
    refuse_if(why_not_run_pitches(by, contest, session, act))
    if act == PitchAct.START and not other_day and not is_planned_day(session, now):
        raise Refused(PitchRefusal.OTHER_DAY)
    numbers = dict(session.slots.taking_part().values_list("position", "entry__number"))
    columns = _after(session, act, list(numbers), now)
    unchanged = PitchSession.objects.filter(pk=session.pk, revision=revision)
    if not unchanged.update(**columns, revision=F("revision") + 1, changed_at=now):
        raise Refused(PitchRefusal.MOVED_ON)
    session.refresh_from_db()
    told = TOLD[act] if session.on_now else ContestAct.PITCH_ENDED
    _note(contest, told, numbers.get(session.on_now or 0, ""), by, now)
    return session


@transaction.atomic
def reveal_score(*, slot: PitchSlot, by: User, now: datetime) -> PitchSlot:
    """Show the expert score of an entry to the hall.

    Raises `Refused`: no officer, a result that is public, a pitch that was not held, sheets that are missing, too few
    sheets, or a score that is shown already.
    """
    contest = locks.share(slot.session.contest)
    slot = PitchSlot.objects.select_related("session", "entry").get(pk=slot.pk)
    sheets = sheets_in([slot.entry_id]).get(slot.entry_id, SheetsIn())
    score = score_of_experts(contest, expert_aggregates(contest).get(slot.entry_id))
    refuse_if(why_not_reveal(by, contest, slot, sheets, scored=score is not None))
    if not PitchSlot.objects.filter(pk=slot.pk, revealed_at__isnull=True).update(revealed_at=now):
        raise Refused(PitchRefusal.REVEALED_ALREADY)
    _note(contest, ContestAct.SCORE_REVEALED, slot.entry.number, by, now)
    slot.revealed_at = now
    return slot


def _after(session: PitchSession, act: PitchAct, positions: Sequence[int], now: datetime) -> dict[str, Any]:
    """The columns that the act sets; `positions` are those of the slots that take part, in order."""
    on = session.on_now or 0
    if act == PitchAct.PAUSE:
        assert session.ends_at is not None
        left = max(timedelta(0), session.ends_at - now)
        return {"state": PitchState.PAUSED, "ends_at": None, "seconds_left": round(left.total_seconds())}
    if act == PitchAct.RESUME:
        ends_at = now + timedelta(seconds=session.seconds_left or 0)
        return {"state": PitchState.RUNNING, "ends_at": ends_at, "seconds_left": None}
    if act == PitchAct.BACK:
        before = [position for position in positions if not on or position < on]
        if not before:
            raise Refused(PitchRefusal.FIRST_ALREADY)
        return _on_stage(session, before[-1], now)
    later = [position for position in positions if position > on]
    if later:
        return _on_stage(session, later[0], now)
    if act == PitchAct.START:
        raise Refused(ContestRefusal.NO_ENTRIES)
    return {"state": PitchState.ENDED, "on_now": None, "ends_at": None, "seconds_left": None}


def _on_stage(session: PitchSession, position: int, now: datetime) -> dict[str, Any]:
    """The slot at the position is on, with the whole of its time."""
    ends_at = now + timedelta(minutes=session.minutes)
    return {"state": PitchState.RUNNING, "on_now": position, "ends_at": ends_at, "seconds_left": None}


def _note(contest: Contest, act: ContestAct, note: str, by: User, now: datetime) -> None:
    ContestEvent.objects.create(
        contest=contest, actor=by, from_state=contest.state, to_state=contest.state, reason=act, note=note, at=now
    )
