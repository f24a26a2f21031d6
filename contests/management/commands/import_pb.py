"""Import a participatory-budgeting election."""

from pathlib import Path

from contests.archive.pabulib import read_pb
from contests.archive.rows import ContestArchive
from contests.management.commands.import_contest import Command as ImportCommand


class Command(ImportCommand):
    help = "Import an election in the Pabulib format as a contest with weights 0 and 1, and print its id."

    def read(self, path: Path) -> ContestArchive:
        return read_pb(path).archive
