"""Runs of the tally: repeatable, whole or not at all, whatever happens to their worker."""

from __future__ import annotations

import hashlib
from decimal import Decimal

import pytest
from celery import current_app
from django.db import DatabaseError, connection, transaction

from communities.refusal import Refused
from contests import locks
from contests.archive import compute as pure
from contests.archive.reading import read
from contests.archive.writing import results_file
from contests.computation import compute
from contests.enums import ContestRefusal, ContestState, PublicMethod, RunKind, RunState, RunStep
from contests.figures import input_counts
from contests.models import BallotVoid, Contest, OfflineCount, Result, TallyRun
from contests.services.archives import import_archive, to_archive, to_results
from contests.services.tally import (
    MAX_ATTEMPTS,
    Overtaken,
    _publish,
    _step,
    _take_up,
    carry_out,
    request_tally,
)
from contests.tasks import carry_out_tally, take_up_waiting_tallies
from tests.contests.cases import ARCHIVES
from tests.racing import SECONDS, meanwhile, somebody_waits
from tests.waiting import eventually
from tests.workers import empty_queue, send, worker

R, C = ContestRefusal, ContestState
COLUMNS = [field.name for field in Result._meta.concrete_fields if field.name not in ("id", "run")]


@pytest.fixture
def ask(officer, now):
    def ask(contest, kind=RunKind.FINAL):
        return request_tally(contest=contest, kind=kind, by=officer, now=now)

    return ask


def rows(run):
    return list(run.results.order_by("entry").values_list(*COLUMNS))


# What a run is


def test_a_run_is_a_row_that_says_what_was_asked(contest_in, ask, officer, now):
    contest = contest_in(C.CLOSED)
    run = ask(contest)
    assert (run.state, run.step, run.attempt, run.progress) == (RunState.PENDING, RunStep.QUEUED, 0, 0)
    assert (run.kind, run.requested_by, run.requested_at) == (RunKind.FINAL, officer, now)
    assert run.rules_sha256 == contest.rules_sha256
    assert run.ruleset["seed"] == "drawn in public"


def test_a_finished_run_has_all_its_results(contest_in, ask, now):
    contest = contest_in(C.CLOSED)
    run = carry_out(run=ask(contest), now=now)
    assert (run.state, run.step, run.progress, run.finished_at) == (RunState.DONE, RunStep.PUBLISHED, 100, now)
    assert run.counts == input_counts(contest)
    assert not run.no_votes
    assert run.error == ""
    assert run.results_sha256 == hashlib.sha256(results_file(to_results(run))).hexdigest()
    assert Contest.objects.get(pk=contest.pk).state == C.TALLIED


def test_the_figures_are_those_of_a_pocket_calculator(contest_in, ask, now):
    """Three entries; sheets from 3, 4 and 4 experts; 3, 2 and 1 of 3 votes; `tally.md` 2."""
    run = carry_out(run=ask(contest_in(C.CLOSED)), now=now)
    figures = run.results.in_published_order().values_list(
        "rank", "sheets", "expert_score", "votes", "public_score", "final_score", "amount"
    )
    assert list(figures) == [
        (1, 3, Decimal("98.33"), 3, Decimal("100.00"), Decimal("98.66"), Decimal("20000.00")),
        (2, 4, Decimal("94.17"), 2, Decimal("66.67"), Decimal("88.67"), Decimal("22000.00")),
        (3, 4, Decimal("90.83"), 1, Decimal("33.33"), Decimal("79.33"), Decimal("0.00")),
    ]


def test_running_twice_gives_the_same_bytes(contest_in, ask, now):
    contest = contest_in(C.CLOSED)
    first = carry_out(run=ask(contest), now=now)
    second = carry_out(run=ask(contest), now=now)
    assert first.pk != second.pk
    assert first.results_sha256 == second.results_sha256
    assert rows(first) == rows(second)
    assert TallyRun.objects.latest_done(contest, RunKind.FINAL) == second


def test_other_inputs_give_another_digest_and_leave_the_earlier_run(contest_in, ask, now):
    contest = contest_in(C.CLOSED)
    first = carry_out(run=ask(contest), now=now)
    kept = rows(first)
    BallotVoid.objects.create(ballot=contest.ballots.first(), reason="STUFFING")
    second = carry_out(run=ask(contest), now=now)
    assert second.results_sha256 != first.results_sha256
    assert rows(first) == kept


def test_a_finished_run_is_not_carried_out_again(contest_in, ask, now):
    run = carry_out(run=ask(contest_in(C.CLOSED)), now=now)
    kept = rows(run)
    again = carry_out(run=TallyRun.objects.get(pk=run.pk), now=now.replace(year=now.year + 1))
    assert (again.attempt, again.finished_at, rows(again)) == (1, now, kept)
    carry_out_tally(run.pk)
    assert TallyRun.objects.get(pk=run.pk).attempt == 1


def test_nobody_voted(contest_in, ask, scene, officer, now):
    contest = contest_in(C.OPEN)
    scene.judge(contest)
    run = carry_out(run=ask(contest, RunKind.LIVE), now=now)
    assert run.no_votes
    assert set(run.results.values_list("public_score", flat=True)) == {Decimal("0.00")}


@pytest.mark.django_db
@pytest.mark.parametrize("folder", ARCHIVES, ids=lambda folder: folder.name)
def test_whole_contests_have_the_results_that_others_computed(folder, now):
    archive = read(folder)
    contest = import_archive(archive=archive, replace=False, now=now)
    run = carry_out(run=request_tally(contest=contest, kind=RunKind.FINAL, by=None, now=now), now=now)
    assert run.state == RunState.DONE
    assert results_file(to_results(run)) == (folder / "results.csv").read_bytes()
    assert run.results_sha256 == hashlib.sha256((folder / "results.csv").read_bytes()).hexdigest()


# Asking


@pytest.mark.parametrize(
    ("state", "kind", "allowed"),
    [
        *((state, RunKind.FINAL, state in {C.CLOSED, C.TALLIED}) for state in C),
        *((state, RunKind.LIVE, state == C.OPEN) for state in C),
    ],
)
def test_when_a_run_may_be_asked_for(contest_in, ask, state, kind, allowed):
    contest = contest_in(state)
    if allowed:
        assert ask(contest, kind).state == RunState.PENDING
    else:
        with pytest.raises(Refused, check=lambda refusal: refusal.reason == R.WRONG_STATE):
            ask(contest, kind)


def test_one_run_at_a_time(contest_in, ask, now):
    contest = contest_in(C.CLOSED)
    run = ask(contest)
    with pytest.raises(Refused, check=lambda refusal: refusal.reason == R.RUN_UNDER_WAY):
        ask(contest)
    carry_out(run=run, now=now)
    assert ask(contest).pk != run.pk


def test_a_live_run_leaves_the_contest_open(contest_in, ask, now):
    contest = contest_in(C.OPEN, judged=True)
    run = carry_out(run=ask(contest, RunKind.LIVE), now=now)
    assert run.results.count() == 3
    assert Contest.objects.get(pk=contest.pk).state == C.OPEN
    assert not contest.events.filter(to_state=C.TALLIED).exists()


# Failing


@pytest.fixture
def uncountable(contest_in, communities):
    """Votes are to be counted per thousand residents, but nobody knows how many residents there are."""
    communities[1].registered_population = None
    communities[1].save()
    return contest_in(C.CLOSED, public_method=PublicMethod.PER_THOUSAND)


def test_inputs_that_allow_no_tally_are_said(uncountable, ask, now):
    run = carry_out(run=ask(uncountable), now=now)
    assert (run.state, run.finished_at) == (RunState.FAILED, now)
    assert run.error.endswith(" 002")
    assert run.results_sha256 == ""
    assert not Result.objects.exists()
    assert Contest.objects.get(pk=uncountable.pk).state == C.CLOSED


def test_after_a_failure_one_may_ask_again(uncountable, ask, now):
    first = carry_out(run=ask(uncountable), now=now)
    uncountable.communities.update(registered_population=4000)
    assert carry_out(run=ask(uncountable), now=now).state == RunState.DONE
    assert TallyRun.objects.get(pk=first.pk).state == RunState.FAILED


def test_an_error_that_stays_ends_the_run_with_its_name(contest_in, ask, now):
    contest = contest_in(C.CLOSED)
    run = ask(contest)
    # A result on public notice cannot be replaced, so publishing this run is refused each time.
    Contest.objects.filter(pk=contest.pk).update(state=C.PUBLICISED)
    for attempt in range(1, MAX_ATTEMPTS + 1):
        with pytest.raises(Refused):
            carry_out(run=run, now=now)
        run.refresh_from_db()
        assert run.attempt == attempt
        assert run.state == (RunState.FAILED if attempt == MAX_ATTEMPTS else RunState.RUNNING)
    assert run.error == f"Refused: {R.WRONG_STATE.label}"
    assert not Result.objects.exists()


# Attempts that overtake each other


def test_an_attempt_that_was_overtaken_writes_nothing(contest_in, ask, now):
    contest = contest_in(C.CLOSED)
    run = ask(contest)
    _take_up(run)
    computed = compute(run.contest)
    TallyRun.objects.filter(pk=run.pk).update(attempt=2)
    with pytest.raises(Overtaken):
        _publish(run, computed, now)
    assert not Result.objects.exists()
    assert Contest.objects.get(pk=contest.pk).state == C.CLOSED
    with pytest.raises(Overtaken):
        _step(run, RunStep.SHEETS)


def test_a_run_whose_worker_was_lost_is_taken_up(contest_in, ask, now):
    run = ask(contest_in(C.CLOSED))
    TallyRun.objects.filter(pk=run.pk).update(state=RunState.RUNNING, attempt=1, step=RunStep.AWARDS)
    run = carry_out(run=run, now=now)
    assert (run.state, run.attempt, run.results.count()) == (RunState.DONE, 2, 3)


def hold_results():
    """Nobody can write results until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE contests_result IN SHARE MODE")


@pytest.mark.django_db(transaction=True)
def test_a_slow_attempt_finds_out_at_the_end_that_it_was_overtaken(contest_in, ask, now):
    run = ask(contest_in(C.CLOSED))
    with transaction.atomic():
        hold_results()
        slow = meanwhile(lambda: carry_out(run=TallyRun.objects.get(pk=run.pk), now=now))
        somebody_waits()
        TallyRun.objects.filter(pk=run.pk).update(attempt=2)
    assert slow.result(SECONDS).state == RunState.RUNNING
    assert not Result.objects.exists()
    assert carry_out(run=run, now=now).attempt == 3
    assert Result.objects.count() == 3


@pytest.mark.django_db(transaction=True)
def test_while_one_worker_is_at_it_another_leaves_it_alone(contest_in, ask, now):
    run = ask(contest_in(C.CLOSED))
    with transaction.atomic():
        hold_results()
        first = meanwhile(lambda: carry_out(run=TallyRun.objects.get(pk=run.pk), now=now))
        somebody_waits()
        second = meanwhile(lambda: carry_out(run=TallyRun.objects.get(pk=run.pk), now=now))
        assert second.result(SECONDS).step == RunStep.AWARDS
    assert (first.result(SECONDS).state, first.result(SECONDS).attempt) == (RunState.DONE, 1)


# Jobs


def waiting_jobs():
    """How many jobs the tests' own broker holds."""
    with current_app.connection_for_read() as broker:
        return broker.default_channel.queue_declare("celery", durable=True).message_count


@pytest.fixture
def no_jobs():
    current_app.control.purge()


@pytest.mark.django_db(transaction=True)
def test_a_request_gives_out_a_job_when_it_is_committed(contest_in, ask, no_jobs):
    contest = contest_in(C.CLOSED)
    with transaction.atomic():
        ask(contest)
        assert waiting_jobs() == 0
    assert waiting_jobs() == 1


@pytest.mark.django_db(transaction=True)
def test_what_waits_or_lost_its_worker_gets_a_job_again(contest_in, ask, now, no_jobs):
    carry_out(run=ask(contest_in(C.CLOSED)), now=now)
    ask(contest_in(C.CLOSED))
    lost = ask(contest_in(C.CLOSED))
    TallyRun.objects.filter(pk=lost.pk).update(state=RunState.RUNNING, attempt=1)
    current_app.control.purge()
    take_up_waiting_tallies()
    assert waiting_jobs() == 2


@pytest.fixture
def no_broker():
    """Nobody listens where jobs are sent to."""
    url = current_app.conf.broker_url
    current_app.conf.broker_url = "redis://127.0.0.1:1/0"
    current_app._after_fork()
    yield
    current_app.conf.broker_url = url
    current_app._after_fork()


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_a_request_is_kept(contest_in, ask, now, no_broker, caplog):
    run = ask(contest_in(C.CLOSED))
    assert "on_commit" in caplog.text
    assert TallyRun.objects.get(pk=run.pk).state == RunState.PENDING
    carry_out_tally(run.pk)
    assert TallyRun.objects.get(pk=run.pk).state == RunState.DONE


# A worker that dies


def lock_is_free(run):
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND classid = %s AND objid = %s",
            [locks.RUN_KEY, run.pk],
        )
        return cursor.fetchone()[0] == 0


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_leaves_nothing_and_the_next_one_finishes(contest_in, ask, tmp_path):
    contest = contest_in(C.CLOSED)
    expected = pure.tally(to_archive(contest)).results
    run = ask(contest)
    empty_queue()
    with worker(tmp_path / "first.log") as doomed, transaction.atomic():
        hold_results()
        send("contests.tasks.carry_out_tally", run.pk)
        eventually(lambda: TallyRun.objects.get(pk=run.pk).step == RunStep.AWARDS)
        somebody_waits()
        doomed.kill()
        doomed.wait(SECONDS)
    eventually(lambda: lock_is_free(run))
    run.refresh_from_db()
    assert (run.state, run.step, run.attempt) == (RunState.RUNNING, RunStep.AWARDS, 1)
    assert not Result.objects.exists()
    assert Contest.objects.get(pk=contest.pk).state == C.CLOSED
    empty_queue()
    with worker(tmp_path / "second.log"):
        send("contests.tasks.take_up_waiting_tallies")
        eventually(lambda: TallyRun.objects.get(pk=run.pk).state != RunState.RUNNING)
    run.refresh_from_db()
    assert (run.state, run.attempt) == (RunState.DONE, 2)
    assert to_results(run) == list(expected)
    assert contest.events.filter(to_state=C.TALLIED).count() == 1


def test_figures_that_the_database_cannot_hold_end_the_run(contest_in, ask, now):
    contest = contest_in(C.CLOSED)
    for sheet in ("A", "B"):
        OfflineCount.objects.create(entry=contest.entries.first(), sheet=sheet, votes=2**31 - 1, verified_at=now)
    run = ask(contest)
    for _ in range(MAX_ATTEMPTS):
        with pytest.raises(DatabaseError):
            carry_out(run=run, now=now)
    run.refresh_from_db()
    assert run.state == RunState.FAILED
    assert not run.results.exists()
    assert not TallyRun.objects.unfinished().exists()
