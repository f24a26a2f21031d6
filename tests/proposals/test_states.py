"""Every pair of states of ideas and proposals: what the table allows leaves one event, the rest changes nothing."""

from itertools import product

import pytest

from communities.refusal import Refused
from proposals.enums import (
    IDEA_TRANSITIONS,
    PROPOSAL_TRANSITIONS,
    IdeaState,
    ProposalRefusal,
    ProposalState,
)
from proposals.models import Idea, Proposal
from proposals.services import ideas, proposals
from tests.factories import IdeaFactory, ProposalFactory


def test_an_idea_moves_as_its_table_says(officer, now):
    for old, new in product(IdeaState, IdeaState):
        an_idea_moves(old, new, officer, now)


def an_idea_moves(old, new, officer, now):
    """Or is refused, and stays as it was."""
    idea = IdeaFactory(state=old, submitted_at=now)
    if new in IDEA_TRANSITIONS[old]:
        ideas._move(idea, to=new, expected=old, by=officer, now=now, reason="UNCLEAR", note="A word.")
        assert idea.state == new
        [event] = idea.events.all()
        assert (event.from_state, event.to_state, event.actor, event.at) == (old, new, officer, now)
        assert (event.reason, event.note, event.notified_at) == ("UNCLEAR", "A word.", None)
    else:
        with pytest.raises(Refused) as refusal:
            ideas._move(idea, to=new, expected=old, by=officer, now=now)
        assert refusal.value.reason == ProposalRefusal.WRONG_STATE
        assert idea.state == old
        assert not idea.events.exists()
    assert Idea.objects.get(pk=idea.pk).state == idea.state


def test_a_proposal_moves_as_its_table_says(officer, now):
    for old, new in product(ProposalState, ProposalState):
        a_proposal_moves(old, new, officer, now)


def a_proposal_moves(old, new, officer, now):
    """Or is refused, and stays as it was."""
    proposal = ProposalFactory(state=old)
    if new in PROPOSAL_TRANSITIONS[old]:
        proposals.move(proposal, to=new, by=officer, now=now, note="A word.")
        assert proposal.state == new
        [event] = proposal.events.all()
        assert (event.from_state, event.to_state, event.actor, event.at) == (old, new, officer, now)
        assert event.note == "A word."
    else:
        with pytest.raises(Refused) as refusal:
            proposals.move(proposal, to=new, by=officer, now=now)
        assert refusal.value.reason == ProposalRefusal.WRONG_STATE
        assert proposal.state == old
        assert not proposal.events.exists()
    assert Proposal.objects.get(pk=proposal.pk).state == proposal.state


def test_an_idea_that_moved_meanwhile_stays_where_it_is(officer, now):
    idea = IdeaFactory(state=IdeaState.SUBMITTED, submitted_at=now)
    Idea.objects.filter(pk=idea.pk).update(state=IdeaState.WITHDRAWN)
    with pytest.raises(Refused):
        ideas._move(idea, to=IdeaState.ACCEPTED, expected=IdeaState.SUBMITTED, by=officer, now=now)
    assert Idea.objects.get(pk=idea.pk).state == IdeaState.WITHDRAWN
    assert not idea.events.exists()


def test_a_proposal_that_moved_meanwhile_stays_where_it_is(officer, now):
    proposal = ProposalFactory(state=ProposalState.SUBMITTED)
    Proposal.objects.filter(pk=proposal.pk).update(state=ProposalState.COACHING)
    with pytest.raises(Refused):
        proposals.move(proposal, to=ProposalState.QUALIFIED, by=officer, now=now)
    assert Proposal.objects.get(pk=proposal.pk).state == ProposalState.COACHING
    assert not proposal.events.exists()


@pytest.mark.parametrize("table", [IDEA_TRANSITIONS, PROPOSAL_TRANSITIONS])
def test_a_table_knows_every_state(table):
    assert set(table) == set(type(next(iter(table))))


@pytest.mark.parametrize("state", IdeaState)
def test_an_idea_comes_to_every_state_by_the_verbs(state, idea_in):
    idea = idea_in(state)
    assert idea.state == state
    path = [event.to_state for event in idea.events.all()]
    assert path[-1:] == ([] if state == IdeaState.DRAFT else [state])


@pytest.mark.parametrize("state", ProposalState)
def test_a_proposal_comes_to_every_state_by_the_verbs(state, proposal_in):
    proposal = proposal_in(state)
    assert proposal.events.last().to_state == proposal.state == state
