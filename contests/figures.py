"""The aggregates of a contest, by the database: the fast twin of the lower layer of `contests.scoring`.

Half-up rounding to two decimals is `div(200·a + b, 2·b) / 100` for a/b: `div` is exact on numerics, so no quotient is
rounded on the way.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from typing import Any

from django.db import connection
from django.db.models import Count, Sum

from communities.models import Community
from contests.enums import EntryStatus, SheetState
from contests.models import (
    Ballot,
    BallotVoid,
    Contest,
    Entry,
    JuryScore,
    OfflineCount,
    PaperSheet,
    Recusal,
    ScoreSheet,
)
from contests.scoring import ZERO, EntryFigures
from contests.voting_enums import SheetCheck, VoteWay

EXPERT_SQL = """
WITH rubric AS (
    SELECT zone_id, sum(max_points) AS total,
           (array_agg(id ORDER BY position, code))[1] AS first_id,
           (array_agg(max_points ORDER BY position, code))[1] AS first_max
      FROM contests_criterion WHERE contest_id = %(contest)s GROUP BY zone_id
), part AS (
    SELECT e.id, r.total, r.first_id, r.first_max
      FROM contests_entry e
      JOIN rubric r ON r.zone_id IS NOT DISTINCT FROM (SELECT z.zone_id FROM rubric z WHERE z.zone_id = e.zone_id)
     WHERE e.contest_id = %(contest)s AND e.status = %(taking_part)s
), sheet AS (
    SELECT s.entry_id, part.first_max, part.total, sum(m.points) AS points,
           sum(m.points) FILTER (WHERE m.criterion_id = part.first_id) AS first_points
      FROM contests_scoresheet s
      JOIN part ON part.id = s.entry_id
      JOIN contests_mark m ON m.sheet_id = s.id
     WHERE s.state = %(submitted)s
       AND NOT EXISTS (SELECT 1 FROM contests_recusal x WHERE x.entry_id = s.entry_id AND x.panelist_id = s.panelist_id)
     GROUP BY s.id, s.entry_id, part.first_max, part.total
), scored AS (
    SELECT *, div(20000 * points + total, 2 * total) / 100 AS score FROM sheet
), placed AS (
    SELECT *, row_number() OVER (PARTITION BY entry_id ORDER BY score) AS place,
           count(*) OVER (PARTITION BY entry_id) AS sheets
      FROM scored
), cut AS (
    SELECT *, %(each_side)s > 0 AND sheets >= %(min_panel)s AND sheets > 2 * %(each_side)s AS trimmed FROM placed
), kept AS (
    SELECT entry_id, sheets, trimmed, first_max, sum(first_points) AS first_points,
           array_agg(score ORDER BY score) AS sheet_scores,
           sum(score) FILTER (WHERE NOT trimmed OR place BETWEEN %(each_side)s + 1 AND sheets - %(each_side)s) AS total,
           count(*) FILTER (WHERE NOT trimmed OR place BETWEEN %(each_side)s + 1 AND sheets - %(each_side)s) AS n
      FROM cut GROUP BY entry_id, sheets, trimmed, first_max
)
SELECT entry_id, sheets, trimmed, div(200 * total + n, 2 * n) / 100, first_points, first_max, sheet_scores FROM kept
"""

VOTES_SQL = """
SELECT c.entry_id, count(*)
  FROM contests_ballotchoice c
  JOIN contests_ballot b ON b.id = c.ballot_id
 WHERE b.contest_id = %(contest)s
   AND NOT EXISTS (SELECT 1 FROM contests_ballot later WHERE later.supersedes_id = b.id)
   AND NOT EXISTS (SELECT 1 FROM contests_ballotvoid v WHERE v.ballot_id = b.id)
 GROUP BY c.entry_id
"""


@dataclass(frozen=True, slots=True)
class ExpertAggregate:
    """One entry's sheets: their scores lowest first, the mean of the kept ones, and the first criterion's share."""

    sheets: int
    trimmed: bool
    mean: Decimal
    first_criterion: Fraction
    sheet_scores: tuple[Decimal, ...]


def expert_aggregates(contest: Contest) -> dict[int, ExpertAggregate]:
    """By entry id, for the entries that take part and have a counted sheet; the quorum is not applied here."""
    parameters: dict[str, int | str] = {
        "contest": contest.pk,
        "taking_part": EntryStatus.IN,
        "submitted": SheetState.SUBMITTED,
        "each_side": contest.trim_each_side,
        "min_panel": contest.trim_min_panel,
    }
    with connection.cursor() as cursor:
        cursor.execute(EXPERT_SQL, parameters)
        rows = cursor.fetchall()
    return {
        entry: ExpertAggregate(
            sheets=sheets,
            trimmed=trimmed,
            mean=mean.quantize(ZERO),
            first_criterion=Fraction(first_points) / (Fraction(first_max) * sheets),
            sheet_scores=tuple(score.quantize(ZERO) for score in scores),
        )
        for entry, sheets, trimmed, mean, first_points, first_max, scores in rows
    }


def score_of_experts(contest: Contest, expert: ExpertAggregate | None) -> Decimal | None:
    """The expert score of an entry as a tally of now would have it; None below the quorum."""
    score: Decimal | None = _expert_part(contest, expert)["expert_score"]
    return score


def online_votes(contest: Contest) -> dict[int, int]:
    """Valid choices by entry id: of the last ballot of each voter, voided ones left out."""
    with connection.cursor() as cursor:
        cursor.execute(VOTES_SQL, {"contest": contest.pk})
        return dict(cursor.fetchall())


def offline_votes(contest: Contest) -> dict[int, int]:
    """Verified paper votes by entry id."""
    counts = OfflineCount.objects.counted(contest)
    return dict(counts.values_list("entry_id").annotate(Sum("votes")).order_by())


def jury_means(contest: Contest) -> dict[int, Fraction]:
    """Unrounded mean of the jurors' scores by entry id."""
    sums = JuryScore.objects.filter(entry__contest=contest).values_list("entry_id").annotate(Sum("score"), Count("pk"))
    return {entry: Fraction(total) / jurors for entry, total, jurors in sums.order_by()}


def entry_figures(
    contest: Contest,
    experts: Mapping[int, ExpertAggregate],
    online: Mapping[int, int],
    offline: Mapping[int, int],
) -> dict[int, EntryFigures]:
    """What `contests.scoring.score` needs, by entry id, for the entries that take part."""
    populations = dict(contest.communities.values_list("community_id", "registered_population"))
    juries = jury_means(contest)
    entries = contest.entries.taking_part().select_related("community", "category").order_by("number")
    return {
        entry.pk: EntryFigures(
            number=entry.number,
            community=entry.community.code,
            population=populations.get(entry.community_id),
            category=entry.category.code,
            requested_amount=entry.requested_amount,
            votes=online.get(entry.pk, 0) + offline.get(entry.pk, 0),
            jury_mean=juries.get(entry.pk),
            **_expert_part(contest, experts.get(entry.pk)),
        )
        for entry in entries
    }


def _expert_part(contest: Contest, expert: ExpertAggregate | None) -> dict[str, Any]:
    """Quorum of step 2: below it an entry with a positive expert weight is incomplete, and nothing was trimmed."""
    sheets = expert.sheets if expert else 0
    first = expert.first_criterion if expert else Fraction(0)
    if contest.expert_weight > 0 and (sheets < contest.quorum or sheets == 0):
        return {"sheets": sheets, "trimmed": False, "expert_score": None, "first_criterion": first}
    if expert is None:
        return {"sheets": 0, "trimmed": False, "expert_score": ZERO, "first_criterion": first}
    return {"sheets": sheets, "trimmed": expert.trimmed, "expert_score": expert.mean, "first_criterion": first}


def input_counts(contest: Contest) -> dict[str, int]:
    """How many rows of each kind a tally of now would run on; two equal counts mean that nothing arrived between.

    Marks and choices need no count of their own: they come with their sheet or ballot and never change after.
    """
    return {
        "entries": Entry.objects.filter(contest=contest).taking_part().count(),
        "sheets": ScoreSheet.objects.counted().filter(entry__contest=contest).count(),
        "recusals": Recusal.objects.filter(entry__contest=contest).count(),
        "ballots": Ballot.objects.filter(contest=contest).count(),
        "valid_ballots": Ballot.objects.valid().filter(contest=contest).count(),
        "voids": BallotVoid.objects.filter(ballot__contest=contest).count(),
        "offline_votes": OfflineCount.objects.counted(contest).aggregate(total=Sum("votes"))["total"] or 0,
        "jury_scores": JuryScore.objects.filter(entry__contest=contest).count(),
    }


def counted_papers(contest: Contest, community: Community) -> int:
    """Ballot papers on the verified counting sheets of a community."""
    sheets = PaperSheet.objects.filter(contest=contest, community=community, state=SheetCheck.VERIFIED)
    return int(sheets.order_by().aggregate(papers=Sum("papers", default=0))["papers"])


def unsigned_papers(contest: Contest) -> list[str]:
    """Names of the communities whose sheets count more papers than voters are marked: they were verified before that was asked."""
    sheets = PaperSheet.objects.filter(contest=contest, state=SheetCheck.VERIFIED).order_by("community__code")
    papers = sheets.values_list("community_id", "community__name").annotate(Sum("papers"))
    marked = contest.voters.filter(way=VoteWay.PAPER).order_by()
    marks = dict(marked.values_list("community_id").annotate(Count("pk")))
    return [name for place, name, count in papers if count > marks.get(place, 0)]


def paper_marks(contest: Contest, community: Community) -> int:
    """Voters of a community who are marked as voting on paper."""
    return contest.voters.filter(community=community, way=VoteWay.PAPER).count()
