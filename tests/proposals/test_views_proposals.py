"""Pages of proposals."""

from decimal import Decimal

import pytest
from django.urls import reverse

from proposals.document_enums import BudgetSource
from proposals.enums import ProposalState
from proposals.models import BudgetLine, Proposal
from proposals.money import yuan
from proposals.parties import Parties, parties_of
from proposals.views.proposals import totals_by_source
from tests.browsing import english, text
from tests.factories import ProposalFactory


@pytest.mark.parametrize("count", [3, 30])
def test_list_costs_the_same_for_any_number(count, programme, communities, django_assert_num_queries):
    ProposalFactory.create_batch(
        count,
        programme=programme,
        community=communities[0],
        category=programme.categories.first(),
        state=ProposalState.QUALIFIED,
    )
    with django_assert_num_queries(5):
        page = english().get(reverse("proposal_list"))
    assert f"{count} proposals" in text(page)


def test_list_shows_what_is_asked_for_without_own_money(proposal_in, resident):
    proposal_in("QUALIFIED", amount=Decimal("20000.00"))
    assert "asks for 20,000 yuan" in text(english(resident).get(reverse("proposal_list")))


@pytest.mark.parametrize("state", ["DRAFT", "COACHING", "SUBMITTED"])
def test_unfinished_proposal_is_for_its_people(state, proposal_in, resident, neighbour, officer):
    url = proposal_in(state).get_absolute_url()
    assert english(resident).get(url).status_code == 200
    assert english(officer).get(url).status_code == 200
    assert english(neighbour).get(url).status_code == 404
    assert english().get(url).status_code == 404
    assert "0 proposals" in text(english(neighbour).get(reverse("proposal_list")))


def test_page_shows_budget_by_source_and_the_ideas(proposal_in):
    proposal = proposal_in("QUALIFIED", title="Places to rest", amount=Decimal("20000.00"))
    page = text(english().get(proposal.get_absolute_url()))
    assert "20,000" in page
    assert ">500<" in page
    assert proposal.consolidations.get().idea.get_absolute_url() in page


def test_everyone_reads_where_it_belongs_and_its_people_who_does_what(proposal_in, communities, resident, officer):
    accompanied = proposal_in("QUALIFIED").get_absolute_url()
    lead, owner = f"<dt>Lead</dt><dd>{resident.display_name}</dd>", "seen to by Second Neighbour"
    for client in (english(resident), english(officer)):
        page = text(client.get(accompanied))
        assert lead in page
        assert owner in page
    page = text(english().get(accompanied))
    assert "<dt>Support organisation</dt><dd>Support organisation</dd>" in page
    assert "<dt>Lead</dt>" not in page
    assert owner not in page
    zoned = text(english().get(proposal_in("QUALIFIED", community=communities[2]).get_absolute_url()))
    assert "<dt>Zone</dt><dd>Old estates</dd>" in zoned
    assert "<dt>Support organisation</dt>" not in zoned


def test_the_lead_that_the_office_named_goes_before_the_first_author(proposal_in, neighbour):
    proposal = proposal_in("QUALIFIED")
    Proposal.objects.filter(pk=proposal.pk).update(lead=neighbour)
    assert parties_of(proposal) == Parties("", "Support organisation", neighbour.display_name)


def test_totals_name_only_sources_that_give_something():
    lines = [
        BudgetLine(amount=Decimal("10.10"), source=BudgetSource.REQUESTED),
        BudgetLine(amount=Decimal("0.90"), source=BudgetSource.REQUESTED),
        BudgetLine(amount=Decimal("5.00"), source=BudgetSource.IN_KIND),
    ]
    assert [total for _, total in totals_by_source(lines)] == [Decimal("11.00"), Decimal("5.00")]


def test_amounts_have_groups_of_three_and_cents_where_there_are_any():
    assert yuan(Decimal("18997.5")) == "18,997.50"
    assert yuan(Decimal("28760.00")) == "28,760"
    assert yuan(Decimal(0)) == "0"
