"""Export a contest as an archive or as a Pabulib file."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone
from django.utils.translation import gettext as _

from contests.archive.pabulib_export import pb_bytes
from contests.archive.writing import write
from contests.enums import RunKind
from contests.models import Contest, TallyRun
from contests.services.archives import to_archive, to_results


class Command(BaseCommand):
    help = "Write a contest into DIR as an archive with its final results, or as contest.pb."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("contest", type=int)
        parser.add_argument("folder", type=Path)
        parser.add_argument("--format", choices=["archive", "pb"], default="archive")

    def handle(self, *args: Any, contest: int, folder: Path, format: str, **options: Any) -> None:  # noqa: A002
        found = Contest.objects.select_related("programme__subdistrict").filter(pk=contest).first()
        if found is None:
            raise CommandError(_("There is no contest %(id)s.") % {"id": contest})
        archive = to_archive(found)
        run = TallyRun.objects.latest_done(found, RunKind.FINAL)
        results = to_results(run) if run else None
        if format == "archive":
            write(archive, folder, results, timezone.localtime(run.finished_at) if run else None)
        elif results is None:
            raise CommandError(_("Run the final tally first."))
        else:
            folder.mkdir(parents=True, exist_ok=True)
            (folder / "contest.pb").write_bytes(pb_bytes(archive, results))
