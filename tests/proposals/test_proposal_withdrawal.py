"""The lead or the office takes a proposal back, with a reason; and the walk through every step of a proposal."""

from __future__ import annotations

import pytest
from django.db import transaction
from django.urls import reverse

from communities.refusal import Refused
from contests.enums import ContestRefusal
from contests.services.leaving import withdraw_entry
from contests.services.lifecycle import enter_proposal
from proposals.enums import (
    PROPOSAL_EXITS,
    PROPOSAL_TRANSITIONS,
    IdeaState,
    ProposalReason,
    ProposalRefusal,
    ProposalState,
)
from proposals.models import Idea, Proposal
from proposals.rules import lead_of, why_not_withdraw_proposal
from proposals.services.joining import consolidate
from proposals.services.notifications import send_due_notifications
from proposals.services.proposals import move_proposal
from tests.browsing import english, shown, text
from tests.factories import ContestFactory
from tests.racing import SECONDS, meanwhile, race, somebody_waits
from tests.scenes import pledged

P, R = ProposalState, ProposalRefusal
WHY = {"reason": ProposalReason.TEAM_GAVE_UP, "note": "We are too few now."}


def url(proposal):
    return reverse("proposal_withdraw", args=[proposal.pk])


def stored(proposal):
    return Proposal.objects.get(pk=proposal.pk)


@pytest.mark.parametrize("state", P)
def test_state_and_withdrawal(state, proposal_in, resident, officer, neighbour, support_member):
    """`resident` wrote the leading idea."""
    proposal = proposal_in(state)
    expected = {P.WITHDRAWN: R.WRONG_STATE, P.DISQUALIFIED: R.WRONG_STATE}.get(state)
    for user in (resident, officer):
        assert why_not_withdraw_proposal(user, proposal) == expected
    for user in (neighbour, support_member):
        assert why_not_withdraw_proposal(user, proposal) == R.NOT_THE_LEAD


def test_the_other_authors_hear_why(proposal_in, idea_in, resident, neighbour, officer, now):
    proposal, joined = proposal_in(P.COACHING), idea_in("ACCEPTED", by=neighbour)
    consolidate(programme=proposal.programme, ideas=[joined], title="", by=officer, now=now, proposal=proposal)
    move_proposal(proposal=proposal, to=P.WITHDRAWN, by=resident, now=now, **WHY)
    send_due_notifications(now=now)
    told = neighbour.notifications.get(notice="PROPOSAL_WITHDRAWN")
    assert told.facts == {"title": proposal.title, "reason": {"phrase": "The team does not go on with it"}}


def test_the_lead_withdraws(proposal_in, resident):
    proposal, client = proposal_in(P.COACHING), english(resident)
    assert url(proposal) in text(client.get(proposal.get_absolute_url()))
    assert client.get(url(proposal)).status_code == 200
    assert client.post(url(proposal), WHY).url == proposal.get_absolute_url()
    event = stored(proposal).events.last()
    assert (event.to_state, event.reason, event.note, event.actor) == (P.WITHDRAWN, *WHY.values(), resident)
    assert url(proposal) not in text(client.get(proposal.get_absolute_url()))


@pytest.mark.parametrize(
    "data", [{"reason": ""}, {"reason": "TEAM_GAVE_UP"}, {"note": "A word."}, {"reason": "X", "note": "A word."}]
)
def test_nothing_is_withdrawn_without_reason_and_word(data, proposal_in, resident):
    proposal, client = proposal_in(P.COACHING), english(resident)
    page = client.post(url(proposal), data)
    assert page.context["form"].errors
    assert data.get("note", "") in text(page)
    assert stored(proposal).state == P.COACHING


def test_what_is_qualified_and_in_no_contest_is_withdrawn_and_frees_its_ideas(proposal_in, resident):
    proposal, client = proposal_in(P.QUALIFIED), english(resident)
    ideas = [joined.idea for joined in proposal.consolidations.in_force()]
    assert url(proposal) in text(client.get(proposal.get_absolute_url()))
    client.post(url(proposal), WHY)
    assert stored(proposal).state == P.WITHDRAWN
    assert ideas
    assert {Idea.objects.get(pk=idea.pk).state for idea in ideas} == {IdeaState.ACCEPTED}


def test_what_takes_part_in_a_contest_is_not_withdrawn_before_it_has_left(contest_in, officer, client, now):
    contest = contest_in("OPEN")
    entry = contest.entries.first()
    proposal = entry.proposal
    lead = english(lead_of(proposal))
    assert url(proposal) not in text(lead.get(proposal.get_absolute_url()))
    assert shown(R.IN_A_CONTEST.label) in text(lead.get(url(proposal)))
    lead.post(url(proposal), WHY)
    client.force_login(officer)
    page, act = (reverse(f"admin:proposals_proposal_{name}", args=args) for name, args in admin_pages(proposal))
    assert act not in client.get(page).content.decode()
    client.post(act, WHY)
    assert stored(proposal).state == P.QUALIFIED
    withdraw_entry(entry=entry, reason="The team gave up.", by=officer, now=now)
    assert act in client.get(page).content.decode()
    client.post(act, WHY)
    assert stored(proposal).state == P.WITHDRAWN
    # What a contest had opened with stays on record.
    assert proposal.consolidations.in_force().exists()


def admin_pages(proposal):
    return [("change", [proposal.pk]), ("do", [proposal.pk, "withdraw"])]


@pytest.mark.django_db(transaction=True)
def test_a_proposal_enters_a_contest_or_is_withdrawn(scene, proposal_in, resident):
    proposal = proposal_in(P.QUALIFIED)
    contest = ContestFactory(programme=scene.programme)
    outcomes = race(
        lambda: enter_proposal(contest=contest, proposal=stored(proposal), by=scene.officer, now=scene.now),
        lambda: move_proposal(proposal=stored(proposal), to=P.WITHDRAWN, by=resident, now=scene.now, **WHY),
    )
    [refusal] = [outcome.reason for outcome in outcomes if isinstance(outcome, Refused)]
    entered = contest.entries.exists()
    assert refusal == (R.IN_A_CONTEST if entered else ContestRefusal.NOT_QUALIFIED)
    assert stored(proposal).state == (P.QUALIFIED if entered else P.WITHDRAWN)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("first", ["entering", "withdrawing"])
def test_of_entering_and_withdrawing_the_second_waits_and_is_refused(first, scene, proposal_in, resident):
    proposal = proposal_in(P.QUALIFIED)
    contest = ContestFactory(programme=scene.programme)

    def enter(held):
        return lambda: enter_proposal(contest=contest, proposal=held, by=scene.officer, now=scene.now)

    def withdraw(held):
        return lambda: move_proposal(proposal=held, to=P.WITHDRAWN, by=resident, now=scene.now, **WHY)

    acts = [enter(stored(proposal)), withdraw(stored(proposal))]
    act, then = acts if first == "entering" else reversed(acts)
    with transaction.atomic():
        act()
        late = meanwhile(then)
        somebody_waits()
    refusal = R.IN_A_CONTEST if first == "entering" else ContestRefusal.NOT_QUALIFIED
    with pytest.raises(Refused, check=lambda refused: refused.reason == refusal):
        late.result(SECONDS)


@pytest.mark.parametrize("role", ["neighbour", "support_member", "community_officer", "expert", "other_officer"])
def test_nobody_else_finds_the_page(role, cast, proposal_in):
    assert english(cast(role)).get(url(proposal_in(P.COACHING))).status_code == 404


@pytest.mark.parametrize(("verb", "state"), [("withdraw", P.WITHDRAWN), ("disqualify", P.DISQUALIFIED)])
def test_the_office_ends_a_proposal_with_a_reason(verb, state, client, officer, proposal_in):
    proposal = proposal_in(P.SUBMITTED)
    client.force_login(officer)
    address = reverse("admin:proposals_proposal_do", args=[proposal.pk, verb])
    assert client.post(address).context["form"].errors.keys() == {"reason", "note"}
    client.post(address, {"reason": "NOT_ELIGIBLE", "note": "The place is outside."})
    assert (stored(proposal).state, stored(proposal).events.last().reason) == (state, "NOT_ELIGIBLE")


# Every step

PATHS = [
    [P.COACHING, P.SUBMITTED, P.QUALIFIED, P.POOLED, P.QUALIFIED],
    [P.COACHING, P.SUBMITTED, P.COACHING, P.SUBMITTED, P.DISQUALIFIED],
    [P.COACHING, P.SUBMITTED, P.WITHDRAWN],
    [P.COACHING, P.WITHDRAWN],
    [P.WITHDRAWN],
    [P.COACHING, P.SUBMITTED, P.QUALIFIED, P.POOLED, P.WITHDRAWN],
    [P.COACHING, P.SUBMITTED, P.QUALIFIED, P.WITHDRAWN],
]
# The table allows this too; of a qualified proposal it is the contest that disqualifies an entry, so no verb takes it.
JUDGED = {(P.QUALIFIED, P.DISQUALIFIED)}


def test_the_paths_go_every_legal_step():
    gone = {step for path in PATHS for step in zip([P.DRAFT, *path], path, strict=False)}
    assert gone == {(old, new) for old, targets in PROPOSAL_TRANSITIONS.items() for new in targets} - JUDGED


@pytest.mark.parametrize("path", PATHS, ids="-".join)
def test_a_proposal_walks_every_legal_path_and_no_illegal_one(path, proposal_in, officer, now):
    proposal = proposal_in(P.DRAFT)
    at = P.DRAFT
    for step in path:
        for wrong in [state for state in P if state not in PROPOSAL_TRANSITIONS[at] or (at, state) in JUDGED]:
            with pytest.raises(Refused):
                move_proposal(proposal=stored(proposal), to=wrong, by=officer, now=now, **WHY)
        assert stored(proposal).state == at
        move_proposal(proposal=stored(proposal), to=step, by=officer, now=now, **WHY, **pledged(step))
        assert stored(proposal).state == step
        at = step
    assert [event.to_state for event in proposal.events.all()] == [P.DRAFT, *path]
    reasons = [event.reason for event in proposal.events.all() if event.to_state in PROPOSAL_EXITS]
    assert all(reasons)
