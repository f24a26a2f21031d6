"""Real threads with their own connections that act at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from typing import TypeVar

from django.db import connection, connections

from communities.refusal import Refused
from tests.waiting import eventually

SECONDS = 30.0

T = TypeVar("T")


def race(*acts: Callable[[], object]) -> list[object]:
    """Start all acts together; returns what each returned, or the `Refused` it raised, in the order given."""
    start = threading.Barrier(len(acts))

    def run(act: Callable[[], object]) -> object:
        try:
            start.wait(SECONDS)
            return act()
        except Refused as refusal:
            return refusal
        finally:
            connections.close_all()

    with ThreadPoolExecutor(len(acts)) as pool:
        futures = [pool.submit(run, act) for act in acts]
        return [future.result(SECONDS) for future in futures]


def meanwhile(act: Callable[[], T]) -> Future[T]:
    """Start one act in a thread with a connection of its own; ask the future for its outcome."""

    def run() -> T:
        try:
            return act()
        finally:
            connections.close_all()

    pool = ThreadPoolExecutor(1)
    future = pool.submit(run)
    pool.shutdown(wait=False)
    return future


def waiting_sessions() -> int:
    """How many sessions of this database wait for a lock."""
    with connection.cursor() as cursor:
        # Inside a transaction the view shows what it showed first, unless told to look again.
        cursor.execute("SELECT pg_stat_clear_snapshot()")
        cursor.execute(
            "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND wait_event_type = 'Lock'"
        )
        return int(cursor.fetchone()[0])


def somebody_waits() -> None:
    """Return once another session stands at a lock."""
    eventually(lambda: waiting_sessions() > 0)
