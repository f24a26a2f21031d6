"""What each stage of the year permits."""

from datetime import timedelta

import pytest

from programmes.enums import STAGE_ACTIONS, Action, StageKind
from programmes.models import Programme
from programmes.rules import permits
from tests.factories import ProgrammeFactory, StageFactory

A, S = Action, StageKind

PERMITTED = {
    S.RESEARCH: set(),
    S.IDEA_COLLECTION: {A.SUBMIT_IDEA, A.REVISE_IDEA, A.SECOND_IDEA, A.ASK, A.SCREEN_IDEA},
    S.SCREENING: {A.REVISE_IDEA, A.SECOND_IDEA, A.ASK, A.SCREEN_IDEA, A.CONSOLIDATE, A.UNDO_JOINING},
    S.PROPOSAL_INCUBATION: {
        A.SECOND_IDEA,
        A.ASK,
        A.SCREEN_IDEA,
        A.CONSOLIDATE,
        A.UNDO_JOINING,
        A.EDIT_PROPOSAL,
        A.QUALIFY_PROPOSAL,
        A.ENTER_CONTEST,
    },
    S.CONTEST: {A.UNDO_JOINING, A.ENTER_CONTEST, A.RUN_CONTEST},
    S.PUBLICITY: set(),
    S.IMPLEMENTATION: set(),
    S.CLOSEOUT: set(),
}


@pytest.mark.parametrize("kind", StageKind)
def test_a_stage_permits_its_own_acts(kind, programme_in, now):
    programme = programme_in(kind)
    assert {action for action in Action if permits(programme, action, now)} == PERMITTED[kind]


def test_every_stage_has_its_acts_and_every_act_a_stage():
    assert set(STAGE_ACTIONS) == set(StageKind)
    assert frozenset().union(*STAGE_ACTIONS.values()) == set(Action)


def test_outside_all_stages_nothing_is_permitted(programme_in, now):
    programme = programme_in()
    assert not any(permits(programme, action, now) for action in Action)


def test_stages_that_overlap_add_up(programme_in, now):
    programme = programme_in(S.SCREENING, S.CLOSEOUT)
    permitted = {action for action in Action if permits(programme, action, now)}
    assert permitted == PERMITTED[S.SCREENING] | PERMITTED[S.CLOSEOUT]


@pytest.mark.parametrize(("seconds", "permitted"), [(-1, False), (0, True), (59, True), (60, False)])
def test_a_stage_is_open_from_its_first_moment_and_closed_at_its_last(db, now, seconds, permitted):
    programme = ProgrammeFactory()
    StageFactory(programme=programme, kind=S.IDEA_COLLECTION, opens_at=now, closes_at=now + timedelta(minutes=1))
    assert permits(programme, A.SUBMIT_IDEA, now + timedelta(seconds=seconds)) is permitted


def test_a_stage_of_another_programme_permits_nothing(programme_in, programme, now):
    idle = programme_in()
    assert not permits(idle, A.SUBMIT_IDEA, now)
    assert list(Programme.objects.allowing(A.SUBMIT_IDEA, now)) == [programme]


def test_a_programme_that_allows_an_act_twice_is_listed_once(programme, now):
    assert list(Programme.objects.allowing(A.SCREEN_IDEA, now)) == [programme]
