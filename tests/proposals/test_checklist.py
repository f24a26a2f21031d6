"""What is looked at before a proposal is handed in."""

from django.urls import reverse

from proposals.changes import packed
from proposals.checklist import checklist_of
from proposals.models import Attachment, PolishRound, Proposal
from proposals.services.document import document_of
from tests.browsing import english, text


def words(proposal, *, done):
    proposal = Proposal.objects.select_related("programme").get(pk=proposal.pk)
    return [str(item.words) for item in checklist_of(proposal, document_of(proposal)) if item.done is done]


def test_a_proposal_with_everything(proposal_in, officer, now):
    proposal = proposal_in("COACHING")
    Proposal.objects.filter(pk=proposal.pk).update(community_opinion="Yes.", support_opinion="Yes.")
    values = {"kind": "PDF", "name": "x.pdf", "file": "x", "size": 1, "digest": "a", "added_by": officer}
    Attachment.objects.create(proposal=proposal, position=0, added_at=now, **values)
    assert words(proposal, done=False) == []
    assert len(words(proposal, done=True)) == 7


def test_what_is_needed_is_in_the_way(proposal_in, programme, support_member, officer, now):
    proposal = proposal_in("COACHING")
    type(programme).objects.update(project_cap=1)
    proposal.risk_rows.all().delete()
    PolishRound.objects.create(
        proposal=proposal, number=1, before={}, begun_at=now, presented_at=now, presented_by=officer
    )
    stored = Proposal.objects.select_related("programme").get(pk=proposal.pk)
    items = checklist_of(stored, document_of(stored))
    assert [item.done for item in items if item.needed] == [False] * 3 + [True]
    page = text(english(support_member).get(reverse("proposal_writing", args=[proposal.pk])))
    assert "It can be handed in once everything that is needed is done." in page
    assert reverse("hand_in", args=[proposal.pk]) not in page


def test_what_the_lead_has_not_seen_is_in_the_way(proposal_in, officer, now):
    proposal = proposal_in("COACHING")
    before = packed(document_of(proposal))
    PolishRound.objects.create(proposal=proposal, number=1, before=before, begun_at=now)
    assert "The lead has seen every change." in words(proposal, done=True)
    Proposal.objects.filter(pk=proposal.pk).update(summary="Longer words.")
    assert words(proposal, done=False)[0] == "The lead has seen every change."


def test_what_only_makes_it_better_is_not(proposal_in, support_member):
    proposal = proposal_in("COACHING")
    page = text(english(support_member).get(reverse("proposal_writing", args=[proposal.pk])))
    assert "not needed, but better" in page
    assert reverse("hand_in", args=[proposal.pk]) in page
