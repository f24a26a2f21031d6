"""How fast ballots are cast over HTTP, and whether one is ever lost.

On one server, in one run and over 16 connections: a view that inserts one row and answers "ok", then ballots of 3
choices by voters who are logged in. A ballot must reach 40 % of that view's requests a second and take 8 statements at
most. Then 5,000 voters send their ballots at once, again and again until each is accepted, while a worker is killed and
PostgreSQL crashes and starts again: every ballot that was accepted must be in the database, and none twice.

PostgreSQL and Valkey are started for this run alone, with durable commits.
"""

from __future__ import annotations

import json
import os
import signal
import statistics
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPConnection, HTTPException
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import psycopg2

from config import dotenv
from config.embedded import state
from config.embedded.servers import Postgres, Valkey
from config.scratch import HOST, ROOT, serving

CONNECTIONS, WORKERS, THREADS = 16, 2, 8
MEASURED = int(os.environ.get("BENCH_BALLOTS", "2000"))
VOTERS = int(os.environ.get("BENCH_VOTERS", "5000"))
SHARE_LIMIT, STATEMENTS_LIMIT = 0.40, 8
PATIENCE_SECONDS = 600.0
ROUNDS = 10
TOKEN = "b" * 32
LOST_CONNECTION = (OSError, HTTPException)

Send = Callable[[HTTPConnection], int]


@dataclass(frozen=True, slots=True)
class Site:
    """The site under measurement: its port, the first process of its server, and its database."""

    port: int
    process: subprocess.Popen[bytes]
    postgres: Postgres
    database: str
    people: dict[str, Any]


def main() -> int:
    with site(MEASURED + VOTERS) as under:
        people = under.people
        least, ballots = Rate(), Rate()
        # Turn and turn about, so that a machine with other work slows both alike.
        for first in range(0, MEASURED, MEASURED // ROUNDS):
            turns = range(first, min(first + MEASURED // ROUNDS, MEASURED))
            least.measure(under.port, [insertion] * len(turns))
            ballots.measure(under.port, [ballot(people, turn) for turn in turns])
        accepted, kept, voters, seconds = storm(under, range(MEASURED, MEASURED + VOTERS))
    share = ballots.per_second / least.per_second
    print(f"{CONNECTIONS} connections, {WORKERS} workers x {THREADS} threads, synchronous_commit {people['durable']}")
    for name, found in (("one row, ok", least), ("ballot of 3 ", ballots)):
        print(f"{name}  {found.per_second:7.1f} requests/s  p50 {found.p50:6.1f} ms  p95 {found.p95:6.1f} ms")
    print(f"ratio                    {share:.2f} (at least {SHARE_LIMIT:.2f})")
    print(f"statements per ballot    {people['statements']} (at most {STATEMENTS_LIMIT})")
    print(f"{VOTERS} voters, a worker killed and PostgreSQL crashed in the middle: {seconds:.0f} s")
    print(f"accepted {accepted}, ballots in force {kept}, voters marked {voters}")
    lost = not accepted == kept == voters == VOTERS
    return 1 if lost or share < SHARE_LIMIT or people["statements"] > STATEMENTS_LIMIT else 0


@dataclass(slots=True)
class Rate:
    """Requests that were answered, the seconds for all of them, and the milliseconds of each."""

    seconds: float = 0.0
    took: list[float] = field(default_factory=list)

    @property
    def per_second(self) -> float:
        return len(self.took) / self.seconds

    @property
    def p50(self) -> float:
        return statistics.median(self.took)

    @property
    def p95(self) -> float:
        return statistics.quantiles(self.took, n=20)[18]

    def measure(self, port: int, sends: Sequence[Send]) -> None:
        """Send everything over the connections, each of which sends one after the other."""

        def lane(mine: Sequence[Send]) -> None:
            with closing(HTTPConnection(HOST, port, timeout=30)) as line:
                for send in mine:
                    began = time.perf_counter()
                    status = send(line)
                    self.took.append(1000 * (time.perf_counter() - began))
                    if status not in {200, 302}:
                        raise RuntimeError(f"the site answered {status}")

        began = time.perf_counter()
        with ThreadPoolExecutor(CONNECTIONS) as pool:
            list(pool.map(lane, [sends[number::CONNECTIONS] for number in range(CONNECTIONS)]))
        self.seconds += time.perf_counter() - began


def insertion(line: HTTPConnection) -> int:
    line.request("POST", "/bench/insert/", body=b"")
    return _status(line)


def ballot(people: dict[str, Any], turn: int) -> Send:
    """What the browser of voter number `turn` sends: three choices that differ from voter to voter."""
    entries = people["entries"]
    body = urlencode([("entry", entries[(turn + step * 7) % len(entries)]) for step in range(3)])
    headers = {
        "Content-Type": "application/x-www-form-urlencoded",
        "Cookie": f"sessionid={people['sessions'][turn]}; csrftoken={TOKEN}; device=bench-{turn}",
        "X-CSRFToken": TOKEN,
        # As a proxy in front adds it: each voter comes from an address of their own.
        "X-Forwarded-For": f"10.{turn >> 16}.{turn >> 8 & 255}.{turn & 255}",
    }

    def send(line: HTTPConnection) -> int:
        line.request("POST", people["address"], body=body, headers=headers)
        return _status(line)

    return send


def storm(under: Site, turns: range) -> tuple[int, int, int, float]:
    """All these voters at once, with the two misfortunes; what was accepted, and what the database holds."""
    accepted: set[int] = set()
    lock = threading.Lock()
    deadline = time.monotonic() + PATIENCE_SECONDS

    def lane(mine: range) -> None:
        line = HTTPConnection(HOST, under.port, timeout=30)
        for turn in mine:
            while not _accepted(line, ballot(under.people, turn)):
                line.close()
                if time.monotonic() > deadline:
                    return
                time.sleep(0.05)
            with lock:
                accepted.add(turn)
        line.close()

    began = time.monotonic()
    with ThreadPoolExecutor(CONNECTIONS + 1) as pool:
        misfortune = pool.submit(_misfortunes, under, lambda: len(accepted), len(turns))
        lanes = [pool.submit(lane, turns[number::CONNECTIONS]) for number in range(CONNECTIONS)]
        for each in lanes:
            each.result()
        misfortune.result()
    seconds = time.monotonic() - began
    kept, voters = _in_force(under)
    return len(accepted), kept - MEASURED - 1, voters - MEASURED - 1, seconds


def _misfortunes(under: Site, accepted: Callable[[], int], number: int) -> None:
    """A third of the way a worker is killed; at two thirds PostgreSQL loses all its processes and starts again."""
    _wait(lambda: accepted() >= number // 3)
    children = Path(f"/proc/{under.process.pid}/task/{under.process.pid}/children").read_text("ascii").split()
    os.kill(int(children[0]), signal.SIGKILL)
    _wait(lambda: accepted() >= 2 * number // 3)
    # An immediate shutdown keeps nothing but what was committed: the next start recovers from the log.
    entry = state.read(under.postgres.var, under.postgres.name)
    postmaster = under.postgres.pid(entry)
    os.kill(postmaster, signal.SIGQUIT)
    _wait(lambda: not under.postgres.pid(entry))
    if under.postgres.ensure() != under.database:
        raise RuntimeError("PostgreSQL came back at another port")


def _wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + PATIENCE_SECONDS
    while not until():
        if time.monotonic() > deadline:
            raise RuntimeError("waited in vain")
        time.sleep(0.02)


def _accepted(line: HTTPConnection, send: Send) -> bool:
    """Whether the site said that the ballot is in the box; anything else is tried again, as a person would."""
    with suppress(*LOST_CONNECTION):
        return send(line) == 302
    return False


def _in_force(under: Site) -> tuple[int, int]:
    with closing(psycopg2.connect(under.database)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM contests_ballot b"
            " WHERE NOT EXISTS (SELECT 1 FROM contests_ballot later WHERE later.supersedes_id = b.id)"
        )
        (kept,) = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM contests_voter WHERE has_voted")
        (voters,) = cursor.fetchone()
    return kept, voters


def _status(line: HTTPConnection) -> int:
    answer = line.getresponse()
    answer.read()
    return answer.status


@contextmanager
def site(people: int) -> Iterator[Site]:
    """The site in gunicorn with servers of its own, and so many voters who are logged in."""
    environment = dict(os.environ)
    dotenv.load(environment, ROOT)
    with tempfile.TemporaryDirectory(prefix="golden-ideas-vote-") as folder:
        var = Path(folder)
        var.chmod(0o755)
        postgres, valkey = Postgres(var), Valkey(var)
        try:
            environment |= {
                "DATABASE_URL": postgres.ensure(),
                "REDIS_URL": valkey.ensure(),
                "DEMO": "true",
                "DEBUG": "false",
                "BEHIND_PROXY": "true",
                "VAR_DIR": folder,
                "LOG_LEVEL": "ERROR",
                "DJANGO_SETTINGS_MODULE": "benchmarks.voting.settings",
            }
            file = var / "people.json"
            _run(environment, "manage.py", "collectstatic", "--no-input", "--verbosity", "0")
            _run(environment, "-m", "benchmarks.voting.people", str(people), str(file))
            found = json.loads(file.read_text("utf-8"))
            with serving(environment, workers=WORKERS, threads=THREADS) as server:
                yield Site(server.port, server.process, postgres, environment["DATABASE_URL"], found)
        finally:
            postgres.stop()
            valkey.stop()


def _run(environment: dict[str, str], *arguments: str) -> None:
    subprocess.run([sys.executable, *arguments], check=True, cwd=ROOT, env=environment)


if __name__ == "__main__":
    raise SystemExit(main())
