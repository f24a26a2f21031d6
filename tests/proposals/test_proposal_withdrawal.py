"""The lead or the office takes a proposal back, with a reason; and the walk through every step of a proposal."""

from __future__ import annotations

import pytest
from django.urls import reverse

from communities.refusal import Refused
from proposals.enums import PROPOSAL_EXITS, PROPOSAL_TRANSITIONS, ProposalReason, ProposalRefusal, ProposalState
from proposals.models import Proposal
from proposals.rules import why_not_withdraw_proposal
from proposals.services.joining import consolidate
from proposals.services.notifications import send_due_notifications
from proposals.services.proposals import move_proposal
from tests.browsing import english, shown, text

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
    expected = {P.QUALIFIED: R.JUDGED, P.WITHDRAWN: R.WRONG_STATE, P.DISQUALIFIED: R.WRONG_STATE}.get(state)
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


def test_what_is_qualified_is_not_withdrawn(proposal_in, resident):
    proposal, client = proposal_in(P.QUALIFIED), english(resident)
    assert shown(R.JUDGED.label) in text(client.get(url(proposal)))
    assert client.post(url(proposal), WHY).url == proposal.get_absolute_url()
    assert stored(proposal).state == P.QUALIFIED


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
]
# The table allows these too; a qualified proposal may be in a contest, so no verb takes them.
JUDGED = {(P.QUALIFIED, P.WITHDRAWN), (P.QUALIFIED, P.DISQUALIFIED)}


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
        move_proposal(proposal=stored(proposal), to=step, by=officer, now=now, **WHY)
        assert stored(proposal).state == step
        at = step
    assert [event.to_state for event in proposal.events.all()] == [P.DRAFT, *path]
    reasons = [event.reason for event in proposal.events.all() if event.to_state in PROPOSAL_EXITS]
    assert all(reasons)
