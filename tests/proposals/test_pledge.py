"""The statement of integrity: who promises when a proposal is handed in, in which words, and where it is read."""

from __future__ import annotations

import io

import docx
import pytest
from django.urls import reverse
from django.utils import translation

from communities.refusal import Refused
from proposals import pledge
from proposals.enums import ProposalReason, ProposalRefusal, ProposalState
from proposals.models import Proposal
from proposals.paper import as_docx
from proposals.services.proposals import move_proposal
from tests.browsing import english, shown, text
from tests.racing import race
from tests.scenes import pledged

P = ProposalState
PROMISE = "We spend public money only on what the budget says"
BACK = {"reason": ProposalReason.OTHER, "note": "Please name a second shop."}


def stored(proposal: Proposal) -> Proposal:
    return Proposal.objects.get(pk=proposal.pk)


def kept(proposal: Proposal) -> tuple[object, ...]:
    found = stored(proposal)
    return found.state, found.pledge_version, found.pledged_at, found.pledged_by


def url_of(proposal: Proposal) -> str:
    return reverse("hand_in", args=[proposal.pk])


def test_every_wording_says_something_and_the_last_is_in_force():
    assert list(pledge.STATEMENTS)[-1] == pledge.VERSION
    assert all(pledge.STATEMENTS.values())
    assert pledge.promises_of("") == pledge.promises_of(pledge.VERSION)
    assert pledge.promises_of("1999-01-01") == ()


def test_the_lead_hands_in_and_promises(proposal_in, resident):
    proposal, client = proposal_in(P.COACHING), english(resident)
    assert url_of(proposal) in text(client.get(proposal.get_absolute_url()))
    page = text(client.get(url_of(proposal)))
    assert PROMISE in page
    assert "I have read the statement of integrity, and promise it for the team." in page
    assert client.post(url_of(proposal), pledged("SUBMITTED")).url == proposal.get_absolute_url()
    state, version, at, by = kept(proposal)
    assert (state, version, by) == (P.SUBMITTED, pledge.VERSION, resident)
    assert at == proposal.events.get(to_state=P.SUBMITTED).at


def test_who_accompanies_keeps_the_paper(proposal_in, support_member):
    proposal, client = proposal_in(P.COACHING), english(support_member)
    page = text(client.get(url_of(proposal)))
    assert "The lead has read the statement of integrity and signed it; we keep the paper." in page
    assert reverse("proposal_docx", args=[proposal.pk]) in page
    client.post(url_of(proposal), pledged("SUBMITTED"))
    assert kept(proposal)[3] == support_member


@pytest.mark.parametrize("ticked", [{}, {"pledge": "1999-01-01"}, {"pledge": "on"}])
def test_without_a_tick_under_today_s_words_nothing_is_handed_in(ticked, proposal_in, resident):
    proposal = proposal_in(P.COACHING)
    page = english(resident).post(url_of(proposal), ticked)
    assert shown(ProposalRefusal.PLEDGE_NEEDED.label) in text(page)
    assert PROMISE in text(page)
    assert kept(proposal) == (P.COACHING, "", None, None)


@pytest.mark.parametrize("version", ["", "1999-01-01"])
def test_the_verb_asks_for_today_s_words_too(version, proposal_in, officer, now):
    proposal = proposal_in(P.COACHING)
    with pytest.raises(Refused, check=lambda refused: refused.reason == ProposalRefusal.PLEDGE_NEEDED):
        move_proposal(proposal=proposal, to=P.SUBMITTED, by=officer, now=now, pledge=version)
    assert kept(proposal) == (P.COACHING, "", None, None)


def test_what_was_given_back_is_promised_anew(proposal_in, officer, resident, now):
    proposal = proposal_in(P.SUBMITTED)
    assert kept(proposal)[1:] == (pledge.VERSION, now, officer)
    move_proposal(proposal=proposal, to=P.COACHING, by=officer, now=now, **BACK)
    assert kept(proposal) == (P.COACHING, "", None, None)
    with pytest.raises(Refused):
        move_proposal(proposal=proposal, to=P.SUBMITTED, by=resident, now=now)
    move_proposal(proposal=proposal, to=P.SUBMITTED, by=resident, now=now, pledge=pledge.VERSION)
    assert kept(proposal) == (P.SUBMITTED, pledge.VERSION, now, resident)


def test_what_an_earlier_office_took_without_a_promise_goes_on(proposal_in, officer, now):
    proposal = proposal_in(P.SUBMITTED)
    Proposal.objects.filter(pk=proposal.pk).update(pledge_version="", pledged_at=None, pledged_by=None)
    move_proposal(proposal=proposal, to=P.QUALIFIED, by=officer, now=now)
    assert "Statement of integrity" not in text(english().get(proposal.get_absolute_url()))
    url = reverse("admin:proposals_proposal_change", args=[proposal.pk])
    assert "Not promised" in text(english(officer).get(url))


def test_what_is_not_ready_asks_for_no_promise(proposal_in, resident):
    proposal = proposal_in(P.COACHING)
    proposal.activities.all().delete()
    page = text(english(resident).get(url_of(proposal)))
    assert "It can be handed in once everything that is needed is done." in page
    assert PROMISE not in page


@pytest.mark.parametrize(
    ("role", "status"),
    [
        ("resident", 200),
        ("support_member", 200),
        ("officer", 200),
        ("neighbour", 404),
        ("community_officer", 404),
        ("supervisor", 404),
        ("other_officer", 404),
    ],
)
def test_who_gets_to_the_page(role, status, cast, proposal_in):
    assert english(cast(role)).get(url_of(proposal_in(P.COACHING))).status_code == status


def test_a_proposal_that_is_handed_in_says_so(proposal_in, resident):
    proposal = proposal_in(P.SUBMITTED)
    client = english(resident)
    assert shown(ProposalRefusal.WRONG_STATE.label) in text(client.get(url_of(proposal)))
    assert url_of(proposal) not in text(client.get(proposal.get_absolute_url()))


def test_everyone_reads_the_promise_of_a_qualified_proposal(proposal_in):
    page = text(english().get(proposal_in(P.QUALIFIED).get_absolute_url()))
    assert PROMISE in page
    assert f"in the wording of {pledge.VERSION}." in page


def test_the_paper_has_the_promise_or_a_line_to_sign(proposal_in):
    for state, words in ((P.COACHING, "Signature of the lead"), (P.QUALIFIED, "Promised by the lead on")):
        with translation.override("en"):
            paper = docx.Document(io.BytesIO(as_docx(proposal_in(state))))
        lines = [paragraph.text for paragraph in paper.paragraphs]
        assert any(line.startswith(f"4. {PROMISE}") for line in lines)
        assert any(words in line for line in lines)


def test_the_office_hands_in_with_the_words_before_its_eyes(proposal_in, officer):
    proposal, client = proposal_in(P.COACHING), english(officer)
    url = reverse("admin:proposals_proposal_do", args=[proposal.pk, "submitted"])
    assert PROMISE in text(client.get(url))
    assert client.post(url, {}).context["form"].errors == {"pledge": [ProposalRefusal.PLEDGE_NEEDED.label]}
    client.post(url, pledged("SUBMITTED"))
    assert kept(proposal)[3] == officer
    page = text(client.get(reverse("admin:proposals_proposal_change", args=[proposal.pk])))
    assert f"in the wording of {pledge.VERSION}:" in page
    assert PROMISE in page


@pytest.mark.django_db(transaction=True)
def test_of_two_who_hand_in_at_once_the_first_one_s_promise_is_kept(proposal_in, resident, support_member, now):
    proposal = proposal_in(P.COACHING)

    def hand_in(by):
        return lambda: (
            move_proposal(proposal=stored(proposal), to=P.SUBMITTED, by=by, now=now, pledge=pledge.VERSION).pledged_by
        )

    outcomes = race(hand_in(resident), hand_in(support_member))
    assert [type(outcome) for outcome in outcomes if outcome not in (resident, support_member)] == [Refused]
    assert kept(proposal)[3] == proposal.events.get(to_state=P.SUBMITTED).actor
