import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from config.procfile import why_not

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


def test_each_process_knows_the_port_of_the_site_and_all_end_with_one(tmp_path: Path) -> None:
    says = 'echo "$PORT"'
    with processes_of(tmp_path, f"web: {says}; exec tail -f /dev/null\nworker: {says}; exit 3\n") as manager:
        output, _ = manager.communicate(timeout=SECONDS)
    assert manager.returncode == 3
    assert output.count(b"| 8123\n") == 2
    assert b"web.1 stopped" in output


@pytest.mark.parametrize("hung_up", [True, False])
def test_closed_terminal_ends_the_processes(tmp_path: Path, hung_up: bool) -> None:
    chatty = "web: echo number $$; read line < go; echo on; exec tail -f /dev/null\n"
    os.mkfifo(tmp_path / "go")
    with processes_of(tmp_path, chatty) as manager:
        assert manager.stdout
        line = next(line for line in manager.stdout if b"number" in line)
        # Nobody reads any more. The process either hears of it or notices when it has something to say.
        manager.stdout.close()
        if hung_up:
            manager.send_signal(signal.SIGHUP)
        else:
            (tmp_path / "go").write_text("go\n", "ascii")
        manager.wait(SECONDS)
    with pytest.raises(ProcessLookupError):
        os.kill(int(line.split()[-1]), 0)


def test_port_is_free_until_something_listens() -> None:
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = str(server.getsockname()[1])
        assert "in use" in why_not(port)
    assert why_not(port) == ""


@pytest.mark.parametrize("port", ["80x", "70000", ""])
def test_what_is_no_port_is_refused(port: str) -> None:
    assert why_not(port) != ""
