"""A section of a proposal saves itself while it is written, also after the connection was lost for a while."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from proposals.enums import ProposalState
from proposals.models import Proposal
from tests.browser import DESK
from tests.waiting import eventually

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(visitor, support_member):
    person = visitor(DESK)
    person.log_in_by_password(support_member)
    return person


def summary_of(proposal):
    return Proposal.objects.values_list("summary", flat=True).get(pk=proposal.pk)


def test_what_is_typed_is_saved_by_itself_and_again_by_the_button(desk, proposal_in):
    proposal = proposal_in(ProposalState.COACHING)
    page = desk.open(reverse("proposal_section", args=[proposal.pk, "summary"]))
    page.fill("textarea[name=summary]", "Benches, first words.")
    expect(page.locator("#save-state")).to_have_attribute("data-saved", "")
    assert summary_of(proposal) == "Benches, first words."
    page.fill("textarea[name=summary]", "Benches, last words.")
    desk.press("main button[type=submit]")
    assert summary_of(proposal) == "Benches, last words."
    assert page.url.endswith(reverse("proposal_writing", args=[proposal.pk]))


def test_a_lost_connection_loses_no_text(desk, proposal_in):
    proposal = proposal_in(ProposalState.COACHING)
    page = desk.open(reverse("proposal_section", args=[proposal.pk, "summary"]))
    page.context.set_offline(True)
    page.fill("textarea[name=summary]", "Typed without a connection.")
    expect(page.locator("#save-state")).to_contain_text("网络")
    assert summary_of(proposal) != "Typed without a connection."
    page.context.set_offline(False)
    expect(page.locator("#save-state")).to_have_attribute("data-saved", "")
    assert summary_of(proposal) == "Typed without a connection."


def test_two_writers_do_not_overwrite_each_other(desk, visitor, officer, proposal_in):
    proposal = proposal_in(ProposalState.COACHING)
    address = reverse("proposal_section", args=[proposal.pk, "summary"])
    page = desk.open(address)
    other = visitor(DESK)
    other.log_in_by_password(officer)
    other.open(address).fill("textarea[name=summary]", "Typed by the office.")
    eventually(lambda: summary_of(proposal) == "Typed by the office.")
    page.fill("textarea[name=summary]", "Typed by the organisation.")
    expect(page.locator("#save-state")).to_contain_text("别人修改了")
    desk.press("main button[type=submit]")
    expect(page.locator("main")).to_contain_text("Typed by the office.")
    expect(page.locator("textarea[name=summary]")).to_have_value("Typed by the organisation.")
    assert summary_of(proposal) == "Typed by the office."


def test_without_a_script_the_button_saves(visitor, support_member, proposal_in):
    proposal = proposal_in(ProposalState.COACHING)
    person = visitor(DESK, java_script_enabled=False)
    person.log_in_by_password(support_member)
    page = person.open(reverse("proposal_section", args=[proposal.pk, "summary"]))
    page.fill("textarea[name=summary]", "Typed without scripts.")
    person.press("main button[type=submit]")
    assert summary_of(proposal) == "Typed without scripts."
