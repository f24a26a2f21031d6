"""The tally of a contest from what the database holds, in memory: nothing is written here."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from contests import awards
from contests.archive.results import ResultRow, result_rows
from contests.archive.writing import results_file
from contests.enums import EntryStatus, RunStep
from contests.figures import (
    ExpertAggregate,
    entry_figures,
    expert_aggregates,
    input_counts,
    offline_votes,
    online_votes,
)
from contests.models import Contest
from contests.scoring import Scoring, score


@dataclass(frozen=True, slots=True)
class Computed:
    """Everything a tally finds. `experts` and `offline` by entry id, `awards` in rank order, `rows` as published."""

    counts: dict[str, int]
    experts: Mapping[int, ExpertAggregate]
    offline: Mapping[int, int]
    scoring: Scoring
    awards: Sequence[awards.Award]
    rows: Sequence[ResultRow]

    @property
    def sha256(self) -> str:
        """The digest of the results as an archive writes them."""
        return hashlib.sha256(results_file(self.rows)).hexdigest()


def compute(contest: Contest, report: Callable[[RunStep], None] = lambda _step: None) -> Computed:
    """Compute the contest as it is now; `report` is told which step begins. Raises `contests.scoring.TallyError`."""
    rules = contest.ruleset
    report(RunStep.COUNTING)
    counts = input_counts(contest)
    report(RunStep.SHEETS)
    experts = expert_aggregates(contest)
    report(RunStep.VOTES)
    online, offline = online_votes(contest), offline_votes(contest)
    report(RunStep.SCORES)
    figures = entry_figures(contest, experts, online, offline)
    scoring = score(list(figures.values()), rules, counts["valid_ballots"])
    ranked = awards.rank(scoring.entries, rules)
    report(RunStep.AWARDS)
    caps = dict(contest.communities.values_list("community__code", "award_cap"))
    decided = awards.select(ranked, rules, caps)
    statuses = {number: EntryStatus(status) for number, status in contest.entries.values_list("number", "status")}
    return Computed(counts, experts, offline, scoring, decided, result_rows(decided, scoring, statuses))
