"""The opinions of the residents' committee and of the accompanying organisation: each writes its own."""

from __future__ import annotations

import pytest
from django.urls import reverse

from programmes.enums import StageKind
from programmes.models import Stage
from proposals.document_enums import OPINIONS, DocumentSection
from proposals.enums import ProposalRefusal, ProposalState
from proposals.models import Proposal
from proposals.writing_rules import why_not_give_opinion, why_not_write_section
from tests.browsing import english, text
from tests.factories import ProposalFactory, StageFactory

S, R, P = DocumentSection, ProposalRefusal, ProposalState
ROLES = (
    "anonymous",
    "superuser",
    "resident",
    "neighbour",
    "officer",
    "approver",
    "other_officer",
    "supervisor",
    "community_officer",
    "support_member",
    "expert",
)
GIVERS = {
    S.COMMUNITY_OPINION: {"officer", "approver", "community_officer"},
    S.SUPPORT_OPINION: {"officer", "approver", "support_member"},
}
STATES = {P.COACHING: None, P.SUBMITTED: None, P.QUALIFIED: R.JUDGED}


def section_url(proposal, section):
    return reverse("proposal_section", args=[proposal.pk, section.value])


@pytest.mark.parametrize("role", ROLES)
@pytest.mark.parametrize("section", sorted(OPINIONS))
def test_stage_role_opinion(section, role, cast, programme_in, communities, now):
    programme = programme_in()
    proposal = ProposalFactory(programme=programme, community=communities[0], state=P.COACHING)
    user, stage = cast(role), StageFactory(programme=programme)
    for kind in StageKind:
        Stage.objects.filter(pk=stage.pk).update(kind=kind)
        late = None if kind == StageKind.PROPOSAL_INCUBATION else R.STAGE_CLOSED
        expected = late if role in GIVERS[section] else R.NOT_YOUR_OPINION
        assert why_not_give_opinion(user, proposal, section, now) == expected


@pytest.mark.parametrize("state", P)
@pytest.mark.parametrize(
    ("section", "role"), [(S.COMMUNITY_OPINION, "community_officer"), (S.SUPPORT_OPINION, "support_member")]
)
def test_state_and_opinion(state, section, role, cast, programme, communities, now):
    proposal = ProposalFactory(programme=programme, community=communities[0], state=state)
    assert why_not_write_section(cast(role), proposal, section, now) == STATES.get(state, R.WRONG_STATE)


def test_the_officer_of_another_community_has_no_say(programme, communities, community_officer, now):
    proposal = ProposalFactory(programme=programme, community=communities[1], state=P.COACHING)
    assert why_not_give_opinion(community_officer, proposal, S.COMMUNITY_OPINION, now) == R.NOT_YOUR_OPINION
    assert english(community_officer).get(section_url(proposal, S.COMMUNITY_OPINION)).status_code == 404


@pytest.mark.parametrize("state", [P.COACHING, P.SUBMITTED])
def test_the_committee_writes_its_opinion(state, proposal_in, community_officer):
    proposal, client = proposal_in(state), english(community_officer)
    page = text(client.get(proposal.get_absolute_url()))
    assert section_url(proposal, S.COMMUNITY_OPINION) in page
    data = {"community_opinion": "The committee agrees."}
    assert client.post(section_url(proposal, S.COMMUNITY_OPINION), data).url == proposal.get_absolute_url()
    page = text(client.get(proposal.get_absolute_url()))
    assert "The committee agrees." in page
    assert "Change the opinion of the residents' committee" in page


@pytest.mark.parametrize("section", [section for section in S if section != S.COMMUNITY_OPINION])
def test_the_committee_writes_nothing_else(section, proposal_in, community_officer):
    proposal, client = proposal_in(P.COACHING), english(community_officer)
    response = client.get(section_url(proposal, section))
    assert response.status_code == 404 or response.url == proposal.get_absolute_url()


def test_the_organisation_writes_its_own_only(proposal_in, support_member):
    proposal, client = proposal_in(P.SUBMITTED), english(support_member)
    workspace = reverse("proposal_writing", args=[proposal.pk])
    page = text(client.get(workspace))
    assert section_url(proposal, S.SUPPORT_OPINION) in page
    assert section_url(proposal, S.COMMUNITY_OPINION) not in page
    client.post(section_url(proposal, S.SUPPORT_OPINION), {"support_opinion": "Well prepared."})
    client.post(section_url(proposal, S.COMMUNITY_OPINION), {"community_opinion": "Never said."})
    kept = Proposal.objects.get(pk=proposal.pk)
    assert (kept.support_opinion, kept.community_opinion) == ("Well prepared.", "")


def test_nobody_else_is_led_there(proposal_in, resident, officer):
    proposal = proposal_in(P.COACHING)
    for user in (resident, officer):
        assert section_url(proposal, S.COMMUNITY_OPINION) not in text(english(user).get(proposal.get_absolute_url()))
