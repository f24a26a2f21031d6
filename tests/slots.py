"""A number that no other test process of this machine has: it names the process's own database and Redis database.

Runs side by side (several workers, several people at one checkout) thus never meet, and what a killed run left is used
again by the next one. The kernel frees a slot when its process ends, however it ends.
"""

import fcntl
import os
import tempfile
from pathlib import Path
from urllib.parse import urlsplit

# A Redis has 16 databases unless told otherwise; the site uses number 0.
SLOTS = range(1, 16)

_held: list[int] = []


def take() -> int:
    """The lowest free slot, held until this process ends."""
    for slot in SLOTS:
        path = Path(tempfile.gettempdir()) / f"golden-ideas-tests-{os.getuid()}-{slot}.lock"
        descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            os.close(descriptor)
            continue
        _held.append(descriptor)
        return slot
    raise RuntimeError(f"more than {len(SLOTS)} test processes at once")


def redis_url(url: str, slot: int) -> str:
    """The same server, the slot's database."""
    return urlsplit(url)._replace(path=f"/{slot}").geturl()
