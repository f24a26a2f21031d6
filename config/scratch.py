"""The demo as a site of its own for a while, served as in production: for measuring it and for taking its pictures.

`with demo_site() as address:` makes a database beside the configured one, fills it, collects the static files into a
folder of its own, starts gunicorn on a free port, and removes everything afterwards.
"""

from __future__ import annotations

import fcntl
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass
from http.client import HTTPConnection
from pathlib import Path
from typing import IO
from urllib.parse import urlsplit

import psycopg2
import redis

from config import dotenv, embedded

ROOT = Path(__file__).resolve().parent.parent
HOST = "127.0.0.1"
# The last of the databases that a Redis has unless told otherwise; the site uses number 0, tests count from 1.
REDIS_NUMBER = 15
SECONDS_TO_START = 60.0
STEP_SECONDS = 0.1
LAST_BYTES = 20_000


@contextmanager
def demo_site() -> Iterator[str]:
    """Address of the site, without a slash at its end. Raises `RuntimeError` where it does not start."""
    environment = dict(os.environ)
    dotenv.load(environment, ROOT)
    embedded.provide(environment, ROOT)
    cache = urlsplit(environment["REDIS_URL"])._replace(path=f"/{REDIS_NUMBER}").geturl()
    with _alone(), _database(environment["DATABASE_URL"]) as database, tempfile.TemporaryDirectory() as folder:
        with closing(redis.Redis.from_url(cache)) as connection:
            # Rate limits and messages of the site before are not those of this one.
            connection.flushdb()
        environment |= {
            "DEMO": "true",
            "DEBUG": "false",
            "DATABASE_URL": database,
            "REDIS_URL": cache,
            "VAR_DIR": folder,
            "DJANGO_SETTINGS_MODULE": "config.settings",
        }
        command = [sys.executable, "-m", "config.prepare"]
        subprocess.run(command, check=True, cwd=ROOT, env=environment, stdout=subprocess.DEVNULL)
        with serving(environment) as server:
            yield server.address


@contextmanager
def _alone() -> Iterator[None]:
    """One such site at a time: they share one Redis database."""
    folder = ROOT / "var"
    folder.mkdir(exist_ok=True)
    with (folder / "scratch.lock").open("a") as file:
        fcntl.flock(file, fcntl.LOCK_EX)
        yield


@contextmanager
def _database(url: str) -> Iterator[str]:
    """URL of an empty database on the server that `url` names."""
    name = f"golden_ideas_scratch_{os.getpid()}"
    with closing(psycopg2.connect(url)) as connection:
        connection.autocommit = True
        with connection.cursor() as cursor:
            cursor.execute(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")
            cursor.execute(f"CREATE DATABASE {name}")
            try:
                yield urlsplit(url)._replace(path=f"/{name}").geturl()
            finally:
                cursor.execute(f"DROP DATABASE {name} WITH (FORCE)")


@dataclass(frozen=True, slots=True)
class Server:
    """gunicorn on a free port of this machine; `process` is the first of its processes."""

    port: int
    process: subprocess.Popen[bytes]

    @property
    def address(self) -> str:
        """Without a slash at its end."""
        return f"http://{HOST}:{self.port}"


@contextmanager
def serving(environment: dict[str, str], *, workers: int = 1, threads: int = 4) -> Iterator[Server]:
    """The site in gunicorn, from its first answer on. Raises `RuntimeError` where it does not start.

    What it writes is kept until the end, and the last of it is told where the caller fails: an answer of 500 says nothing.
    """
    with socket.socket() as probe:
        probe.bind((HOST, 0))
        port = probe.getsockname()[1]
    options = ["--bind", f"{HOST}:{port}", "--workers", str(workers), "--threads", str(threads), "--log-level", "error"]
    with tempfile.TemporaryFile() as said:
        process = subprocess.Popen(
            [sys.executable, "-m", "gunicorn", "config.wsgi", *options],
            cwd=ROOT,
            env=environment,
            stdout=said,
            stderr=said,
        )
        try:
            _wait_for(port, process)
            yield Server(port, process)
        except Exception:
            sys.stderr.write(_end_of(said))
            raise
        finally:
            process.terminate()
            process.wait()


def _end_of(file: IO[bytes]) -> str:
    file.seek(max(0, file.seek(0, os.SEEK_END) - LAST_BYTES))
    return file.read().decode(errors="replace")


def _wait_for(port: int, process: subprocess.Popen[bytes]) -> None:
    end = time.monotonic() + SECONDS_TO_START
    while time.monotonic() < end and process.poll() is None:
        with closing(HTTPConnection(HOST, port, timeout=SECONDS_TO_START)) as connection, suppress(OSError):
            connection.request("GET", "/offline/")
            connection.getresponse()
            return
        time.sleep(STEP_SECONDS)
    raise RuntimeError("the site did not start")
