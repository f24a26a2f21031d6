"""Jobs of the contest: find the row, call one verb, log."""

from __future__ import annotations

import structlog
from celery import shared_task
from django.utils import timezone

from contests.models import Contest, TallyRun
from contests.services.guard import look_for_stuffing, purge_traces
from contests.services.invitation_messages import send_due_invitations
from contests.services.inviting import forget_unanswered
from contests.services.notifications import send_due_notifications
from contests.services.recusing import detect_recusals
from contests.services.tally import carry_out, request_live_tally

log = structlog.get_logger(__name__)


@shared_task
def carry_out_tally(run_id: int) -> None:
    """Carry out one run, if it still waits or has lost its worker."""
    run = TallyRun.objects.unfinished().select_related("contest").filter(pk=run_id).first()
    if run is None:
        return
    run = carry_out(run=run, now=timezone.now())
    log.info("tally", run=run.pk, state=run.state, attempt=run.attempt)


@shared_task
def take_up_waiting_tallies() -> None:
    """Every unfinished run gets its job again: a lost job or a dead worker is made good here."""
    for run_id in TallyRun.objects.unfinished().values_list("pk", flat=True):
        carry_out_tally.delay(run_id)


@shared_task
def request_live_tallies() -> None:
    """One live run at a time for each open contest that shows its counts and into which something came."""
    for contest in Contest.objects.counted_live():
        request_live_tally(contest=contest, now=timezone.now())


@shared_task
def look_for_conflicts() -> None:
    """Who moved house, changed the employer or joined a team while the contest is open keeps out from now on."""
    for contest in Contest.objects.open():
        if found := detect_recusals(contest=contest):
            log.info("recusals", contest=contest.pk, found=found)


@shared_task
def watch_ballots() -> None:
    """What stands out among the ballots is flagged while people vote; traces whose time is over go."""
    now = timezone.now()
    for contest in Contest.objects.open():
        if found := look_for_stuffing(contest=contest, now=now):
            log.info("ballots_flagged", contest=contest.pk, groups=found)
    if gone := purge_traces(now=now):
        log.info("traces_purged", rows=gone)


@shared_task
def notify() -> None:
    """Voters, experts and authors hear what happened in a contest."""
    if taken := send_due_notifications(now=timezone.now()):
        log.info("notified", source="contests", events=taken)


@shared_task
def deliver_invitations() -> None:
    """Links to those who are to judge leave the house; who never answered is forgotten."""
    now = timezone.now()
    if sent := send_due_invitations(now=now):
        log.info("invitations_delivered", sent=sent)
    if gone := forget_unanswered(now=now):
        log.info("invitations_forgotten", rows=gone)
