"""Real threads with their own connections that act at the same moment."""

from __future__ import annotations

import threading
from collections.abc import Callable, Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from contextlib import contextmanager
from typing import TypeVar

from django.db import connection, connections

from communities.refusal import Refused
from tests.waiting import eventually

SECONDS = 30.0

T = TypeVar("T")


Race = Callable[..., list[object]]


@contextmanager
def racers(number: int) -> Iterator[Race]:
    """So many threads, each with one connection that it keeps, for many races one after the other.

    A race starts all acts together; it returns what each returned, or the `Refused` it raised, in the order given.
    """
    with ThreadPoolExecutor(number) as pool:

        def together(*acts: Callable[[], object]) -> list[object]:
            assert len(acts) <= number
            start = threading.Barrier(len(acts))

            def run(act: Callable[[], object]) -> object:
                start.wait(SECONDS)
                try:
                    return act()
                except Refused as refusal:
                    return refusal

            futures = [pool.submit(run, act) for act in acts]
            return [future.result(SECONDS) for future in futures]

        try:
            yield together
        finally:
            together(*[connections.close_all] * number)


def race(*acts: Callable[[], object]) -> list[object]:
    """One race of these acts, see `racers`."""
    with racers(len(acts)) as together:
        return together(*acts)


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
