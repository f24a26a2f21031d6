"""Runs every process of the `Procfile` together: `python -m config.procfile run PORT`.

`python -m config.procfile check PORT` says whether the web process can have the port.
"""

import os
import signal
import socket
import sys
from pathlib import Path
from typing import TextIO

from honcho.environ import expand_processes, parse_procfile
from honcho.manager import Manager
from honcho.printer import Printer

ROOT = Path(__file__).resolve().parent.parent


class LastingOutput:
    """A text stream that outlives its reader: where nobody reads any more, the processes are to end, and in order.

    Closing a terminal window need not send a signal to anybody but the first process in it.
    """

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream
        self.is_lost = False

    def write(self, text: str) -> None:
        """Write `text`; if nobody can read it any more, drop it and ask this process to end."""
        try:
            self.stream.write(text)
            self.stream.flush()
        except OSError:
            if not self.is_lost:
                self.is_lost = True
                signal.raise_signal(signal.SIGTERM)

    def flush(self) -> None:
        """Do nothing: each piece is passed on when it is written."""

    def isatty(self) -> bool:
        """Whether colours make sense."""
        return self.stream.isatty()


def run(root: Path, port: int) -> int:
    """Run the processes until one of them ends or a signal asks all to end; return the exit code, 0 for Ctrl-C.

    Each gets `port` as `PORT`, whether it listens there or writes links to it, and its own session, out of reach of
    the terminal.
    """
    manager = Manager(Printer(LastingOutput(sys.stdout)))
    processes = parse_procfile((root / "Procfile").read_text("utf-8")).processes
    for process in expand_processes(processes):
        manager.add_process(
            process.name, process.cmd, env=os.environ | process.env | {"PORT": str(port)}, cwd=str(root)
        )
    # The manager knows Ctrl-C and SIGTERM; a closed terminal window means the same.
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    manager.loop()
    return 0 if manager.returncode == 128 + signal.SIGINT else int(manager.returncode)


def why_not(port: str) -> str:
    """Return why no server can listen on `port` of 127.0.0.1 now; empty if one can."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", int(port)))
        except (OSError, OverflowError, ValueError) as error:
            return str(error)
    return ""


if __name__ == "__main__":
    verb, number = sys.argv[1:]
    if verb == "run":
        sys.exit(run(ROOT, int(number)))
    if reason := why_not(number):
        sys.exit(f"Port {number} of 127.0.0.1 cannot be had ({reason}): choose another, as in `PORT=8765 make demo`.")
