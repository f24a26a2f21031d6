"""What a proposal may ask for, and the number that it gets."""

from __future__ import annotations

from contextlib import contextmanager
from decimal import Decimal

import pytest
from django.db import InternalError, transaction
from django.urls import reverse
from django.utils import translation

from communities.refusal import Refused
from programmes.models import Programme
from proposals.caps import Allowance, allowance_of
from proposals.enums import PROPOSAL_EXITS, ProposalReason, ProposalRefusal, ProposalState
from proposals.models import Proposal
from proposals.receipts import project_number
from proposals.services.proposals import move_proposal, requested_amount
from tests.browsing import english, shown, text
from tests.factories import ProposalFactory
from tests.racing import race
from tests.scenes import pledged

R, P = ProposalRefusal, ProposalState


@contextmanager
def refused(reason):
    with pytest.raises(Refused) as caught:
        yield caught
    assert caught.value.reason == reason


@pytest.fixture
def caps(programme):
    """`caps(project=, community=)`: what may be asked for this year."""

    def set_caps(project=None, community=None):
        programme.project_cap, programme.community_cap = project, community
        programme.save()

    return set_caps


@pytest.fixture
def move(officer, now):
    def move(proposal, *steps):
        for step in steps:
            fresh = Proposal.objects.select_related("programme", "community").get(pk=proposal.pk)
            why = {"reason": ProposalReason.OTHER, "note": "As agreed."} if step in PROPOSAL_EXITS else {}
            proposal = move_proposal(proposal=fresh, to=step, by=officer, now=now, **why, **pledged(step))
        return proposal

    return move


@pytest.mark.parametrize(
    ("asked", "others", "project", "community", "left"),
    [
        ("20000", "0", None, None, (None, None)),
        ("20000", "0", "20000", "20000", (0, 0)),
        ("20000.01", "0", "20000", None, (Decimal("-0.01"), None)),
        ("20000", "15000", None, "30000", (None, -5000)),
    ],
)
def test_what_is_left(asked, others, project, community, left):
    caps = (None if cap is None else Decimal(cap) for cap in (project, community))
    allowance = Allowance(Decimal(asked), Decimal(others), *caps)
    assert (allowance.left_of_project, allowance.left_of_community) == left


def test_other_proposals_count_once_they_are_handed_in(proposal_in, communities):
    of = {"title": "Other", "amount": Decimal(1000)}
    proposal = proposal_in(P.COACHING)
    for state in P:
        proposal_in(state, **of)
    proposal_in(P.SUBMITTED, **(of | {"community": communities[1]}))
    allowance = allowance_of(proposal)
    assert (allowance.asked, allowance.others) == (Decimal(20000), Decimal(2000))
    assert allowance.asked == requested_amount(proposal)


def test_without_caps_any_sum_is_handed_in(proposal_in):
    assert proposal_in(P.SUBMITTED, amount=Decimal(90_000_000)).state == P.SUBMITTED


def test_a_project_asks_for_the_cap_at_most(proposal_in, caps, move):
    caps(project=Decimal("19999.50"))
    proposal = proposal_in(P.COACHING)
    with refused(R.OVER_PROJECT_CAP) as caught:
        move(proposal, P.SUBMITTED)
    with translation.override("en"):
        assert str(caught.value) == (
            "It asks for 20,000 yuan; a project may ask for 19,999.50 yuan at most. That is 0.50 yuan too much."
        )
    caps(project=Decimal(20000))
    assert move(proposal, P.SUBMITTED).state == P.SUBMITTED


def test_a_community_asks_for_its_cap_at_most(proposal_in, caps, move, communities):
    caps(community=Decimal(35000))
    proposal_in(P.QUALIFIED, title="First")
    proposal = proposal_in(P.COACHING, title="Second")
    with refused(R.OVER_COMMUNITY_CAP) as caught:
        move(proposal, P.SUBMITTED)
    sentence = str(caught.value)
    assert all(word in sentence for word in ("20,000", "35,000", "5,000", "Community A"))
    elsewhere = proposal_in(P.COACHING, title="Third", community=communities[1])
    assert move(elsewhere, P.SUBMITTED).state == P.SUBMITTED


def test_a_cap_that_was_lowered_holds_at_qualification_too(proposal_in, caps, move):
    proposal = proposal_in(P.SUBMITTED)
    caps(project=Decimal(10000))
    with refused(R.OVER_PROJECT_CAP):
        move(proposal, P.QUALIFIED)
    assert Proposal.objects.get(pk=proposal.pk).number == ""


def test_what_is_withdrawn_leaves_its_money_to_others(proposal_in, caps, move):
    caps(community=Decimal(35000))
    first, second = proposal_in(P.SUBMITTED, title="First"), proposal_in(P.COACHING, title="Second")
    move(first, P.WITHDRAWN)
    assert move(second, P.SUBMITTED).state == P.SUBMITTED


# Numbers


@pytest.mark.parametrize(
    ("prefix", "number", "written"),
    [("WJ", 1, "WJ-034-2018-01"), ("", 7, "034-2018-07"), ("WJ", 100, "WJ-034-2018-100")],
)
def test_how_a_number_is_written(prefix, number, written):
    assert project_number(prefix, "110105026034", 2018, number) == written


def test_numbers_run_within_a_community(proposal_in, programme, communities):
    Programme.objects.filter(pk=programme.pk).update(number_prefix="WJ")
    programme.refresh_from_db()
    codes = [community.code[-3:] for community in communities]
    numbers = [
        proposal_in(P.QUALIFIED, title=f"Rest {place}", community=communities[place]).number for place in (0, 0, 1)
    ]
    assert numbers == [
        f"WJ-{codes[0]}-{programme.year}-01",
        f"WJ-{codes[0]}-{programme.year}-02",
        f"WJ-{codes[1]}-{programme.year}-01",
    ]


def test_a_number_comes_with_qualification_and_stays(proposal_in, move):
    proposal = proposal_in(P.SUBMITTED)
    assert proposal.number == ""
    number = move(proposal, P.QUALIFIED).number
    assert number
    move(proposal, P.POOLED, P.QUALIFIED)
    assert Proposal.objects.get(pk=proposal.pk).number == number


def test_the_database_changes_no_number(proposal_in):
    proposal = proposal_in(P.QUALIFIED)
    with pytest.raises(InternalError, match="Cannot update"), transaction.atomic():
        Proposal.objects.filter(pk=proposal.pk).update(number="WJ-001-2018-99")


@pytest.mark.django_db(transaction=True)
def test_two_officers_give_two_numbers(proposal_in, officer, now):
    proposals = [proposal_in(P.SUBMITTED, title=f"Rest {place}") for place in range(3)]

    def qualify(pk):
        return lambda: move_proposal(proposal=Proposal.objects.get(pk=pk), to=P.QUALIFIED, by=officer, now=now).number

    numbers = race(*[qualify(proposal.pk) for proposal in proposals])
    assert sorted(number[-2:] for number in numbers) == ["01", "02", "03"]


@pytest.mark.django_db(transaction=True)
def test_of_two_that_pass_the_cap_together_one_is_handed_in(proposal_in, caps, officer, now):
    caps(community=Decimal(30000))
    proposals = [proposal_in(P.COACHING, title=f"Rest {place}") for place in range(2)]

    def hand_in(pk):
        return lambda: move_proposal(
            proposal=Proposal.objects.get(pk=pk), to=P.SUBMITTED, by=officer, now=now, **pledged(P.SUBMITTED)
        )

    outcomes = race(*[hand_in(proposal.pk) for proposal in proposals])
    [refusal] = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert refusal.reason == R.OVER_COMMUNITY_CAP
    assert Proposal.objects.filter(state=P.SUBMITTED).count() == 1


# Pages


def test_who_writes_sees_what_is_left(proposal_in, support_member, caps):
    caps(project=Decimal(18000), community=Decimal(50000))
    proposal = proposal_in(P.COACHING)
    proposal_in(P.SUBMITTED, title="Other", amount=Decimal(4000))
    client = english(support_member)
    for url in (
        reverse("proposal_writing", args=[proposal.pk]),
        reverse("proposal_section", args=[proposal.pk, "budget"]),
    ):
        page = text(client.get(url))
        assert "A project may ask for 18,000 yuan" in page
        assert "2,000 <small>yuan too much</small>" in page
        assert "All of Community A may ask for 50,000 yuan, others do for 4,000 yuan" in page
        assert "26,000 <small>yuan left</small>" in page


def test_without_caps_only_the_sum_is_shown(proposal_in, support_member):
    page = text(english(support_member).get(reverse("proposal_writing", args=[proposal_in(P.COACHING).pk])))
    assert "20,000 <small>yuan</small>" in page
    assert "yuan left" not in page


def test_handing_in_too_much_says_so(proposal_in, support_member, caps):
    caps(project=Decimal(15000))
    proposal = proposal_in(P.COACHING)
    page = text(english(support_member).post(reverse("hand_in", args=[proposal.pk]), pledged("SUBMITTED"), follow=True))
    assert shown("That is 5,000 yuan too much.") in page


def test_the_number_stands_on_the_page(proposal_in):
    proposal = proposal_in(P.QUALIFIED)
    assert f"Number {proposal.number}" in text(english().get(proposal.get_absolute_url()))


def test_the_office_sets_caps(client, officer, programme):
    client.force_login(officer)
    page = client.get(reverse("admin:programmes_programme_change", args=[programme.pk])).content.decode()
    assert all(f'name="{name}"' in page for name in ("project_cap", "community_cap", "number_prefix"))


def test_proposals_without_numbers_do_not_collide(programme):
    assert {ProposalFactory(programme=programme).number for _ in range(2)} == {""}
