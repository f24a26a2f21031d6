"""With the end of a proposal its ideas are free for another one, each author is told, and nothing of it is forgotten."""

from __future__ import annotations

import pytest

from communities.refusal import Refused
from contests.enums import ContestState
from proposals.enums import IdeaState, ProposalReason, ProposalRefusal, ProposalState
from proposals.models import Consolidation, Idea, Proposal
from proposals.screening_rules import UNDO_TIME
from proposals.services.joining import answer_naming, consolidate, undo_consolidation
from proposals.services.notifications import send_due_notifications
from proposals.services.proposals import move_proposal
from proposals.services.seconding import supporters_of
from tests.browsing import english, text
from tests.racing import race
from tests.scenes import pledged

P = ProposalState
WHY = {"reason": ProposalReason.TEAM_GAVE_UP, "note": "We are too few now."}


@pytest.fixture
def proposal_of_two(proposal_in, idea_in, neighbour, officer, now):
    """`proposal_of_two(state)`: of an idea of `resident` and one of `neighbour`."""

    def make(state: ProposalState) -> Proposal:
        proposal, second = proposal_in(P.COACHING), idea_in(IdeaState.ACCEPTED, title="Seats", by=neighbour)
        consolidate(programme=proposal.programme, ideas=[second], title="", by=officer, now=now, proposal=proposal)
        for step in (P.SUBMITTED, P.QUALIFIED, P.POOLED):
            if proposal.state != state:
                move_proposal(proposal=proposal, to=step, by=officer, now=now, **pledged(step))
        return proposal

    return make


def ideas_of(proposal):
    return Idea.objects.filter(consolidations__proposal=proposal).order_by("pk")


@pytest.mark.parametrize(
    ("state", "end"),
    [
        (P.COACHING, P.WITHDRAWN),
        (P.SUBMITTED, P.WITHDRAWN),
        (P.POOLED, P.WITHDRAWN),
        (P.SUBMITTED, P.DISQUALIFIED),
    ],
)
def test_its_ideas_are_free(state, end, proposal_of_two, officer, now):
    proposal = proposal_of_two(state)
    backed = supporters_of(proposal)
    move_proposal(proposal=proposal, to=end, by=officer, now=now, **WHY)
    assert set(proposal.consolidations.values_list("ended_at", "undone_at")) == {(now, None)}
    for idea in ideas_of(proposal):
        assert idea.state == IdeaState.ACCEPTED
        event = idea.events.last()
        assert (event.from_state, event.to_state, event.note) == ("CONSOLIDATED", "ACCEPTED", proposal.title)
    assert supporters_of(proposal) == backed == 2
    again = consolidate(programme=proposal.programme, ideas=ideas_of(proposal), title="Anew", by=officer, now=now)
    assert set(Consolidation.objects.in_force().values_list("proposal", flat=True)) == {again.pk}


def test_each_author_is_told_what_ended_why_and_that_the_idea_goes_on(
    proposal_of_two, resident, neighbour, officer, now
):
    proposal = proposal_of_two(P.COACHING)
    move_proposal(proposal=proposal, to=P.WITHDRAWN, by=officer, now=now, **WHY)
    send_due_notifications(now=now + UNDO_TIME)
    for author in (resident, neighbour):
        why = author.notifications.get(notice="PROPOSAL_WITHDRAWN").facts["reason"]
        assert why == {"phrase": "The team does not go on with it"}
        assert author.notifications.get(notice="IDEA_RELEASED").facts["proposal"] == proposal.title


def test_the_page_stays_with_its_ideas_for_those_who_wrote_them(proposal_of_two, cast, now):
    proposal, authors = proposal_of_two(P.COACHING), [cast("resident"), cast("neighbour")]
    move_proposal(proposal=proposal, to=P.WITHDRAWN, by=authors[0], now=now, **WHY)
    for author in authors:
        page = text(english(author).get(proposal.get_absolute_url()))
        assert all(idea.title in page for idea in ideas_of(proposal))
        assert page.count("Free for another proposal since this one ended.") == 2
    assert english(cast("other_resident")).get(proposal.get_absolute_url()).status_code == 404


def test_what_a_contest_judged_stays_joined(contest_in, officer, now):
    """The ideas behind the entries of a contest are fixed for good."""
    proposal = contest_in(ContestState.CONFIRMED).entries.get(number="001").proposal
    Proposal.objects.filter(pk=proposal.pk).update(state=P.POOLED)
    proposal.refresh_from_db()
    move_proposal(proposal=proposal, to=P.WITHDRAWN, by=officer, now=now, **WHY)
    assert proposal.consolidations.get().ended_at is None
    assert ideas_of(proposal).get().state == IdeaState.CONSOLIDATED


def test_nobody_undoes_or_names_in_what_ended(proposal_of_two, resident, officer, now):
    proposal = proposal_of_two(P.COACHING)
    move_proposal(proposal=proposal, to=P.WITHDRAWN, by=officer, now=now, **WHY)
    joined = proposal.consolidations.get(kind="PRIMARY")
    with pytest.raises(Refused):
        undo_consolidation(consolidation=joined, by=officer, now=now)
    with pytest.raises(Refused):
        answer_naming(consolidation=joined, named=True, by=resident, now=now)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_end_it_once(scene, proposal_in):
    proposal = proposal_in(P.COACHING)

    def click():
        fresh = Proposal.objects.get(pk=proposal.pk)
        return move_proposal(proposal=fresh, to=P.WITHDRAWN, by=scene.officer, now=scene.now, **WHY)

    assert [outcome.reason for outcome in race(click, click) if isinstance(outcome, Refused)] == [
        ProposalRefusal.WRONG_STATE
    ]
    assert ideas_of(proposal).get().events.filter(from_state=IdeaState.CONSOLIDATED).count() == 1


@pytest.mark.django_db(transaction=True)
def test_an_idea_that_joins_at_the_same_moment_is_not_left_behind(scene, proposal_in, idea_in):
    proposal, second = proposal_in(P.COACHING), idea_in(IdeaState.ACCEPTED, title="Seats")

    def end():
        fresh = Proposal.objects.get(pk=proposal.pk)
        return move_proposal(proposal=fresh, to=P.WITHDRAWN, by=scene.officer, now=scene.now, **WHY)

    def join():
        fresh = Proposal.objects.get(pk=proposal.pk)
        act = {"programme": scene.programme, "title": "", "by": scene.officer, "now": scene.now}
        return consolidate(ideas=[Idea.objects.get(pk=second.pk)], proposal=fresh, **act)

    race(end, join)
    assert not Consolidation.objects.in_force().exists()
    assert Idea.objects.get(pk=second.pk).state == IdeaState.ACCEPTED
