"""Fills the database of `benchmarks.vote`: a contest that is open, and voters who are logged in.

`python -m benchmarks.voting.people NUMBER FILE` writes what the voters need into FILE as JSON.
"""

from __future__ import annotations

import json
import os
import sys
from datetime import timedelta
from importlib import import_module
from pathlib import Path
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "benchmarks.voting.settings")
django.setup()

from django.conf import settings
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.core.management import call_command
from django.db import connection
from django.test import Client
from django.utils import timezone

from communities import phones
from communities.enums import ResidencyState, VerificationMethod
from communities.models import Community, Residency, Subdistrict, User
from contests import ruleset
from contests.enums import ContestState
from contests.models import Contest, ContestSecret, Entry
from programmes.models import Category, Programme
from proposals.models import Proposal

ENTRIES = 20
CHOICES = 3


def open_contest() -> Contest:
    subdistrict = Subdistrict.objects.create(code="100000000", name="Bench")
    community = Community.objects.create(subdistrict=subdistrict, code="100000000001", name="Bench")
    programme = Programme.objects.create(subdistrict=subdistrict, year=2026, title="Bench")
    category = Category.objects.create(programme=programme, code="BENCH", name="Bench")
    now = timezone.now()
    contest = Contest(
        programme=programme,
        name="Bench",
        state=ContestState.OPEN,
        seed="bench",
        max_choices=CHOICES,
        voting_opens_at=now - timedelta(days=1),
        voting_closes_at=now + timedelta(days=1),
    )
    contest.rules_sha256 = ruleset.sha256(contest.ruleset)
    contest.save()
    ContestSecret.objects.create(contest=contest, key="b" * 64)
    for number in range(ENTRIES):
        proposal = Proposal.objects.create(
            programme=programme, community=community, category=category, title=f"Bench {number}"
        )
        Entry.objects.create(
            contest=contest,
            proposal=proposal,
            number=f"{number + 1:03}",
            title=proposal.title,
            community=community,
            category=category,
            requested_amount=10_000,
        )
    return contest


def voters(number: int) -> list[str]:
    """Verified residents, by the keys of their sessions."""
    community = Community.objects.get()
    now = timezone.now()
    people = [
        User(
            username=f"bench-{n}",
            password=f"!{n}",
            phone_token=phones.encrypt(f"+86138{n:08}"),
            phone_hash=phones.keyed_hash(f"+86138{n:08}"),
            phone_verified_at=now,
        )
        for n in range(number)
    ]
    User.objects.bulk_create(people)
    Residency.objects.bulk_create(
        Residency(
            user=user,
            subdistrict=community.subdistrict,
            community=community,
            state=ResidencyState.VERIFIED,
            method=VerificationMethod.ROSTER,
            decided_at=now,
        )
        for user in people
    )
    return [session_of(user) for user in people]


def session_of(user: User) -> str:
    session: Any = import_module(settings.SESSION_ENGINE).SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = settings.AUTHENTICATION_BACKENDS[0]
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def statements(address: str, session: str, choices: list[int]) -> int:
    """How many statements one ballot takes, between the begin and the end of its transaction and before it."""
    counted: list[str] = []

    def count(execute: Any, sql: str, parameters: Any, many: bool, context: dict[str, Any]) -> Any:
        # Some travel together.
        counted.extend(part for part in sql.split(";") if part.strip())
        return execute(sql, parameters, many, context)

    client = Client(headers={"host": "localhost", "x-forwarded-for": "192.0.2.1"})
    client.cookies[settings.SESSION_COOKIE_NAME] = session
    with connection.execute_wrapper(count):
        answer = client.post(address, {"entry": choices}, secure=settings.HTTPS)
    assert answer.status_code == 302, answer.status_code
    return len(counted)


def main() -> None:
    number, file = int(sys.argv[1]), Path(sys.argv[2])
    Path(settings.STATIC_ROOT).mkdir(exist_ok=True)
    call_command("migrate", verbosity=0)
    with connection.cursor() as cursor:
        cursor.execute("CREATE TABLE bench_row (id bigserial PRIMARY KEY, words text NOT NULL)")
        cursor.execute("SELECT current_setting('synchronous_commit'), current_setting('fsync')")
        durable = dict(zip(("synchronous_commit", "fsync"), cursor.fetchone(), strict=True))
    contest = open_contest()
    entries = list(contest.entries.values_list("pk", flat=True))
    sessions = voters(number + 1)
    address = f"/contests/{contest.pk}/ballot/"
    taken = statements(address, sessions.pop(), entries[:CHOICES])
    found = {"address": address, "entries": entries, "sessions": sessions, "statements": taken, "durable": durable}
    file.write_text(json.dumps(found), "utf-8")


if __name__ == "__main__":
    main()
