"""Blind contests: nobody who looks at the site learns who applied, by whatever route, until the result is published."""

from __future__ import annotations

import pgtrigger
import pytest
from django.contrib.auth.models import AnonymousUser
from django.test import Client
from django.utils import timezone

from communities.enums import OrganisationKind
from communities.models import User
from contests.models import Contest, Entry
from proposals.models import Consolidation, Idea, Proposal
from proposals.templatetags.contributors import contributor
from tests.contests.test_recusing import ROUTES as WALL
from tests.factories import OrganisationFactory

SIGN = "Osmanthus"
ROUTES = {
    **WALL,
    "search for the team": lambda contest, entry: f"/search/?q={SIGN}&kind=proposals",
    "proposals with the team": lambda contest, entry: f"/proposals/?q={SIGN}",
    "idea": lambda contest, entry: f"/ideas/{idea_of(entry).pk}/",
    "ideas": lambda contest, entry: "/ideas/",
    "versions of the idea": lambda contest, entry: f"/ideas/{idea_of(entry).pk}/versions/",
    "ballot": lambda contest, entry: f"/contests/{contest.pk}/ballot/",
    "organisation": lambda contest, entry: f"/organisations/{entry.team.pk}/",
    "document": lambda contest, entry: f"/proposals/{entry.proposal_id}/document.docx",
}


def idea_of(entry):
    return Idea.objects.get(consolidations__proposal=entry.proposal_id)


@pytest.fixture
def named_in(contest_in, subdistrict, communities, resident):
    """`named_in(state, **rules)`: a contest and its first entry, whose team and contributor are called by the sign."""

    def make(state, **rules):
        contest = contest_in(state, judged=True, entries=1, **rules)
        entry = contest.entries.get()
        User.objects.filter(pk=resident.pk).update(display_name=f"Aunt {SIGN}")
        Idea.objects.update(name_consent_at=timezone.now())
        Consolidation.objects.update(named=True, answered_at=timezone.now())
        team = {"name": f"{SIGN} team", "kind": OrganisationKind.COMMUNITY_GROUP}
        # The page of a community lists its organisations, whatever they apply for; this one is at home elsewhere.
        entry.team = OrganisationFactory(subdistrict=subdistrict, community=communities[2], **team)
        with pgtrigger.ignore():
            Proposal.objects.filter(pk=entry.proposal_id).update(team_name=entry.team.name)
        return contest, entry

    return make


def client_of(user):
    client = Client(headers={"accept-language": "en"})
    if isinstance(user, User):
        client.force_login(user)
    return client


def routes_that_name(user, contest, entry):
    """On which routes the sign, or for an organisation the proposal as its own, is read."""
    found, client = set(), client_of(user)
    for name, route in ROUTES.items():
        if name == "changes of the tally" and not contest.runs.exists():
            continue
        answer = client.get(route(contest, entry), follow=True)
        content = b"".join(answer) if answer.streaming else answer.content
        body = content.decode(errors="replace").replace(f"q={SIGN}", "")
        own = entry.title in body if name in {"organisation", "search for the team"} else False
        typed = name in {"organisation", "search for the team", "proposals with the team"}
        if own or (SIGN in body and not typed):
            found.add(name)
    return found


NAMING = {"proposal", "idea", "ideas", "organisation", "search for the team"}


@pytest.mark.parametrize("who", ["anonymous", "expert", "other_resident"])
def test_no_route_names_the_applicants_of_a_blind_contest(who, cast, named_in):
    contest, entry = named_in("OPEN", is_blind=True)
    assert routes_that_name(cast(who), contest, entry) == set()


@pytest.mark.parametrize("state, is_blind", [("OPEN", False), ("PUBLICISED", True)])
def test_otherwise_the_same_routes_name_them(state, is_blind, named_in):
    """So that the table above proves something."""
    contest, entry = named_in(state, is_blind=is_blind)
    assert routes_that_name(AnonymousUser(), contest, entry) >= NAMING


@pytest.mark.parametrize("is_blind", [True, False])
@pytest.mark.parametrize("display", ["", "elder"])
def test_the_ballot_names_teams_only_where_the_contest_is_not_blind(display, is_blind, named_in, neighbour):
    contest, entry = named_in("OPEN", is_blind=is_blind)
    client = client_of(neighbour)
    client.cookies["display"] = display
    page = client.get(f"/contests/{contest.pk}/ballot/").content.decode()
    assert entry.title in page
    assert (f"{SIGN} team" in page) is not is_blind


@pytest.mark.parametrize("who, named", [("officer", True), ("resident", True), ("expert", False)])
def test_whose_work_it_is_reads_the_names(who, named, cast, named_in):
    _contest, entry = named_in("OPEN", is_blind=True)
    page = client_of(cast(who)).get(f"/proposals/{entry.proposal_id}/").content.decode()
    assert (f"{SIGN} team" in page) is named
    assert ("The names of the applicants are shown when" in page) is not named


@pytest.mark.parametrize(
    "state, hidden", [("DRAFT", True), ("OPEN", True), ("CLOSED", True), ("TALLIED", True), ("PUBLICISED", False)]
)
def test_names_are_hidden_from_entering_until_the_result(state, hidden, named_in):
    _contest, entry = named_in(state, is_blind=True)
    assert Proposal.objects.nameless().filter(pk=entry.proposal_id).exists() is hidden
    assert (contributor(idea_of(entry)) == f"Aunt {SIGN}") is not hidden
    listed = Idea.objects.with_page_parts().get(pk=idea_of(entry).pk)
    assert listed.is_nameless is hidden
    assert Entry.objects.judged_blind().exists() is hidden
    assert Contest.objects.get().hides_names is hidden


def test_the_proposal_of_an_earlier_year_does_not_tell_the_team_either(named_in, proposal_in):
    _contest, entry = named_in("OPEN", is_blind=True)
    earlier = proposal_in("QUALIFIED", title="The year before")
    with pgtrigger.ignore():
        Proposal.objects.filter(pk=entry.proposal_id).update(origin=earlier, earlier=earlier)
    assert set(Proposal.objects.nameless()) == {earlier, entry.proposal}


def test_lists_of_ideas_ask_once_for_all_of_them(named_in, django_assert_num_queries):
    named_in("OPEN", is_blind=True)
    with django_assert_num_queries(1):
        assert [contributor(idea) for idea in Idea.objects.with_page_parts()] != []
