"""Advisory locks of PostgreSQL that keep the acts on one contest apart.

Marks and ballots share a contest while it is open; closing it excludes them, so that nothing arrives behind the back
of the final tally. A run is locked by its worker's session: the server frees the lock the moment the worker dies.
"""

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import connection

from communities.models import Community
from contests.models import Contest, TallyRun

# First keys of the two-key locks; any fixed numbers will do as long as they differ.
CONTEST_KEY = 7301
RUN_KEY = 7302
IMPORT_KEY = 7303
ROLL_KEY = 7304

SHARE_SQL = f"SELECT pg_advisory_xact_lock_shared({CONTEST_KEY}, %(contest)s)"
"""Keeps the contest (id) from closing until the transaction ends; what the next statement reads of it stays so."""


def share(contest: Contest) -> Contest:
    """Keep the contest from closing until this transaction ends; returns it as it is now."""
    with connection.cursor() as cursor:
        cursor.execute(SHARE_SQL, {"contest": contest.pk})
    return Contest.objects.select_related("programme", "secret").get(pk=contest.pk)


def exclude_others(contest: Contest) -> Contest:
    """Wait for marks and ballots under way and hold off new ones until this transaction ends.

    The row is locked as well, so that its rules are the same from here to the end of the transaction.
    """
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [CONTEST_KEY, contest.pk])
    rows = Contest.objects.select_for_update(of=("self",), no_key=True).select_related("programme")
    return rows.get(pk=contest.pk)


def papers_of(community: Community) -> None:
    """Keep the number of papers that count in a community, and of marks taken back, still until this transaction ends."""
    Community.objects.select_for_update(no_key=True).get(pk=community.pk)


def one_roster(contest: Contest) -> None:
    """Let long lists come onto a roll one after the other: two with the same people in another order wait for each other."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, %s)", [ROLL_KEY, contest.pk])


def one_import() -> None:
    """Let imports come one after the other: each finds, or makes, what the one before it made."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_advisory_xact_lock(%s, 0)", [IMPORT_KEY])


@contextmanager
def sole_worker(run: TallyRun) -> Iterator[bool]:
    """Whether this session is the only one at work on the run; held until the block ends or the session dies."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_try_advisory_lock(%s, %s)", [RUN_KEY, run.pk])
        mine = bool(cursor.fetchone()[0])
    try:
        yield mine
    finally:
        if mine and connection.is_usable():
            with connection.cursor() as cursor:
                cursor.execute("SELECT pg_advisory_unlock(%s, %s)", [RUN_KEY, run.pk])
