"""The final tally of a large contest against the bare SQL aggregates it needs, measured in the same run.

1,000 entries × 10 experts × 7 criteria, and 200,000 ballots of 3 choices. Prints both times, their ratio (which must
not pass 2), and the peak memory of the process that ran the tally. Uses a scratch database that it makes and drops.
"""

from __future__ import annotations

import os
import resource
import statistics
import time
from datetime import UTC, datetime

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

import pgtrigger
from django.db import connection, transaction
from django.test.runner import DiscoverRunner

from communities.models import Subdistrict
from contests import ruleset
from contests.enums import ContestState, RunKind, RunState
from contests.figures import expert_aggregates, input_counts, offline_votes, online_votes
from contests.models import Contest
from contests.services.tally import carry_out, request_tally
from programmes.models import Programme

ENTRIES, EXPERTS, CRITERIA, BALLOTS, CHOICES = 1_000, 10, 7, 200_000, 3
ROUNDS = 5
LIMIT = 2.0

FILL = """
INSERT INTO communities_community (subdistrict_id, code, name, housing_type, registered_population)
SELECT {subdistrict}, (100000000000 + g)::text, 'C' || g, '', 2000 + g * 37 FROM generate_series(1, 22) g;
INSERT INTO programmes_category (programme_id, code, name, position)
SELECT {programme}, 'K' || g, 'K' || g, g FROM generate_series(1, 5) g;
INSERT INTO contests_contestcommunity (contest_id, community_id, name, registered_population)
SELECT {contest}, id, name, registered_population FROM communities_community;
INSERT INTO contests_criterion (contest_id, code, name, guidance, anchors, max_points, position)
SELECT {contest}, 'C' || g, 'C' || g, '', '', 5 + g * 2, g FROM generate_series(1, {criteria}) g;
INSERT INTO proposals_proposal (programme_id, community_id, category_id, title, site, team_name, team_type, summary,
    needs_analysis, target_group, goal, plan, innovation, sustainability, capacity_building, risks, community_opinion,
    support_opinion, state, revision, created_at)
SELECT {programme}, (SELECT min(id) FROM communities_community) + mod(g, 22),
    (SELECT min(id) FROM programmes_category) + mod(g, 5), 'P' || g, '', '', '', '', '', '', '', '', '',
    '', '', '', '', '', 'QUALIFIED', 1, now()
  FROM generate_series(1, {entries}) g;
INSERT INTO contests_entry (contest_id, proposal_id, number, title, community_id, category_id, requested_amount, status)
SELECT {contest}, id, lpad(id::text, 5, '0'), title, community_id, category_id, 5000 + mod(id, 400) * 100, 'IN'
  FROM proposals_proposal;
INSERT INTO contests_panelist (contest_id, code, is_chair) SELECT {contest}, 'E' || g, false FROM generate_series(1, {experts}) g;
INSERT INTO contests_scoresheet (entry_id, panelist_id, state, revision, comment, created_at, submitted_at)
SELECT e.id, p.id, 'SUBMITTED', 1, '', now(), now() FROM contests_entry e, contests_panelist p;
INSERT INTO contests_mark (sheet_id, criterion_id, points)
SELECT s.id, c.id, floor(random() * c.max_points * 2) / 2 FROM contests_scoresheet s, contests_criterion c;
INSERT INTO contests_ballot (contest_id, receipt, voter_key, cast_at)
SELECT {contest}, lpad(to_hex(g), 16, '0'), g::text, now() FROM generate_series(1, {ballots}) g;
INSERT INTO contests_ballotchoice (ballot_id, entry_id)
SELECT b.id, (SELECT min(id) FROM contests_entry) + mod(b.id * 7919 + c * 331 + (random() * 30)::int, {entries})
  FROM contests_ballot b, generate_series(1, {choices}) c ON CONFLICT DO NOTHING;
"""


def fill() -> Contest:
    """A closed contest of the size that the limit speaks of."""
    subdistrict = Subdistrict.objects.create(code="100000000", name="Bench")
    programme = Programme.objects.create(subdistrict=subdistrict, year=2026, title="Bench")
    contest = Contest(
        programme=programme,
        name="Bench",
        state=ContestState.CLOSED,
        seed="bench",
        budget=9_000_000,
        project_cap=40_000,
        one_per_community=True,
        reserve=20,
    )
    contest.rules_sha256 = ruleset.sha256(contest.ruleset)
    contest.save()
    sizes = {
        "subdistrict": subdistrict.pk,
        "programme": programme.pk,
        "contest": contest.pk,
        "entries": ENTRIES,
        "experts": EXPERTS,
        "criteria": CRITERIA,
        "ballots": BALLOTS,
        "choices": CHOICES,
    }
    with transaction.atomic(), pgtrigger.ignore(), connection.cursor() as cursor:
        cursor.execute(FILL.format(**sizes))
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    contest.refresh_from_db()
    return contest


def bare(contest: Contest) -> float:
    """Seconds for the aggregates alone."""
    started = time.perf_counter()
    input_counts(contest)
    expert_aggregates(contest)
    online_votes(contest)
    offline_votes(contest)
    return time.perf_counter() - started


def tally(contest: Contest) -> float:
    """Seconds for one final run, from taking it up to its last result."""
    run = request_tally(contest=contest, kind=RunKind.FINAL, by=None, now=datetime.now(UTC))
    started = time.perf_counter()
    run = carry_out(run=run, now=datetime.now(UTC))
    seconds = time.perf_counter() - started
    if run.state != RunState.DONE or run.results.count() != ENTRIES:
        raise RuntimeError(f"the run ended as {run.state}: {run.error}")
    contest.refresh_from_db()
    return seconds


def main() -> int:
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    try:
        contest = fill()
        pairs = [(bare(contest), tally(contest)) for _ in range(ROUNDS)]
        peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    finally:
        runner.teardown_databases(databases)
    aggregates = statistics.median(pair[0] for pair in pairs)
    whole = statistics.median(pair[1] for pair in pairs)
    print(f"{ENTRIES} entries x {EXPERTS} experts x {CRITERIA} criteria, {BALLOTS} ballots x {CHOICES} choices")
    print(f"bare SQL aggregates  {aggregates:.3f} s")
    print(f"final tally          {whole:.3f} s")
    print(f"ratio                {whole / aggregates:.2f} (limit {LIMIT:g})")
    print(f"peak memory          {peak:.0f} MiB")
    return 0 if whole <= LIMIT * aggregates else 1


if __name__ == "__main__":
    raise SystemExit(main())
