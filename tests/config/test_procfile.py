import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.procfile import is_free

PROJECT = Path(__file__).resolve().parent.parent.parent
SECONDS = 60
RUN = "import sys; from pathlib import Path; from config.procfile import run; sys.exit(run(Path(sys.argv[1]), 8123))"


@contextmanager
def processes_of(folder: Path, procfile: str) -> Iterator["subprocess.Popen[bytes]"]:
    (folder / "Procfile").write_text(procfile, "ascii")
    command = [sys.executable, "-c", RUN, str(folder)]
    with subprocess.Popen(command, cwd=PROJECT, stdout=subprocess.PIPE, stderr=subprocess.STDOUT) as manager:
        try:
            yield manager
        finally:
            manager.kill()


def test_first_process_gets_the_port_and_all_end_with_one(tmp_path: Path) -> None:
    with processes_of(tmp_path, 'web: echo "port $PORT"; exec tail -f /dev/null\nworker: exit 3\n') as manager:
        output, _ = manager.communicate(timeout=SECONDS)
    assert manager.returncode == 3
    assert b"port 8123\n" in output
    assert b"web.1 stopped" in output


def test_closed_terminal_ends_the_processes(tmp_path: Path) -> None:
    with processes_of(tmp_path, 'web: echo "number $$"; exec tail -f /dev/null\n') as manager:
        assert manager.stdout
        line = next(line for line in manager.stdout if b"number" in line)
        # Nobody reads any more, as when a window is closed.
        manager.stdout.close()
        manager.send_signal(signal.SIGHUP)
        manager.wait(SECONDS)
    with pytest.raises(ProcessLookupError):
        os.kill(int(line.split()[-1]), 0)


def test_port_is_free_until_something_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
        assert not is_free(port)
    assert is_free(port)
