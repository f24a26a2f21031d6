"""Runs every process of the `Procfile` together: `python -m config.procfile run PORT`.

`python -m config.procfile check PORT` says whether the web process can have the port.
"""

import os
import signal
import socket
import sys
from contextlib import suppress
from pathlib import Path
from typing import TextIO

from honcho.environ import expand_processes, parse_procfile
from honcho.manager import Manager
from honcho.printer import Printer

ROOT = Path(__file__).resolve().parent.parent


class LastingOutput:
    """A text stream that outlives its terminal: closing the window must still let the processes be ended in order."""

    def __init__(self, stream: TextIO) -> None:
        self.stream = stream

    def write(self, text: str) -> None:
        """Write `text`, or drop it if nobody can read it any more."""
        with suppress(OSError):
            self.stream.write(text)

    def flush(self) -> None:
        """Pass on what was written."""
        with suppress(OSError):
            self.stream.flush()

    def isatty(self) -> bool:
        """Whether colours make sense."""
        return self.stream.isatty()


def run(root: Path, port: int) -> int:
    """Run the processes until one of them ends or a signal asks all to end; return the exit code, 0 for Ctrl-C.

    The first process of the file gets `port` as `PORT`. Each has its own session, out of reach of the terminal.
    """
    manager = Manager(Printer(LastingOutput(sys.stdout)))
    processes = parse_procfile((root / "Procfile").read_text("utf-8")).processes
    for process in expand_processes(processes, port=port):
        manager.add_process(process.name, process.cmd, env=os.environ | process.env, cwd=str(root))
    # The manager knows Ctrl-C and SIGTERM; a closed terminal window means the same.
    signal.signal(signal.SIGHUP, lambda *_: os.kill(os.getpid(), signal.SIGTERM))
    manager.loop()
    return 0 if manager.returncode == 128 + signal.SIGINT else int(manager.returncode)


def is_free(port: int) -> bool:
    """Whether a server can listen on `port` of 127.0.0.1 now."""
    with socket.socket() as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind(("127.0.0.1", port))
        except OSError:
            return False
    return True


if __name__ == "__main__":
    verb, number = sys.argv[1:]
    if verb == "run":
        sys.exit(run(ROOT, int(number)))
    if not is_free(int(number)):
        sys.exit(f"Port {number} of 127.0.0.1 is taken: choose another, as in `PORT={int(number) + 1} make demo`.")
