"""People who act at the same moment, with real threads on real PostgreSQL."""

import uuid
from decimal import Decimal

import pytest
from django.db import transaction

from communities.refusal import Refused
from contests.enums import ContestState
from contests.services.lifecycle import open_contest
from proposals.enums import IdeaState, ProposalRefusal, ProposalState, ScreeningDecision
from proposals.models import BudgetLine, Consolidation, Idea, IdeaEvent, Proposal, Screening
from proposals.services.ideas import revise_idea, screen, submit_idea, withdraw_idea
from proposals.services.joining import consolidate, undo_consolidation
from proposals.services.proposals import BudgetItem, ProposalText, edit_proposal
from tests.racing import SECONDS, meanwhile, race, somebody_waits
from tests.scenes import ACCEPTANCE, CONSENT, turning_away

pytestmark = pytest.mark.django_db(transaction=True)


def refusals(outcomes):
    return [outcome for outcome in outcomes if isinstance(outcome, Refused)]


def edit(scene, proposal, prices):
    return lambda: edit_proposal(
        proposal=Proposal.objects.get(pk=proposal.pk),
        text=ProposalText(title="Places to rest", community=proposal.community, category=proposal.category),
        budget=[BudgetItem(item="Bench", unit_price=Decimal(price), quantity=1) for price in prices],
        revision=2,
        by=scene.officer,
        now=scene.now,
    )


def test_two_clicks_submit_one_idea(scene):
    key = uuid.uuid4()

    def click():
        return submit_idea(
            programme=scene.programme, text=scene.text(), consent=CONSENT, key=key, by=scene.author, now=scene.now
        )

    ideas = race(*[click] * 4)
    assert len({idea.pk for idea in ideas}) == 1
    assert Idea.objects.count() == IdeaEvent.objects.count() == 1


def test_of_two_officers_one_decides_and_the_other_is_told_who(scene, idea_in):
    idea = idea_in(IdeaState.SUBMITTED)
    officers = [scene.officer, scene.approver]

    def decide(officer, judgement):
        return lambda: screen(idea=Idea.objects.get(pk=idea.pk), judgement=judgement, by=officer, now=scene.now)

    outcomes = race(
        decide(officers[0], ACCEPTANCE),
        decide(officers[1], turning_away(ScreeningDecision.REJECT)),
    )
    [refusal] = refusals(outcomes)
    screening = Screening.objects.get()
    assert refusal.reason == ProposalRefusal.DECIDED_ALREADY
    assert refusal.facts["who"] == screening.officer == officers[1 - outcomes.index(refusal)]
    expected = {ScreeningDecision.ACCEPT: IdeaState.ACCEPTED, ScreeningDecision.REJECT: IdeaState.REJECTED}
    assert Idea.objects.get(pk=idea.pk).state == expected[screening.decision]
    assert idea.events.exclude(to_state=IdeaState.SUBMITTED).count() == 1


def test_withdrawing_and_screening_at_once_leave_one_of_the_two(scene, idea_in):
    idea = idea_in(IdeaState.SUBMITTED)
    outcomes = race(
        lambda: withdraw_idea(idea=Idea.objects.get(pk=idea.pk), by=scene.author, now=scene.now),
        lambda: screen(idea=Idea.objects.get(pk=idea.pk), judgement=ACCEPTANCE, by=scene.officer, now=scene.now),
    )
    state = Idea.objects.get(pk=idea.pk).state
    if len(refusals(outcomes)) == 1:
        assert (state == IdeaState.ACCEPTED) is Screening.objects.exists()
    else:
        # Screened first, withdrawn as an accepted idea after that.
        assert state == IdeaState.WITHDRAWN
        assert Screening.objects.exists()
    assert idea.events.last().to_state == state


def test_an_idea_joins_one_of_two_proposals(scene, idea_in):
    idea = idea_in(IdeaState.ACCEPTED)

    def join(title):
        return lambda: consolidate(
            programme=scene.programme,
            ideas=[Idea.objects.get(pk=idea.pk)],
            title=title,
            by=scene.officer,
            now=scene.now,
        )

    outcomes = race(join("First"), join("Second"))
    assert [refusal.reason for refusal in refusals(outcomes)] == [ProposalRefusal.JOINED_ALREADY]
    assert Consolidation.objects.get().proposal == Proposal.objects.get()
    assert idea.events.filter(to_state=IdeaState.CONSOLIDATED).count() == 1


def test_of_two_officers_who_join_the_same_ideas_one_does_and_the_other_is_told_who(scene, idea_in):
    ideas = [idea_in(IdeaState.ACCEPTED, title=f"Benches {number}") for number in range(4)]
    officers = [scene.officer, scene.approver]

    def join(officer, chosen):
        return lambda: consolidate(
            programme=scene.programme,
            ideas=list(
                Idea.objects.filter(pk__in=[idea.pk for idea in chosen]).order_by("pk" if chosen is ideas else "-pk")
            ),
            title=officer.username,
            by=officer,
            now=scene.now,
        )

    # In opposite orders, so that each would wait for the other if ideas were held in the order given.
    outcomes = race(join(officers[0], ideas), join(officers[1], ideas[::-1]))
    [refusal] = refusals(outcomes)
    assert refusal.reason == ProposalRefusal.JOINED_ALREADY
    first = officers[1 - outcomes.index(refusal)]
    assert (refusal.facts["who"], refusal.facts["proposal"]) == (first, Proposal.objects.get())
    assert set(Consolidation.objects.values_list("created_by", "proposal__title")) == {(first.pk, first.username)}
    assert Consolidation.objects.in_force().count() == 4


def test_an_idea_leaves_a_proposal_or_the_contest_opens_first(scene, contest_in, idea_in):
    contest = contest_in(ContestState.DRAFT)
    proposal = contest.entries.get(number="001").proposal
    extra = idea_in(IdeaState.ACCEPTED, title="More benches")
    Consolidation.objects.create(
        proposal=proposal, idea=extra, kind="MERGED", created_by=scene.officer, created_at=scene.now
    )
    Idea.objects.filter(pk=extra.pk).update(state=IdeaState.CONSOLIDATED)
    joined = Consolidation.objects.get(idea=extra)
    undone, opened = race(
        lambda: undo_consolidation(consolidation=joined, by=scene.officer, now=scene.now),
        lambda: open_contest(contest=contest, by=scene.officer, now=scene.now),
    )
    assert not isinstance(opened, Refused)
    joined.refresh_from_db()
    if isinstance(undone, Refused):
        assert undone.reason == ProposalRefusal.JUDGED
        assert joined.undone_at is None
    else:
        assert joined.undone_at is not None
    assert Proposal.objects.get(pk=proposal.pk).sealed_at is not None


def test_a_joining_is_undone_by_one_of_two(scene, proposal_in):
    joined = proposal_in(ProposalState.DRAFT).consolidations.get()
    outcomes = race(*[lambda: undo_consolidation(consolidation=joined, by=scene.officer, now=scene.now)] * 2)
    assert len(refusals(outcomes)) == 1
    assert joined.idea.events.filter(from_state=IdeaState.CONSOLIDATED).count() == 1


def test_nothing_joins_or_leaves_a_proposal_that_is_qualified_meanwhile(scene, proposal_in, idea_in):
    idea = idea_in(IdeaState.ACCEPTED)
    opened = proposal_in(ProposalState.COACHING)
    with transaction.atomic():
        Proposal.objects.filter(pk=opened.pk).update(state=ProposalState.QUALIFIED)
        joining = meanwhile(
            lambda: consolidate(
                programme=opened.programme, ideas=[idea], title="", proposal=opened, by=scene.officer, now=scene.now
            )
        )
        somebody_waits()
    with pytest.raises(Refused, check=lambda refusal: refusal.reason == ProposalRefusal.JUDGED):
        joining.result(SECONDS)
    assert Idea.objects.get(pk=idea.pk).state == IdeaState.ACCEPTED
    with pytest.raises(Refused, check=lambda refusal: refusal.reason == ProposalRefusal.LAST_IDEA):
        undo_consolidation(consolidation=opened.consolidations.first(), by=scene.officer, now=scene.now)


def test_of_two_open_forms_one_is_saved(scene, idea_in):
    idea = idea_in(IdeaState.RETURNED)

    def save(title):
        return lambda: revise_idea(
            idea=Idea.objects.get(pk=idea.pk), text=scene.text(title), revision=1, by=scene.author, now=scene.now
        )

    outcomes = race(save("Typed on the phone"), save("Typed at the desk"))
    [refusal] = refusals(outcomes)
    assert refusal.reason == ProposalRefusal.STALE
    winner = ["Typed at the desk", "Typed on the phone"][outcomes.index(refusal)]
    assert Idea.objects.values_list("title", "revision").get(pk=idea.pk) == (winner, 2)


def test_of_two_edits_one_is_saved_whole(scene, proposal_in):
    from_forms = [[1, 2], [3, 4, 5]]
    proposal = proposal_in(ProposalState.DRAFT)
    outcomes = race(*[edit(scene, proposal, prices) for prices in from_forms])
    [refusal] = refusals(outcomes)
    assert refusal.reason == ProposalRefusal.STALE
    prices = BudgetLine.objects.filter(proposal=proposal).values_list("unit_price", flat=True)
    assert sorted(map(int, prices)) == from_forms[1 - outcomes.index(refusal)]
