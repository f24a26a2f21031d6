"""The verbs that prepare the pitch session: plan it, draw the order, move a pitch by hand."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F

from communities.models import User
from communities.refusal import Refused, refuse_if
from contests import locks
from contests.agenda import whole_agenda
from contests.enums import ContestAct, ContestRefusal
from contests.models import Contest, ContestEvent, PitchSession, PitchSlot
from contests.notices import moved_numbers
from contests.pitch_enums import PitchState
from contests.pitch_rules import why_not_draw, why_not_move_pitch, why_not_plan_pitches
from contests.timetable import Presented, drawn


@transaction.atomic
def plan_pitches(
    *, contest: Contest, place: str, starts_at: datetime, minutes: int, pause: int, by: User, now: datetime
) -> PitchSession:
    """Say where and when entries are presented; once the order is drawn, those behind them hear of a change.

    Raises `Refused`: no officer, a contest that is closed, a session that has begun, or a time outside the scoring.
    """
    contest = locks.exclude_others(contest)
    session = PitchSession.objects.filter(contest=contest).first()
    refuse_if(why_not_plan_pitches(by, contest, session, starts_at))
    plan = {"place": place.strip(), "starts_at": starts_at, "minutes": minutes, "pause": pause}
    if session is None:
        session = PitchSession.objects.create(contest=contest, **plan, changed_at=now)
    elif all(getattr(session, name) == value for name, value in plan.items()):
        return session
    else:
        PitchSession.objects.filter(pk=session.pk).update(**plan, revision=F("revision") + 1, changed_at=now)
        session.refresh_from_db()
    _note(contest, ContestAct.PITCH_PLANNED, session.place, by, now)
    return session


@transaction.atomic
def draw_order(*, contest: Contest, by: User, now: datetime) -> PitchSession:
    """Draw the order of the pitches from the contest's published seed, community by community.

    Those behind the entries hear when they are on. Raises `Refused`: no officer, a contest that is not open, no session
    planned, or an order drawn before.
    """
    contest = locks.exclude_others(contest)
    session = PitchSession.objects.filter(contest=contest).first()
    refuse_if(why_not_draw(by, contest, session))
    assert session is not None
    entries = {entry.number: entry for entry in contest.entries.taking_part().select_related("community")}
    if not entries:
        raise Refused(ContestRefusal.NO_ENTRIES)
    order = drawn(contest.seed, [Presented(number, entry.community.code) for number, entry in entries.items()])
    PitchSlot.objects.bulk_create(
        PitchSlot(session=session, entry=entries[lot.number], position=position)
        for position, lot in enumerate(order, 1)
    )
    PitchSession.objects.filter(pk=session.pk).update(
        state=PitchState.DRAWN, revision=F("revision") + 1, changed_at=now
    )
    _note(contest, ContestAct.PITCH_DRAWN, contest.seed, by, now)
    session.refresh_from_db()
    return session


@transaction.atomic
def move_pitch(*, slot: PitchSlot, to: int, reason: str, by: User, now: datetime) -> PitchSlot:
    """Put a pitch at another position; those between go one up or down. Whoever is on at another time hears of it.

    Raises `Refused`: no officer, a contest that is not open, a pitch or a position that is behind, or no reason.
    """
    contest = locks.exclude_others(slot.session.contest)
    session = PitchSession.objects.select_for_update().get(pk=slot.session_id)
    session.contest = contest
    slots = list(session.slots.select_related("entry"))
    slot = next(other for other in slots if other.pk == slot.pk)
    refuse_if(why_not_move_pitch(by, contest, slot, to, places_ahead(session, slots)))
    if not reason.strip():
        raise Refused(ContestRefusal.REASON_MISSING)
    before = {turn.slot.pk: turn.begins for turn in whole_agenda(session)}
    others = [other for other in slots if other.pk != slot.pk]
    others.insert(to - 1, slot)
    for position, other in enumerate(others, 1):
        other.position = position
    PitchSlot.objects.bulk_update(others, ["position"])
    PitchSession.objects.filter(pk=session.pk).update(revision=F("revision") + 1, changed_at=now)
    changed = [turn.slot.entry.number for turn in whole_agenda(session) if turn.begins != before[turn.slot.pk]]
    _note(contest, ContestAct.PITCH_MOVED, moved_numbers(slot.entry.number, changed, reason), by, now)
    return slot


def places_ahead(session: PitchSession, slots: list[PitchSlot]) -> list[int]:
    """Positions that are still to come; none once the session is over."""
    if session.state == PitchState.ENDED:
        return []
    return [slot.position for slot in slots if slot.position > (session.on_now or 0)]


def _note(contest: Contest, act: ContestAct, note: str, by: User, now: datetime) -> None:
    ContestEvent.objects.create(
        contest=contest, actor=by, from_state=contest.state, to_state=contest.state, reason=act, note=note, at=now
    )
