"""The pitch session before it begins: planning, drawing, moving; who may, and who hears of it."""

from datetime import timedelta

import pytest
from django.utils.translation import override

from communities.models import Notification
from communities.notices import sentence
from communities.refusal import Refused
from contests.agenda import agenda, whole_agenda
from contests.enums import ContestAct, ContestRefusal, ContestState, EntryStatus
from contests.models import Contest, Entry, PitchSession
from contests.pitch_enums import PitchRefusal, PitchState
from contests.services.notifications import send_due_notifications
from contests.services.pitching import draw_order, move_pitch, plan_pitches
from contests.timetable import Presented, drawn
from proposals.models import Idea
from tests.racing import race

R, P = ContestRefusal, PitchRefusal
ROUNDS = 20


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


@pytest.fixture
def plan(officer, now):
    """`plan(contest, **changes)`: a session that begins now, with five minutes for each and ten between communities."""

    def make(contest, *, by=officer, **changes):
        wanted = {"place": "Hall 1", "starts_at": now, "minutes": 5, "pause": 10, **changes}
        return plan_pitches(contest=contest, **wanted, by=by, now=now)

    return make


@pytest.fixture
def drawn_in(contest_in, plan, officer, now):
    """`drawn_in(**options)`: an open contest whose order is drawn."""

    def make(**options):
        contest = contest_in("OPEN", **options)
        plan(contest)
        return draw_order(contest=contest, by=officer, now=now)

    return make


def numbers(session):
    return [turn.slot.entry.number for turn in whole_agenda(session)]


# Stage × role × action

OTHERS = ("other_officer", "supervisor", "community_officer", "support_member", "expert", "resident")


def test_who_plans_draws_and_moves(contest_in, plan, cast, officer, approver, now):
    contest = contest_in("OPEN")
    plan(contest, by=approver)
    for who in OTHERS:
        with refused(R.NOT_AN_OFFICER):
            plan(contest, by=cast(who), place="Another hall")
        with refused(R.NOT_AN_OFFICER):
            draw_order(contest=contest, by=cast(who), now=now)
    slot = draw_order(contest=contest, by=approver, now=now).slots.get(position=1)
    for who in OTHERS:
        with refused(R.NOT_AN_OFFICER):
            move_pitch(slot=slot, to=2, reason="Late", by=cast(who), now=now)
    move_pitch(slot=slot, to=2, reason="Late", by=approver, now=now)


def test_in_which_state_of_the_contest(contest_in, plan, officer, now):
    contest = contest_in("DRAFT")
    plan(contest)
    for state in ContestState:
        Contest.objects.update(state=state, rules_sha256="0" * 64)
        if state not in {ContestState.DRAFT, ContestState.OPEN}:
            with refused(R.WRONG_STATE):
                plan(contest, minutes=7)
        if state != ContestState.OPEN:
            with refused(R.WRONG_STATE):
                draw_order(contest=contest, by=officer, now=now)
        else:
            plan(contest, minutes=6)
            assert draw_order(contest=contest, by=officer, now=now).state == PitchState.DRAWN
            PitchSession.objects.update(state=PitchState.PLANNED)


def test_in_which_state_of_the_session(drawn_in, plan, officer, now):
    session = drawn_in()
    off = {"ends_at": None, "on_now": None, "seconds_left": None}
    clock = {"RUNNING": {"ends_at": now, "on_now": 1}, "PAUSED": {"seconds_left": 1, "on_now": 1}}
    for minutes, state in enumerate(PitchState, 6):
        PitchSession.objects.update(state=state, **{**off, **clock.get(state, {})})
        if state in {PitchState.PLANNED, PitchState.DRAWN}:
            plan(session.contest, minutes=minutes)
        else:
            with refused(P.BEGUN):
                plan(session.contest, minutes=minutes)
        if state != PitchState.PLANNED:
            with refused(P.DRAWN_ALREADY):
                draw_order(contest=session.contest, by=officer, now=now)


def test_the_session_begins_while_experts_can_score(contest_in, plan):
    contest = contest_in("OPEN")
    for starts_at in (contest.scoring_opens_at - timedelta(seconds=1), contest.scoring_closes_at):
        with refused(P.OUTSIDE_SCORING):
            plan(contest, starts_at=starts_at)
    plan(contest, starts_at=contest.scoring_opens_at)


def test_nothing_is_drawn_before_it_is_planned(contest_in, officer, now):
    with refused(P.NOT_PLANNED):
        draw_order(contest=contest_in("OPEN"), by=officer, now=now)


# What they do


def test_the_order_is_the_one_that_anybody_draws(drawn_in, communities):
    session = drawn_in(entries=7)
    entries = session.contest.entries.select_related("community")
    order = drawn(session.contest.seed, [Presented(entry.number, entry.community.code) for entry in entries])
    assert numbers(session) == [entry.number for entry in order]
    event = session.contest.events.get(reason=ContestAct.PITCH_DRAWN)
    assert event.note == session.contest.seed


def test_what_was_withdrawn_is_left_out_and_the_others_move_up(drawn_in, now):
    session = drawn_in()
    first, *others = numbers(session)
    Entry.objects.filter(number=first).update(status=EntryStatus.WITHDRAWN)
    turns = whole_agenda(session)
    assert [turn.slot.entry.number for turn in turns] == others
    assert [(turn.place, turn.begins - now) for turn in turns] == [(1, timedelta(0)), (2, timedelta(minutes=15))]


def test_an_expert_reads_nothing_of_what_they_keep_out_of(drawn_in, recused_expert, resident, officer):
    session = drawn_in()
    whole = numbers(session)
    for user, missing in ((resident, set()), (officer, set()), (recused_expert, {"001"})):
        turns = agenda(session, user)
        assert {turn.slot.entry.number for turn in turns} == set(whole) - missing
        # The others keep their place and time.
        assert all(whole[turn.place - 1] == turn.slot.entry.number for turn in turns)


@pytest.mark.parametrize("moved, to", [(1, 3), (3, 1), (2, 3)])
def test_moving_takes_the_place_of_another(moved, to, drawn_in, officer, now):
    session = drawn_in()
    expected = numbers(session)
    expected.insert(to - 1, expected.pop(moved - 1))
    move_pitch(slot=session.slots.get(position=moved), to=to, reason=" The lead is late ", by=officer, now=now)
    assert numbers(session) == expected
    assert session.contest.events.get(reason=ContestAct.PITCH_MOVED).note.endswith(": The lead is late")


def test_moving_needs_a_reason_and_another_place(drawn_in, officer, now):
    slot = drawn_in().slots.get(position=1)
    for to, reason, refusal in ((2, " ", R.REASON_MISSING), (1, "Why", P.SAME_PLACE), (4, "Why", P.PLACE_GONE)):
        with refused(refusal):
            move_pitch(slot=slot, to=to, reason=reason, by=officer, now=now)


def test_what_is_on_or_was_is_not_moved(drawn_in, officer, now):
    session = drawn_in()
    PitchSession.objects.update(state=PitchState.RUNNING, on_now=1, ends_at=now)
    for moved, to in ((1, 2), (3, 1)):
        with refused(P.PLACE_GONE):
            move_pitch(slot=session.slots.get(position=moved), to=to, reason="Late", by=officer, now=now)
    move_pitch(slot=session.slots.get(position=3), to=2, reason="Late", by=officer, now=now)
    PitchSession.objects.update(state=PitchState.ENDED, on_now=None, ends_at=None)
    with refused(P.PLACE_GONE):
        move_pitch(slot=session.slots.get(position=3), to=2, reason="Late", by=officer, now=now)


@pytest.mark.django_db(transaction=True)
def test_two_officers_draw_once_and_move_one_after_the_other(contest_in, plan, officer, approver, now):
    contest = contest_in("OPEN", entries=5)
    plan(contest)
    outcomes = race(*[lambda by=by: draw_order(contest=contest, by=by, now=now) for by in (officer, approver)])
    assert [outcome.reason for outcome in outcomes if isinstance(outcome, Refused)] == [P.DRAWN_ALREADY]
    session = PitchSession.objects.get()
    for _ in range(ROUNDS):
        first, second = session.slots.get(position=1), session.slots.get(position=4)
        race(
            lambda first=first: move_pitch(slot=first, to=5, reason="Late", by=officer, now=now),
            lambda second=second: move_pitch(slot=second, to=2, reason="Late", by=approver, now=now),
        )
        assert list(session.slots.values_list("position", flat=True)) == [1, 2, 3, 4, 5]


# Who hears of it


def told(now):
    """Whom the notices since the last call tell what."""
    Notification.objects.all().delete()
    send_due_notifications(now=now)
    with override("en"):
        notes = Notification.objects.select_related("recipient")
        return {(note.recipient.display_name, sentence(note)) for note in notes}


def test_the_lead_and_the_organisation_hear_when_they_are_on(contest_in, plan, officer, resident, support_member, now):
    contest = contest_in("OPEN")
    plan(contest)
    told(now)
    draw_order(contest=contest, by=officer, now=now)
    news = told(now)
    session = PitchSession.objects.get()
    titles = {turn.place: turn.slot.entry.title for turn in whole_agenda(session)}
    # All three are the resident's; only the community of entry 001 is accompanied.
    assert len(news) == 4
    for place, title in titles.items():
        assert any(name == resident.display_name and title in text and f"no. {place}" in text for name, text in news)
    assert [text for name, text in news if name == support_member.display_name and "Places to rest 1" in text]
    assert all("Hall 1" in text for _name, text in news)


def test_a_plan_and_the_draw_after_it_are_told_once(contest_in, plan, officer, resident, now):
    contest = contest_in("OPEN")
    told(now)
    plan(contest)
    draw_order(contest=contest, by=officer, now=now)
    told(now)
    assert Notification.objects.filter(recipient=resident).count() == 3


def test_of_a_move_those_hear_whose_time_changes(drawn_in, resident, officer, now):
    session = drawn_in()
    told(now)
    first, second, third = numbers(session)
    move_pitch(slot=session.slots.get(position=1), to=2, reason="Late", by=officer, now=now)
    titles = {number: Entry.objects.get(number=number).title for number in (first, second, third)}
    news = [text for name, text in told(now) if name == resident.display_name]
    assert {number for number, title in titles.items() if any(title in text for text in news)} == {first, second}


def test_of_another_time_everybody_hears_and_of_none_nobody(drawn_in, plan, now):
    session = drawn_in()
    told(now)
    plan(session.contest)
    assert told(now) == set()
    plan(session.contest, place="Hall 2")
    assert len({text for _name, text in told(now) if "Hall 2" in text}) == 3


def test_who_keeps_out_hears_nothing(contest_in, plan, recused_expert, officer, now):
    contest = contest_in("OPEN")
    # One idea stands behind all three proposals.
    Idea.objects.update(author=recused_expert)
    plan(contest)
    told(now)
    draw_order(contest=contest, by=officer, now=now)
    news = [text for name, text in told(now) if name == recused_expert.display_name]
    assert len(news) == 2
    assert not any("Places to rest 1" in text for text in news)
