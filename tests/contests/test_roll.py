"""The electoral roll: who keeps it, how people come onto it, and that everyone is on it once."""

from __future__ import annotations

import uuid
from datetime import timedelta

import pytest
from django.utils import translation

from communities.enums import ResidencyState
from communities.refusal import Refused
from contests.enums import ContestRefusal, ContestState, VoidReason
from contests.figures import online_votes
from contests.models import Ballot, BallotVoid, HouseholdCode, RollEvent, Voter
from contests.roster import RosterRow
from contests.services.codes import MOST, find_code, issue_codes, open_code, reissue_code, void_batch, void_code
from contests.services.lifecycle import close_contest, confirm_result
from contests.services.matching import join_lines
from contests.services.roll import (
    beside_roll,
    draw_up_roll,
    enter_voter,
    import_roster,
    mark_paper_vote,
    strike_voter,
    unmark_paper_vote,
)
from contests.services.voting import cast_ballot, last_ballot
from contests.turnout import replaced_after_reissue
from contests.voting_enums import CodeVoidReason, RollAct, RollSource, RosterProblem, VoteWay, VotingRefusal
from contests.voting_rules import why_not_keep_roll, why_not_open_code
from tests.contests.test_rules import ROLES
from tests.factories import ResidencyFactory, ResidentFactory, VoterFactory
from tests.scenes import end_notice

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
def issue(contest, communities, community_officer, now):
    """`issue(number=1, for_roll=False)`: new codes of community A."""

    def issue(number=1, **options):
        return issue_codes(
            contest=contest,
            community=communities[0],
            **{"number": number, "for_roll": False, "key": uuid.uuid4(), "by": community_officer, "now": now} | options,
        )[1]

    return issue


@pytest.fixture
def opened(now):
    def opened(issued, by=None):
        return open_code(code=find_code(issued.code), by=by, now=now)

    return opened


@pytest.fixture
def vote(contest, ids, now):
    def vote(*choices, by=None, code=None):
        chosen = [ids[choice] for choice in choices]
        return cast_ballot(contest=contest, entries=chosen, by=by, code=code and code.pk, now=now)

    return vote


# Who keeps it


@pytest.mark.parametrize("role", ROLES)
def test_who_keeps_the_roll_and_when(role, cast, contest, communities):
    for state in ContestState:
        contest.state = state
        reason = why_not_keep_roll(cast(role), contest, communities[0])
        if role not in {"officer", "approver", "community_officer"}:
            assert reason == R.NOT_AN_OFFICER, state
        else:
            assert reason == (None if state in {C.DRAFT, C.OPEN} else R.ROLL_CLOSED), state


def test_a_community_officer_keeps_the_roll_of_their_own_community_only(contest, communities, community_officer):
    assert why_not_keep_roll(community_officer, contest, communities[1]) == R.NOT_AN_OFFICER


# Coming onto it


def test_verified_residents_come_onto_the_roll_once(contest, communities, community_officer, resident, neighbour):
    made = [draw_up_roll(contest=contest, community=communities[0], by=community_officer) for _ in range(2)]
    assert made == [2, 0]
    assert {line.user for line in contest.voters.all()} == {resident, neighbour}
    assert not contest.voters.voted().exists()


def test_an_officer_enters_somebody(contest, communities, community_officer):
    def enter(reference, phone="", adult=True):
        return enter_voter(
            contest=contest,
            community=communities[0],
            reference=reference,
            phone=phone,
            adult=adult,
            by=community_officer,
        )

    assert enter("R1", "+8613911112222").source == RollSource.OFFICER
    for again in (("R1",), ("R2", "+8613911112222")):
        with refused(R.ON_ROLL_ALREADY):
            enter(*again)
    with refused(R.ADULTS_ONLY):
        enter("R3", adult=False)
    assert contest.voters.count() == 1


def test_a_roster_comes_onto_the_roll_without_who_is_there(contest, communities, community_officer, resident, vote):
    vote(0, by=resident)
    VoterFactory(contest=contest, community=communities[0], reference="0002")
    rows = [RosterRow(2, "0001", resident.phone), RosterRow(3, "0002", ""), RosterRow(4, "0003", "+8613911112222")]
    arguments = {"contest": contest, "community": communities[0]}
    assert import_roster(**arguments, rows=rows, by=community_officer) == 1
    assert import_roster(**arguments, rows=rows, by=community_officer) == 0
    assert contest.voters.count() == 3
    assert "13911112222" not in str(list(contest.voters.values()))


def test_the_preview_tells_who_is_there(contest, communities, resident, vote):

    vote(0, by=resident)
    good, wrong = beside_roll(contest, communities[0], [RosterRow(2, "0001", resident.phone), RosterRow(3, "2", "")])
    assert [row.reference for row in good] == ["2"]
    assert [row.problem for row in wrong] == [RosterProblem.PHONE_ON_ROLL]


def test_who_stands_in_the_roster_votes_with_an_account(contest, communities, community_officer, vote):
    newcomer = ResidentFactory()
    with refused(ContestRefusal.NOT_VERIFIED):
        vote(0, by=newcomer)
    rows = [RosterRow(2, "0001", newcomer.phone)]
    import_roster(contest=contest, community=communities[0], rows=rows, by=community_officer)
    assert vote(0, by=newcomer)
    assert contest.voters.get().user == newcomer


def test_a_number_that_was_never_confirmed_is_nobodys(contest, communities, community_officer, unverified, vote):
    rows = [RosterRow(2, "0001", unverified.phone)]
    import_roster(contest=contest, community=communities[0], rows=rows, by=community_officer)
    with refused(ContestRefusal.NOT_VERIFIED):
        vote(0, by=unverified)


def test_whose_residence_is_no_longer_confirmed_does_not_vote(
    issue, opened, contest, communities, community_officer, resident, vote
):
    draw_up_roll(contest=contest, community=communities[0], by=community_officer)
    resident.residencies.update(state=ResidencyState.REFUSED)
    for act in (lambda: vote(0, by=resident), lambda: opened(issue()[0], by=resident)):
        with refused(R.NO_LONGER_VERIFIED):
            act()
    assert not Ballot.objects.exists()


def test_a_resident_of_another_community_is_entered_there_and_nowhere_else(
    contest, communities, community_officer, officer
):
    person = ResidencyFactory(community=communities[1]).user
    common = {"contest": contest, "reference": "0001", "phone": person.phone, "adult": True}
    with refused(R.LIVES_ELSEWHERE):
        enter_voter(**common, community=communities[0], by=community_officer)
    rows = [RosterRow(2, "0001", person.phone), RosterRow(3, "0002", "")]
    good, wrong = beside_roll(contest, communities[0], rows)
    assert [row.reference for row in good] == ["0002"]
    assert [row.problem for row in wrong] == [RosterProblem.LIVES_ELSEWHERE]
    assert enter_voter(**common, community=communities[1], by=officer)


def test_who_is_struck_off_the_roll_votes_on_no_way(
    contest, communities, community_officer, officer, resident, issue, opened, vote
):
    draw_up_roll(contest=contest, community=communities[0], by=community_officer)
    line = contest.voters.get(user=resident)
    with refused(R.REASON_MISSING):
        strike_voter(voter=line, reason=" ", by=community_officer)
    strike_voter(voter=line, reason="Moved away", by=community_officer)
    assert contest.roll_events.filter(act=RollAct.STRUCK).values_list("note", "by").get() == (
        "Moved away",
        community_officer.pk,
    )
    for act in (
        lambda: vote(0, by=resident),
        lambda: mark_paper_vote(voter=line, by=officer),
        lambda: opened(issue()[0], by=resident),
        lambda: strike_voter(voter=line, reason="Again", by=officer),
    ):
        with refused(R.STRUCK):
            act()
    assert draw_up_roll(contest=contest, community=communities[0], by=community_officer) == 0


def test_who_has_voted_is_not_struck_off(contest, community_officer, resident, vote):
    vote(0, by=resident)
    with refused(R.VOTED_ALREADY):
        strike_voter(voter=contest.voters.get(), reason="Moved away", by=community_officer)


@pytest.fixture
def twice(contest, communities, resident, community_officer):
    """The line of an account, and the same person's on the roster, without a number."""
    draw_up_roll(contest=contest, community=communities[0], by=community_officer)
    VoterFactory(contest=contest, community=communities[0], reference="0001")
    return contest.voters.get(user=resident)


def test_two_lines_of_one_person_are_joined(twice, issue, opened, vote, contest, ids, resident, community_officer):
    [issued] = issue(0, for_roll=True)
    vote(0, code=opened(issued))
    kept = join_lines(voter=twice, reference="0001", by=community_officer)
    assert (kept.user, kept.reference, kept.has_voted) == (resident, "0001", True)
    assert vote(1, by=resident)
    assert online_votes(contest) == {ids[1]: 1}
    assert acts_on(contest)[-1] == RollAct.JOINED
    for number in ("0001", "0002", ""):
        with refused(R.NOT_TWO_LINES):
            join_lines(voter=kept, reference=number, by=community_officer)


def test_where_both_lines_voted_an_approver_joins_them(
    twice, issue, opened, vote, contest, resident, community_officer, approver
):
    [issued] = issue(0, for_roll=True)
    vote(0, code=opened(issued))
    by_account = vote(1, by=resident)
    with refused(R.BOTH_VOTED):
        join_lines(voter=twice, reference="0001", by=community_officer)
    join_lines(voter=twice, reference="0001", by=approver)
    assert list(Ballot.objects.valid()) == [by_account]
    assert contest.voters.voted().count() == 1


def test_a_void_code_stays_with_the_joined_line(twice, issue, opened, vote, resident, community_officer, now):
    """As long as a line has a code, no account is shown a ballot that it did not cast itself."""
    code = opened(issue(0, for_roll=True)[0])
    vote(0, code=code)
    void_code(code=code, reason=CodeVoidReason.LOST, by=community_officer, now=now)
    kept = join_lines(voter=twice, reference="0001", by=community_officer)
    assert (kept.user, kept.code) == (resident, code)


# Household codes


@pytest.mark.parametrize("state", ContestState)
def test_when_a_code_opens(state, contest, now):
    contest.state = state
    until, from_then = contest.voting_closes_at - timedelta(seconds=1), contest.voting_closes_at
    closed = ContestRefusal.VOTING_CLOSED
    expected = {C.DRAFT: (ContestRefusal.VOTING_NOT_OPEN,) * 2, C.OPEN: (None, closed)}.get(state, (closed, closed))
    assert (why_not_open_code(contest, until), why_not_open_code(contest, from_then)) == expected
    contest.voting_opens_at = until
    assert why_not_open_code(contest, now) == expected[0], "a code opens before voting begins"


def test_a_code_opens_one_ballot_without_an_account(issue, opened, vote, contest, ids, now):
    code = opened(issue()[0])
    first = vote(0, code=code)
    assert vote(1, 2, code=opened_again(code, now)).supersedes == first
    assert online_votes(contest) == {ids[1]: 1, ids[2]: 1}
    assert last_ballot(contest=contest, by=None, code=code.pk)
    line = contest.voters.get()
    assert (line.source, line.way, line.is_adult) == (RollSource.CODE, VoteWay.ONLINE, True)


def opened_again(code, now):
    return open_code(code=code, by=None, now=now)


def test_codes_are_kept_as_keyed_hashes_only(issue):
    issued = issue(3)
    stored = str(list(HouseholdCode.objects.values()))
    assert len({each.code for each in issued}) == 3
    assert not [each for each in issued if each.code in stored or each.code.replace("-", "") in stored]
    assert [each.serial for each in issued] == [1, 2, 3]
    assert [each.serial for each in issue(2)] == [4, 5]


def test_a_form_that_is_sent_twice_issues_once(issue):
    key = uuid.uuid4()
    issue(2, key=key)
    with refused(R.BATCH_SHOWN):
        issue(2, key=key)
    assert HouseholdCode.objects.count() == 2


@pytest.mark.parametrize("number", [0, 1001])
def test_as_many_codes_as_a_sheet_holds(issue, number):
    with refused(R.TOO_MANY_CODES):
        issue(number)


def test_a_logged_in_person_and_their_code_have_one_ballot(issue, opened, vote, contest, ids, resident):
    vote(0, by=resident)
    code = opened(issue()[0], by=resident)
    vote(1, by=resident)
    with refused(R.CODE_TAKEN):
        vote(2, code=code)
    assert online_votes(contest) == {ids[1]: 1}
    assert contest.voters.count() == 1


def test_who_voted_by_code_and_logs_in_later_is_the_same_voter(issue, opened, vote, contest, ids, resident):
    [issued] = issue()
    first = vote(0, code=opened(issued))
    opened(issued, by=resident)
    assert vote(1, by=resident).supersedes == first
    assert online_votes(contest) == {ids[1]: 1}
    line = contest.voters.get()
    assert (line.user, line.source) == (resident, RollSource.RESIDENCY)


def test_who_voted_by_code_and_by_account_counts_once(issue, opened, vote, contest, ids, resident):
    [issued] = issue()
    by_code = vote(0, code=opened(issued))
    by_account = vote(1, by=resident)
    opened(issued, by=resident)
    assert list(Ballot.objects.valid()) == [by_account]
    assert BallotVoid.objects.get().ballot == by_code
    assert BallotVoid.objects.get().reason == VoidReason.DUPLICATE_VOTER
    assert online_votes(contest) == {ids[1]: 1}
    assert contest.voters.voted().count() == 1


def test_a_code_made_for_a_line_of_the_roster_is_that_persons(
    issue, opened, vote, contest, ids, communities, community_officer
):
    """Here nothing needs to be opened in one browser: the roster itself knows code and account as one person."""
    person = ResidentFactory()
    rows = [RosterRow(2, "0001", person.phone), RosterRow(3, "0002", "")]
    import_roster(contest=contest, community=communities[0], rows=rows, by=community_officer)
    first, second = issue(0, for_roll=True)
    assert (first.reference, second.reference) == ("0001", "0002")
    by_code = vote(0, code=opened(first))
    assert vote(1, by=person).supersedes == by_code
    assert online_votes(contest) == {ids[1]: 1}
    with refused(R.NO_LINES):
        issue(0, for_roll=True)


def test_a_long_roster_gets_its_codes_sheet_by_sheet(issue, contest, communities):
    place = {"contest": contest, "community": communities[0], "source": RollSource.ROSTER}
    Voter.objects.bulk_create([Voter(**place, reference=f"{number:04}") for number in range(MOST + 2)])
    assert len(issue(0, for_roll=True)) == MOST
    assert [each.reference for each in issue(0, for_roll=True)] == ["1000", "1001"]


def test_a_line_whose_code_is_void_gets_another_one(issue, opened, vote, contest, communities, community_officer, now):
    VoterFactory(contest=contest, community=communities[0], reference="0001")
    [first] = issue(0, for_roll=True)
    vote(0, code=opened(first))
    void_code(code=find_code(first.code), reason=CodeVoidReason.LOST, by=community_officer, now=now)
    [second] = issue(0, for_roll=True)
    vote(1, code=opened(second))
    assert contest.voters.count() == Ballot.objects.valid().count() == 1


def test_a_sheet_is_voided_but_for_codes_in_use(issue, opened, community_officer, other_officer, now):
    used, *lost = issue(3)
    batch = opened(used).batch
    with refused(R.NOT_AN_OFFICER):
        void_batch(batch=batch, reason=CodeVoidReason.LOST, by=other_officer, now=now)
    assert void_batch(batch=batch, reason=CodeVoidReason.LOST, by=community_officer, now=now) == 2
    for code in lost:
        with refused(R.CODE_VOID):
            opened(code)
    assert opened(used)
    with refused(R.NO_FREE_CODES):
        void_batch(batch=batch, reason=CodeVoidReason.LOST, by=community_officer, now=now)


def test_a_number_makes_code_and_account_one_person(issue, opened, vote, contest, ids, resident, neighbour, now):
    """In two browsers, one after the other: in whichever order, one ballot counts."""
    first, second = issue(2)
    code = open_code(code=find_code(first.code), by=None, now=now, phone=resident.phone)
    by_code = vote(0, code=code)
    assert vote(1, by=resident).supersedes == by_code
    vote(1, by=neighbour)
    with refused(R.CODE_OF_ACCOUNT):
        open_code(code=find_code(second.code), by=None, now=now, phone=neighbour.phone)
    assert not find_code(second.code).was_used
    opened(second, by=neighbour)
    assert vote(2, by=neighbour)
    assert online_votes(contest) == {ids[1]: 1, ids[2]: 1}
    assert contest.voters.count() == 2


def test_a_number_nobody_confirmed_opens_no_line_of_the_roster(issue, contest, communities, community_officer, now):
    rows = [RosterRow(2, "0001", "+8613911112222")]
    import_roster(contest=contest, community=communities[0], rows=rows, by=community_officer)
    with refused(R.CODE_OF_ACCOUNT):
        open_code(code=find_code(issue()[0].code), by=None, now=now, phone="+8613911112222")
    assert contest.voters.count() == 1


def test_a_second_code_gives_no_second_ballot(issue, opened, resident, neighbour):
    first, second = issue(2)
    opened(first, by=resident)
    with refused(R.CODE_SECOND):
        opened(second, by=resident)
    with refused(R.CODE_TAKEN):
        opened(first, by=neighbour)


def test_a_void_code_opens_nothing(issue, opened, vote, community_officer, now):
    [issued] = issue()
    code = opened(issued)
    void_code(code=code, reason=CodeVoidReason.LOST, by=community_officer, now=now)
    with refused(R.CODE_VOID):
        opened(issued)
    with refused(R.CODE_VOID):
        vote(0, code=code)
    with refused(R.CODE_VOID_ALREADY):
        void_code(code=code, reason=CodeVoidReason.LOST, by=community_officer, now=now)


def test_a_code_in_place_of_another_opens_the_same_line(issue, opened, vote, contest, ids, community_officer, now):
    code = opened(issue()[0])
    vote(0, code=code)
    new, issued = reissue_code(code=code, reason=CodeVoidReason.LOST, by=community_officer, now=now)
    assert new.replaces == code
    vote(1, code=opened(issued))
    assert online_votes(contest) == {ids[1]: 1}
    assert contest.voters.count() == 1


def test_what_is_replaced_by_a_code_given_anew_stays_in_the_record(
    issue, opened, vote, contest, ids, community_officer, approver, now
):
    """As a figure: whose, and which ballot, is told by nothing."""

    def given_anew(code, at):
        reason = {"reason": CodeVoidReason.LOST, "by": community_officer}
        return opened(reissue_code(code=code, now=at, **reason)[1])

    untouched, replaced, late = [opened(each) for each in issue(3)]
    for code in (untouched, replaced):
        vote(0, code=code)
    given_anew(untouched, now + timedelta(minutes=1))
    again = given_anew(given_anew(replaced, now + timedelta(minutes=1)), now + timedelta(minutes=3))
    late = given_anew(late, now + timedelta(minutes=1))
    for entry, minute in ((0, 2), (1, 4)):
        cast_ballot(contest=contest, entries=[ids[entry]], by=None, code=late.pk, now=now + timedelta(minutes=minute))
    assert replaced_after_reissue(contest) == 0
    cast_ballot(contest=contest, entries=[ids[1]], by=None, code=again.pk, now=now + timedelta(minutes=5))
    assert replaced_after_reissue(contest) == 1
    type(contest).objects.filter(pk=contest.pk).update(state=C.PUBLICISED)
    end_notice(contest.programme, now)
    with translation.override("en"):
        confirmed = confirm_result(contest=contest, by=approver, now=now)
    assert confirmed.events.get(to_state=C.CONFIRMED).note.startswith("1 ballot was replaced")


def test_a_code_for_a_line_whose_code_is_void_replaces_it(issue, opened, vote, contest, communities, officer, now):
    VoterFactory(contest=contest, community=communities[0], reference="0001", source=RollSource.ROSTER)
    code = opened(issue(0, for_roll=True)[0])
    vote(0, code=code)
    void_code(code=code, reason=CodeVoidReason.LOST, by=officer, now=now + timedelta(minutes=1))
    again = opened(issue(0, for_roll=True)[0])
    assert (again.replaces, again.was_used) == (code, True)
    cast_ballot(
        contest=contest,
        entries=[*contest.entries.values_list("pk", flat=True)][1:2],
        by=None,
        code=again.pk,
        now=now + timedelta(minutes=2),
    )
    assert replaced_after_reissue(contest) == 1


def test_only_officers_of_the_community_issue_and_void(issue, opened, support_member, other_officer, now):
    [issued] = issue()
    for person in (support_member, other_officer):
        with refused(R.NOT_AN_OFFICER):
            issue(1, by=person)
        with refused(R.NOT_AN_OFFICER):
            void_code(code=find_code(issued.code), reason=CodeVoidReason.LOST, by=person, now=now)


def test_after_closing_no_code_opens_anything(issue, opened, contest, officer, now):
    [issued] = issue()
    close_contest(contest=contest, by=officer, now=contest.voting_closes_at)
    with refused(ContestRefusal.VOTING_CLOSED):
        opened(issued)
    with refused(R.ROLL_CLOSED):
        issue()


def test_confirmation_forgets_which_code_opened_which_line(issue, opened, vote, contest, approver, now):
    vote(0, code=opened(issue()[0]))
    type(contest).objects.filter(pk=contest.pk).update(state=C.PUBLICISED)
    end_notice(contest.programme, now)
    confirm_result(contest=contest, by=approver, now=now)
    assert HouseholdCode.objects.get().was_used
    assert HouseholdCode.objects.get().voter is None
    assert contest.voters.voted().count() == 1


# Paper


def acts_on(contest):
    return list(contest.roll_events.order_by("pk").values_list("act", flat=True))


def test_who_votes_on_paper_has_no_ballot_on_the_site(contest, communities, officer, approver, resident, vote):
    draw_up_roll(contest=contest, community=communities[0], by=officer)
    line = mark_paper_vote(voter=contest.voters.get(user=resident), by=officer)
    assert (line.way, line.has_voted) == (VoteWay.PAPER, True)
    with refused(R.VOTED_ON_PAPER):
        vote(0, by=resident)
    with refused(R.VOTED_ALREADY):
        mark_paper_vote(voter=line, by=officer)
    assert unmark_paper_vote(voter=line, by=officer).way == VoteWay.PAPER
    with refused(R.UNMARK_SECOND):
        unmark_paper_vote(voter=line, by=officer)
    assert unmark_paper_vote(voter=line, by=approver).way == VoteWay.NONE
    assert vote(0, by=resident)
    assert acts_on(contest) == [RollAct.DRAWN_UP, RollAct.MARKED, RollAct.UNMARKING_ASKED, RollAct.UNMARKED]
    assert not {field.name for field in RollEvent._meta.get_fields()} & {"at", "ballot", "user", "voter"}
    for act, reason in ((mark_paper_vote, R.VOTED_ALREADY), (unmark_paper_vote, R.NOT_VOTED_ON_PAPER)):
        with refused(reason):
            act(voter=Voter.objects.get(user=resident), by=officer)


def test_a_mark_that_was_wrong_leaves_the_way_to_a_ballot(
    issue, opened, vote, contest, ids, officer, approver, resident
):
    """Account and code are one person, whose ballot is void because the code's line was marked; the mark was wrong."""
    [issued] = issue()
    opened(issued)
    mark_paper_vote(voter=contest.voters.get(), by=officer)
    void = vote(0, by=resident)
    opened(issued, by=resident)
    line = contest.voters.get()
    assert (line.way, BallotVoid.objects.get().ballot) == (VoteWay.PAPER, void)
    unmark_paper_vote(voter=line, by=officer)
    line = unmark_paper_vote(voter=line, by=approver)
    assert (line.way, line.has_voted) == (VoteWay.ONLINE, True)
    assert online_votes(contest) == {}
    assert vote(0, by=resident).supersedes == void
    assert online_votes(contest) == {ids[0]: 1}
    assert contest.voters.voted().count() == 1


@pytest.mark.parametrize(("code_of", "kept"), [(0, "0001"), (1, "")])
def test_a_number_of_another_communitys_roster_is_left_behind(
    code_of, kept, contest, communities, officer, resident, now
):
    """The code was made for number 1 of a roster; where the person lives, that number may be somebody else's."""
    home = communities[0]
    for place in communities[:2]:
        enter_voter(contest=contest, community=place, reference="0001", phone="", adult=True, by=officer)
    draw_up_roll(contest=contest, community=home, by=officer)
    common = {"contest": contest, "community": communities[code_of], "by": officer, "now": now}
    issue_codes(number=0, for_roll=True, key=uuid.uuid4(), **common)
    open_code(code=HouseholdCode.objects.get(), by=resident, now=now)
    line = contest.voters.get(user=resident)
    assert (line.community, line.reference) == (home, kept)
    assert contest.voters.filter(community=home, reference="0001").count() == 1


def test_own_community_only(contest_in, scene, communities, now):
    contest = contest_in(C.OPEN, choices_from="OWN_COMMUNITY")
    own, other = (contest.entries.get(community=place).pk for place in communities[:2])
    voter = ResidencyFactory(community=communities[0]).user
    with refused(R.OTHER_COMMUNITY):
        cast_ballot(contest=contest, entries=[own, other], by=voter, now=now)
    assert cast_ballot(contest=contest, entries=[own], by=voter, now=now)
