"""Pages of lists with 100 and with 10,000 ideas: nobody must feel how many there are.

Two scratch databases, made and dropped here, hold a year with 100 and one with 10,000 ideas and what became of them
(`benchmarks.year.filling`). Each page is fetched through the whole stack (middleware, queries, template) from the small
and from the large database in turn, so that whatever else the machine does falls on both. Prints the medians in
milliseconds and their ratio, and fails where a ratio is above its limit.

A page that reads its rows and their number by an index may take 1.5 times as long. A search ranks all that it finds,
so it takes the longer the more that is: with a hundred times the ideas 4 times for words that an idea in fifteen has,
10 times for the commonest word. The office's lists count twice and look which places occur: twice as long. What is
measured fills its page, or nearly, with a hundred ideas too, so that no ratio is one of the rows that are drawn; where
they fill less than half of it (a result, one's own things, notifications), the page may take twice as long.
"""

from __future__ import annotations

import logging
import os
import re
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

from django.conf import settings
from django.db import connections
from django.test import Client
from django.test.runner import DiscoverRunner
from django.urls import reverse

from benchmarks.year.filling import OFFICER, RESIDENT, SENTENCES, SUPPORT, fill
from communities.models import Community, User
from contests.models import Contest
from proposals.models import Idea, Proposal

SIZES = (100, 10_000)
ROUNDS = 21
LIMIT = 1.5
SEARCH_LIMIT = 4.0
COMMON_LIMIT = 10.0
OFFICE_LIMIT = 2.0
PART_LIMIT = 2.0

ANYONE = ""
Addresses = dict[str, tuple[str, str, float]]


def addresses() -> Addresses:
    """What is measured in the database at hand: name → address, as whom, and its limit."""
    return {**of_everyone(), **of_contests(), **of_people()}


def of_everyone() -> Addresses:
    ideas, proposals, projects = reverse("idea_list"), reverse("proposal_list"), reverse("project_list")
    public = Idea.objects.public()
    place = Community.objects.order_by("code")[0]
    first = public.filter(community=place)[0]
    find = reverse("search")
    return {
        "front page": (reverse("home"), ANYONE, LIMIT),
        "ideas, first page": (ideas, ANYONE, LIMIT),
        "ideas, page in the middle": (f"{ideas}?page={max(2, public.count() // 40)}", ANYONE, LIMIT),
        "ideas, filtered by community": (f"{ideas}?community={place.pk}", ANYONE, LIMIT),
        "ideas, filtered by state": (f"{ideas}?state=CONSOLIDATED", ANYONE, LIMIT),
        "ideas, searched": (f"{ideas}?q={COMMONEST_WORD}", ANYONE, LIMIT),
        "one idea": (first.get_absolute_url(), ANYONE, LIMIT),
        "proposals, first page": (proposals, ANYONE, LIMIT),
        "proposals, page in the middle": (f"{proposals}?page={max(1, Proposal.objects.count() // 40)}", ANYONE, LIMIT),
        "projects, first page": (projects, ANYONE, LIMIT),
        "communities": (reverse("community_list"), ANYONE, LIMIT),
        "one community": (reverse("community_detail", args=[place.pk]), ANYONE, LIMIT),
        "search, one word": (f"{find}?q={WORD}", ANYONE, SEARCH_LIMIT),
        "search, two words": (f"{find}?q={WORD}+{OTHER_WORD}", ANYONE, SEARCH_LIMIT),
        "search, the commonest word": (f"{find}?q={COMMONEST_WORD}", ANYONE, COMMON_LIMIT),
        "search, nothing but similar": (f"{find}?q={WORD}{OTHER_WORD}{WORD}", ANYONE, SEARCH_LIMIT),
    }


def of_contests() -> Addresses:
    contest = Contest.objects.get()
    roll = reverse("roll", args=[contest.pk])
    return {
        "contest, its entries": (contest.get_absolute_url(), ANYONE, LIMIT),
        "contest, its result": (reverse("contest_result", args=[contest.pk]), ANYONE, PART_LIMIT),
        "roll": (roll, OFFICER, OFFICE_LIMIT),
        "roll, of one community": (
            f"{roll}?community={Community.objects.order_by('code')[0].pk}",
            OFFICER,
            OFFICE_LIMIT,
        ),
    }


def of_people() -> Addresses:
    ideas = reverse("admin:proposals_idea_changelist")
    return {
        "my things": (reverse("my"), RESIDENT, PART_LIMIT),
        "notifications": (reverse("notifications"), RESIDENT, PART_LIMIT),
        "desk": (reverse("desk"), SUPPORT, OFFICE_LIMIT),
        "office, what waits": (reverse("admin:index"), OFFICER, OFFICE_LIMIT),
        "office, screening queue": (ideas, OFFICER, OFFICE_LIMIT),
        "office, all ideas": (f"{ideas}?state=all", OFFICER, OFFICE_LIMIT),
        "office, ideas searched": (f"{ideas}?state=all&q={COMMONEST_WORD}", OFFICER, SEARCH_LIMIT),
        "office, proposals": (reverse("admin:proposals_proposal_changelist"), OFFICER, OFFICE_LIMIT),
        "office, projects": (reverse("admin:projects_project_changelist"), OFFICER, OFFICE_LIMIT),
    }


def words_to_find() -> tuple[str, str, str]:
    """Pairs of characters: two that a sentence in ninety has, so about an idea in fifteen, and the commonest."""
    found = Counter(pair for sentence in SENTENCES for pair in set(re.findall(r"(?=([\u4e00-\u9fff]{2}))", sentence)))
    wanted = len(SENTENCES) / 90
    middling = sorted(found, key=lambda pair: (abs(found[pair] - wanted), pair))
    return middling[0], middling[1], found.most_common(1)[0][0]


WORD, OTHER_WORD, COMMONEST_WORD = words_to_find()


@contextmanager
def two_databases() -> Iterator[list[Any]]:
    """Connections to two empty scratch databases with all tables."""
    runner = DiscoverRunner(verbosity=0, interactive=False)
    databases = runner.setup_databases()
    large = connections["default"]
    large.close()
    large.creation.clone_test_db("small", verbosity=0, autoclobber=True)
    small = large.copy()
    small.settings_dict = large.creation.get_test_db_clone_settings("small")
    try:
        yield [small, large]
    finally:
        small.close()
        connections["default"] = large
        large.creation.destroy_test_db(suffix="small", verbosity=0)
        runner.teardown_databases(databases)


def fetch(client: Client, address: str) -> float:
    """Milliseconds to the last byte."""
    started = time.perf_counter()
    response = client.get(address)
    seconds = time.perf_counter() - started
    if response.status_code != 200:
        raise RuntimeError(f"{address} answered {response.status_code}")
    return 1000 * seconds


def visitor(username: str) -> Client:
    """A browser in which this person is logged in."""
    client = Client(headers={"host": settings.ALLOWED_HOSTS[0]})
    if username != ANYONE:
        client.force_login(User.objects.get(username=username))
    return client


def prepare(database: Any, ideas: int) -> tuple[dict[str, Client], Addresses]:
    connections["default"] = database
    fill(ideas)
    return {name: visitor(name) for name in (ANYONE, RESIDENT, SUPPORT, OFFICER)}, addresses()


def measure(databases: list[Any]) -> dict[str, tuple[float, float, float]]:
    """Name → median of the small and of the large database, and the limit of their ratio."""
    prepared = [prepare(database, ideas) for database, ideas in zip(databases, SIZES, strict=True)]
    times: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in prepared[0][1]}
    for turn in range(ROUNDS + 1):
        for place, (database, (visitors, pages)) in enumerate(zip(databases, prepared, strict=True)):
            connections["default"] = database
            for name, (address, who, _limit) in pages.items():
                milliseconds = fetch(visitors[who], address)
                if turn:  # the first round fills caches
                    times[name][place].append(milliseconds)
    limits = {name: limit for name, (_address, _who, limit) in prepared[0][1].items()}
    median = statistics.median
    return {name: (median(small), median(large), limits[name]) for name, (small, large) in times.items()}


def main() -> int:
    logging.disable(logging.WARNING)
    settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    settings.SECURE_SSL_REDIRECT = False
    with two_databases() as databases:
        found = measure(databases)
    print(f"{'milliseconds, median of ' + str(ROUNDS):32}{SIZES[0]:>9,}{SIZES[1]:>9,}    ratio")
    for name, (small, large, limit) in found.items():
        print(f"{name:32}{small:9.1f}{large:9.1f}{large / small:9.2f} (limit {limit:g})")
    return 0 if all(large <= limit * small for small, large, limit in found.values()) else 1


if __name__ == "__main__":
    raise SystemExit(main())
