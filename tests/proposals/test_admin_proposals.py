"""The office's pages of proposals: writing, stale pages, moving through the states, undoing a joining."""

from __future__ import annotations

from decimal import Decimal

import pytest
from django.urls import reverse
from django.utils.html import escape

from proposals.enums import IdeaState, ProposalRefusal, ProposalState
from proposals.models import Proposal
from proposals.services.proposals import requested_amount
from tests.scenes import COMPLETE, pledged

LIST = "/admin/proposals/proposal/"


def change_url(proposal):
    return reverse("admin:proposals_proposal_change", args=[proposal.pk])


def do_url(proposal, verb):
    return reverse("admin:proposals_proposal_do", args=[proposal.pk, verb])


def stored(proposal):
    return Proposal.objects.get(pk=proposal.pk)


def typed(proposal, lines=(("Benches", "400.00", "3"),), **changes):
    """What the edit page posts: the document, and budget lines of (item, price, quantity)."""
    data = {
        "title": proposal.title,
        "community": proposal.community_id,
        "category": proposal.category_id,
        "team_name": "Neighbours",
        "summary": "Benches under the trees.",
        "plan": "",
        "risks": "",
        **{name: value for name, value in COMPLETE.items() if name not in {"team_name", "summary", "goal"}},
        "goal": "Twelve benches.",
        "revision": proposal.revision,
        "budget-TOTAL_FORMS": len(lines) + 1,
        "budget-INITIAL_FORMS": 0,
        # An untouched empty line, as the page always has some.
        f"budget-{len(lines)}-source": "REQUESTED",
    }
    for number, (item, price, quantity) in enumerate(lines):
        data |= {
            f"budget-{number}-item": item,
            f"budget-{number}-unit_price": price,
            f"budget-{number}-quantity": quantity,
            f"budget-{number}-source": "REQUESTED",
        }
    return data | changes


def test_saving_text_and_budget(client, officer, proposal_in):
    proposal = proposal_in("COACHING")
    client.force_login(officer)
    data = typed(proposal, [("Benches", "400.00", "3"), ("Paint", "35.50", "2")], title="Rest on the way")
    assert client.post(change_url(proposal), data).url == change_url(proposal)
    saved = stored(proposal)
    assert saved.title == "Rest on the way"
    assert saved.revision == proposal.revision + 1
    assert requested_amount(saved) == Decimal("1271.00")


def test_the_lead_can_decline_what_the_office_changed(client, officer, resident, proposal_in):
    proposal = proposal_in("COACHING")
    client.force_login(officer)
    client.post(change_url(proposal), typed(proposal, summary="Longer words."))
    client.post(reverse("round_present", args=[proposal.pk]), {"note": ""})
    client.force_login(resident)
    url = reverse("proposal_round", args=[proposal.pk, 1])
    page = client.get(url)
    assert "summary" in [change["section"].value for change in page.context["changes"]]
    client.post(
        url, {"mark": page.context["mark"], "summary": "decline", "rest": "accept", "answer": "I liked mine better."}
    )
    assert stored(proposal).summary == proposal.summary


def test_a_step_saves_what_was_typed_first(client, officer, proposal_in):
    proposal = proposal_in("DRAFT")
    client.force_login(officer)
    data = typed(proposal, summary="Typed just now", then="coach")
    assert client.post(change_url(proposal), data).url == change_url(proposal)
    assert (stored(proposal).summary, stored(proposal).state) == ("Typed just now", "COACHING")
    other = proposal_in("COACHING", title="With a question")
    data = typed(other, summary="Typed here", then="undo-joining")
    assert client.post(change_url(other), data).url == do_url(other, "undo-joining")
    assert stored(other).summary == "Typed here"
    data = typed(stored(other), summary="No such step", then="fly")
    assert client.post(change_url(other), data).url == change_url(other)
    assert stored(other).summary == "No such step"


def test_a_line_is_removed_and_unchanged_lines_stay(client, officer, proposal_in):
    proposal = proposal_in("COACHING")
    client.force_login(officer)
    data = typed(proposal, [("Benches", "10000.00", "2"), ("Paint", "500.00", "1")])
    data |= {"budget-INITIAL_FORMS": 2, "budget-1-DELETE": "on"}
    client.post(change_url(proposal), data)
    assert [line.item for line in stored(proposal).budget_lines.all()] == ["Benches"]


def test_the_page_shows_stored_lines_and_empty_ones(client, officer, proposal_in):
    proposal = proposal_in("COACHING")
    client.force_login(officer)
    budget = client.get(change_url(proposal)).context["budget"]
    assert [form["item"].value() for form in budget.initial_forms] == ["Benches", "Paint"]
    assert len(budget.extra_forms) == 3


def test_a_page_from_before_someone_saved_keeps_both_texts(client, officer, proposal_in):
    proposal = proposal_in("COACHING")
    client.force_login(officer)
    client.post(change_url(proposal), typed(proposal, summary="Saved by a colleague"))
    response = client.post(change_url(proposal), typed(proposal, summary="Typed meanwhile"))
    page = response.content.decode()
    assert escape(str(ProposalRefusal.STALE.label)) in page
    assert "Typed meanwhile" in page
    assert "Saved by a colleague" in page
    assert stored(proposal).summary == "Saved by a colleague"
    # The page now comes from the latest text, so that it can be saved over it.
    again = typed(proposal, summary="Typed meanwhile", revision=response.context["revision"])
    client.post(change_url(proposal), again)
    assert stored(proposal).summary == "Typed meanwhile"


def test_errors_keep_what_was_typed(client, officer, proposal_in):
    proposal = proposal_in("COACHING")
    client.force_login(officer)
    response = client.post(change_url(proposal), typed(proposal, [("Benches", "-1", "3")], summary="Typed with care"))
    assert response.context["budget"].forms[0].errors.keys() == {"unit_price"}
    assert "Typed with care" in response.content.decode()
    assert stored(proposal).revision == proposal.revision


@pytest.mark.parametrize("state", ["SUBMITTED", "QUALIFIED"])
def test_a_proposal_under_judgement_is_read_only(client, officer, proposal_in, state):
    proposal = proposal_in(state)
    client.force_login(officer)
    assert "budget" not in client.get(change_url(proposal)).context
    assert client.post(change_url(proposal), typed(proposal, title="Rewritten")).status_code == 403
    assert stored(proposal).title == proposal.title


def test_through_the_states_and_back(client, officer, proposal_in):
    proposal = proposal_in("DRAFT")
    client.force_login(officer)
    for verb, state in (
        ("coach", ProposalState.COACHING),
        ("submitted", ProposalState.SUBMITTED),
        ("return", ProposalState.COACHING),
        ("submitted", ProposalState.SUBMITTED),
        ("qualified", ProposalState.QUALIFIED),
    ):
        why = {"reason": "BUDGET_UNCLEAR", "note": "Add the price of paint.", **pledged(state)}
        assert client.post(do_url(proposal, verb), why).url == change_url(proposal)
        assert stored(proposal).state == state
    assert proposal.events.filter(note="Add the price of paint.").count() == 1


def test_returning_needs_a_reason_and_a_note(client, officer, proposal_in):
    proposal = proposal_in("SUBMITTED")
    client.force_login(officer)
    assert client.get(do_url(proposal, "return")).status_code == 200
    assert client.post(do_url(proposal, "return")).context["form"].errors.keys() == {"reason", "note"}
    assert stored(proposal).state == ProposalState.SUBMITTED


def test_a_refused_move_says_why(client, officer, proposal_in):
    proposal = proposal_in("COACHING")
    proposal.budget_lines.all().delete()
    client.force_login(officer)
    response = client.post(do_url(proposal, "submitted"), pledged("SUBMITTED"), follow=True)
    assert escape(str(ProposalRefusal.NO_BUDGET.label)) in response.content.decode()
    assert stored(proposal).state == ProposalState.COACHING


def test_a_button_is_pressed_by_post_only(client, officer, proposal_in):
    proposal = proposal_in("DRAFT")
    client.force_login(officer)
    assert client.get(do_url(proposal, "coach")).status_code == 405
    assert stored(proposal).state == ProposalState.DRAFT


def test_an_unknown_verb_is_not_found(client, officer, proposal_in):
    client.force_login(officer)
    assert client.post(do_url(proposal_in("DRAFT"), "abolish")).status_code == 404


@pytest.mark.parametrize("who, status", [("supervisor", 403), ("neighbour", 403), ("other_officer", 404)])
def test_who_may_not_press(client, request, proposal_in, who, status):
    proposal = proposal_in("DRAFT")
    client.force_login(request.getfixturevalue(who))
    assert client.post(do_url(proposal, "coach")).status_code == status
    assert stored(proposal).state == ProposalState.DRAFT


def test_undoing_a_joining_gives_the_idea_back(client, officer, proposal_in):
    proposal = proposal_in("COACHING")
    consolidation = proposal.consolidations.get()
    client.force_login(officer)
    client.post(do_url(proposal, "undo-joining"), {"consolidation": consolidation.pk})
    consolidation.idea.refresh_from_db()
    assert consolidation.idea.state == IdeaState.ACCEPTED
    assert not proposal.consolidations.in_force().exists()


def test_the_list_makes_as_many_queries_for_many_proposals_as_for_few(
    client, officer, proposal_in, django_assert_num_queries
):
    client.force_login(officer)
    for number in range(3):
        proposal_in("DRAFT", title=f"Places to rest {number}")
    client.get(LIST)
    with django_assert_num_queries(8):
        client.get(LIST)
    for number in range(3, 30):
        proposal_in("DRAFT", title=f"Places to rest {number}")
    with django_assert_num_queries(8):
        response = client.get(LIST)
    assert len(response.context["cl"].result_list) == 30


def test_the_list_adds_up_what_is_requested(client, officer, proposal_in, idea_in):
    proposal = proposal_in("COACHING", amount=Decimal("12000.00"))
    idea = idea_in("ACCEPTED", title="More benches")
    client.force_login(officer)
    client.post(reverse("admin:proposals_idea_joining"), {"ideas": [idea.pk], "proposal": proposal.pk})
    row = client.get(LIST).context["cl"].result_list[0]
    assert (row.requested_total, row.ideas_joined) == (Decimal("12000.00"), 2)
