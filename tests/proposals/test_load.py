"""What each support organisation has on its hands."""

from __future__ import annotations

import csv
import io
from datetime import timedelta

import pytest
from openpyxl import load_workbook

from proposals.enums import ProposalState
from proposals.load import load_of
from proposals.services.coaching import note_coaching
from tests.browsing import english, text
from tests.factories import AccompanimentFactory, OrganisationFactory

P = ProposalState
PAGE = "/admin/proposals/proposal/load/"


@pytest.fixture
def second(programme, subdistrict, communities):
    """Another organisation, of community B."""
    organisation = OrganisationFactory(subdistrict=subdistrict, name="=Another organisation")
    AccompanimentFactory(programme=programme, organisation=organisation, community=communities[1])
    return organisation


def test_proposals_notes_and_last_activity(
    second, programme, communities, support_organisation, support_member, proposal_in, now
):
    polished = proposal_in(P.COACHING, title="First")
    proposal_in(P.COACHING, title="Second")
    proposal_in(P.QUALIFIED, title="Third")
    proposal_in(P.SUBMITTED, title="Of B", community=communities[1])
    proposal_in(P.SUBMITTED, title="Of nobody", community=communities[2])
    later = now + timedelta(hours=1)
    for words in ("Priced.", "Counted."):
        note_coaching(proposal=polished, held_on=now.date(), text=words, by=support_member, now=later)
    loads = {load.organisation: load for load in load_of(programme)}
    assert set(loads) == {second, support_organisation}
    load = loads[support_organisation]
    assert (load.communities, load.proposals, dict(load.states)) == (
        ["Community A"],
        3,
        {P.COACHING: 2, P.QUALIFIED: 1},
    )
    assert (load.notes, load.last_at) == (2, later)
    assert (loads[second].proposals, loads[second].notes, loads[second].last_at) == (1, 0, now)


def test_who_has_nothing_to_do_is_listed_too(second, programme):
    assert [(load.proposals, load.last_at) for load in load_of(programme)] == [(0, None)] * 2


@pytest.mark.parametrize("count", [1, 3])
def test_it_costs_the_same_for_any_number(
    count, programme, subdistrict, communities, proposal_in, django_assert_num_queries
):
    programme.accompaniments.all().delete()
    for community in communities[:count]:
        organisation = OrganisationFactory(subdistrict=subdistrict)
        AccompanimentFactory(programme=programme, organisation=organisation, community=community)
        proposal_in(P.COACHING, community=community)
    with django_assert_num_queries(3):
        assert len(load_of(programme)) == count


@pytest.mark.parametrize(
    ("role", "status"), [("officer", 200), ("supervisor", 200), ("support_member", 403), ("resident", 403)]
)
def test_who_reads_it(role, status, cast, programme):
    client = english(cast(role))
    assert client.get(PAGE).status_code == status
    assert client.get(f"{PAGE}table.csv").status_code == status


def test_the_page_and_its_files_say_the_same(client, officer, second, proposal_in):
    proposal_in(P.COACHING)
    client.force_login(officer)
    page = text(client.get(PAGE))
    assert "=Another organisation" in page
    assert "Support organisation" in page
    data = b"".join(client.get(f"{PAGE}table.csv").streaming_content).decode("utf-8-sig")
    rows = list(csv.reader(io.StringIO(data)))
    assert [row[1] for row in rows[1:]] == ["'=Another organisation", "Support organisation"]
    book = load_workbook(io.BytesIO(b"".join(client.get(f"{PAGE}table.xlsx").streaming_content)))
    assert [row[3].value for row in list(book.active)[1:]] == [0, 1]
    assert client.get(f"{PAGE}table.exe").status_code == 404


def test_other_offices_see_nothing_of_it(other_officer, programme):
    assert "Support organisation" not in text(english(other_officer).get(PAGE))
