"""One voter, one code, one line of the roll: people who act at the same moment leave exactly one effect."""

from __future__ import annotations

import uuid

import pytest
from django.db import transaction

from communities.refusal import Refused
from contests.figures import online_votes
from contests.models import Ballot, HouseholdCode, Voter
from contests.roster import RosterRow
from contests.services.codes import issue_codes, open_code, void_code
from contests.services.helping import begin_help
from contests.services.matching import join_lines
from contests.services.roll import (
    draw_up_roll,
    import_roster,
    mark_paper_vote,
    strike_voter,
    unmark_paper_vote,
)
from contests.services.voting import Helped, cast_ballot
from contests.voting_enums import CodeVoidReason, VoteWay, VotingRefusal
from tests.factories import ResidencyFactory, ResidentFactory, VoterFactory
from tests.racing import SECONDS, meanwhile, race, racers, somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)

R = VotingRefusal
ROUNDS = 200
FEWER = 25


def reasons(outcomes):
    return [outcome.reason for outcome in outcomes if isinstance(outcome, Refused)]


def vote(contest, entry, by, now):
    return lambda: cast_ballot(contest=contest, entries=[entry], by=by, now=now)


@pytest.fixture
def contest(contest_in):
    return contest_in("OPEN")


@pytest.fixture
def ids(contest):
    return list(contest.entries.values_list("pk", flat=True))


@pytest.fixture
def codes_of(contest, communities, officer, now):
    def codes_of(number):
        where = {"contest": contest, "community": communities[0], "by": officer, "now": now}
        batch, _issued = issue_codes(number=number, for_roll=False, key=uuid.uuid4(), **where)
        return list(HouseholdCode.objects.filter(batch=batch).select_related("contest"))

    return codes_of


@pytest.fixture
def code_of(codes_of):
    return lambda: codes_of(1)[0]


def test_one_voter_with_many_hands_has_one_chain(contest, ids, communities, now):
    with racers(len(ids)) as together:
        for turn in range(ROUNDS):
            voter = ResidencyFactory(community=communities[0]).user
            assert reasons(together(*[vote(contest, entry, voter, now) for entry in ids])) == []
            assert Ballot.objects.last_of_voters().count() == contest.voters.voted().count() == turn + 1
    assert sum(online_votes(contest).values()) == ROUNDS


def test_of_two_last_choices_of_one_voter_one_stands(contest, ids, resident, now):
    """One chain grows by both ballots each time, and never forks: what stands is one choice, of the two."""
    first, *two = ids
    with racers(len(two)) as together:
        for turn in range(ROUNDS):
            vote(contest, first, resident, now)()
            assert reasons(together(*[vote(contest, entry, resident, now) for entry in two])) == []
            assert Ballot.objects.count() == 3 * (turn + 1)
            [stands] = online_votes(contest)
            assert stands in two
    assert Ballot.objects.last_of_voters().get().choices.get().entry_id == stands
    assert Ballot.objects.filter(supersedes=None).count() == contest.voters.count() == 1


def test_one_code_in_many_hands_opens_one_line(contest, ids, codes_of, now):
    def by_code(code, entry):
        def act():
            open_code(code=code, by=None, now=now)
            return cast_ballot(contest=contest, entries=[entry], by=None, code=code.pk, now=now)

        return act

    with racers(len(ids)) as together:
        for turn, code in enumerate(codes_of(ROUNDS)):
            assert reasons(together(*[by_code(code, entry) for entry in ids])) == []
            assert contest.voters.count() == Ballot.objects.last_of_voters().count() == turn + 1
    assert sum(online_votes(contest).values()) == ROUNDS


def test_a_code_goes_to_one_of_two_people(contest, codes_of, resident, neighbour, now):
    people = [resident, neighbour]
    with racers(len(people)) as together:
        for code in codes_of(ROUNDS):
            outcomes = together(*[lambda by=by, code=code: open_code(code=code, by=by, now=now) for by in people])
            assert reasons(outcomes) == [R.CODE_TAKEN]
            [line] = contest.voters.filter(code__isnull=False)
            assert (line.code, line.user in people) == (code, True)
            # Both come again with another code, neither of them on the roll.
            contest.voters.all().delete()


def test_account_and_code_of_one_person_at_once_count_once(contest, ids, code_of, communities, now):
    for turn in range(FEWER):
        code, person = code_of(), ResidencyFactory(community=communities[0]).user
        race(
            lambda code=code, person=person: open_code(code=code, by=person, now=now),
            lambda person=person: cast_ballot(contest=contest, entries=[ids[0]], by=person, now=now),
        )
        assert contest.voters.voted().count() == contest.voters.count() == turn + 1
    assert online_votes(contest) == {ids[0]: FEWER}


def test_paper_and_screen_at_once_are_one_vote(contest, ids, communities, officer, now):
    draw = {"contest": contest, "community": communities[0], "by": officer}
    for turn in range(FEWER):
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
    assert Ballot.objects.count() == FEWER - on_paper


def test_a_voter_and_a_roster_with_their_number_make_one_line(contest, ids, communities, officer, now):
    for turn in range(FEWER):
        person = ResidencyFactory(community=communities[0]).user
        rows = [RosterRow(2, f"R{turn}", person.phone)]
        outcomes = race(
            lambda rows=rows: import_roster(contest=contest, community=communities[0], rows=rows, by=officer),
            lambda person=person: cast_ballot(contest=contest, entries=[ids[0]], by=person, now=now),
        )
        assert reasons(outcomes) == []
        assert contest.voters.count() == contest.voters.voted().count() == turn + 1


def test_who_opens_a_code_while_a_roster_with_their_number_comes_is_one_voter(
    contest, ids, code_of, communities, officer, now
):
    person, code = ResidentFactory(), code_of()
    rows = [RosterRow(2, "R1", person.phone)]
    with transaction.atomic():
        import_roster(contest=contest, community=communities[0], rows=rows, by=officer)
        opening = meanwhile(lambda: open_code(code=code, by=person, now=now))
        somebody_waits()
    opening.result(SECONDS)
    line = contest.voters.get()
    assert (line.reference, line.user, line.code) == ("R1", person, code)


def test_rosters_and_codes_of_people_without_a_line_race(contest, codes_of, communities, officer, now):
    with racers(3) as together:
        for turn in range(FEWER):
            person, (one, other) = ResidentFactory(), codes_of(2)
            rows = [RosterRow(2, f"R{turn}", person.phone)]
            outcomes = together(
                lambda rows=rows: import_roster(contest=contest, community=communities[0], rows=rows, by=officer),
                lambda person=person, one=one: open_code(code=one, by=person, now=now),
                lambda person=person, other=other: open_code(code=other, by=person, now=now),
            )
            assert reasons(outcomes) == [R.CODE_SECOND]
            assert contest.voters.count() == contest.voters.filter(code__isnull=False).count() == turn + 1


def test_a_number_that_was_never_confirmed_opens_no_code_beside_its_roster(
    contest, code_of, communities, officer, unverified, now
):
    import_roster(contest=contest, community=communities[0], rows=[RosterRow(2, "R1", unverified.phone)], by=officer)
    with pytest.raises(Refused, check=lambda refusal: refusal.reason == R.CODE_OF_ACCOUNT):
        open_code(code=code_of(), by=unverified, now=now)
    assert contest.voters.get().user is None


def test_a_line_that_is_claimed_while_codes_are_made_for_the_roster_has_one_code(
    contest, code_of, communities, officer, now
):
    place = {"contest": contest, "community": communities[0], "by": officer}
    with racers(2) as together:
        for turn in range(FEWER):
            person, code = ResidentFactory(), code_of()
            import_roster(**place, rows=[RosterRow(2, f"R{turn}", person.phone)])
            outcomes = together(
                lambda person=person, code=code: open_code(code=code, by=person, now=now),
                lambda: issue_codes(**place, number=0, for_roll=True, key=uuid.uuid4(), now=now),
            )
            assert reasons(outcomes) in ([R.CODE_SECOND], [R.NO_LINES])
            assert contest.voters.filter(code__isnull=False).count() == turn + 1
            if reasons(outcomes) == [R.CODE_SECOND]:
                open_code(code=contest.voters.get(reference=f"R{turn}").code, by=person, now=now)


def test_two_lists_with_the_same_people_in_another_order_both_come(contest, communities, officer):
    with racers(2) as together:
        for turn in range(FEWER):
            rows = [RosterRow(line, f"R{turn}-{line}", "") for line in range(100)]
            acts = [
                lambda rows=rows: import_roster(contest=contest, community=communities[0], rows=rows, by=officer)
                for rows in (rows, rows[::-1])
            ]
            assert sorted(together(*acts)) == [0, 100]


def test_a_line_that_was_joined_meanwhile_is_looked_up_again(contest, communities, officer, now):
    gone = VoterFactory(contest=contest, community=communities[0])
    Voter.objects.filter(pk=gone.pk).delete()
    for act in (
        lambda: mark_paper_vote(voter=gone, by=officer),
        lambda: begin_help(voter=gone, consented=True, by=officer, now=now),
        lambda: cast_ballot(contest=contest, entries=[], by=officer, helped=Helped(gone.pk), now=now),
    ):
        with pytest.raises(Refused, check=lambda refusal: refusal.reason == R.LINE_JOINED):
            act()


def test_a_code_is_void_once(contest, code_of, officer, approver, now):
    code = code_of()
    outcomes = race(
        *[lambda by=by: void_code(code=code, reason=CodeVoidReason.LOST, by=by, now=now) for by in (officer, approver)]
    )
    assert reasons(outcomes) == [R.CODE_VOID_ALREADY]


def test_two_sheets_at_once_have_different_numbers(contest, code_of):
    race(code_of, code_of, code_of)
    assert sorted(HouseholdCode.objects.values_list("serial", flat=True)) == [1, 2, 3]


def test_lines_that_are_joined_while_both_vote_leave_one_ballot(contest, ids, communities, approver, now):
    """Once the lines are joined, whoever votes by the code of the old one votes on the line of the person."""
    place = {"contest": contest, "community": communities[0]}
    with racers(3) as together:
        for turn in range(FEWER // 2):
            person = ResidencyFactory(community=communities[0]).user
            draw_up_roll(**place, by=approver)
            own = contest.voters.get(user=person)
            VoterFactory(**place, reference=f"N{turn}")
            issue_codes(**place, number=0, for_roll=True, key=uuid.uuid4(), by=approver, now=now)
            code = HouseholdCode.objects.get(voter__reference=f"N{turn}")
            outcomes = together(
                lambda own=own, turn=turn: join_lines(voter=own, reference=f"N{turn}", by=approver),
                vote(contest, ids[0], person, now),
                lambda code=code: cast_ballot(contest=contest, entries=[ids[1]], by=None, code=code.pk, now=now),
            )
            assert set(reasons(outcomes)) <= {R.CODE_TAKEN}
            assert contest.voters.get(reference=f"N{turn}").user == person
            assert contest.voters.voted().count() == Ballot.objects.valid().count() == turn + 1


def test_who_is_struck_off_while_voting_has_voted_or_not(contest, ids, communities, officer, now):
    for _ in range(FEWER // 5):
        person = ResidencyFactory(community=communities[0]).user
        draw_up_roll(contest=contest, community=communities[0], by=officer)
        line = contest.voters.get(user=person)
        outcomes = race(
            vote(contest, ids[0], person, now), lambda line=line: strike_voter(voter=line, reason="Moved", by=officer)
        )
        assert reasons(outcomes) in ([R.STRUCK], [R.VOTED_ALREADY])
        line.refresh_from_db()
        assert line.has_voted == (line.struck_by_id is None)


def test_a_mark_is_taken_back_by_two_people_at_once(contest, communities, officer, approver):
    line = VoterFactory(contest=contest, community=communities[0])
    with racers(2) as together:
        for _ in range(FEWER):
            mark_paper_vote(voter=line, by=officer)
            acts = [lambda by=by: unmark_paper_vote(voter=line, by=by) for by in (officer, approver)]
            assert reasons(together(*acts)) == []
            assert Voter.objects.values_list("way", "unmarking_by").get(pk=line.pk) == (VoteWay.NONE, None)
