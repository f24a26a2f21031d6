"""The operating-system account a server runs under.

An ordinary user runs the servers as itself. PostgreSQL refuses to run as root, so root hands both servers to the
account that already owns their data, or else to a system account.
"""

import os
import pwd
import shutil
import subprocess
from dataclasses import dataclass
from pathlib import Path

from config.embedded.errors import Unavailable

SYSTEM_ACCOUNT = "postgres"
OWN_SYSTEM_ACCOUNT = "golden-ideas"
LAST_RESORT = "nobody"

# Servers must not see the caller's PG* variables, locale or secrets.
ENVIRONMENT = {"PATH": os.defpath, "LC_ALL": "C", "TZ": "UTC"}


@dataclass(frozen=True)
class Account:
    """`owner` is None where servers run as the invoking user; `prefix` is put before each command."""

    owner: pwd.struct_passwd | None = None
    prefix: tuple[str, ...] = ()

    def popen(
        self, command: list[str], *, stdin: int = subprocess.DEVNULL, output: int | None = None
    ) -> "subprocess.Popen[bytes]":
        """Start `command` in its own session (out of reach of the terminal's Ctrl-C), with no descriptor inherited.

        `output` is a file descriptor for standard output and error; None collects both in `.stdout`.
        """
        by_python = self.owner if not self.prefix else None
        return subprocess.Popen(
            [*self.prefix, *command],
            stdin=stdin,
            stdout=subprocess.PIPE if output is None else output,
            stderr=subprocess.STDOUT,
            env=ENVIRONMENT,
            cwd="/",
            umask=0o077,
            start_new_session=True,
            user=by_python.pw_uid if by_python else None,
            group=by_python.pw_gid if by_python else None,
            extra_groups=[] if by_python else None,
        )

    def run(self, command: list[str], text: str = "") -> tuple[int, str]:
        """Run `command` to its end with `text` as standard input; return its exit code and all it printed."""
        process = self.popen(command, stdin=subprocess.PIPE)
        output, _ = process.communicate(text.encode())
        return process.returncode, output.decode(errors="replace")

    def give(self, path: Path) -> None:
        """Make this account the owner of `path`."""
        if self.owner:
            os.chown(path, self.owner.pw_uid, self.owner.pw_gid)

    def can_run(self, binary: Path, folder: Path) -> bool:
        """Whether this account can enter `folder` and run `binary`: tried, not computed from permission bits."""
        script = 'cd "$1" && exec "$2" --version'
        return self.run(["/bin/sh", "-c", script, "sh", str(folder), str(binary)])[0] == 0


def account_for(data: Path, binary: Path) -> Account:
    """Return the account to run `binary` with its files in `data`, whose parent exists.

    Raises `Unavailable` if root finds no account that can reach both.
    """
    if os.geteuid() != 0:
        return Account()
    owner = _owner(data)
    account = Account(owner)
    if account.can_run(binary, data.parent):
        return account
    # A parent such as /root is closed to the account. Rather than open it to everyone, let the server pass.
    if setpriv := shutil.which("setpriv"):
        account = Account(owner, _passing_closed_folders(setpriv, owner))
        if account.can_run(binary, data.parent):
            return account
    raise Unavailable(
        f"The system user {owner.pw_name} cannot reach {data.parent}: install setpriv (package util-linux), "
        "move the project out of the closed folder, or set DATABASE_URL and REDIS_URL to servers of your own."
    )


def _passing_closed_folders(setpriv: str, owner: pwd.struct_passwd) -> tuple[str, ...]:
    identity = (f"--reuid={owner.pw_uid}", f"--regid={owner.pw_gid}", "--clear-groups")
    # initdb looks for postgres with access(2), which for others than root ignores capabilities without this bit.
    capability = ("--inh-caps=+dac_override", "--ambient-caps=+dac_override", "--securebits=+no_setuid_fixup")
    return (setpriv, *identity, *capability, "--")


def _owner(data: Path) -> pwd.struct_passwd:
    if data.exists() and (uid := data.stat().st_uid) != 0:
        try:
            return pwd.getpwuid(uid)
        except KeyError:
            raise Unavailable(
                f"{data} belongs to user number {uid}, who has no account on this machine: add one, "
                "or set DATABASE_URL and REDIS_URL to servers of your own."
            ) from None
    found = _named(SYSTEM_ACCOUNT) or _named(OWN_SYSTEM_ACCOUNT) or _created() or _named(LAST_RESORT)
    if not found:
        raise Unavailable(
            f"PostgreSQL does not run as root and there is no system user for it: `useradd --system {SYSTEM_ACCOUNT}`, "
            "or set DATABASE_URL and REDIS_URL to servers of your own."
        )
    return found


def _named(name: str) -> pwd.struct_passwd | None:
    try:
        return pwd.getpwnam(name)
    except KeyError:
        return None


def _created() -> pwd.struct_passwd | None:
    useradd = shutil.which("useradd") or shutil.which("useradd", path="/usr/sbin:/sbin")
    if not useradd:
        return None
    command = [useradd, "--system", "--no-create-home", "--shell", "/bin/false", OWN_SYSTEM_ACCOUNT]
    subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    return _named(OWN_SYSTEM_ACCOUNT)
