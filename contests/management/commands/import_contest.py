"""Import a contest archive."""

from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.utils import timezone

from communities.refusal import Refused
from contests.archive.problems import ArchiveErrors
from contests.archive.reading import read
from contests.archive.rows import ContestArchive
from contests.services.archives import import_archive


class Command(BaseCommand):
    help = "Import a contest archive (a folder or a zip of it) and print the id of the contest."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("path", type=Path)
        parser.add_argument("--replace", action="store_true", help="replace an earlier import of the same contest")

    def read(self, path: Path) -> ContestArchive:
        return read(path)

    def handle(self, *args: Any, path: Path, replace: bool, **options: Any) -> str:
        try:
            contest = import_archive(archive=self.read(path), replace=replace, now=timezone.now())
        except ArchiveErrors as errors:
            raise CommandError("\n".join(map(str, errors.problems))) from errors
        except Refused as refused:
            raise CommandError(str(refused)) from refused
        return str(contest.pk)
