"""What is asked most while ideas are collected, with 100 and with 10,000 ideas: milliseconds that the database works.

The two databases are those of `benchmarks.lists`: texts mixed from the demo's sentences, so that each sentence stands in
about a hundred ideas of the large one. Similar ideas are looked for as while somebody writes (a title, a problem) and
as beside the screening desk (a whole idea); the queue, the desks and the public list are fetched as pages, and what their
queries take is added up. Both databases in turn; prints the fastest of all rounds, since whatever else the machine does only
adds to it, with the ratio, and fails where the large one passes the limit.
"""

from __future__ import annotations

import logging
import os
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
from communities.models import User
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
    options = {"headers": {"host": settings.ALLOWED_HOSTS[0]}}
    resident, officer = Client(**options), Client(**options)
    officer.force_login(User.objects.get(username="officer"))
    year = Programme.objects.get()
    oldest = Idea.objects.awaiting_screening()[0]
    begun = Draft(lists.TITLES[0], "".join(lists.SENTENCES[:3]), community=oldest.community_id)
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
    lists.fill(ideas)
    count_words()
    return acts()


def measure(databases: list[Any]) -> dict[str, tuple[float, float]]:
    """Name → fastest round of the small and of the large database."""
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
    return {name: (min(small), min(large)) for name, (small, large) in times.items()}


def main() -> int:
    logging.disable(logging.WARNING)
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.SECURE_SSL_REDIRECT = False
    with lists.two_databases() as databases:
        found = measure(databases)
    print(f"{'database ms, best of ' + str(lists.ROUNDS):32}{lists.SIZES[0]:>9,}{lists.SIZES[1]:>9,}    ratio")
    for name, (small, large) in found.items():
        print(f"{name:32}{small:9.1f}{large:9.1f}{large / small:9.2f} (limit {limit_of(name):g} ms)")
    return 0 if all(large <= limit_of(name) for name, (_small, large) in found.items()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
