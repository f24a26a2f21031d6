"""The `.env` file of the project folder: settings of this installation that are not in the environment.

`python -m config.dotenv` writes one for trying the project out. It is never written anywhere else, so a production
installation without its own values does not start.
"""

import os
import secrets
from base64 import urlsafe_b64encode
from collections.abc import MutableMapping
from pathlib import Path

from dotenv import dotenv_values

ROOT = Path(__file__).resolve().parent.parent


def load(environ: MutableMapping[str, str], root: Path) -> None:
    """Add to `environ` what `.env` says and the environment does not."""
    for name, value in dotenv_values(root / ".env").items():
        environ.setdefault(name, value or "")


def write(root: Path) -> bool:
    """Write `.env` with random keys, readable by its owner only; leave an existing file alone and return False."""
    try:
        descriptor = os.open(root / ".env", os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    except FileExistsError:
        return False
    with open(descriptor, "w", encoding="ascii") as file:
        file.write("DEMO=true\n")
        file.write(f"SECRET_KEY={secrets.token_urlsafe(50)}\n")
        file.write(f"PHONE_KEY={urlsafe_b64encode(secrets.token_bytes(32)).decode()}\n")
    return True


if __name__ == "__main__":
    write(ROOT)
