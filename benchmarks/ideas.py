"""What is asked most while ideas are collected, with 100 and with 10,000 ideas: milliseconds that the database works.

The two databases are those of `benchmarks.lists` (see `benchmarks.year.filling`): texts mixed from the demo's sentences, so that each sentence stands in
about a hundred ideas of the large one. Similar ideas are looked for as while somebody writes (a title, a problem) and
as beside the screening desk (a whole idea); the queue, the desks and the public list are fetched as pages, and what their
queries take is added up. Both databases in turn; prints the fastest of all rounds, since whatever else the machine does only
adds to it, and the median, with the ratio of the fastest, and fails where the large one's fastest passes the limit.
"""

from __future__ import annotations

import logging
import os
import statistics
import time
from collections.abc import Callable
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.conf import settings
from django.db import connection, connections
from django.test import Client
from django.urls import reverse

from benchmarks import lists
from benchmarks.year.filling import OFFICER, SENTENCES, TITLES, fill
from programmes.models import Programme
from proposals.models import Idea
from proposals.services.words import count_words
from proposals.similar import Draft, similar_ideas

LIMIT = 50.0
# A page that asks some twenty things at once, the similar ideas among them.
DESK_LIMIT = 100.0
DESK = "one idea on the screening desk"


class Watch:
    """Adds up what the statements of its database take, in milliseconds."""

    def __init__(self) -> None:
        self.milliseconds = 0.0

    def __call__(self, execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        started = time.perf_counter()
        try:
            return execute(sql, params, many, context)
        finally:
            self.milliseconds += 1000 * (time.perf_counter() - started)


def limit_of(name: str) -> float:
    return DESK_LIMIT if name == DESK else LIMIT


def page(client: Client, address: str) -> Callable[[], object]:
    return lambda: lists.fetch(client, address)


def acts() -> dict[str, Callable[[], object]]:
    """What is measured in the database at hand."""
    resident, officer = lists.visitor(lists.ANYONE), lists.visitor(OFFICER)
    year = Programme.objects.get()
    oldest = Idea.objects.awaiting_screening()[0]
    begun = Draft(TITLES[0], "".join(SENTENCES[:3]), community=oldest.community_id)
    handed_in = Idea.objects.exclude(pk=oldest.pk).select_related("community", "category")
    return {
        "similar ideas, while writing": lambda: similar_ideas(begun, year.pk, Idea.objects.public(), 5),
        "similar ideas, of a whole idea": lambda: similar_ideas(Draft.of(oldest), year.pk, handed_in, 8),
        "screening queue": page(officer, reverse("admin:proposals_idea_changelist")),
        DESK: page(officer, reverse("admin:proposals_idea_screen", args=[oldest.pk])),
        "joining desk": page(officer, reverse("admin:proposals_idea_joining")),
        "public list": page(resident, reverse("idea_list")),
    }


def prepare(database: Any, ideas: int) -> dict[str, Callable[[], object]]:
    connections["default"] = database
    fill(ideas)
    count_words()
    return acts()


def measure(databases: list[Any]) -> dict[str, tuple[list[float], list[float]]]:
    """Name → milliseconds of each round in the small and in the large database."""
    prepared = [prepare(database, ideas) for database, ideas in zip(databases, lists.SIZES, strict=True)]
    times: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in prepared[0]}
    for turn in range(lists.ROUNDS + 1):
        for place, (database, made) in enumerate(zip(databases, prepared, strict=True)):
            connections["default"] = database
            for name, act in made.items():
                watch = Watch()
                with connection.execute_wrapper(watch):
                    act()
                if turn:  # the first round fills caches
                    times[name][place].append(watch.milliseconds)
    return times


def main() -> int:
    logging.disable(logging.WARNING)
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.SECURE_SSL_REDIRECT = False
    with lists.two_databases() as databases:
        found = measure(databases)
    best, middle = (f"{name} of {lists.ROUNDS} rounds" for name in ("best", "median"))
    print(f"{'database milliseconds':32}{best:>18}{'ratio':>8}{middle:>22}")
    print(f"{'':32}" + f"{lists.SIZES[0]:9,}{lists.SIZES[1]:9,}{'':8}{lists.SIZES[0]:13,}{lists.SIZES[1]:9,}")
    for name, both in found.items():
        small, large = map(min, both)
        medians = "{:13.1f}{:9.1f}".format(*map(statistics.median, both))
        print(f"{name:32}{small:9.1f}{large:9.1f}{large / small:8.2f}{medians} (limit {limit_of(name):g} ms)")
    return 0 if all(min(large) <= limit_of(name) for name, (_small, large) in found.items()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
