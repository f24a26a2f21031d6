"""Finding, asking and ending server processes without trusting a remembered process number."""

import os
import signal
import socket
import subprocess
import time
from contextlib import suppress
from pathlib import Path

# Kept so that ended servers are reaped and running ones are not reported as forgotten when collected.
_children: list["subprocess.Popen[bytes]"] = []


def adopt(process: "subprocess.Popen[bytes]") -> None:
    """Remember a server started by this process."""
    _children.append(process)


def works_in(pid: int, folder: Path) -> bool:
    """Whether process `pid` lives and was started with `folder` as an argument.

    A number left by a crash may meanwhile belong to any other program, and a copied project brings along the numbers
    of the original's servers; neither has this folder among its arguments.
    """
    for child in _children:
        # While a child passes from setpriv to the server, the kernel shows no arguments; and its end must be noted.
        if child.poll() is None and child.pid == pid:
            return True
    if pid <= 0:
        return False
    try:
        return os.fsencode(folder) in Path(f"/proc/{pid}/cmdline").read_bytes().split(b"\0")
    except (FileNotFoundError, ProcessLookupError):
        if Path("/proc/self").exists():
            return False
    shown = subprocess.run(["ps", "-ww", "-o", "command=", "-p", str(pid)], check=False, capture_output=True)
    return os.fsencode(folder) in shown.stdout


def end(pid: int, folder: Path, signals: tuple[tuple[signal.Signals, float], ...]) -> bool:
    """Send each signal in turn and wait its seconds for the process to go; return whether it went."""
    for number, seconds in signals:
        with suppress(ProcessLookupError):
            os.kill(pid, number)
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if not works_in(pid, folder):
                return True
            time.sleep(0.02)
    return not works_in(pid, folder)


def free_port(preferred: int) -> int:
    """Return `preferred` if nothing listens there on 127.0.0.1, else a port that is free now."""
    for port in (preferred, 0) if preferred else (0,):
        with socket.socket() as probe, suppress(OSError):
            probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            probe.bind(("127.0.0.1", port))
            return int(probe.getsockname()[1])
    raise OSError("no free port on 127.0.0.1")


def ask(port: int, request: bytes) -> bytes:
    """Send `request` to 127.0.0.1 and return the first piece of the answer; empty if there is none."""
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(request)
            return connection.recv(1024)
    except OSError:
        return b""
