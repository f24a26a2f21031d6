"""Who votes by account and on another way counts once: lines are compared before the final tally, and joined or told apart."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.urls import reverse

from communities.refusal import Refused
from contests.enums import ContestState, RunKind
from contests.figures import online_votes
from contests.models import Ballot, HouseholdCode, PaperSheet, Voter
from contests.services.codes import issue_codes, open_code
from contests.services.lifecycle import close_contest
from contests.services.matching import join_account, join_lines, tell_apart
from contests.services.roll import mark_paper_vote, unmark_paper_vote
from contests.services.tally import request_tally
from contests.services.voting import cast_ballot
from contests.voting_enums import RollAct, SheetCheck, VoteWay, VotingRefusal
from contests.voting_rules import why_not_tell_apart
from tests.browsing import english, shown, text
from tests.contests.test_rules import ROLES
from tests.factories import ResidencyFactory, VoterFactory
from tests.racing import racers

R, C = VotingRefusal, ContestState


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


@pytest.fixture
def contest(contest_in):
    return contest_in(C.OPEN)


@pytest.fixture
def ids(contest):
    return list(contest.entries.values_list("pk", flat=True))


@pytest.fixture
def code(contest, communities, community_officer, now):
    place = {"contest": contest, "community": communities[0], "by": community_officer, "now": now}
    issue_codes(**place, number=1, for_roll=False, key=uuid.uuid4())
    return HouseholdCode.objects.select_related("contest").get()


@pytest.fixture
def twice(contest, ids, code, resident, now):
    """A resident has voted with the account, and once more by the household's code without a number."""
    cast_ballot(contest=contest, entries=[ids[0]], by=resident, now=now)
    open_code(code=code, by=None, now=now)
    cast_ballot(contest=contest, entries=[ids[1]], by=None, code=code.pk, now=now)
    return contest.voters.get(user=None)


@pytest.fixture
def over(now):
    return now + timedelta(days=60)


@pytest.fixture
def tally(contest, officer, approver, over):
    def tally():
        if contest.state == C.OPEN:
            close_contest(contest=contest, by=approver, now=over, reason="Over")
            contest.refresh_from_db()
        return request_tally(contest=contest, kind=RunKind.FINAL, by=officer, now=over)

    return tally


def test_who_votes_by_account_and_by_code_counts_once(twice, tally, contest, ids, resident, approver):
    with refused(R.LINES_UNMATCHED):
        tally()
    join_account(line=twice, phone=resident.phone, by=approver)
    assert online_votes(contest) == {ids[0]: 1}
    assert contest.voters.get().user == resident
    assert tally()


def test_a_number_nobody_confirmed_proves_nothing(contest, ids, code, resident, tally, now):
    cast_ballot(contest=contest, entries=[ids[0]], by=resident, now=now)
    open_code(code=code, by=None, now=now, phone="+8613900000077")
    cast_ballot(contest=contest, entries=[ids[1]], by=None, code=code.pk, now=now)
    with refused(R.LINES_UNMATCHED):
        tally()


def test_other_people_are_told_apart_and_both_count(twice, tally, contest, ids, community_officer, over):
    with refused(R.LINES_UNMATCHED):
        tally()
    place = {"contest": contest, "community": twice.community, "by": community_officer, "now": over}
    assert tell_apart(**place, lines=[twice.pk]) == 1
    assert tell_apart(**place, lines=[twice.pk]) == 0
    assert list(contest.roll_events.filter(act=RollAct.TOLD_APART).values_list("lines", "by")) == [
        (1, community_officer.pk)
    ]
    assert online_votes(contest) == {ids[0]: 1, ids[1]: 1}
    assert tally()


def test_where_no_account_voted_there_is_nobody_to_compare(contest, ids, code, other_resident, tally, now):
    cast_ballot(contest=contest, entries=[ids[0]], by=other_resident, now=now)
    open_code(code=code, by=None, now=now)
    cast_ballot(contest=contest, entries=[ids[1]], by=None, code=code.pk, now=now)
    assert other_resident.voters.get().community_id != code.community_id
    assert tally()


def test_a_number_on_the_roster_tells_who_it_is(contest, ids, resident, communities, tally, now):
    cast_ballot(contest=contest, entries=[ids[0]], by=resident, now=now)
    VoterFactory(contest=contest, community=communities[0], phone_hash="a" * 64, has_voted=True, way=VoteWay.PAPER)
    assert tally()


def test_paper_that_is_marked_after_the_comparison_is_compared_too(
    twice, tally, contest, communities, officer, approver, over
):
    with refused(R.LINES_UNMATCHED):
        tally()
    place = {"contest": contest, "community": twice.community, "by": officer, "now": over}
    tell_apart(**place, lines=[twice.pk])
    late = VoterFactory(contest=contest, community=communities[0], reference="0009")
    mark_paper_vote(voter=late, by=officer)
    with refused(R.LINES_UNMATCHED):
        tally()
    tell_apart(**place, lines=[late.pk])
    for by in (officer, approver):
        unmark_paper_vote(voter=late, by=by)
    mark_paper_vote(voter=late, by=officer)
    assert list(contest.voters.unmatched()) == [late]


def test_only_lines_of_the_place_are_told_apart_and_only_accounts_of_it_joined(
    twice, tally, contest, communities, officer, approver, other_resident, over
):
    with refused(R.LINES_UNMATCHED):
        tally()
    elsewhere = {"contest": contest, "community": communities[1], "by": officer, "now": over}
    assert tell_apart(**elsewhere, lines=[twice.pk]) == 0
    with refused(R.NO_SUCH_ACCOUNT):
        join_account(line=twice, phone=other_resident.phone, by=approver)


@pytest.mark.parametrize("role", ROLES)
def test_who_tells_apart_and_when(role, cast, contest, communities, now, over):
    keeps = role in {"officer", "approver", "community_officer"}
    for state in ContestState:
        contest.state = state
        if not keeps:
            expected = R.NOT_AN_OFFICER
        elif state in {C.DRAFT, C.OPEN, C.CLOSED}:
            expected = None
        else:
            expected = R.ROLL_CLOSED
        assert why_not_tell_apart(cast(role), contest, communities[0], over) == expected
    contest.state = C.OPEN
    while_people_vote = R.VOTING_RUNS if keeps else R.NOT_AN_OFFICER
    assert why_not_tell_apart(cast(role), contest, communities[0], now) == while_people_vote


def test_papers_nobody_signed_for_are_in_the_way(contest, communities, tally, officer, approver, now):
    """A sheet that was verified before the rule asked for signatures."""
    VoterFactory(contest=contest, community=communities[0], has_voted=True, way=VoteWay.PAPER)
    sheet = {"contest": contest, "number": "1", "place": "Hall", "papers": 2, "state": SheetCheck.VERIFIED}
    signed = {"entered_by": officer, "entered_at": now, "verified_by": approver, "verified_at": now}
    PaperSheet.objects.create(**sheet, **signed, community=communities[0])
    with pytest.raises(Refused) as refusal:
        tally()
    assert refusal.value.reason == R.PAPERS_UNSIGNED
    assert communities[0].name in str(refusal.value)
    mark_paper_vote(voter=VoterFactory(contest=contest, community=communities[0]), by=officer)
    assert tally()


@pytest.mark.django_db(transaction=True)
def test_a_line_is_joined_or_told_apart(contest, communities, approver, over):
    place = {"contest": contest, "community": communities[0]}
    contest.voting_closes_at = over - timedelta(days=1)
    type(contest).objects.filter(pk=contest.pk).update(voting_closes_at=contest.voting_closes_at)
    with racers(2) as together:
        for turn in range(25):
            person = ResidencyFactory(community=communities[0]).user
            voted = {"has_voted": True, "way": VoteWay.ONLINE, "is_adult": True}
            own = VoterFactory(**place, user=person, phone_hash=person.phone_hash, reference="", **voted)
            line = VoterFactory(**place, reference=f"N{turn}", **voted)
            together(
                lambda own=own, turn=turn: join_lines(voter=own, reference=f"N{turn}", by=approver),
                lambda line=line: tell_apart(**place, lines=[line.pk], by=approver, now=over),
            )
            kept = Voter.objects.get(reference=f"N{turn}")
            assert (kept.user, kept.told_apart_by) == (person, None)


# The desk


@pytest.fixture
def address(contest):
    return reverse("roll_match", args=[contest.pk])


def test_a_community_compares_at_its_desk(twice, address, contest, resident, community_officer, approver, over, tally):
    desk = english(community_officer)
    page = text(desk.get(address))
    assert "Slip no. 0001" in page
    assert "None of the accounts" not in page
    with refused(R.LINES_UNMATCHED):
        tally()
    assert "1 voter without an account" in text(desk.get(reverse("roll", args=[contest.pk])))
    typed = {"community": twice.community_id, "line": twice.pk, "phone": "13900000011"}
    page = desk.post(address, typed)
    assert shown(R.NO_SUCH_ACCOUNT.label) in text(page)
    assert 'value="13900000011"' in page.content.decode()
    joined = typed | {"phone": resident.phone}
    assert shown(R.BOTH_VOTED.label) in text(desk.post(address, joined))
    assert english(approver).post(address, joined).status_code == 302
    assert Ballot.objects.valid().count() == 1
    assert "Nobody is left" in text(desk.get(address))


def test_all_of_a_page_are_told_apart_at_once(twice, address, contest, community_officer, tally):
    with refused(R.LINES_UNMATCHED):
        tally()
    desk = english(community_officer)
    assert "None of the accounts: 1 other person" in text(desk.get(address))
    sent = {"community": twice.community_id, "lines": [twice.pk, "x"]}
    page = desk.post(address, sent, follow=True)
    assert "1 voter is told apart." in text(page)
    assert not contest.voters.unmatched().exists()


@pytest.mark.parametrize("count", [1, 3])
def test_comparing_costs_the_same_for_any_number(
    count, address, contest, communities, resident, officer, now, ids, django_assert_num_queries
):
    cast_ballot(contest=contest, entries=[ids[0]], by=resident, now=now)
    VoterFactory.create_batch(count, contest=contest, community=communities[0], has_voted=True, way=VoteWay.PAPER)
    desk = english(officer)
    desk.get(address)
    with django_assert_num_queries(8):
        desk.get(address)
