import stat
from pathlib import Path

import pytest
from cryptography.fernet import Fernet

from config.browser import find
from config.dotenv import load, write
from config.install import SERVERS, without

LOCK = Path(__file__).resolve().parent.parent.parent / "requirements.txt"


def test_env_file_is_private_written_once_and_gives_way_to_the_environment(tmp_path: Path) -> None:
    assert write(tmp_path)
    path = tmp_path / ".env"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    content = path.read_text("ascii")
    assert not write(tmp_path)
    assert path.read_text("ascii") == content
    environ = {"SECRET_KEY": "mine"}
    load(environ, tmp_path)
    assert environ["SECRET_KEY"] == "mine"
    assert environ["DEMO"] == "true"
    assert Fernet(environ["PHONE_KEY"])


def test_lock_without_a_package_keeps_all_others() -> None:
    lock = LOCK.read_text("utf-8")
    shorter = without(lock, set(SERVERS))
    assert without(lock, set()) == lock
    names = [line.split("==")[0] for line in lock.splitlines() if "==" in line and not line.startswith(" ")]
    kept = [line.split("==")[0] for line in shorter.splitlines() if "==" in line and not line.startswith(" ")]
    assert kept == [name for name in names if name not in SERVERS]
    assert len(kept) == len(names) - len(SERVERS)


def test_browser_is_one_that_starts(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("PLAYWRIGHT_BROWSERS_PATH", str(tmp_path / "none"))
    script = tmp_path / "chromium"
    script.write_text("#!/bin/sh\necho 'install the snap first' >&2\nexit 1\n", "ascii")
    script.chmod(0o755)
    assert find() != str(script)
    script.write_text("#!/bin/sh\necho 'Chromium 130.0'\n", "ascii")
    assert find() == str(script)
