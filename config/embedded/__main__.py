"""`python -m config.embedded COMMAND ARG…` runs a command with both servers; `--erase` deletes their data."""

import os
import signal
import subprocess
import sys
from pathlib import Path
from types import FrameType

from config.dotenv import load
from config.embedded import SERVERS, Unavailable, erase, is_named, provide

ROOT = Path(__file__).resolve().parent.parent.parent


def main(arguments: list[str]) -> int:
    """Return the exit code of the command."""
    load(os.environ, ROOT)
    if arguments == ["--erase"]:
        own = [server.variable for server in SERVERS if is_named(os.environ, server)]
        if own:
            raise Unavailable(f"{' and '.join(own)} is set: only the embedded servers' data can be erased.")
        erase(ROOT)
        return 0
    if not arguments:
        raise Unavailable("python -m config.embedded COMMAND [ARGUMENT…] | --erase")
    provide(os.environ, ROOT)
    return run(arguments)


def run(command: list[str]) -> int:
    """Run `command` to its end. Ctrl-C reaches it by itself; other requests to end are passed on."""
    child: subprocess.Popen[bytes] | None = None
    requests: list[int] = []

    def pass_on() -> None:
        while child and requests:
            child.send_signal(requests.pop())

    def note(number: int, _frame: FrameType | None) -> None:
        # May come while the child is already there but not yet known here.
        requests.append(number)
        pass_on()

    signal.signal(signal.SIGINT, lambda *_: None)
    signal.signal(signal.SIGTERM, note)
    signal.signal(signal.SIGHUP, note)
    child = subprocess.Popen(command)
    pass_on()
    code = child.wait()
    return code if code >= 0 else 128 - code


if __name__ == "__main__":
    try:
        sys.exit(main(sys.argv[1:]))
    except KeyboardInterrupt:
        sys.exit(128 + signal.SIGINT)
