"""In which order entries are presented, and when. Pure.

The order is drawn from the seed that the contest published before it opened: communities come in ascending order of the
SHA-256 hex of `"<seed>:pitch:<code of the community>"`, the entries of one in ascending order of that of
`"<seed>:pitch:<number of the entry>"`. Whoever knows the seed can draw it again.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta


@dataclass(frozen=True, slots=True)
class Presented:
    """An entry by its number and the code of its community."""

    number: str
    community: str


def lot(seed: str, name: str) -> str:
    """What is drawn for a community's code or an entry's number; the lowest comes first."""
    return hashlib.sha256(f"{seed}:pitch:{name}".encode()).hexdigest()


def drawn(seed: str, entries: Iterable[Presented]) -> list[Presented]:
    """The entries in their drawn order, those of one community one after the other."""
    return sorted(entries, key=lambda entry: (lot(seed, entry.community), lot(seed, entry.number)))


def beginnings(starts_at: datetime, minutes: int, pause: int, communities: Sequence[str]) -> list[datetime]:
    """When each pitch begins: so many minutes after the one before, and a pause more where the community changes."""
    times = []
    at = starts_at
    for place, community in enumerate(communities):
        if place and community != communities[place - 1]:
            at += timedelta(minutes=pause)
        times.append(at)
        at += timedelta(minutes=minutes)
    return times
