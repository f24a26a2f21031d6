"""One voter, one code, one line of the roll: people who act at the same moment leave exactly one effect."""

from __future__ import annotations

import uuid

import pytest

from communities.refusal import Refused
from contests.figures import online_votes
from contests.models import Ballot, HouseholdCode, Voter
from contests.roster import RosterRow
from contests.services.codes import find_code, issue_codes, open_code, void_code
from contests.services.roll import draw_up_roll, import_roster, mark_paper_vote
from contests.services.voting import cast_ballot
from contests.voting_enums import CodeVoidReason, VotingRefusal
from tests.factories import ResidencyFactory
from tests.racing import race

pytestmark = pytest.mark.django_db(transaction=True)

R = VotingRefusal
ROUNDS = 25


def reasons(outcomes):
    return [outcome.reason for outcome in outcomes if isinstance(outcome, Refused)]


@pytest.fixture
def contest(contest_in):
    return contest_in("OPEN")


@pytest.fixture
def ids(contest):
    return list(contest.entries.values_list("pk", flat=True))


@pytest.fixture
def code_of(contest, communities, officer, now):
    def code_of():
        _batch, [issued] = issue_codes(
            contest=contest, community=communities[0], number=1, for_roll=False, key=uuid.uuid4(), by=officer, now=now
        )
        return find_code(issued.code)

    return code_of


def test_one_voter_with_many_hands_has_one_chain(contest, ids, communities, now):
    for turn in range(ROUNDS):
        voter = ResidencyFactory(community=communities[0]).user

        def vote(entry, voter=voter):
            return lambda: cast_ballot(contest=contest, entries=[entry], by=voter, now=now)

        assert reasons(race(*map(vote, ids))) == []
        assert Ballot.objects.last_of_voters().count() == contest.voters.voted().count() == turn + 1
    assert sum(online_votes(contest).values()) == ROUNDS


def test_one_code_in_many_hands_opens_one_line(contest, ids, code_of, now):
    for turn in range(ROUNDS):
        code = code_of()

        def by_code(entry, code=code):
            def act():
                open_code(code=code, by=None, now=now)
                return cast_ballot(contest=contest, entries=[entry], by=None, code=code.pk, now=now)

            return act

        assert reasons(race(*map(by_code, ids))) == []
        assert contest.voters.count() == Ballot.objects.last_of_voters().count() == turn + 1
    assert sum(online_votes(contest).values()) == ROUNDS


def test_a_code_goes_to_one_of_two_people(contest, code_of, resident, neighbour, now):
    code = code_of()
    outcomes = race(*[lambda by=by: open_code(code=code, by=by, now=now) for by in (resident, neighbour)])
    assert reasons(outcomes) == [R.CODE_TAKEN]
    assert HouseholdCode.objects.get().voter.user in {resident, neighbour}


def test_account_and_code_of_one_person_at_once_count_once(contest, ids, code_of, communities, now):
    for turn in range(ROUNDS):
        code, person = code_of(), ResidencyFactory(community=communities[0]).user
        race(
            lambda code=code, person=person: open_code(code=code, by=person, now=now),
            lambda person=person: cast_ballot(contest=contest, entries=[ids[0]], by=person, now=now),
        )
        assert contest.voters.voted().count() == contest.voters.count() == turn + 1
    assert online_votes(contest) == {ids[0]: ROUNDS}


def test_paper_and_screen_at_once_are_one_vote(contest, ids, communities, officer, now):
    draw = {"contest": contest, "community": communities[0], "by": officer}
    for turn in range(ROUNDS):
        voter = ResidencyFactory(community=communities[0]).user
        draw_up_roll(**draw)
        line = Voter.objects.select_related("contest__programme", "community").get(user=voter)
        outcomes = race(
            lambda line=line: mark_paper_vote(voter=line, by=officer),
            lambda voter=voter: cast_ballot(contest=contest, entries=[ids[0]], by=voter, now=now),
        )
        assert len(reasons(outcomes)) == 1
        assert contest.voters.voted().count() == turn + 1
    on_paper = contest.voters.filter(way="PAPER").count()
    assert Ballot.objects.count() == ROUNDS - on_paper


def test_a_voter_and_a_roster_with_their_number_make_one_line(contest, ids, communities, officer, now):
    for turn in range(ROUNDS):
        person = ResidencyFactory(community=communities[0]).user
        rows = [RosterRow(2, f"R{turn}", person.phone)]
        outcomes = race(
            lambda rows=rows: import_roster(contest=contest, community=communities[0], rows=rows, by=officer),
            lambda person=person: cast_ballot(contest=contest, entries=[ids[0]], by=person, now=now),
        )
        assert reasons(outcomes) == []
        assert contest.voters.count() == contest.voters.voted().count() == turn + 1


def test_a_code_is_void_once(contest, code_of, officer, approver, now):
    code = code_of()
    outcomes = race(
        *[lambda by=by: void_code(code=code, reason=CodeVoidReason.LOST, by=by, now=now) for by in (officer, approver)]
    )
    assert reasons(outcomes) == [R.CODE_VOID_ALREADY]


def test_two_sheets_at_once_have_different_numbers(contest, code_of):
    race(code_of, code_of, code_of)
    assert sorted(HouseholdCode.objects.values_list("serial", flat=True)) == [1, 2, 3]
