"""From polishing to qualification: the organisation writes, the lead declines on a phone, the office qualifies."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from proposals.enums import ProposalState
from proposals.models import Proposal
from proposals.services.attachments import add_attachment
from tests.browser import DESK, PHONE
from tests.proposals.test_rules import drawing

pytestmark = pytest.mark.django_db(transaction=True)


def shows_on_paper(page):
    """The document, its money and its papers, without what can only be pressed."""
    expect(page.locator(".masthead nav").first).to_be_visible()
    page.emulate_media(media="print")
    for pressed in (".masthead nav", ".masthead details", ".skip", ".utility", ".site-footer ul", "main .actions"):
        for each in page.locator(pressed).all():
            expect(each).to_be_hidden()
    expect(page.get_by_text("A seat at every gate.")).to_be_visible()
    expect(page.locator("table.table-cards tbody tr").first).to_be_visible()
    expect(page.get_by_text("yard.jpg")).to_be_visible()


def test_from_polishing_to_qualification(
    visitor, proposal_in, support_member, resident, community_officer, officer, now
):
    proposal = proposal_in(ProposalState.COACHING)
    before = proposal.summary
    add_attachment(proposal=proposal, file=drawing(), name="yard.png", by=officer, now=now)
    workspace = reverse("proposal_writing", args=[proposal.pk])

    organisation = visitor(DESK)
    organisation.log_in_by_password(support_member)
    for section, field, words in (("summary", "summary", "Only shade."), ("goals", "goal", "A seat at every gate.")):
        page = organisation.open(reverse("proposal_section", args=[proposal.pk, section]))
        page.fill(f"textarea[name={field}]", words)
        expect(page.locator("#save-state")).to_have_attribute("data-saved", "")
    page = organisation.open(reverse("proposal_rounds", args=[proposal.pk]))
    page.fill("textarea[name=note]", "Shorter.")
    organisation.press("main form button[type=submit]")
    assert proposal.rounds.get().presented_at

    # Until the lead has answered, nothing is handed in.
    page = organisation.open(workspace)
    expect(page.locator(f"a[href='{reverse('hand_in', args=[proposal.pk])}']")).to_have_count(0)

    lead = visitor(PHONE)
    lead.log_in_by_phone(resident.phone)
    page = lead.open(proposal.get_absolute_url())
    lead.press(page.locator(f"a[href='{reverse('proposal_round', args=[proposal.pk, 1])}']"))
    expect(page.locator("section.changes")).to_have_count(2)
    assert page.evaluate("document.documentElement.scrollWidth") == PHONE["width"]
    page.check("input[name=summary][value=decline]")
    page.fill("textarea[name=answer]", "The benches, please.")
    lead.press("main form button[name=rest]")
    stored = Proposal.objects.get(pk=proposal.pk)
    assert (stored.summary, stored.goal) == (before, "A seat at every gate.")

    committee = visitor(DESK)
    committee.log_in_by_password(community_officer)
    page = committee.open(proposal.get_absolute_url())
    committee.press(page.locator("a[href$='/community-opinion/']"))
    page.fill("textarea[name=community_opinion]", "The committee agrees.")
    committee.press("main button[type=submit]")

    page = lead.open(proposal.get_absolute_url())
    lead.press(page.locator(f"a[href='{reverse('hand_in', args=[proposal.pk])}']"))
    page.check("input[name=pledge]")
    lead.press("main form button[type=submit]")
    office = visitor(DESK)
    office.log_in_by_password(officer)
    office.press_verb(reverse("admin:proposals_proposal_change", args=[proposal.pk]), "qualified")
    stored = Proposal.objects.get(pk=proposal.pk)
    assert (stored.state, stored.community_opinion) == (ProposalState.QUALIFIED, "The committee agrees.")
    assert stored.number
    page = lead.open(proposal.get_absolute_url())
    expect(page.locator("main")).to_contain_text(stored.number)
    shows_on_paper(page)
