"""After the result is confirmed: what got no money is kept in the project pool."""

import pytest
from django.urls import reverse

from communities.refusal import Refused
from contests.enums import AwardState, ContestRefusal, ContestState
from contests.rules import why_not_pool
from contests.services.lifecycle import enter_proposal
from contests.services.pooling import pool_unfunded
from proposals.enums import ProposalState
from proposals.models import Proposal
from tests.browsing import english, text
from tests.factories import ContestFactory

ROLES = ("anonymous", "superuser", "resident", "expert", "supervisor", "support_member", "other_officer")


@pytest.fixture
def confirmed(contest_in):
    """60,000 yuan for entries that ask for 20,000, 22,000 and 24,000: one of them gets nothing."""
    return contest_in("CONFIRMED")


def without_money(contest):
    return {
        entry.proposal_id
        for entry in contest.entries.filter(award__state__in=[AwardState.NOT_SELECTED, AwardState.RESERVE])
    }


def test_what_got_no_money_is_pooled_and_the_rest_stays(confirmed, officer, now):
    expected = without_money(confirmed)
    assert 0 < len(expected) < confirmed.entries.count()
    pooled = pool_unfunded(contest=confirmed, by=officer, now=now)
    assert {proposal.pk for proposal in pooled} == expected
    states = dict(confirmed.entries.values_list("proposal_id", "proposal__state"))
    for proposal, state in states.items():
        assert state == (ProposalState.POOLED if proposal in expected else ProposalState.QUALIFIED)
    assert pooled[0].events.last().note == confirmed.name


def test_a_second_time_there_is_nothing_left(confirmed, officer, now):
    pool_unfunded(contest=confirmed, by=officer, now=now)
    assert pool_unfunded(contest=confirmed, by=officer, now=now) == []


def test_what_is_in_another_contest_waits_for_its_result(confirmed, officer, now):
    [waiting, *_] = sorted(without_money(confirmed))
    other = ContestFactory(programme=confirmed.programme)
    enter_proposal(contest=other, proposal=Proposal.objects.get(pk=waiting), by=officer, now=now)
    pool_unfunded(contest=confirmed, by=officer, now=now)
    assert Proposal.objects.get(pk=waiting).state == ProposalState.QUALIFIED


@pytest.mark.parametrize("state", [state for state in ContestState if state != ContestState.CONFIRMED])
def test_not_before_the_result_is_confirmed(state, contest_in, officer):
    assert why_not_pool(officer, contest_in(state)) == ContestRefusal.WRONG_STATE


@pytest.mark.parametrize("role", ROLES)
def test_only_the_office_does_it(role, confirmed, cast, now):
    assert why_not_pool(cast(role), confirmed) == ContestRefusal.NOT_AN_OFFICER
    if role != "anonymous":
        with pytest.raises(Refused):
            pool_unfunded(contest=confirmed, by=cast(role), now=now)


def test_the_to_do_page_counts_what_is_to_be_kept_and_leads_there(client, officer, confirmed, contest_in, now):
    contest_in("PUBLICISED")
    client.force_login(officer)
    url = f"{reverse('admin:contests_contest_changelist')}?pool=waiting"

    def line():
        return next(item for item in client.get(reverse("admin:index")).context["waiting"] if item.url == url)

    assert (line().count, line().since) == (1, confirmed.events.get(to_state=ContestState.CONFIRMED).at)
    assert [*client.get(url).context["cl"].queryset] == [confirmed]
    pool_unfunded(contest=confirmed, by=officer, now=now)
    assert line().count == 0
    assert client.get(url).context["cl"].result_count == 0


def test_everyone_finds_the_project_pool_among_the_proposals(confirmed, officer, now):
    pooled = pool_unfunded(contest=confirmed, by=officer, now=now)
    programme = {"programme": confirmed.programme_id}

    def found(**query):
        return {proposal.pk for proposal in english().get(reverse("proposal_list"), programme | query).context["page"]}

    everything = found()
    assert found(state=ProposalState.POOLED) == {proposal.pk for proposal in pooled}
    assert found(state=ProposalState.QUALIFIED) == everything - found(state=ProposalState.POOLED)
    assert "In the project pool" in text(english().get(reverse("proposal_list"), programme))


def test_the_button(client, officer, confirmed):
    client.force_login(officer)
    url = reverse("admin:contests_contest_do", args=[confirmed.pk, "pool"])
    assert client.get(url).status_code == 200
    client.post(url)
    assert Proposal.objects.filter(state=ProposalState.POOLED).count() == len(without_money(confirmed))
