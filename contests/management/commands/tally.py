"""Run the tally of a contest."""

import time
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.refusal import Refused
from contests.enums import RunKind, RunState, RunStep
from contests.models import Contest, TallyRun
from contests.services.tally import carry_out, request_tally

BAR = 30
POLL_SECONDS = 0.2
PATIENCE_SECONDS = 10


class Command(BaseCommand):
    help = "Run the tally of a contest by a Celery worker and show its progress; --now runs it in this process."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("contest", type=int)
        parser.add_argument("--final", action="store_true", help="the final run of a closed contest")
        parser.add_argument("--now", action="store_true", help="run in this process, without a worker")

    def handle(self, *args: Any, contest: int, final: bool, now: bool, **options: Any) -> None:
        found = Contest.objects.select_related("programme").filter(pk=contest).first()
        if found is None:
            raise CommandError(_("There is no contest %(id)s.") % {"id": contest})
        kind = RunKind.FINAL if final else RunKind.LIVE
        # With --now this process takes up what was asked for and has no worker.
        waiting = TallyRun.objects.unfinished().filter(contest=found, kind=kind).first() if now else None
        try:
            run = waiting or request_tally(contest=found, kind=kind, by=None, now=timezone.now())
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        if now:
            run = carry_out(run=run, now=timezone.now())
        else:
            self._watch(run)
        self._bar(run)
        self.stdout.write("")
        if run.state != RunState.DONE:
            raise CommandError(run.error or run.get_state_display())
        self.stdout.write(run.results_sha256)

    def _watch(self, run: TallyRun) -> None:
        """Show the progress of a run until a worker has ended it."""
        started = time.monotonic()
        hinted = False
        while run.state in {RunState.PENDING, RunState.RUNNING}:
            self._bar(run)
            if not hinted and run.step == RunStep.QUEUED and time.monotonic() - started > PATIENCE_SECONDS:
                hinted = True
                self.stderr.write(_("No worker has taken up the run yet. Start one, or stop this and use --now."))
            time.sleep(POLL_SECONDS)
            run.refresh_from_db()

    def _bar(self, run: TallyRun) -> None:
        done = BAR * run.progress // 100
        line = f"\r[{'#' * done}{'.' * (BAR - done)}] {run.progress:3}% {run.get_step_display()}"
        self.stdout.write(line, ending="")
        self.stdout.flush()
