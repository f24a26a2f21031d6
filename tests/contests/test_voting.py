"""Ballots: cast, changed, counted, and never traced to a person."""

from datetime import timedelta

import pytest

from communities.refusal import Refused
from contests.enums import ContestRefusal, EntryStatus
from contests.figures import online_votes
from contests.models import Ballot, BallotChoice, BallotVoid, Contest, Voter
from contests.services.lifecycle import close_contest
from contests.services.voting import cast_ballot, last_ballot
from tests.factories import ResidentFactory

R = ContestRefusal


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


@pytest.fixture
def contest(contest_in):
    return contest_in("OPEN", entries=4)


@pytest.fixture
def ids(contest):
    return list(contest.entries.values_list("pk", flat=True))


@pytest.fixture
def cast_vote(contest, resident, now):
    def cast_vote(*entries, by=resident, now=now):
        return cast_ballot(contest=contest, entries=entries, by=by, now=now)

    return cast_vote


def test_a_ballot_holds_its_choices_and_the_minute(cast_vote, ids, now):
    ballot = cast_vote(ids[0], ids[2], now=now.replace(second=42, microsecond=7))
    assert set(ballot.choices.values_list("entry_id", flat=True)) == {ids[0], ids[2]}
    assert ballot.cast_at == now.replace(second=0, microsecond=0)
    assert len(ballot.receipt) == 16
    assert Voter.objects.get().has_voted


def test_a_ballot_says_nothing_about_its_voter(cast_vote, ids, contest, resident, neighbour):
    cast_vote(ids[0])
    cast_vote(ids[0], by=neighbour)
    columns = {field.name for field in Ballot._meta.get_fields()}
    assert not columns & {"user", "voter", "author", "ip", "session"}
    keys = set(Ballot.objects.values_list("voter_key", flat=True))
    assert len(keys) == 2
    assert all(len(key) == 64 for key in keys)
    moments = ("DateField", "DateTimeField", "TimeField")
    assert not [field for field in Voter._meta.get_fields() if field.get_internal_type() in moments]


def test_one_person_has_another_key_in_another_contest(contest_in, resident, now):
    for contest in (contest_in("OPEN"), contest_in("OPEN")):
        cast_ballot(contest=contest, entries=[contest.entries.first().pk], by=resident, now=now)
    first, second = Ballot.objects.values_list("voter_key", flat=True)
    assert first != second


def test_a_changed_ballot_supersedes_the_last(cast_vote, ids, contest, resident):
    first = cast_vote(ids[0])
    second = cast_vote(ids[1], ids[2])
    assert second.supersedes == first
    assert list(Ballot.objects.last_of_voters()) == [second]
    assert list(Ballot.objects.valid()) == [second]
    assert last_ballot(contest=contest, by=resident) == second
    assert online_votes(contest) == {ids[1]: 1, ids[2]: 1}


def test_the_same_choices_give_the_same_ballot(cast_vote, ids):
    first = cast_vote(ids[0], ids[1])
    assert cast_vote(ids[1], ids[0]) == first
    assert cast_vote(ids[1], ids[0], ids[0]) == first
    assert Ballot.objects.count() == 1


def test_going_back_to_earlier_choices_is_a_new_ballot(cast_vote, ids, contest):
    first = cast_vote(ids[0])
    cast_vote(ids[1])
    third = cast_vote(ids[0])
    assert third != first
    assert online_votes(contest) == {ids[0]: 1}


def test_only_the_last_ballot_of_each_voter_counts(cast_vote, ids, contest, neighbour):
    for choice in (ids[0], ids[1], ids[2]):
        cast_vote(choice)
    cast_vote(ids[2], ids[3], by=neighbour)
    assert online_votes(contest) == {ids[2]: 2, ids[3]: 1}
    assert BallotChoice.objects.count() == 5


def test_a_voided_ballot_does_not_count(cast_vote, ids, contest, neighbour):
    ballot = cast_vote(ids[0])
    cast_vote(ids[0], by=neighbour)
    BallotVoid.objects.create(ballot=ballot, reason="NOT_ELIGIBLE")
    assert online_votes(contest) == {ids[0]: 1}
    assert ballot not in Ballot.objects.valid()


def test_what_a_voided_ballot_superseded_does_not_come_back(cast_vote, ids, contest):
    cast_vote(ids[0])
    BallotVoid.objects.create(ballot=cast_vote(ids[1]), reason="STUFFING")
    assert online_votes(contest) == {}


@pytest.mark.parametrize(("count", "reason"), [(0, R.TOO_FEW_CHOICES), (4, R.TOO_MANY_CHOICES)])
def test_as_many_choices_as_the_rules_say(cast_vote, ids, count, reason):
    with refused(reason) as caught:
        cast_vote(*ids[:count])
    assert "%(" not in str(caught.value)
    assert not Ballot.objects.exists()
    assert not Voter.objects.exists()


def test_at_least_as_many_as_the_rules_say(contest_in, resident, now):
    contest = contest_in("OPEN", min_choices=2, max_choices=2)
    entries = list(contest.entries.values_list("pk", flat=True))
    with refused(R.TOO_FEW_CHOICES) as caught:
        cast_ballot(contest=contest, entries=entries[:1], by=resident, now=now)
    assert caught.value.facts == {"least": 2}
    assert cast_ballot(contest=contest, entries=entries[:2], by=resident, now=now)


@pytest.mark.parametrize("status", [EntryStatus.WITHDRAWN, EntryStatus.DISQUALIFIED])
def test_an_entry_that_left_is_not_chosen(cast_vote, ids, contest, status):
    contest.entries.filter(pk=ids[1]).update(status=status)
    with refused(R.UNKNOWN_CHOICE):
        cast_vote(ids[0], ids[1])
    assert not Ballot.objects.exists()


def test_an_entry_of_another_contest_is_not_chosen(cast_vote, contest_in):
    with refused(R.UNKNOWN_CHOICE):
        cast_vote(contest_in("OPEN").entries.first().pk)


def test_what_is_no_entry_is_not_chosen(cast_vote, ids):
    with refused(R.UNKNOWN_CHOICE):
        cast_vote(ids[0], max(ids) + 1000)


def test_only_verified_residents_vote(cast_vote, ids, outsider, other_officer, expert):
    for person in (outsider, other_officer, expert):
        with refused(R.NOT_VERIFIED):
            cast_vote(ids[0], by=person)
    assert not Voter.objects.exists()


def test_a_resident_of_the_whole_subdistrict_votes(cast_vote, ids, other_resident):
    assert cast_vote(ids[0], by=other_resident)


def test_after_closing_the_ballot_stays_as_it_is(cast_vote, ids, contest, resident, officer, now):
    first = cast_vote(ids[0])
    close_contest(contest=contest, by=officer, now=contest.voting_closes_at)
    with refused(R.VOTING_CLOSED):
        cast_vote(ids[1])
    assert last_ballot(contest=Contest.objects.get(pk=contest.pk), by=resident) == first


def test_a_stale_page_does_not_keep_the_contest_open(contest, ids, resident, officer, now):
    page = Contest.objects.get(pk=contest.pk)
    close_contest(contest=contest, by=officer, now=contest.voting_closes_at)
    with refused(R.VOTING_CLOSED):
        cast_ballot(contest=page, entries=ids[:1], by=resident, now=now)


@pytest.mark.parametrize(
    ("name", "offset", "reason"),
    [("voting_opens_at", -1, R.VOTING_NOT_OPEN), ("voting_closes_at", 0, R.VOTING_CLOSED)],
)
def test_outside_the_window_nobody_votes(cast_vote, ids, contest, name, offset, reason):
    with refused(reason):
        cast_vote(ids[0], now=getattr(contest, name) + timedelta(seconds=offset))


def test_someone_who_never_voted_has_no_ballot(contest, neighbour, resident):
    assert last_ballot(contest=contest, by=neighbour) is None
    assert last_ballot(contest=contest, by=ResidentFactory()) is None
