"""The tally of an archive by the pure path: raw rows to aggregates to scores, ranks and awards."""

from collections import Counter, defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from functools import cache

from contests.archive.results import ResultRow, result_rows
from contests.archive.rows import ContestArchive
from contests.awards import Award, Ranked, rank, select
from contests.enums import EntryStatus
from contests.scoring import EntryFigures, Scoring, expert_figure, mean_share, score, sheet_score


@dataclass(frozen=True, slots=True)
class Outcome:
    """Everything a tally finds; `ranked` and `awards` in rank order, `results` in the order of `results.csv`."""

    scoring: Scoring
    ranked: tuple[Ranked, ...]
    awards: tuple[Award, ...]
    results: tuple[ResultRow, ...]


def tally(archive: ContestArchive) -> Outcome:
    """Compute the whole contest (`tally.md`). Raises `contests.scoring.TallyError`."""
    scoring = score(entry_figures(archive), archive.ruleset, valid_ballots(archive))
    ranked = rank(scoring.entries, archive.ruleset)
    awards = select(ranked, archive.ruleset, {row.code: row.award_cap for row in archive.communities})
    statuses = {entry.number: entry.status for entry in archive.entries}
    return Outcome(scoring, tuple(ranked), tuple(awards), tuple(result_rows(awards, scoring, statuses)))


def valid_ballots(archive: ContestArchive) -> int:
    """How many ballots are not voided."""
    return len({row.ballot for row in archive.ballots} - {row.ballot for row in archive.voids})


def counts(archive: ContestArchive) -> dict[str, int]:
    """What went into the tally: rows of each input, and what counted of them."""
    figures = entry_figures(archive)
    return {
        "communities": len(archive.communities),
        "criteria": len(archive.criteria),
        "entries": len(archive.entries),
        "experts": len(archive.experts),
        "marks": len(archive.marks),
        "recusals": len(archive.recusals),
        "ballots": len(archive.ballots),
        "voids": len(archive.voids),
        "offline_counts": len(archive.offline_counts),
        "jury": len(archive.jury),
        "entries_taking_part": len(figures),
        "sheets_counted": sum(entry.sheets for entry in figures),
        "valid_ballots": valid_ballots(archive),
        "votes_counted": sum(entry.votes for entry in figures),
    }


def entry_figures(archive: ContestArchive) -> list[EntryFigures]:
    """The aggregates of each entry that takes part, in number order."""
    votes = _votes(archive)
    jury = _jury_means(archive)
    sheets = _counted_sheets(archive)
    populations = {row.code: row.registered_population for row in archive.communities}
    rubric = cache(archive.rubric)
    figures = []
    for entry in sorted(archive.entries, key=lambda row: row.number):
        if entry.status != EntryStatus.IN:
            continue
        criteria = rubric(entry.zone)
        maxima = [row.max_points for row in criteria]
        marks = [[sheet[row.code] for row in criteria] for sheet in sheets.get(entry.number, {}).values()]
        expert = expert_figure([sheet_score(points, maxima) for points in marks], archive.ruleset)
        figures.append(
            EntryFigures(
                number=entry.number,
                community=entry.community,
                population=populations[entry.community],
                category=entry.category,
                requested_amount=entry.requested_amount,
                sheets=expert.sheets,
                trimmed=expert.trimmed,
                expert_score=expert.score,
                first_criterion=mean_share([points[0] for points in marks], maxima[0]) if marks else Fraction(0),
                votes=votes[entry.number],
                jury_mean=jury.get(entry.number),
            )
        )
    return figures


def _counted_sheets(archive: ContestArchive) -> Mapping[str, Mapping[str, Mapping[str, Decimal]]]:
    """Points by entry, expert and criterion, without the sheets of recused experts."""
    recused = {(row.expert, row.entry) for row in archive.recusals}
    sheets: dict[str, dict[str, dict[str, Decimal]]] = defaultdict(lambda: defaultdict(dict))
    for mark in archive.marks:
        if (mark.expert, mark.entry) not in recused:
            sheets[mark.entry][mark.expert][mark.criterion] = mark.points
    return sheets


def _votes(archive: ContestArchive) -> Counter[str]:
    voided = {row.ballot for row in archive.voids}
    votes = Counter(row.entry for row in archive.ballots if row.ballot not in voided)
    for row in archive.offline_counts:
        votes[row.entry] += row.votes
    return votes


def _jury_means(archive: ContestArchive) -> dict[str, Fraction]:
    scores: dict[str, list[Fraction]] = defaultdict(list)
    for row in archive.jury:
        scores[row.entry].append(Fraction(row.score))
    return {number: sum(values, Fraction(0)) / len(values) for number, values in scores.items()}
