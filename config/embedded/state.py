"""What one process must tell the next about the servers: `var/embedded.json`."""

import json
import os
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any


@dataclass
class Entry:
    """One server: its port on 127.0.0.1, its process number at the last start, and its password."""

    port: int = 0
    pid: int = 0
    password: str = ""


def read(var: Path, name: str) -> Entry:
    """Return what is known of the server `name`; an empty entry if nothing is."""
    return Entry(**_everything(var).get(name, {}))


def write(var: Path, name: str, entry: Entry) -> None:
    """Replace the entry of `name` in one step, readable by the owner of `var` only."""
    content = _everything(var) | {name: asdict(entry)}
    temporary = var / f"embedded.json.{secrets.token_hex(4)}"
    private_file(temporary, json.dumps(content, indent=1))
    hand_over(temporary, like=var)
    temporary.replace(_file(var))


def private_file(path: Path, text: str) -> None:
    """Write a file that only its owner can read, from the first moment."""
    with open(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)


def hand_over(path: Path, *, like: Path) -> None:
    """Root working in another user's project leaves no file behind that its owner could not read."""
    if os.geteuid() == 0:
        owner = like.stat()
        os.chown(path, owner.st_uid, owner.st_gid)


def _file(var: Path) -> Path:
    return var / "embedded.json"


def _everything(var: Path) -> dict[str, dict[str, Any]]:
    try:
        return dict(json.loads(_file(var).read_text("utf-8")))
    except FileNotFoundError:
        return {}
