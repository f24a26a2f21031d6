"""PostgreSQL and Valkey out of Python wheels, for machines that have neither.

`provide` fills in `DATABASE_URL` and `REDIS_URL` where they are missing. It joins the servers of this project folder or
starts them, under `var/`; each project folder has its own.

A server lives as long as somebody uses it. Every process that does holds a shared lock on `var/users.lock`, which the
kernel releases even when the process is killed. At its exit each process tries for the exclusive lock; who gets it was
the last and stops the servers. Starting and stopping happen under `var/start.lock`, so two processes that begin at once
end with one server each. After a last user that was killed the servers go on until the next one ends.
"""

import atexit
import fcntl
import os
import shutil
import signal
from collections.abc import Iterator, Mapping, MutableMapping
from contextlib import contextmanager, suppress
from pathlib import Path

from config.embedded.errors import Unavailable
from config.embedded.servers import Postgres, Server, Valkey
from config.embedded.state import hand_over

__all__ = ["Unavailable", "erase", "is_named", "provide"]

# Set to the project folder for child processes: they inherit the URLs, and must hold the lock as well.
MARK = "EMBEDDED_SERVERS"
SERVERS: tuple[type[Server], ...] = (Postgres, Valkey)

_held: dict[Path, int] = {}


def provide(environ: MutableMapping[str, str], root: Path) -> None:
    """Put into `environ` the URL of each server that it does not name, and keep the servers until this process ends.

    Raises `Unavailable`, which is one line, where that cannot be done.
    """
    root = root.resolve()
    missing = [server for server in SERVERS if not is_named(environ, server)]
    if not missing and environ.get(MARK) != str(root):
        return
    try:
        var = _folder(root)
        with _alone(var):
            _hold(var)
            for server in missing:
                environ[server.variable] = server(var).ensure()
    except PermissionError as error:
        raise Unavailable(
            f"{error.filename or root / 'var'} belongs to another user: run as that user, "
            "or set DATABASE_URL and REDIS_URL to servers of your own."
        ) from None
    environ[MARK] = str(root)


def is_named(environ: Mapping[str, str], server: type[Server]) -> bool:
    """Whether `environ` names a server of the installation's own, itself or by a file that holds the URL."""
    return bool(environ.get(server.variable) or environ.get(f"{server.variable}_FILE"))


def erase(root: Path) -> None:
    """Stop the servers and delete everything under `var/`: database, queue, static files, logs.

    Raises `Unavailable` while any process uses the servers.
    """
    var = _folder(root.resolve())
    with _alone(var), _unused(var) as unused:
        if not unused:
            raise Unavailable(f"The servers in {var} are in use: stop the site and other commands first.")
        for server in SERVERS:
            server(var).stop()
        for path in var.iterdir():
            if path.is_dir() and not path.is_symlink():
                shutil.rmtree(path)
            elif path.suffix != ".lock":
                path.unlink()


def _folder(root: Path) -> Path:
    var = root / "var"
    if not var.exists():
        var.mkdir(mode=0o755, exist_ok=True)
    return var


def _hold(var: Path) -> None:
    if var not in _held:
        _held[var] = _lock(var / "users.lock", fcntl.LOCK_SH)
        atexit.register(_release, var)


def _release(var: Path) -> None:
    with suppress(ValueError):
        signal.signal(signal.SIGINT, signal.SIG_IGN)
    with _alone(var):
        # Closed, not unlocked: a forked child shares its parent's lock, and runs this at its own exit as well.
        os.close(_held.pop(var))
        with _unused(var) as unused:
            if unused:
                for server in SERVERS:
                    server(var).stop()


@contextmanager
def _alone(var: Path) -> Iterator[None]:
    """Start, stop and join in turns."""
    descriptor = _lock(var / "start.lock", fcntl.LOCK_EX)
    try:
        yield
    finally:
        os.close(descriptor)


@contextmanager
def _unused(var: Path) -> Iterator[bool]:
    """Whether no process holds the servers; if so none can for as long as this lasts."""
    try:
        descriptor = _lock(var / "users.lock", fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        yield False
        return
    try:
        yield True
    finally:
        os.close(descriptor)


def _lock(path: Path, kind: int) -> int:
    """Open `path` and lock it; the descriptor is not inherited by programs that this process runs."""
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    try:
        hand_over(path, like=path.parent)
        fcntl.flock(descriptor, kind)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor
