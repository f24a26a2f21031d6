"""Pages of lists with 100 and with 10,000 ideas: a resident must not feel how many there are.

Two scratch databases, made and dropped here, hold a programme with 100 and one with 10,000 ideas, a fifth as many
proposals with budgets, and a tenth as many projects with milestones. Their texts are sentences of the demo's ideas,
mixed anew. Each page is fetched through the whole stack (middleware, queries, template) from the small and from the
large database in turn, so that whatever else the machine does falls on both. Prints the medians in milliseconds and
their ratio, and fails where a ratio is above its limit.

A page that reads its rows and their number by an index may take 1.5 times as long. A search ranks all that it finds,
so it takes the longer the more that is: with a hundred times the ideas 4 times for words that an idea in fifteen has,
10 times for the commonest word. The office's lists count twice and look which places occur: twice as long. What is
measured fills its page, or nearly, with a hundred ideas too, so that no ratio is one of the rows that are drawn.
"""

from __future__ import annotations

import logging
import os
import random
import re
import statistics
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from typing import Any

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

import django

django.setup()

import pgtrigger
from django.conf import settings
from django.db import connection, connections, transaction
from django.test import Client
from django.test.runner import DiscoverRunner
from django.urls import reverse

from communities.enums import Role
from communities.models import Appointment, Community, Subdistrict, User
from contests.models import Award, Contest, Entry, Result, TallyRun
from programmes.models import Category, Programme
from projects.demo.source import read
from projects.models import Milestone, Project
from proposals.models import BudgetLine, Idea, Proposal

SIZES = (100, 10_000)
ROUNDS = 21
LIMIT = 1.5
SEARCH_LIMIT = 4.0
COMMON_LIMIT = 10.0
OFFICE_LIMIT = 2.0
COMMUNITIES = 22
STATES = (
    ("SUBMITTED",) * 8
    + ("CONSOLIDATED",) * 6
    + ("ACCEPTED", "ACCEPTED", "REFERRED", "RETURNED", "REJECTED", "WITHDRAWN")
)
NOW = datetime(2026, 6, 1, tzinfo=UTC)

TEXTS = read("ideas")["idea"]
TITLES = [idea["title"] for idea in TEXTS]
SENTENCES = [
    sentence
    for idea in TEXTS
    for text in (idea["problem"], idea["solution"])
    for sentence in re.findall("[^。]+。", text)
]


def fill(ideas: int) -> None:
    """A year of so many ideas, an officer, and what became of the ideas; the same every time.

    More than half of all are of the first community.
    """
    draw = random.Random(ideas)
    street = Subdistrict.objects.create(code="100000000", name="Bench")
    places = [Community(subdistrict=street, code=f"1000000000{n:02}", name=f"C{n}") for n in range(COMMUNITIES)]
    Community.objects.bulk_create(places)
    year = Programme.objects.create(subdistrict=street, year=2026, title="Bench")
    kinds = [Category(programme=year, code=f"K{n}", name=f"K{n}", position=n) for n in range(5)]
    Category.objects.bulk_create(kinds)
    officer = User.objects.create_user("officer")
    Appointment.objects.create(user=officer, role=Role.STREET_OFFICER, subdistrict=street, starts_on=NOW.date())
    authors = [User(username=f"r{n}", display_name=f"R{n}") for n in range(max(1, ideas // 5))]
    User.objects.bulk_create(authors)

    def common() -> dict[str, Any]:
        return {
            "programme": year,
            "community": draw.choice(places[: draw.choice((1, COMMUNITIES))]),
            "category": draw.choice(kinds),
        }

    def text() -> str:
        return "".join(draw.sample(SENTENCES, 3))

    Idea.objects.bulk_create(
        Idea(
            **common(),
            author=draw.choice(authors),
            title=draw.choice(TITLES),
            problem=text(),
            solution=text(),
            state=draw.choice(STATES),
            submitted_at=NOW - timedelta(minutes=n),
        )
        for n in range(ideas)
    )
    proposals = Proposal.objects.bulk_create(
        Proposal(**common(), title=draw.choice(TITLES), summary=text(), plan=text(), state="SUBMITTED")
        for n in range(ideas // 5)
    )
    lines = [{"item": f"I{n}", "unit_price": 100 + n, "quantity": n + 1} for n in range(5)]
    BudgetLine.objects.bulk_create(BudgetLine(proposal=proposal, **line) for proposal in proposals for line in lines)
    Proposal.objects.filter(pk__in=[proposal.pk for proposal in proposals]).update(state="QUALIFIED")
    fund(year, proposals[: ideas // 10])
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def fund(year: Programme, proposals: list[Proposal]) -> None:
    """A project of each, with what it hangs on; nothing of it was judged."""
    contest = Contest.objects.create(programme=year, name="Bench", seed="bench", budget=1)
    run = TallyRun.objects.create(contest=contest, kind="FINAL", requested_at=NOW)
    with transaction.atomic(), pgtrigger.ignore():
        entries = Entry.objects.bulk_create(
            Entry(
                contest=contest,
                proposal=proposal,
                number=f"{n:05}",
                title=proposal.title,
                community=proposal.community,
                category=proposal.category,
                requested_amount=1000,
            )
            for n, proposal in enumerate(proposals)
        )
        made = {"amount": 1000, "decision": "SELECTED", "reason": "BY_RANK"}
        results = Result.objects.bulk_create(Result(run=run, entry=entry, **made) for entry in entries)
        awards = Award.objects.bulk_create(
            Award(entry=result.entry, result=result, state="SELECTED", amount=1000, created_at=NOW)
            for result in results
        )
        projects = Project.objects.bulk_create(
            Project(
                award=award,
                title=award.entry.title,
                community=award.entry.community,
                lead="Team",
                amount=1000,
                approved_at=NOW - timedelta(minutes=n),
            )
            for n, award in enumerate(awards)
        )
    Milestone.objects.bulk_create(
        Milestone(project=project, title=f"M{n}", due_on=NOW.date()) for project in projects for n in range(4)
    )


def addresses() -> dict[str, tuple[str, bool, float]]:
    """What is measured in the database at hand: name → address, whether as the officer, and its limit."""
    ideas, proposals, projects = reverse("idea_list"), reverse("proposal_list"), reverse("project_list")
    public = Idea.objects.public()
    place = Community.objects.order_by("code")[0]
    first = public.filter(community=place)[0]
    find, office = reverse("search"), reverse("admin:proposals_idea_changelist")
    return {
        "front page": (reverse("home"), False, LIMIT),
        "ideas, first page": (ideas, False, LIMIT),
        "ideas, page in the middle": (f"{ideas}?page={max(2, public.count() // 40)}", False, LIMIT),
        "ideas, filtered by community": (f"{ideas}?community={place.pk}", False, LIMIT),
        "ideas, filtered by state": (f"{ideas}?state=CONSOLIDATED", False, LIMIT),
        "ideas, searched": (f"{ideas}?q={COMMONEST_WORD}", False, LIMIT),
        "one idea": (first.get_absolute_url(), False, LIMIT),
        "proposals, first page": (proposals, False, LIMIT),
        "proposals, page in the middle": (f"{proposals}?page={max(1, Proposal.objects.count() // 40)}", False, LIMIT),
        "projects, first page": (projects, False, LIMIT),
        "communities": (reverse("community_list"), False, LIMIT),
        "one community": (reverse("community_detail", args=[place.pk]), False, LIMIT),
        "search, one word": (f"{find}?q={WORD}", False, SEARCH_LIMIT),
        "search, two words": (f"{find}?q={WORD}+{OTHER_WORD}", False, SEARCH_LIMIT),
        "search, the commonest word": (f"{find}?q={COMMONEST_WORD}", False, COMMON_LIMIT),
        "search, nothing but similar": (f"{find}?q={WORD}{OTHER_WORD}{WORD}", False, SEARCH_LIMIT),
        "office, screening queue": (office, True, OFFICE_LIMIT),
        "office, all ideas": (f"{office}?state=all", True, OFFICE_LIMIT),
        "office, ideas searched": (f"{office}?state=all&q={COMMONEST_WORD}", True, SEARCH_LIMIT),
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


def prepare(database: Any, ideas: int) -> tuple[Client, Client, dict[str, tuple[str, bool, float]]]:
    connections["default"] = database
    fill(ideas)
    options = {"headers": {"host": settings.ALLOWED_HOSTS[0]}}
    resident, officer = Client(**options), Client(**options)
    officer.force_login(User.objects.get(username="officer"))
    return resident, officer, addresses()


def measure(databases: list[Any]) -> dict[str, tuple[float, float, float]]:
    """Name → median of the small and of the large database, and the limit of their ratio."""
    prepared = [prepare(database, ideas) for database, ideas in zip(databases, SIZES, strict=True)]
    times: dict[str, tuple[list[float], list[float]]] = {name: ([], []) for name in prepared[0][2]}
    for turn in range(ROUNDS + 1):
        for place, (database, (resident, officer, pages)) in enumerate(zip(databases, prepared, strict=True)):
            connections["default"] = database
            for name, (address, office, _limit) in pages.items():
                milliseconds = fetch(officer if office else resident, address)
                if turn:  # the first round fills caches
                    times[name][place].append(milliseconds)
    limits = {name: limit for name, (_address, _office, limit) in prepared[0][2].items()}
    return {name: (*(statistics.median(each) for each in both), limits[name]) for name, both in times.items()}


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
