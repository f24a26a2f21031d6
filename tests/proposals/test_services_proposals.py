"""The verbs on proposals: joining ideas, writing, handing in."""

from dataclasses import replace
from decimal import Decimal

import pytest
from django.core.exceptions import ValidationError
from django.db.models import Sum

from communities.refusal import Refused
from programmes.enums import StageKind
from proposals.document import BudgetItem
from proposals.document_enums import BudgetSource
from proposals.enums import ConsolidationKind, IdeaState, ProposalReason, ProposalRefusal, ProposalState
from proposals.models import BudgetLine, Consolidation, Idea, Proposal
from proposals.services.joining import consolidate, undo_consolidation
from proposals.services.proposals import (
    ProposalText,
    edit_proposal,
    move_proposal,
    requested_amount,
)
from tests.scenes import COMPLETE

R = ProposalRefusal


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


# Joining ideas


def test_joined_ideas_keep_rows_authors_and_numbers(idea_in, scene, neighbour, officer, now):
    ideas = [idea_in(IdeaState.ACCEPTED), idea_in(IdeaState.ACCEPTED, by=neighbour, community=scene.communities[1])]
    proposal = consolidate(programme=scene.programme, ideas=ideas, title="Places to rest", by=officer, now=now)
    assert (proposal.state, proposal.community, proposal.category) == (
        ProposalState.DRAFT,
        ideas[0].community,
        ideas[0].category,
    )
    kinds = {joined.idea: joined.kind for joined in proposal.consolidations.all()}
    assert kinds == {ideas[0]: ConsolidationKind.PRIMARY, ideas[1]: ConsolidationKind.MERGED}
    for idea in ideas:
        kept = Idea.objects.get(pk=idea.pk)
        assert (kept.state, kept.author) == (IdeaState.CONSOLIDATED, idea.author)
        assert kept.events.last().note == "Places to rest"
    [event] = proposal.events.all()
    assert (event.from_state, event.to_state, event.actor) == ("", ProposalState.DRAFT, officer)


def test_an_idea_joins_a_proposal_that_is_being_written(idea_in, proposal_in, programme, officer, now):
    proposal, idea = proposal_in(ProposalState.COACHING), idea_in(IdeaState.ACCEPTED)
    consolidate(programme=programme, ideas=[idea], title="", by=officer, now=now, proposal=proposal)
    assert proposal.consolidations.get(idea=idea).kind == ConsolidationKind.MERGED
    assert proposal.title == "Places to rest"


def test_a_judged_proposal_takes_no_more_ideas(idea_in, proposal_in, programme, officer, now):
    proposal, idea = proposal_in(ProposalState.QUALIFIED), idea_in(IdeaState.ACCEPTED)
    with refused(R.JUDGED):
        consolidate(programme=programme, ideas=[idea], title="", by=officer, now=now, proposal=proposal)
    assert Idea.objects.get(pk=idea.pk).state == IdeaState.ACCEPTED


def test_without_an_idea_there_is_no_proposal(programme, officer, now):
    with refused(R.NO_IDEA):
        consolidate(programme=programme, ideas=[], title="Places to rest", by=officer, now=now)


def test_ideas_of_another_programme_are_refused(idea_in, programme_in, officer, now):
    idea = idea_in(IdeaState.ACCEPTED)
    with refused(R.OTHER_PROGRAMME):
        consolidate(programme=programme_in(*StageKind), ideas=[idea], title="Places", by=officer, now=now)


@pytest.mark.parametrize("state", [state for state in IdeaState if state != IdeaState.ACCEPTED])
def test_one_idea_that_is_not_accepted_stops_the_whole_joining(idea_in, programme, officer, now, state):
    ideas = [idea_in(IdeaState.ACCEPTED), idea_in(state)]
    before = Proposal.objects.count()
    with refused(R.JOINED_ALREADY if state == IdeaState.CONSOLIDATED else R.WRONG_STATE):
        consolidate(programme=programme, ideas=ideas, title="Places to rest", by=officer, now=now)
    assert Proposal.objects.count() == before
    assert [Idea.objects.get(pk=idea.pk).state for idea in ideas] == [IdeaState.ACCEPTED, state]


def test_the_same_idea_twice_is_refused(idea_in, programme, officer, now):
    idea = idea_in(IdeaState.ACCEPTED)
    with refused(R.WRONG_STATE):
        consolidate(programme=programme, ideas=[idea, idea], title="Places to rest", by=officer, now=now)
    assert not Proposal.objects.exists()


def test_a_joining_is_undone_and_done_anew(idea_in, programme, officer, now):
    idea = idea_in(IdeaState.ACCEPTED)
    first = consolidate(programme=programme, ideas=[idea], title="First", by=officer, now=now)
    joined = first.consolidations.get()
    undo_consolidation(consolidation=joined, by=officer, now=now)
    joined.refresh_from_db()
    idea.refresh_from_db()
    assert (idea.state, joined.undone_at) == (IdeaState.ACCEPTED, now)
    second = consolidate(programme=programme, ideas=[idea], title="Second", by=officer, now=now)
    assert Consolidation.objects.in_force().get(idea=idea).proposal == second
    states = [event.to_state for event in idea.events.all()]
    assert states == ["SUBMITTED", "ACCEPTED", "CONSOLIDATED", "ACCEPTED", "CONSOLIDATED"]


def test_a_joining_is_undone_once(proposal_in, officer, now):
    joined = proposal_in(ProposalState.DRAFT).consolidations.get()
    undo_consolidation(consolidation=joined, by=officer, now=now)
    with refused(R.WRONG_STATE):
        undo_consolidation(consolidation=joined, by=officer, now=now)


# Writing proposals

BUDGET = [
    BudgetItem(item="Benches", unit_price=Decimal("1999.99"), quantity=3),
    BudgetItem(item="Transport", unit_price=Decimal("0.03"), quantity=1),
    BudgetItem(item="Paint", unit_price=Decimal("500.00"), quantity=2, source=BudgetSource.OWN),
    BudgetItem(item="Work", unit_price=Decimal("100.00"), quantity=10, source=BudgetSource.IN_KIND),
]


@pytest.fixture
def edit(scene):
    def edit(proposal, *, revision=None, budget=(), **changes):
        text = ProposalText(title="Places to rest", community=proposal.community, category=proposal.category)
        return edit_proposal(
            proposal=proposal,
            text=replace(text, **changes),
            budget=budget,
            revision=revision or proposal.revision,
            by=scene.officer,
            now=scene.now,
        )

    return edit


def test_the_budget_adds_up(proposal_in, edit):
    proposal = edit(proposal_in(ProposalState.DRAFT), budget=BUDGET)
    assert requested_amount(proposal) == Decimal("6000.00")
    assert [line.amount for line in proposal.budget_lines.all()] == [
        Decimal("5999.97"),
        Decimal("0.03"),
        Decimal("1000.00"),
        Decimal("1000.00"),
    ]
    assert proposal.budget_lines.aggregate(total=Sum("amount"))["total"] == Decimal("8000.00")
    assert Proposal.objects.with_requested_total().get().requested_total == Decimal("6000.00")


def test_an_edit_replaces_text_and_budget(proposal_in, edit):
    proposal = edit(proposal_in(ProposalState.COACHING), budget=BUDGET[:1], goal="Twelve benches.")
    assert (proposal.goal, proposal.summary, proposal.revision) == ("Twelve benches.", "", 3)
    assert [line.item for line in proposal.budget_lines.all()] == ["Benches"]


def test_without_lines_nothing_is_requested(proposal_in, edit):
    proposal = edit(proposal_in(ProposalState.DRAFT))
    assert requested_amount(proposal) == Decimal("0.00")
    assert Proposal.objects.with_requested_total().get().requested_total == 0


def test_a_stale_edit_changes_nothing(proposal_in, edit):
    proposal = proposal_in(ProposalState.DRAFT)
    edit(Proposal.objects.get(pk=proposal.pk), budget=BUDGET, goal="Saved first")
    with refused(R.STALE):
        edit(proposal, revision=2, goal="Typed here")
    kept = Proposal.objects.get(pk=proposal.pk)
    assert (kept.goal, kept.revision, kept.budget_lines.count()) == ("Saved first", 3, 4)


@pytest.mark.parametrize(("field", "length"), [("title", 201), ("summary", 501), ("plan", 10_000), ("risks", 301)])
def test_too_long_a_document_is_not_stored(proposal_in, edit, field, length):
    proposal = proposal_in(ProposalState.DRAFT)
    with pytest.raises(ValidationError):
        edit(proposal, **{field: "x" * length})
    kept = Proposal.objects.get(pk=proposal.pk)
    assert (kept.revision, kept.budget_lines.count()) == (2, 2)


@pytest.mark.parametrize("state", [ProposalState.SUBMITTED, ProposalState.QUALIFIED])
def test_what_is_handed_in_is_not_edited(proposal_in, edit, state):
    proposal = proposal_in(state)
    with pytest.raises(Refused):
        edit(proposal)
    assert BudgetLine.objects.filter(proposal=proposal).count() == 2


def test_a_proposal_that_asks_for_no_money_is_not_submitted(proposal_in, edit, officer, now):
    proposal = edit(proposal_in(ProposalState.DRAFT), budget=[BUDGET[2]])
    move_proposal(proposal=proposal, to=ProposalState.COACHING, by=officer, now=now)
    with refused(R.NO_BUDGET):
        move_proposal(proposal=proposal, to=ProposalState.SUBMITTED, by=officer, now=now)
    assert Proposal.objects.get(pk=proposal.pk).state == ProposalState.COACHING


def test_a_proposal_goes_back_into_coaching_with_a_note(proposal_in, officer, now):
    proposal = proposal_in(ProposalState.SUBMITTED)
    why = {"reason": ProposalReason.PLAN_UNCLEAR, "note": "Say who maintains it."}
    move_proposal(proposal=proposal, to=ProposalState.COACHING, by=officer, now=now, **why)
    event = proposal.events.last()
    assert (event.reason, event.note) == ("PLAN_UNCLEAR", "Say who maintains it.")


@pytest.mark.parametrize(
    "why", [{}, {"note": "Say who maintains it."}, {"reason": ProposalReason.OTHER}, {"reason": "OTHER", "note": " \n"}]
)
@pytest.mark.parametrize("to", [ProposalState.COACHING, ProposalState.DISQUALIFIED, ProposalState.WITHDRAWN])
def test_nothing_goes_back_or_out_without_a_reason_and_a_word(proposal_in, officer, now, to, why):
    proposal = proposal_in(ProposalState.SUBMITTED)
    with refused(R.WHY_NEEDED):
        move_proposal(proposal=proposal, to=to, by=officer, now=now, **why)
    assert Proposal.objects.get(pk=proposal.pk).state == ProposalState.SUBMITTED


def test_earlier_versions_of_a_proposal_are_kept(proposal_in, edit):
    proposal = proposal_in(ProposalState.DRAFT)
    edit(edit(proposal, goal="First"), goal="Second")
    goals = proposal.versions.order_by("pgh_id").values_list("goal", flat=True)
    assert list(dict.fromkeys(goals)) == ["", COMPLETE["goal"], "First", "Second"]
