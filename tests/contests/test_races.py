"""People and workers who act on one contest at the same moment, with real threads on real PostgreSQL."""

from __future__ import annotations

from decimal import Decimal
from functools import partial

import pgtrigger
import pytest
from django.db import transaction

from communities.refusal import Refused
from contests import ruleset
from contests.archive.reading import read
from contests.enums import ContestRefusal, ContestState, RecusalGround, RunKind, RunState
from contests.figures import input_counts, online_votes
from contests.models import (
    Award,
    Ballot,
    Contest,
    ContestSecret,
    Criterion,
    Entry,
    Mark,
    Recusal,
    ScoreSheet,
    TallyRun,
    Voter,
)
from contests.services.archives import import_archive
from contests.services.judging import rubric, save_sheet
from contests.services.lifecycle import (
    close_contest,
    confirm_result,
    enter_proposal,
    open_contest,
    publicise_result,
)
from contests.services.recusing import keep_out, recuse
from contests.services.tally import carry_out, request_tally
from contests.services.voting import cast_ballot
from proposals.enums import ProposalState
from tests.contests.cases import ARCHIVES
from tests.factories import AppointmentFactory
from tests.racing import SECONDS, meanwhile, race, racers, somebody_waits

pytestmark = pytest.mark.django_db(transaction=True)

R, C = ContestRefusal, ContestState
ROUNDS = 200


def reasons(outcomes):
    return [outcome.reason for outcome in outcomes if isinstance(outcome, Refused)]


# Ballots


def test_two_ballots_at_once_are_one_chain(contest_in, resident, now):
    contest = contest_in(C.OPEN)
    entries = list(contest.entries.values_list("pk", flat=True))

    def vote(entry):
        return lambda: cast_ballot(contest=contest, entries=[entry], by=resident, now=now)

    outcomes = race(*map(vote, entries))
    assert reasons(outcomes) == []
    assert Voter.objects.count() == 1
    assert Ballot.objects.filter(supersedes=None).count() == 1
    [head] = Ballot.objects.last_of_voters()
    assert Ballot.objects.count() == 3
    assert sum(online_votes(contest).values()) == 1
    assert online_votes(contest) == {head.choices.get().entry_id: 1}


def test_two_clicks_cast_one_ballot(contest_in, resident, now):
    contest = contest_in(C.OPEN)
    entry = contest.entries.first().pk
    ballots = race(*[lambda: cast_ballot(contest=contest, entries=[entry], by=resident, now=now)] * 3)
    assert len({ballot.pk for ballot in ballots}) == Ballot.objects.count() == 1


def test_closing_waits_for_a_ballot_under_way(contest_in, resident, officer, now):
    contest = contest_in(C.OPEN)
    entry = contest.entries.first().pk
    with transaction.atomic():
        ballot = cast_ballot(contest=contest, entries=[entry], by=resident, now=now)
        closing = meanwhile(lambda: close_contest(contest=contest, by=officer, now=contest.voting_closes_at))
        somebody_waits()
        assert Contest.objects.get(pk=contest.pk).state == C.OPEN
    assert closing.result(SECONDS).state == C.CLOSED
    assert list(Ballot.objects.valid()) == [ballot]


def test_a_ballot_waits_for_closing_and_is_refused(contest_in, resident, officer, now):
    contest = contest_in(C.OPEN)
    entry = contest.entries.first().pk
    with transaction.atomic():
        close_contest(contest=contest, by=officer, now=contest.voting_closes_at)
        voting = meanwhile(lambda: cast_ballot(contest=contest, entries=[entry], by=resident, now=now))
        somebody_waits()
    with pytest.raises(Refused, check=lambda refusal: refusal.reason == R.VOTING_CLOSED):
        voting.result(SECONDS)
    assert not Ballot.objects.exists()


def test_ballots_do_not_wait_for_each_other(contest_in, resident, neighbour, now):
    contest = contest_in(C.OPEN)
    entry = contest.entries.first().pk
    with transaction.atomic():
        cast_ballot(contest=contest, entries=[entry], by=resident, now=now)
        other = meanwhile(lambda: cast_ballot(contest=contest, entries=[entry], by=neighbour, now=now))
        assert other.result(SECONDS)
    assert online_votes(contest) == {entry: 2}


# Sheets


def test_two_clicks_are_one_recusal(contest_in, expert, now):
    contest = contest_in(C.OPEN)
    panelist = contest.panelists.get(user=expert)
    entry = contest.entries.get(number="002")
    with transaction.atomic():
        Recusal.objects.create(panelist=panelist, entry=entry, ground=RecusalGround.DECLARED)
        second = meanwhile(lambda: recuse(panelist=panelist, entry=entry, tie="MEMBER", by=expert))
        somebody_waits()
    assert second.result(SECONDS) == Recusal.objects.get(panelist=panelist, entry=entry)


def test_a_sheet_is_submitted_once(contest_in, expert, now):
    contest = contest_in(C.OPEN)
    entry, panelist = contest.entries.first(), contest.panelists.get(user=expert)

    def submit(points):
        values = {criterion.pk: Decimal(points) for criterion in rubric(entry)}
        return lambda: save_sheet(
            panelist=panelist,
            entry=Entry.objects.get(pk=entry.pk),
            points=values,
            remarks=dict.fromkeys(values, "Why so."),
            comment="",
            submit=True,
            by=expert,
            now=now,
        )

    with racers(2) as together:
        for _ in range(ROUNDS):
            outcomes = together(submit(1), submit(2))
            assert reasons(outcomes) == [R.SHEET_SUBMITTED]
            winner = 1 + [isinstance(outcome, ScoreSheet) for outcome in outcomes].index(True)
            assert list(Mark.objects.values_list("points", flat=True)) == [Decimal(winner)] * 3
            with pgtrigger.ignore():
                ScoreSheet.objects.all().delete()


def test_closing_waits_for_a_sheet_under_way(contest_in, scene, expert, officer, now):
    contest = contest_in(C.OPEN)
    with transaction.atomic():
        scene.submit_sheet(contest.panelists.get(user=expert), contest.entries.first(), 0)
        closing = meanwhile(lambda: close_contest(contest=contest, by=officer, now=contest.voting_closes_at))
        somebody_waits()
    assert closing.result(SECONDS).state == C.CLOSED
    assert ScoreSheet.objects.submitted().count() == 1


# Entering and opening


def test_a_proposal_is_entered_once(contest_in, proposal_in, officer, now):
    contest, proposal = contest_in(C.DRAFT, entries=0), proposal_in(ProposalState.QUALIFIED)
    outcomes = race(*[lambda: enter_proposal(contest=contest, proposal=proposal, by=officer, now=now)] * 2)
    assert reasons(outcomes) == [R.ENTERED_ALREADY]
    assert contest.entries.count() == 1


def test_numbers_of_entries_do_not_collide(contest_in, proposal_in, officer, now):
    contest = contest_in(C.DRAFT, entries=0)
    proposals = [proposal_in(ProposalState.QUALIFIED) for _ in range(3)]

    def enter(proposal):
        return lambda: enter_proposal(contest=contest, proposal=proposal, by=officer, now=now)

    race(*map(enter, proposals))
    assert [entry.number for entry in contest.entries.all()] == ["001", "002", "003"]


def test_opening_hashes_rules_that_are_being_changed(contest_in, officer, now):
    contest = contest_in(C.DRAFT)
    with transaction.atomic():
        Contest.objects.filter(pk=contest.pk).update(seed="drawn at the last moment")
        opening = meanwhile(lambda: open_contest(contest=contest, by=officer, now=now))
        somebody_waits()
    opened = opening.result(SECONDS)
    assert opened.ruleset.seed == "drawn at the last moment"
    assert opened.rules_sha256 == ruleset.sha256(opened.ruleset)


def test_a_contest_opens_with_the_rubric_that_is_being_changed(contest_in, officer, now):
    contest = contest_in(C.DRAFT)
    with transaction.atomic():
        contest.criteria.filter(code="NEED").update(max_points=Decimal(10))
        opening = meanwhile(lambda: open_contest(contest=contest, by=officer, now=now))
        somebody_waits()
    assert opening.result(SECONDS).state == C.OPEN
    assert Criterion.objects.get(contest=contest, code="NEED").max_points == 10


def test_a_contest_is_opened_once(contest_in, officer, approver, now):
    contest = contest_in(C.DRAFT)
    outcomes = race(
        lambda: open_contest(contest=contest, by=officer, now=now),
        lambda: open_contest(contest=contest, by=approver, now=now),
    )
    assert reasons(outcomes) == [R.WRONG_STATE]
    assert ContestSecret.objects.count() == contest.events.count() == 1


# Tally, publication, confirmation


def test_two_requests_make_one_run(contest_in, officer, approver, now):
    contest = contest_in(C.CLOSED)

    def ask(by):
        return lambda: request_tally(contest=contest, kind=RunKind.FINAL, by=by, now=now)

    outcomes = race(ask(officer), ask(approver))
    assert reasons(outcomes) == [R.RUN_UNDER_WAY]
    assert TallyRun.objects.count() == 1


def test_two_workers_carry_out_a_run_once(contest_in, officer, now):
    contest = contest_in(C.CLOSED)
    run = request_tally(contest=contest, kind=RunKind.FINAL, by=officer, now=now)
    race(*[lambda: carry_out(run=TallyRun.objects.get(pk=run.pk), now=now)] * 3)
    run.refresh_from_db()
    assert (run.state, run.attempt, run.results.count()) == (RunState.DONE, 1, 3)
    assert contest.events.filter(to_state=C.TALLIED).count() == 1


def keeping_out(contest, expert, officer):
    """The two ways in which a sheet stops counting after closing: its expert declares a tie, or the office knows of one."""
    panelist = contest.panelists.get(user=expert)
    entry = ScoreSheet.objects.submitted().filter(panelist=panelist).order_by("entry__number").last().entry
    return entry, {
        "declared": lambda: recuse(panelist=panelist, entry=entry, tie="RELATIVE", by=expert),
        "known": lambda: keep_out(panelist=panelist, entry=entry, ground=RecusalGround.SAME_EMPLOYER, by=officer),
    }


@pytest.mark.parametrize("way", ["declared", "known"])
def test_a_final_run_sees_who_was_kept_out_while_it_computed(contest_in, expert, officer, now, way):
    contest = contest_in(C.CLOSED)
    entry, ways = keeping_out(contest, expert, officer)
    counted = ScoreSheet.objects.counted().filter(entry=entry).count()
    run = request_tally(contest=contest, kind=RunKind.FINAL, by=officer, now=now)
    with transaction.atomic():
        ways[way]()
        computing = meanwhile(lambda: carry_out(run=TallyRun.objects.get(pk=run.pk), now=now))
        somebody_waits()
    done = computing.result(SECONDS)
    assert done.results.get(entry=entry).sheets == counted - 1
    assert done.counts == input_counts(contest)
    publicise_result(contest=contest, by=officer, now=now)
    assert Award.objects.get(entry=entry).result.run == run


@pytest.mark.parametrize(("way", "reason"), [("declared", R.SCORING_CLOSED), ("known", R.WRONG_STATE)])
def test_nobody_is_kept_out_behind_the_back_of_a_final_run(contest_in, expert, officer, now, way, reason):
    contest = contest_in(C.CLOSED)
    entry, ways = keeping_out(contest, expert, officer)
    run = request_tally(contest=contest, kind=RunKind.FINAL, by=officer, now=now)
    with transaction.atomic():
        carry_out(run=run, now=now)
        late = meanwhile(ways[way])
        somebody_waits()
    with pytest.raises(Refused, check=lambda refusal: refusal.reason == reason):
        late.result(SECONDS)
    assert not Recusal.objects.filter(entry=entry, panelist__user=expert).exists()


def test_a_sheet_counts_or_is_voided_whoever_comes_first(contest_in, expert, officer, now):
    contest = contest_in(C.CLOSED)
    entry, ways = keeping_out(contest, expert, officer)
    with racers(2) as together:
        for _ in range(20):
            run = request_tally(contest=contest, kind=RunKind.FINAL, by=officer, now=now)
            together(partial(carry_out, run=run, now=now), ways["declared"])
            counted = ScoreSheet.objects.counted().filter(entry=entry).count()
            assert run.results.get(entry=entry).sheets == counted
            with pgtrigger.ignore():
                Recusal.objects.filter(ground=RecusalGround.DECLARED).delete()
            Contest.objects.filter(pk=contest.pk).update(state=C.CLOSED)


def test_a_result_is_published_once(contest_in, officer, approver, now):
    contest = contest_in(C.TALLIED)

    def publish(by):
        return lambda: publicise_result(contest=contest, by=by, now=now)

    assert reasons(race(publish(officer), publish(approver))) == [R.WRONG_STATE]
    assert Award.objects.count() == 3


def test_a_result_is_confirmed_once(contest_in, approver, subdistrict, now):
    contest = contest_in(C.PUBLICISED)
    second = AppointmentFactory(role="STREET_APPROVER", subdistrict=subdistrict).user

    def confirm(by):
        return lambda: confirm_result(contest=contest, by=by, now=now)

    assert reasons(race(confirm(approver), confirm(second))) == [R.WRONG_STATE]
    assert contest.events.filter(to_state=C.CONFIRMED).count() == 1


# Archives


def test_an_archive_that_comes_twice_at_once_is_imported_once(db, now):
    archive = read(ARCHIVES[0])
    outcomes = race(*[lambda: import_archive(archive=archive, replace=False, now=now)] * 2)
    assert reasons(outcomes) == [R.IMPORTED_ALREADY]
    assert Contest.objects.count() == 1
