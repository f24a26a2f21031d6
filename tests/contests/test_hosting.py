"""Hosting the session: what can be pressed when, two hosts at once, and revealing scores."""

from datetime import timedelta
from itertools import product

import pytest
from django.urls import reverse

from communities.refusal import Refused
from contests.agenda import SheetsIn, sheets_in
from contests.enums import JUDGED_STATES, ContestAct, ContestRefusal, ContestState, EntryStatus
from contests.figures import expert_aggregates
from contests.hall import hall
from contests.models import Contest, Entry, PitchSession, PitchSlot
from contests.pitch_enums import PITCH_ACTS, PitchAct, PitchRefusal, PitchState
from contests.services.assigning import depart
from contests.services.hosting import reveal_score, run_pitches
from contests.services.lifecycle import close_contest
from contests.services.pitching import draw_order, plan_pitches
from contests.services.recusing import recuse
from contests.services.reopening import reopen_sheet
from tests.browsing import english, shown, text
from tests.racing import race

R, P, A, S = ContestRefusal, PitchRefusal, PitchAct, PitchState
ROUNDS = 20
CLOCK = {S.RUNNING: {"on_now": 2}, S.PAUSED: {"on_now": 2, "seconds_left": 100}}


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


def set_state(state, now):
    columns = {"on_now": None, "ends_at": None, "seconds_left": None, **CLOCK.get(state, {})}
    if state == S.RUNNING:
        columns["ends_at"] = now + timedelta(seconds=100)
    PitchSession.objects.update(state=state, **columns)


@pytest.fixture
def session_in(contest_in, officer, now):
    """`session_in(state, **options)`: three pitches; under way, the second is on with 100 seconds left."""

    def make(state, **options):
        contest = contest_in("OPEN", **options)
        plan_pitches(contest=contest, place="Hall", starts_at=now, minutes=5, pause=0, by=officer, now=now)
        if state != S.PLANNED:
            draw_order(contest=contest, by=officer, now=now)
        set_state(state, now)
        return PitchSession.objects.select_related("contest__programme").get()

    return make


@pytest.fixture
def press(officer, now):
    """`press(session, act)`: the officer presses on the page as it is now."""

    def make(session, act, *, by=officer, revision=None, at=now):
        revision = PitchSession.objects.get().revision if revision is None else revision
        return run_pitches(session=session, act=act, revision=revision, by=by, now=at)

    return make


# Running


def test_who_starts_on_another_day_says_so(session_in, officer, now):
    session, tomorrow = session_in(S.DRAWN), now + timedelta(days=1)
    client, url = english(officer), reverse("pitch_run", args=[session.contest_id])
    PitchSession.objects.update(starts_at=tomorrow)
    assert "Today is not the day planned" in text(client.get(reverse("pitch_desk", args=[session.contest_id])))
    pressed = {"act": "START", "revision": session.revision}
    assert shown(P.OTHER_DAY.label) in text(client.post(url, pressed, follow=True))
    assert PitchSession.objects.get().state == S.DRAWN
    client.post(url, {**pressed, "other_day": "on"})
    assert PitchSession.objects.get().state == S.RUNNING


@pytest.mark.parametrize("state", [S.RUNNING, S.PAUSED])
def test_the_session_ends_with_the_contest(state, session_in, approver, now):
    session = session_in(state)
    close_contest(contest=session.contest, by=approver, now=now, reason="The hall is closed.")
    session.refresh_from_db()
    assert (session.state, session.on_now, session.ends_at, session.seconds_left) == (S.ENDED, None, None, None)


def test_what_can_be_pressed_when(session_in, press, now):
    session = session_in(S.DRAWN)
    for state, act in product(PitchState, PitchAct):
        set_state(state, now)
        if act in PITCH_ACTS[state]:
            press(session, act)
            continue
        with refused(P.NOT_DRAWN if state == S.PLANNED else P.NOT_NOW):
            press(session, act)
        session.refresh_from_db()
        assert session.state == state


def test_the_office_hosts(session_in, press, cast):
    session = session_in(S.DRAWN)
    for who in ("other_officer", "supervisor", "community_officer", "support_member", "expert", "resident"):
        with refused(R.NOT_AN_OFFICER):
            press(session, A.START, by=cast(who))
    press(session, A.START, by=cast("approver"))


def test_only_while_the_contest_is_open(session_in, press):
    session = session_in(S.DRAWN)
    for state in set(ContestState) - {ContestState.OPEN}:
        Contest.objects.update(state=state)
        with refused(R.WRONG_STATE):
            press(session, A.START)


def test_a_session_from_its_start_to_its_end(session_in, press, now):
    session = session_in(S.DRAWN)
    session = press(session, A.START)
    assert (session.state, session.on_now, session.ends_at) == (S.RUNNING, 1, now + timedelta(minutes=5))
    with refused(P.FIRST_ALREADY):
        press(session, A.BACK)
    later = now + timedelta(minutes=2)
    session = press(session, A.PAUSE, at=later)
    assert (session.state, session.ends_at, session.seconds_left) == (S.PAUSED, None, 180)
    much_later = now + timedelta(hours=1)
    session = press(session, A.RESUME, at=much_later)
    assert (session.state, session.ends_at, session.seconds_left) == (
        S.RUNNING,
        much_later + timedelta(minutes=3),
        None,
    )
    assert [press(session, A.NEXT).on_now for _ in range(3)] == [2, 3, None]
    session.refresh_from_db()
    assert session.state == S.ENDED
    assert press(session, A.BACK).on_now == 3
    acts = session.contest.events.filter(reason__startswith="PITCH_").order_by("pk").values_list("reason", flat=True)
    assert list(acts)[2:] == [
        ContestAct.PITCH_STARTED,
        ContestAct.PITCH_PAUSED,
        ContestAct.PITCH_RESUMED,
        ContestAct.PITCH_NEXT,
        ContestAct.PITCH_NEXT,
        ContestAct.PITCH_ENDED,
        ContestAct.PITCH_BACK,
    ]


def test_a_clock_that_ran_over_stands_at_zero(session_in, press, now):
    session = press(session_in(S.RUNNING), A.PAUSE, at=now + timedelta(hours=1))
    assert session.seconds_left == 0


def test_what_was_withdrawn_is_passed_over(session_in, press):
    session = session_in(S.DRAWN)
    Entry.objects.filter(pitch_slots__position=2).update(status=EntryStatus.WITHDRAWN)
    press(session, A.START)
    assert press(session, A.NEXT).on_now == 3
    assert press(session, A.BACK).on_now == 1


def test_a_press_on_an_old_page_does_nothing(session_in, press):
    session = session_in(S.DRAWN)
    press(session, A.START)
    with refused(P.MOVED_ON):
        press(session, A.NEXT, revision=session.revision)
    session.refresh_from_db()
    assert session.on_now == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_hosts_one_is_first(session_in, press, officer, approver, now):
    session = session_in(S.DRAWN, entries=3)
    press(session, A.START)
    for _ in range(ROUNDS):
        PitchSession.objects.update(on_now=1, state=S.RUNNING, ends_at=now)
        revision = PitchSession.objects.get().revision
        outcomes = race(
            lambda revision=revision: press(session, A.NEXT, by=officer, revision=revision),
            lambda revision=revision: press(session, A.NEXT, by=approver, revision=revision),
        )
        assert [outcome.reason for outcome in outcomes if isinstance(outcome, Refused)] == [P.MOVED_ON]
        assert PitchSession.objects.get().on_now == 2


# Sheets


def test_sheets_are_counted_without_experts_who_keep_out(session_in, scene, expert):
    contest = session_in(S.DRAWN, entries=2).contest
    first, second = contest.entries.all()
    # Four experts; one keeps out of entry 001.
    assert sheets_in([first.pk, second.pk]) == {first.pk: SheetsIn(0, 3), second.pk: SheetsIn(0, 4)}
    scene.submit_sheet(contest.panelists.get(user=expert), first, 0)
    assert sheets_in([first.pk]) == {first.pk: SheetsIn(1, 3)}
    recuse(panelist=contest.panelists.get(user=expert), entry=first, tie="MEMBER", by=expert)
    assert sheets_in([first.pk]) == {first.pk: SheetsIn(0, 2)}


def test_nothing_is_awaited_of_who_has_dropped_out(session_in, scene, officer, approver, expert, now):
    contest = session_in(S.DRAWN, entries=1).contest
    entry, seat = contest.entries.get(), contest.panelists.get(user=expert)
    scene.submit_sheet(seat, entry, 0)
    depart(panelist=seat, reason="Ill", by=officer, now=now)
    assert sheets_in([entry.pk]) == {entry.pk: SheetsIn(1, 3)}
    reopen_sheet(sheet=seat.sheets.get(), reason="Mixed up", by=approver, now=now)
    assert sheets_in([entry.pk]) == {entry.pk: SheetsIn(0, 2)}


# Revealing


def slot_of(number):
    return PitchSlot.objects.select_related("session__contest").get(entry__number=number)


@pytest.fixture
def ended(session_in):
    """All are held and all sheets in."""
    return session_in(S.ENDED, judged=True)


def test_who_reveals(ended, cast, now):
    for who in ("other_officer", "supervisor", "community_officer", "support_member", "expert", "resident"):
        with refused(R.NOT_AN_OFFICER):
            reveal_score(slot=slot_of("001"), by=cast(who), now=now)
    assert slot_of("001").revealed_at is None
    for number, who in (("001", "officer"), ("002", "approver")):
        assert reveal_score(slot=slot_of(number), by=cast(who), now=now).revealed_at == now
        assert ended.contest.events.get(reason=ContestAct.SCORE_REVEALED, note=number).actor == cast(who)


def test_in_which_state_of_the_contest_scores_are_revealed(ended, officer, now):
    for state in ContestState:
        Contest.objects.update(state=state)
        PitchSlot.objects.update(revealed_at=None)
        if state in JUDGED_STATES:
            reveal_score(slot=slot_of("001"), by=officer, now=now)
        else:
            with refused(R.WRONG_STATE):
                reveal_score(slot=slot_of("001"), by=officer, now=now)


def test_in_which_state_of_the_session_scores_are_revealed(ended, officer, now):
    under_way = [True, True, False]
    held = {S.RUNNING: under_way, S.PAUSED: under_way, S.ENDED: [True] * 3}
    for state in PitchState:
        set_state(state, now)
        PitchSlot.objects.update(revealed_at=None)
        for slot, was_held in zip(ended.slots.all(), held.get(state, [False] * 3), strict=True):
            if was_held:
                reveal_score(slot=slot, by=officer, now=now)
            else:
                with refused(P.NOT_HELD):
                    reveal_score(slot=slot, by=officer, now=now)


def test_not_before_every_sheet_is_in(session_in, scene, officer, now):
    contest = session_in(S.ENDED).contest
    entry = contest.entries.get(number="001")
    *first, last = [seat for seat in contest.panelists.all() if seat.user != scene.recused]
    for place, seat in enumerate(first):
        scene.submit_sheet(seat, entry, place)
    with refused(P.SHEETS_OUT):
        reveal_score(slot=slot_of("001"), by=officer, now=now)
    scene.submit_sheet(last, entry, 2)
    reveal_score(slot=slot_of("001"), by=officer, now=now)
    with refused(P.REVEALED_ALREADY):
        reveal_score(slot=slot_of("001"), by=officer, now=now)


def test_a_score_needs_the_quorum(session_in, officer, now):
    session_in(S.ENDED, judged=True, quorum=4)
    # Of the four experts one keeps out of entry 001.
    with refused(P.TOO_FEW_SHEETS):
        reveal_score(slot=slot_of("001"), by=officer, now=now)
    reveal_score(slot=slot_of("002"), by=officer, now=now)


@pytest.mark.django_db(transaction=True)
def test_two_hosts_reveal_once(ended, officer, approver, now):
    outcomes = race(*[lambda by=by: reveal_score(slot=slot_of("001"), by=by, now=now) for by in (officer, approver)])
    assert [outcome.reason for outcome in outcomes if isinstance(outcome, Refused)] == [P.REVEALED_ALREADY]
    assert ended.contest.events.filter(reason=ContestAct.SCORE_REVEALED).count() == 1


# What the hall sees


@pytest.mark.parametrize("rules", [{}, {"trim_each_side": 1, "trim_min_panel": 3}])
def test_the_score_is_the_tallys_own(rules, session_in, anonymous, officer, now):
    session = session_in(S.ENDED, judged=True, **rules)
    entry = session.contest.entries.get(number="002")
    reveal_score(slot=slot_of("002"), by=officer, now=now)
    [(turn, score)] = hall(session, anonymous).revealed
    aggregate = expert_aggregates(session.contest)[entry.pk]
    assert turn.slot.entry == entry
    assert (score.score, score.trimmed) == (aggregate.mean, bool(rules))
    assert [sheet for sheet, _dropped in score.sheets] == list(aggregate.sheet_scores)
    assert [dropped for _sheet, dropped in score.sheets] == [bool(rules), False, False, bool(rules)]


def test_a_score_is_taken_down_while_a_sheet_is_open_again(session_in, anonymous, officer, approver, now):
    session = session_in(S.RUNNING, judged=True)
    slot = session.slots.get(position=2)
    reveal_score(slot=slot_of(slot.entry.number), by=officer, now=now)
    assert hall(session, anonymous).score
    reopen_sheet(sheet=slot.entry.sheets.first(), reason="Mixed up", by=approver, now=now)
    seen = hall(session, anonymous)
    assert (seen.score, seen.revealed) == (None, ())
    assert seen.sheets.came == seen.sheets.due - 1


def test_scores_come_in_the_order_of_the_timetable(ended, anonymous, officer, now):
    numbers = [slot.entry.number for slot in ended.slots.select_related("entry")]
    for number in reversed(numbers):
        reveal_score(slot=slot_of(number), by=officer, now=now)
    assert [turn.slot.entry.number for turn, _score in hall(ended, anonymous).revealed] == numbers


def test_who_keeps_out_sees_nothing_of_the_pitch(session_in, recused_expert, expert, officer, now):
    session = session_in(S.RUNNING, judged=True)
    slot = slot_of("001")
    PitchSession.objects.update(on_now=slot.position)
    session.refresh_from_db()
    reveal_score(slot=slot, by=officer, now=now)
    seen = hall(session, recused_expert)
    assert (seen.steps_out, seen.on, seen.score, seen.revealed, seen.sheets) == (True, None, None, (), SheetsIn())
    colleague = hall(session, expert)
    assert not colleague.steps_out
    assert colleague.score
