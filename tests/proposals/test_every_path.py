"""Every step of an idea by the verb that makes it; every other step is refused by every verb."""

from __future__ import annotations

from datetime import timedelta
from itertools import product

import pytest
from django.db import transaction

from communities.refusal import Refused
from proposals.enums import (
    CLOSING_DECISIONS,
    CLOSING_REASONS,
    DECISION_STATES,
    IDEA_TRANSITIONS,
    IdeaState,
    ProposalRefusal,
    ScreeningDecision,
)
from proposals.models import Consolidation, Idea, Screening
from proposals.screening_rules import UNDO_TIME
from proposals.services.ideas import close_idea, revise_idea, screen, undo_screening, withdraw_idea
from proposals.services.joining import consolidate, undo_consolidation
from tests.scenes import ACCEPTANCE, RECEIVER, turning_away

S = IdeaState
MINUTE = timedelta(minutes=1)


def judge(decision):
    judgement = ACCEPTANCE if decision == ScreeningDecision.ACCEPT else turning_away(decision)
    return lambda idea, scene, now: screen(idea=idea, judgement=judgement, by=scene.officer, now=now)


def revise(idea, scene, now):
    revise_idea(idea=idea, text=scene.text("Written more clearly"), revision=idea.revision, by=scene.author, now=now)


def withdraw(idea, scene, now):
    withdraw_idea(idea=idea, by=scene.author, now=now)


def take_back(idea, scene, now):
    screening = Screening.objects.decisions().filter(idea=idea).last()
    if screening is None:
        raise Refused(ProposalRefusal.WRONG_STATE)
    undo_screening(screening=screening, by=scene.officer, now=now)


def join(idea, scene, now):
    consolidate(programme=scene.programme, ideas=[idea], title="Places to rest", by=scene.officer, now=now)


def release(idea, scene, now):
    consolidation = Consolidation.objects.in_force().filter(idea=idea).first()
    if consolidation is None:
        raise Refused(ProposalRefusal.WRONG_STATE)
    undo_consolidation(consolidation=consolidation, by=scene.officer, now=now)


def close(decision):
    def close_at_the_end(idea, scene, now):
        scene.programme.stages.update(closes_at=now)
        to = RECEIVER if decision == ScreeningDecision.REFER else None
        close_idea(idea=idea, decision=decision, note="Next year.", by=scene.officer, now=now, to=to)

    return close_at_the_end


CLOSINGS = {close(decision): decision for decision in CLOSING_DECISIONS}

# verb: the states between which it leads.
VERBS = {
    **{judge(decision): {(S.SUBMITTED, state)} for decision, state in DECISION_STATES.items()},
    revise: {(S.DRAFT, S.SUBMITTED), (S.RETURNED, S.SUBMITTED)},
    withdraw: {(old, S.WITHDRAWN) for old, targets in IDEA_TRANSITIONS.items() if S.WITHDRAWN in targets},
    take_back: {(state, S.SUBMITTED) for state in DECISION_STATES.values()}
    | {(DECISION_STATES[decision], old) for decision in CLOSING_DECISIONS for old in CLOSING_REASONS},
    join: {(S.ACCEPTED, S.CONSOLIDATED)},
    release: {(S.CONSOLIDATED, S.ACCEPTED)},
    **{verb: {(old, DECISION_STATES[decision]) for old in CLOSING_REASONS} for verb, decision in CLOSINGS.items()},
}
STEPS = {(old, new) for old, targets in IDEA_TRANSITIONS.items() for new in targets}


def _goes_on(path, verb, step):
    """Whether the step may follow these although it is not only a matter of the state."""
    if verb is take_back and path:
        last, (came_from, _to) = path[-1]
        # What was released, or opened again, has been decided long ago.
        return last not in {release, take_back} and step[1] == came_from
    year_is_over = any(earlier in CLOSINGS for earlier, _step in path)
    return not (year_is_over and verb in {revise, join})


def walk(idea, scene, state=S.DRAFT, path=()):
    """Go on in every legal way on which no verb makes the same step twice; returns all steps that were taken."""
    taken = set()
    for verb, possible in VERBS.items():
        for step in possible:
            if step[0] != state or (verb, step) in path or not _goes_on(path, verb, step):
                continue
            now = scene.now + len(path) * MINUTE
            with transaction.atomic():
                verb(Idea.objects.get(pk=idea.pk), scene, now)
                history = [(event.from_state, event.to_state) for event in idea.events.all()]
                assert history == [step for _, step in path] + [step]
                assert Idea.objects.get(pk=idea.pk).state == step[1]
                taken |= {(verb, step)} | walk(idea, scene, step[1], (*path, (verb, step)))
                transaction.set_rollback(True)
    return taken


def test_the_verbs_make_all_steps_of_the_table_and_no_others():
    assert {step for steps in VERBS.values() for step in steps} == STEPS


def test_an_idea_goes_every_legal_way(idea_in, scene):
    taken = walk(idea_in(S.DRAFT), scene)
    assert taken == {(verb, step) for verb, steps in VERBS.items() for step in steps}


@pytest.mark.parametrize(
    ("state", "verb"), list(product(S, VERBS)), ids=lambda value: getattr(value, "__name__", str(value))
)
def test_a_verb_refuses_what_the_table_does_not_allow(state, verb, idea_in, scene):
    idea = idea_in(state)
    events = idea.events.count()
    steps = [step for step in VERBS[verb] if step[0] == state]
    # While what was decided can still be taken back.
    now = scene.now - UNDO_TIME / 2
    if steps:
        verb(idea, scene, now)
        assert (state, Idea.objects.get(pk=idea.pk).state) in steps
        return
    with pytest.raises(Refused):
        verb(idea, scene, now)
    assert Idea.objects.get(pk=idea.pk).state == state
    assert idea.events.count() == events
