"""Write a contest in the Pabulib format (`.pb`), as open data for those who study participatory budgeting."""

import csv
import io
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from decimal import Decimal

from contests.archive.cells import two_decimals
from contests.archive.compute import entry_figures
from contests.archive.results import ResultRow
from contests.archive.rows import ContestArchive
from contests.enums import Decision, EntryStatus, OnMisfit
from contests.ruleset import Ruleset

RULES = {OnMisfit.SKIP: "greedy", OnMisfit.STOP: "greedy-no-skip"}


def pb_bytes(archive: ContestArchive, results: Iterable[ResultRow]) -> bytes:
    """The contest as a `.pb` file: entries that take part, valid ballots, and who was selected.

    `votes` are the choices on ballots; the column `score`, with offline votes added, is there only where the two
    differ. Without a budget the sum of all costs stands for it, because the format needs one. The format has no place
    for experts, caps or guarantees: `rule` names one of its rules only where votes and money alone decided, and is
    `unknown` otherwise.
    """
    entries = sorted((row for row in archive.entries if row.status == EntryStatus.IN), key=lambda row: row.number)
    ballots = _ballots(archive, {row.number for row in entries})
    selected = {row.number for row in results if row.decision == Decision.SELECTED}
    on_ballots = Counter(number for choices in ballots.values() for number in choices)
    votes = {figures.number: figures.votes for figures in entry_figures(archive)}
    scored = any(votes[row.number] != on_ballots[row.number] for row in entries)
    lengths = [len(choices) for choices in ballots.values()]
    budget = archive.ruleset.budget or sum((row.requested_amount for row in entries), Decimal(0))
    meta = [
        ("description", archive.name),
        ("country", "China"),
        ("unit", archive.subdistrict),
        ("instance", str(archive.year)),
        ("num_projects", str(len(entries))),
        ("num_votes", str(len(ballots))),
        ("budget", two_decimals(budget)),
        ("vote_type", "approval"),
        ("rule", _rule(archive.ruleset)),
        ("min_length", str(min(lengths, default=archive.ruleset.min_choices))),
        ("max_length", str(archive.ruleset.max_choices)),
        *([("min_project_score_threshold", str(archive.ruleset.min_votes))] if archive.ruleset.min_votes else []),
        ("language", "zh"),
        ("currency", "CNY"),
    ]
    columns = ["project_id", "cost", "votes", *(["score"] if scored else []), "name", "category", "selected"]
    projects = (
        [
            row.number,
            two_decimals(row.requested_amount),
            str(on_ballots[row.number]),
            *([str(votes[row.number])] if scored else []),
            row.title,
            row.category,
            "1" if row.number in selected else "0",
        ]
        for row in sorted(entries, key=lambda row: (-votes[row.number], row.number))
    )
    return _sections(
        ("META", ("key", "value"), meta),
        ("PROJECTS", columns, projects),
        ("VOTES", ("voter_id", "vote"), ((ballot, ",".join(sorted(ballots[ballot]))) for ballot in sorted(ballots))),
    )


def _ballots(archive: ContestArchive, taking_part: set[str]) -> dict[str, list[str]]:
    voided = {row.ballot for row in archive.voids}
    ballots: dict[str, list[str]] = defaultdict(list)
    for row in archive.ballots:
        if row.ballot not in voided and row.entry in taking_part:
            ballots[row.ballot].append(row.entry)
    return ballots


def _rule(ruleset: Ruleset) -> str:
    other = (
        ruleset.expert_weight,
        ruleset.project_cap,
        ruleset.community_cap,
        ruleset.min_final_score,
        ruleset.one_per_community,
        ruleset.max_per_category,
    )
    return "unknown" if any(other) else RULES.get(ruleset.on_misfit, "unknown")


def _sections(*sections: tuple[str, Sequence[str], Iterable[Sequence[str]]]) -> bytes:
    stream = io.StringIO(newline="")
    writer = csv.writer(stream, delimiter=";", lineterminator="\n")
    for name, columns, rows in sections:
        writer.writerow([name])
        writer.writerow(columns)
        writer.writerows(rows)
    return stream.getvalue().encode()
