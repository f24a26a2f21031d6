"""What the demo shows on a page instead of sending it: the latest messages of each kind, newest first, for a day."""

from typing import Any

from django.core.cache import cache

KEPT = 30
DAY = 24 * 3600


def keep(kind: str, message: Any) -> None:
    """Add a message. Each has a number of its own, so that two senders at once do not write over each other."""
    cache.add(kind, 0, timeout=None)
    cache.set(f"{kind}-{cache.incr(kind)}", message, timeout=DAY)


def latest(kind: str) -> list[Any]:
    last = cache.get(kind, 0)
    keys = [f"{kind}-{number}" for number in range(last, max(last - KEPT, 0), -1)]
    found = cache.get_many(keys)
    return [found[key] for key in keys if key in found]
