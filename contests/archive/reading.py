"""From a folder or zip to a `ContestArchive`, or to a list of everything that is wrong with it."""

from pathlib import Path

from django.utils.translation import gettext_lazy as _

from contests.archive.checks import CHECKS, Tables
from contests.archive.layout import RULES_FILE, TABLES
from contests.archive.problems import ProblemList
from contests.archive.rows import ContestArchive
from contests.archive.rules_file import Header, read_rules
from contests.archive.source import load
from contests.archive.tables import Located, decode, read_table
from contests.ruleset import Ruleset


def read(path: Path) -> ContestArchive:
    """The archive in a folder or zip file, wholly checked.

    Raises `ArchiveErrors` with every problem found, at most `PROBLEM_LIMIT` of them. `results.csv`, `tally.json` and
    `verify.py` are not inputs and are not read.
    """
    found = ProblemList()
    files = load(path)
    rules = _rules(files, found)
    tables = _tables(files, found)
    archive = _assemble(rules or (Header("", "", 0), Ruleset()), tables)
    _check(archive, tables, found)
    found.raise_if_any()
    return archive


def _rules(files: dict[str, bytes], found: ProblemList) -> tuple[Header, Ruleset] | None:
    if RULES_FILE not in files:
        found.add(RULES_FILE, 0, "", _("this file is missing"))
        return None
    text = decode(RULES_FILE, files[RULES_FILE], found)
    return None if text is None else read_rules(text, found)


def _tables(files: dict[str, bytes], found: ProblemList) -> dict[str, Located]:
    tables: dict[str, Located] = {}
    for spec in TABLES:
        tables[spec.name] = []
        if spec.name in files:
            text = decode(spec.name, files.pop(spec.name), found)
            if text is not None:
                tables[spec.name] = read_table(spec, text, found)
        elif spec.required:
            found.add(spec.name, 0, "", _("this file is missing"))
    return tables


def _assemble(rules: tuple[Header, Ruleset], tables: Tables) -> ContestArchive:
    header, ruleset = rules
    rows = {spec.stem: tuple(row for _line, row in tables[spec.name]) for spec in TABLES}
    return ContestArchive(name=header.name, subdistrict=header.subdistrict, year=header.year, ruleset=ruleset, **rows)


def _check(archive: ContestArchive, tables: Tables, found: ProblemList) -> None:
    """Run the checks between files on files that are sound by themselves, so that one fault is told once."""
    broken = frozenset(found.files)
    for file, needed, check in CHECKS:
        if broken.isdisjoint((file, *needed)):
            for line, column, message in check(archive, tables):
                found.add(file, line, column, message)
