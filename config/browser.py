"""The Chromium that browser tests run in, and a Chinese font: found on the machine, or fetched by `python -m config.browser`."""

import os
import shutil
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

FONT_FOLDERS = ("/usr/share/fonts", "/System/Library/Fonts")
CHINESE_FONTS = ("*CJK*", "wqy*", "PingFang*", "Songti*")
SHELL = "chromium-headless-shell"
"""Chromium without anything around its pages: takes a third less of the processor."""
NAMES = (SHELL, "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome")
# Chromium's sandbox cannot be had as root or in most containers; only pages of this project are opened.
ARGUMENTS = ["--no-sandbox"]
MAC_APPLICATIONS = (
    "/Applications/Chromium.app/Contents/MacOS/Chromium",
    "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
)
PLAYWRIGHT_CACHES = ("~/.cache/ms-playwright", "~/Library/Caches/ms-playwright")
PLAYWRIGHT_PROGRAMS = (
    "chromium-*/chrome-linux*/chrome",
    "chromium-*/chrome-mac*/*.app/Contents/MacOS/*",
    "chromium_headless_shell-*/chrome-*/*headless*shell",
)


def find() -> str | None:
    """Return the path of a Chromium that starts, None if there is none."""
    return next((program for program in _candidates() if _starts(program)), None)


def fetch() -> str | None:
    """Install Chromium as Playwright's own or, as root, from the system's packages; return its path if that worked."""
    _run(sys.executable, "-m", "playwright", "install", "chromium")
    return find() or fetch_shell() or (find() if _install("chromium") else None)


def fetch_shell() -> str | None:
    """Install the shell from the system's packages as root; return the path of the best that there is now."""
    if not shutil.which(SHELL):
        _install(SHELL)
    return find()


def has_chinese_font() -> bool:
    """Whether pages and share cards can be drawn with Chinese words rather than empty boxes."""
    return any(any(Path(folder).rglob(name)) for folder in FONT_FOLDERS for name in CHINESE_FONTS)


def fetch_font() -> bool:
    """Install one from the system's packages as root; return whether there is one now."""
    _install("fonts-noto-cjk")
    return has_chinese_font()


def _candidates() -> Iterator[str]:
    for name in NAMES:
        if path := shutil.which(name):
            yield path
    yield from MAC_APPLICATIONS
    for folder in (os.environ.get("PLAYWRIGHT_BROWSERS_PATH", ""), *PLAYWRIGHT_CACHES):
        for pattern in PLAYWRIGHT_PROGRAMS if folder else ():
            # Newest first: the number in the folder's name grows.
            yield from sorted(map(str, Path(folder).expanduser().glob(pattern)), reverse=True)


def _starts(program: str) -> bool:
    """A package may leave a script that only says where to get Chromium, and a download may lack system libraries."""
    try:
        asked = subprocess.run(
            [program, "--version"], check=False, stdin=subprocess.DEVNULL, capture_output=True, timeout=60
        )
    except (OSError, subprocess.TimeoutExpired):
        return False
    return asked.returncode == 0 and b"Chrom" in asked.stdout


def _install(package: str) -> bool:
    """Whether this was root with Debian's packages, who now has this one or cannot get it."""
    if os.geteuid() != 0 or not shutil.which("apt-get"):
        return False
    hurry = ["-o", "Acquire::Retries=0", "-o", "Acquire::http::Timeout=20"]
    _run("apt-get", "update", "-qq", *hurry)
    _run("apt-get", "install", "-y", "-qq", "--no-install-recommends", package)
    return True


def _run(*command: str) -> None:
    print("Not found yet, trying:", *command, flush=True)
    environment = os.environ | {"DEBIAN_FRONTEND": "noninteractive"}
    subprocess.run(command, check=False, stdin=subprocess.DEVNULL, capture_output=True, env=environment)


if __name__ == "__main__":
    if not (fetch_shell() or fetch()):
        sys.exit(
            "Browser tests need Chromium and it could not be installed: install `chromium` (or Google Chrome), "
            "then run `make test` again."
        )
    if not (has_chinese_font() or fetch_font()):
        sys.exit(
            "Tests of pictures need a Chinese font and it could not be installed: install `fonts-noto-cjk` (or another), "
            "then run `make test` again."
        )
