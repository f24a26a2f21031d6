"""How many ballots came in alike, counted by the database: the fast twin of `contests.guard.alike`.

One statement, whose rows are the groups large enough to stand out. However many ballots are in the box, honest ones
bring none of them here.
"""

from __future__ import annotations

from django.db import connection

from contests import guard
from contests.guard import Alike
from contests.models import Contest

ALIKE_SQL = """
WITH trace AS MATERIALIZED (
    SELECT t.network, t.device, t.segment, t.is_new, extract(epoch FROM ballot.cast_at)::bigint / 60 AS minute
      FROM contests_ballottrace t JOIN contests_ballot ballot ON ballot.id = t.ballot_id
     WHERE ballot.contest_id = %(contest)s
       AND NOT EXISTS (SELECT FROM contests_ballot later WHERE later.supersedes_id = ballot.id)
       AND NOT EXISTS (SELECT FROM contests_ballotvoid void WHERE void.ballot_id = ballot.id)
), minutes AS (
    SELECT minute, count(*) AS ballots FROM trace GROUP BY minute
)
SELECT 'ballots' AS kind, '' AS subject, count(*) AS ballots, 0 AS new FROM trace
 UNION ALL
SELECT 'networks', network, count(*), 0 FROM trace WHERE network <> '' GROUP BY network HAVING count(*) >= %(network)s
 UNION ALL
SELECT 'devices', device, count(*), 0 FROM trace WHERE device <> '' GROUP BY device HAVING count(*) >= %(device)s
 UNION ALL
SELECT 'segments', segment, count(*), 0 FROM trace WHERE segment <> '' GROUP BY segment HAVING count(*) >= %(segment)s
 UNION ALL
SELECT 'hours', (minute / 60)::text, count(*), count(*) FILTER (WHERE is_new)
  FROM trace GROUP BY minute / 60 HAVING count(*) FILTER (WHERE is_new) >= %(new)s
 UNION ALL
SELECT 'minutes', minute::text, ballots, 0 FROM minutes
 WHERE EXISTS (SELECT FROM minutes busy WHERE busy.ballots >= %(burst)s
                  AND busy.minute BETWEEN minutes.minute - %(around)s AND minutes.minute + %(around)s)
"""


def alike_in(contest: Contest) -> Alike:
    """Of the ballots in force that are not void; one statement."""
    limits = {
        "contest": contest.pk,
        "network": guard.NETWORK_LEAST,
        "device": guard.DEVICE_LEAST,
        "segment": guard.SEGMENT_LEAST,
        "new": guard.NEW_LEAST,
        "burst": guard.BURST_LEAST,
        "around": guard.BURST_AROUND,
    }
    groups: dict[str, dict[str, tuple[int, int]]] = {}
    with connection.cursor() as cursor:
        cursor.execute(ALIKE_SQL, limits)
        for kind, subject, ballots, new in cursor.fetchall():
            groups.setdefault(kind, {})[subject] = (ballots, new)

    def counts(kind: str) -> dict[str, int]:
        return {subject: ballots for subject, (ballots, _new) in groups.get(kind, {}).items()}

    return Alike(
        ballots=counts("ballots")[""],
        networks=counts("networks"),
        devices=counts("devices"),
        segments=counts("segments"),
        minutes={int(minute): ballots for minute, ballots in counts("minutes").items()},
        hours={int(hour): found for hour, found in groups.get("hours", {}).items()},
    )
