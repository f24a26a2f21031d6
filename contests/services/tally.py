"""The verbs of the tally: ask for a run, carry it out, take up what a dead worker left.

A run is a row first and a job second. The row says what was asked for and how far it is; the job finds the row and
carries it out once. Results and the end of the run are written in one transaction, so a run has all or none.
"""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from decimal import Decimal
from functools import partial

import structlog
from celery import current_app
from django.db import IntegrityError, InterfaceError, OperationalError, transaction

from communities.models import User
from communities.refusal import Refused, refuse_if
from contests import awards, locks, ruleset
from contests.archive.results import ResultRow
from contests.computation import Computed, compute
from contests.enums import ContestRefusal, ContestState, RunKind, RunState, RunStep
from contests.figures import input_counts
from contests.models import Contest, Result, TallyRun
from contests.rules import why_not_tally
from contests.scoring import TallyError
from contests.services.guard import refuse_unmatched, refuse_unsettled
from contests.services.lifecycle import move

log = structlog.get_logger(__name__)

MAX_ATTEMPTS = 5
LIVE_BALLOTS = 10
TASK = "contests.tasks.carry_out_tally"


class Overtaken(Exception):
    """Another attempt has taken up the run; this one must not write anything any more."""


@transaction.atomic
def request_tally(*, contest: Contest, kind: RunKind, by: User | None, now: datetime) -> TallyRun:
    """Ask for a run; a worker carries it out. `by` is None where the clock or the command line asks.

    Raises `Refused`: no officer, wrong state, or a run under way (the database allows one at a time).
    """
    refuse_if(why_not_tally(by, contest, final=kind == RunKind.FINAL))
    if kind == RunKind.FINAL:
        refuse_unsettled(contest)
        refuse_unmatched(contest)
    rules = contest.ruleset
    try:
        with transaction.atomic():
            run = TallyRun.objects.create(
                contest=contest,
                kind=kind,
                requested_by=by,
                requested_at=now,
                ruleset=json.loads(ruleset.canonical_json(rules)),
                rules_sha256=ruleset.sha256(rules),
            )
    except IntegrityError as error:
        raise Refused(ContestRefusal.RUN_UNDER_WAY) from error
    # A broker that is down loses nothing: the clock takes up waiting runs.
    transaction.on_commit(lambda: current_app.send_task(TASK, [run.pk]), robust=True)
    return run


def request_live_tally(*, contest: Contest, now: datetime) -> TallyRun | None:
    """Ask for a live run if something arrived since the last one; None if there is nothing to do.

    What a few ballots chose would be plain from the difference of two runs, so new ballots wait until there are
    `LIVE_BALLOTS` of them.
    """
    latest = TallyRun.objects.latest_done(contest)
    before, current = latest.counts if latest else {}, input_counts(contest)
    if current == before or 0 < current["ballots"] - before.get("ballots", 0) < LIVE_BALLOTS:
        return None
    try:
        return request_tally(contest=contest, kind=RunKind.LIVE, by=None, now=now)
    except Refused:
        return None


def carry_out(*, run: TallyRun, now: datetime) -> TallyRun:
    """Compute a run and write its results; doing it twice, or after a worker died in the middle, changes nothing.

    Only one session works on a run at a time. A run whose inputs allow no tally ends as `FAILED` with the reason.
    """
    with locks.sole_worker(run) as mine:
        if not mine or not _take_up(run):
            run.refresh_from_db()
            return run
        try:
            computed = compute(run.contest, partial(_step, run))
            _publish(run, computed, now)
        except Overtaken:
            log.warning("tally_overtaken", run=run.pk)
        except TallyError as error:
            _fail(run, f"{error.code.label} {error.number}".strip(), now)
        except (OperationalError, InterfaceError):
            # The server went away: the run stays as it is and is taken up again.
            raise
        except Exception as error:
            if run.attempt >= MAX_ATTEMPTS:
                _fail(run, f"{type(error).__name__}: {error}"[:500], now)
            raise
    run.refresh_from_db()
    return run


def _take_up(run: TallyRun) -> bool:
    """Claim the run for this attempt. A run that is RUNNING though its lock was free has lost its worker."""
    run.refresh_from_db()
    taken = (
        TallyRun.objects.unfinished()
        .filter(pk=run.pk, attempt=run.attempt)
        .update(state=RunState.RUNNING, attempt=run.attempt + 1, step=RunStep.COUNTING)
    )
    run.attempt += 1
    return taken == 1


def _step(run: TallyRun, step: RunStep) -> None:
    if not TallyRun.objects.filter(pk=run.pk, attempt=run.attempt, state=RunState.RUNNING).update(step=step):
        raise Overtaken


@transaction.atomic
def _publish(run: TallyRun, computed: Computed, now: datetime) -> None:
    """Write all results and end the run, or nothing. Raises `Overtaken`, `contests.scoring.TallyError`."""
    contest = run.contest
    if run.kind == RunKind.FINAL:
        contest = locks.exclude_others(contest)
        if input_counts(contest) != computed.counts:
            # An expert was kept out, a ballot voided, while it was computed; nobody can any more until this ends.
            computed = compute(contest)
    entries = dict(contest.entries.values_list("number", "pk"))
    decided = {award.ranked.figures.number: award for award in computed.awards}
    Result.objects.bulk_create(
        [_result(run, row, entries[row.number], decided.get(row.number), computed) for row in computed.rows]
    )
    finished = TallyRun.objects.filter(pk=run.pk, attempt=run.attempt, state=RunState.RUNNING).update(
        state=RunState.DONE,
        step=RunStep.PUBLISHED,
        finished_at=now,
        counts=computed.counts,
        no_votes=computed.scoring.no_votes,
        results_sha256=computed.sha256,
    )
    if not finished:
        raise Overtaken
    if run.kind == RunKind.FINAL:
        move(contest, to=ContestState.TALLIED, by=run.requested_by, now=now)


def _result(run: TallyRun, row: ResultRow, entry: int, award: awards.Award | None, computed: Computed) -> Result:
    expert = computed.experts.get(entry)
    tie = award.ranked.decided_by if award else None
    return Result(
        run=run,
        entry_id=entry,
        sheets=row.sheets,
        sheet_scores=[str(value) for value in expert.sheet_scores] if expert and row.sheets else [],
        trimmed=row.trimmed,
        expert_score=row.expert_score,
        votes=row.votes,
        offline_votes=None if row.votes is None else computed.offline.get(entry, 0),
        public_score=row.public_score,
        final_score=row.final_score,
        rank=row.rank,
        decided_by=tie.value if tie else "",
        decision=row.decision,
        amount=row.amount,
        reason=row.reason,
        facts=_facts(award.facts) if award else {},
    )


def _facts(facts: awards.Facts) -> dict[str, object]:
    """The figures that belong to the reason, decimals as text."""
    return {
        name: str(value) if isinstance(value, Decimal) else value
        for name, value in asdict(facts).items()
        if value is not None and value is not False
    }


def _fail(run: TallyRun, reason: str, now: datetime) -> None:
    TallyRun.objects.filter(pk=run.pk, attempt=run.attempt, state=RunState.RUNNING).update(
        state=RunState.FAILED, finished_at=now, error=reason
    )
