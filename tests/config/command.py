"""A command that needs the embedded servers of the folder it is given, until its standard input ends.

Prints the URLs it was given as one JSON line. For each line of input it forks a child that ends in the ordinary way, and
prints the child's exit code.
"""

import json
import os
import sys
from pathlib import Path

from config import embedded


def main() -> None:
    environ: dict[str, str] = {}
    embedded.provide(environ, Path(sys.argv[1]))
    say(json.dumps(environ))
    for _line in sys.stdin:
        child = os.fork()
        if child == 0:
            sys.exit(0)
        say(str(os.waitpid(child, 0)[1]))


def say(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    main()
