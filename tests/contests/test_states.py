"""Every pair of states of a contest: what the table allows leaves one event, the rest changes nothing."""

from itertools import product

import pytest

from communities.refusal import Refused
from contests.enums import CONTEST_TRANSITIONS, ContestRefusal, ContestState
from contests.models import Contest
from contests.services.lifecycle import move
from tests.factories import ContestFactory


def contest_at(state):
    return ContestFactory(state=state, rules_sha256="0" * 64)


def test_a_contest_moves_as_its_table_says(officer, now):
    for old, new in product(ContestState, ContestState):
        a_contest_moves(old, new, officer, now)


def a_contest_moves(old, new, officer, now):
    """Or is refused, and stays as it was."""
    contest = contest_at(old)
    if new in CONTEST_TRANSITIONS[old]:
        move(contest, to=new, by=officer, now=now, note="A word.")
        assert contest.state == new
        [event] = contest.events.all()
        assert (event.from_state, event.to_state, event.actor, event.at) == (old, new, officer, now)
        assert event.note == "A word."
        assert event.get_to_state_display() == str(new.label)
    else:
        with pytest.raises(Refused) as refusal:
            move(contest, to=new, by=officer, now=now)
        assert refusal.value.reason == ContestRefusal.WRONG_STATE
        assert contest.state == old
        assert not contest.events.exists()
    assert Contest.objects.get(pk=contest.pk).state == contest.state


def test_a_contest_that_moved_meanwhile_stays_where_it_is(officer, now):
    contest = contest_at(ContestState.OPEN)
    Contest.objects.filter(pk=contest.pk).update(state=ContestState.CLOSED)
    with pytest.raises(Refused):
        move(contest, to=ContestState.CLOSED, by=officer, now=now)
    assert Contest.objects.get(pk=contest.pk).state == ContestState.CLOSED
    assert not contest.events.exists()


def test_the_table_knows_every_state():
    assert set(CONTEST_TRANSITIONS) == set(ContestState)


@pytest.mark.parametrize("state", ContestState)
def test_a_contest_comes_to_every_state_by_the_verbs(state, contest_in):
    contest = contest_in(state)
    states = list(ContestState)
    assert contest.state == state
    assert [event.to_state for event in contest.events.filter(reason="")] == states[1 : states.index(state) + 1]
