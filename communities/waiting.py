"""What waits for a person or an office: the rows of every to-do list of the site."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils.functional import Promise


@dataclass(frozen=True, slots=True)
class Waiting:
    """Something to do: how many, and the page on which it is done.

    `since` is when the oldest began to wait, `due` when all should be done; `overdue` marks what is late already.
    `note` says in a sentence what to do when the title alone does not; `action` is the word on the button, empty where
    nothing can be done but wait.
    """

    title: str | Promise
    count: int
    url: str
    since: datetime | None = None
    due: date | None = None
    overdue: bool = False
    note: str | Promise = ""
    action: str | Promise = ""


def oldest_first(items: Iterable[Waiting]) -> list[Waiting]:
    """What really waits, who waited longest first; what has no beginning comes last, in the order given."""
    found = [item for item in items if item.count]
    dated = sorted((item for item in found if item.since is not None), key=_beginning)
    return dated + [item for item in found if item.since is None]


def _beginning(item: Waiting) -> float:
    return item.since.timestamp() if item.since is not None else 0.0
