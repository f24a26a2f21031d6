"""What must hold between the files of an archive: known references, whole sheets, ballots within the rules."""

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from typing import Any

from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from contests.archive.cells import POINTS_CELL
from contests.archive.problems import Message, expected, shown
from contests.archive.rows import ContestArchive, CriterionRow, EntryRow
from contests.archive.tables import Located
from contests.enums import EntryStatus, PublicMethod

Tables = Mapping[str, Located]
Finding = tuple[int, str, Message]
Check = Callable[[ContestArchive, Tables], Iterator[Finding]]


def _references(column: str, file: str, target: str, key: str) -> Check:
    """A check that each value of `column` in `file` occurs as `key` in `target`."""

    def check(_archive: ContestArchive, tables: Tables) -> Iterator[Finding]:
        known = {getattr(row, key) for _line, row in tables[target]}
        for line, row in tables[file]:
            value = getattr(row, column)
            if value not in known:
                what = format_lazy(_("a {key} of {file}"), key=key, file=target)
                yield line, column, expected(what, value)

    return check


def _positions(_archive: ContestArchive, tables: Tables) -> Iterator[Finding]:
    """Two criteria at one place would leave open which of them is the first."""
    seen: dict[tuple[str, int], int] = {}
    for line, row in tables["criteria.csv"]:
        first = seen.setdefault((row.zone, row.position), line)
        if first != line:
            yield line, "position", format_lazy(_("the same as in row {row}"), row=first)


def _populations(archive: ContestArchive, tables: Tables) -> Iterator[Finding]:
    if archive.ruleset.public_method != PublicMethod.PER_THOUSAND:
        return
    taking_part = {entry.community for entry in archive.entries if entry.status == EntryStatus.IN}
    for line, row in tables["communities.csv"]:
        if row.code in taking_part and not row.registered_population:
            found = "" if row.registered_population is None else str(row.registered_population)
            yield (
                line,
                "registered_population",
                expected(_("a number above 0, because votes are counted per thousand"), found),
            )


def _marks(archive: ContestArchive, tables: Tables) -> Iterator[Finding]:
    """Each mark is for a criterion of its entry's rubric and within its maximum; each sheet is whole."""
    entries = {entry.number: entry for entry in archive.entries}
    rubric = cache(archive.rubric)
    sheets: dict[tuple[str, str], dict[str, int]] = defaultdict(dict)
    for line, mark in tables["marks.csv"]:
        entry = entries.get(mark.entry)
        if entry is None:
            continue
        sheets[mark.expert, mark.entry][mark.criterion] = line
        yield from _mark(line, mark, {row.code: row for row in rubric(entry.zone)})
    for (_expert, number), lines in sheets.items():
        yield from _gaps(lines, rubric(entries[number].zone))


def _mark(line: int, mark: Any, rubric: Mapping[str, CriterionRow]) -> Iterator[Finding]:
    criterion = rubric.get(mark.criterion)
    if criterion is None:
        what = format_lazy(_("a criterion of the entry's rubric ({codes})"), codes=", ".join(rubric))
        yield line, "criterion", expected(what, mark.criterion)
    elif mark.points > criterion.max_points:
        limit, found = POINTS_CELL.write(criterion.max_points), POINTS_CELL.write(mark.points)
        yield line, "points", expected(format_lazy(_("at most {limit} points"), limit=limit), found)


def _gaps(lines: Mapping[str, int], rubric: tuple[CriterionRow, ...]) -> Iterator[Finding]:
    missing = [row.code for row in rubric if row.code not in lines]
    if missing:
        message = format_lazy(_("this score sheet has no mark for {codes}"), codes=", ".join(missing))
        yield min(lines.values()), "criterion", message


def _choices(archive: ContestArchive, tables: Tables) -> Iterator[Finding]:
    ballots: dict[str, list[int]] = defaultdict(list)
    for line, row in tables["ballots.csv"]:
        ballots[row.ballot].append(line)
    fewest, most = archive.ruleset.min_choices, archive.ruleset.max_choices
    for ballot, lines in ballots.items():
        if not fewest <= len(lines) <= most:
            what = format_lazy(
                _("{fewest} to {most} choices on ballot {ballot}"), fewest=fewest, most=most, ballot=shown(ballot)
            )
            yield lines[0], "ballot", expected(what, str(len(lines)))


def _jury(archive: ContestArchive, tables: Tables) -> Iterator[Finding]:
    if archive.ruleset.public_method != PublicMethod.JURY_MEAN:
        for line, _row in tables["jury.csv"][:1]:
            yield (
                line,
                "",
                format_lazy(
                    _("scores of a jury are for the method {method} only"), method=PublicMethod.JURY_MEAN.value
                ),
            )


def _rubrics(archive: ContestArchive, tables: Tables) -> Iterator[Finding]:
    """Where experts have a weight, each entry that takes part can be judged."""
    if not archive.ruleset.expert_weight:
        return
    entry: EntryRow
    for line, entry in tables["entries.csv"]:
        if entry.status == EntryStatus.IN and not archive.rubric(entry.zone):
            yield line, "zone", _("there are no criteria for this entry")


# file with the finding, files the check reads (it is left out where one of them has problems of its own), check
CHECKS: tuple[tuple[str, tuple[str, ...], Check], ...] = (
    ("criteria.csv", (), _positions),
    ("communities.csv", ("contest.toml", "entries.csv"), _populations),
    ("entries.csv", ("communities.csv",), _references("community", "entries.csv", "communities.csv", "code")),
    ("entries.csv", ("contest.toml", "criteria.csv"), _rubrics),
    ("marks.csv", ("experts.csv",), _references("expert", "marks.csv", "experts.csv", "code")),
    ("marks.csv", ("entries.csv",), _references("entry", "marks.csv", "entries.csv", "number")),
    ("marks.csv", ("entries.csv", "criteria.csv"), _marks),
    ("recusals.csv", ("experts.csv",), _references("expert", "recusals.csv", "experts.csv", "code")),
    ("recusals.csv", ("entries.csv",), _references("entry", "recusals.csv", "entries.csv", "number")),
    ("ballots.csv", ("entries.csv",), _references("entry", "ballots.csv", "entries.csv", "number")),
    ("ballots.csv", ("contest.toml",), _choices),
    ("voids.csv", ("ballots.csv",), _references("ballot", "voids.csv", "ballots.csv", "ballot")),
    ("offline_counts.csv", ("entries.csv",), _references("entry", "offline_counts.csv", "entries.csv", "number")),
    ("jury.csv", ("entries.csv",), _references("entry", "jury.csv", "entries.csv", "number")),
    ("jury.csv", ("contest.toml",), _jury),
)
