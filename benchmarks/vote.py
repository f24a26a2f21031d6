"""How fast ballots are cast over HTTP, and whether one is ever lost.

On one server, in one run and over 16 connections: a view that inserts one row and answers "ok", then ballots of 3
choices by voters who are logged in. A ballot must reach 40 % of that view's requests a second and take 8 statements at
most. Then 5,000 voters, each over a connection of their own, send their ballots in the same moment, again and again until
each is accepted, while a worker is killed and PostgreSQL crashes and starts again: every ballot that was accepted must be in
the database, and none twice.

PostgreSQL and Valkey are started for this run alone, with durable commits: without them the run fails.
"""

from __future__ import annotations

import asyncio
import json
import os
import resource
import signal
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from http.client import HTTPConnection
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
# Answers that are awaited in the same moment: fewer voters all at once, more not all.
AT_ONCE = min(VOTERS, 5000)
# As the proxy in front keeps them: connections wait, none is turned away.
WAITING = "--backlog 8192 --worker-connections 8192"
DURABLE = {"synchronous_commit": "on", "fsync": "on"}
PATIENCE_SECONDS = 600.0
ANSWER_SECONDS, AGAIN_SECONDS = 300.0, 1.0
ROUNDS = 10
TOKEN = "b" * 32

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
    _allow_open_files()
    with site(MEASURED + VOTERS) as under:
        people = under.people
        least, ballots = Rate(), Rate()
        # Turn and turn about, so that a machine with other work slows both alike.
        for first in range(0, MEASURED, MEASURED // ROUNDS):
            turns = range(first, min(first + MEASURED // ROUNDS, MEASURED))
            least.measure(under.port, [insertion] * len(turns))
            ballots.measure(under.port, [ballot(people, turn) for turn in turns])
        crowd = Crowd(under, range(MEASURED, MEASURED + VOTERS))
        seconds = storm(crowd)
        kept, voters = _in_force(under)
    share = ballots.per_second / least.per_second
    print(f"{CONNECTIONS} connections, {WORKERS} workers x {THREADS} threads, {people['durable']}")
    for name, found in (("one row, ok", least), ("ballot of 3 ", ballots)):
        print(f"{name}  {found.per_second:7.1f} requests/s  p50 {found.p50:6.1f} ms  p95 {found.p95:6.1f} ms")
    print(f"ratio                    {share:.2f} (at least {SHARE_LIMIT:.2f})")
    print(f"statements per ballot    {people['statements']} (at most {STATEMENTS_LIMIT})")
    print(f"{VOTERS} voters, a worker killed and PostgreSQL crashed in the middle: {seconds:.0f} s")
    print(f"most at once             {crowd.most} (at least {AT_ONCE})")
    accepted = len(crowd.accepted)
    print(f"accepted {accepted}, ballots in force {kept}, voters marked {voters}")
    lost = not accepted == kept == voters == VOTERS or crowd.most < AT_ONCE
    slow = share < SHARE_LIMIT or people["statements"] > STATEMENTS_LIMIT
    return 1 if lost or slow or people["durable"] != DURABLE else 0


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


def posted(people: dict[str, Any], turn: int) -> tuple[str, dict[str, str]]:
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
    return body, headers


def ballot(people: dict[str, Any], turn: int) -> Send:
    body, headers = posted(people, turn)

    def send(line: HTTPConnection) -> int:
        line.request("POST", people["address"], body=body, headers=headers)
        return _status(line)

    return send


Line = tuple[asyncio.StreamReader, asyncio.StreamWriter]


class Crowd:
    """Voters who press the button in the same moment, each over a connection of their own."""

    def __init__(self, under: Site, turns: range) -> None:
        self.under = under
        self.turns = turns
        self.accepted: set[int] = set()
        self.awaiting = self.most = 0

    async def vote(self) -> None:
        deadline = time.monotonic() + PATIENCE_SECONDS
        lines = [await self._connected() for _ in self.turns]
        await asyncio.gather(
            asyncio.to_thread(_misfortunes, self.under, lambda: len(self.accepted), len(self.turns)),
            *[self._until_accepted(turn, line, deadline) for turn, line in zip(self.turns, lines, strict=True)],
        )

    async def _connected(self) -> Line:
        return await asyncio.open_connection(HOST, self.under.port)

    async def _until_accepted(self, turn: int, line: Line | None, deadline: float) -> None:
        """Anything but the word that the ballot is in the box is tried again, as a person would."""
        while time.monotonic() < deadline:
            try:
                answer = await self._answer(turn, line or await self._connected())
            except OSError:
                answer = b""
            if answer.startswith(b"HTTP/1.1 302 "):
                self.accepted.add(turn)
                return
            line = None
            await asyncio.sleep(AGAIN_SECONDS)

    async def _answer(self, turn: int, line: Line) -> bytes:
        reader, writer = line
        body, headers = posted(self.under.people, turn)
        headers |= {"Host": f"{HOST}:{self.under.port}", "Content-Length": str(len(body)), "Connection": "close"}
        head = "".join(f"{name}: {value}\r\n" for name, value in headers.items())
        self.awaiting += 1
        self.most = max(self.most, self.awaiting)
        try:
            writer.write(f"POST {self.under.people['address']} HTTP/1.1\r\n{head}\r\n{body}".encode("ascii"))
            return await asyncio.wait_for(reader.read(), ANSWER_SECONDS)
        finally:
            self.awaiting -= 1
            writer.close()


def storm(crowd: Crowd) -> float:
    """All these voters at once, with the two misfortunes; the seconds until the last was accepted."""
    began = time.monotonic()
    asyncio.run(crowd.vote())
    return time.monotonic() - began


def _allow_open_files() -> None:
    """As many as the system grants, here and in the servers that this process starts: each connection is one."""
    _soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


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


def _in_force(under: Site) -> tuple[int, int]:
    """Of the voters of the storm: ballots, and those who are marked as having voted."""
    with closing(psycopg2.connect(under.database)) as connection, connection.cursor() as cursor:
        cursor.execute(
            "SELECT count(*) FROM contests_ballot b"
            " WHERE NOT EXISTS (SELECT 1 FROM contests_ballot later WHERE later.supersedes_id = b.id)"
        )
        (kept,) = cursor.fetchone()
        cursor.execute("SELECT count(*) FROM contests_voter WHERE has_voted")
        (voters,) = cursor.fetchone()
    return kept - MEASURED - 1, voters - MEASURED - 1


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
                "GUNICORN_CMD_ARGS": WAITING,
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
