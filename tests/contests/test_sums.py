"""Whoever passed a limit answers a sum and goes on; households behind one address are never asked."""

from __future__ import annotations

import re
import uuid

import pytest
import time_machine
from django.core.cache import cache
from django.test import RequestFactory
from django.urls import reverse
from django.utils import translation

from communities.display import COOKIE, ELDER
from communities.refusal import Refused
from contests.models import Ballot
from contests.services.codes import issue_codes
from contests.views import sums
from contests.voting_enums import VotingRefusal
from tests.browsing import english, shown, text
from tests.factories import ResidencyFactory
from tests.racing import race

ASKED = re.compile(r'name="asked" value="([\w-]+)"')
WRONG = [f"AAAA-BBBB-CC{first}{second}" for first in "23456789" for second in "23456789ABCDEFGHJKMNPQRSTUVWXYZ"]


def sum_first():
    return shown(VotingRefusal.SUM_FIRST.label)


@pytest.fixture
def contest(contest_in):
    return contest_in("OPEN", entries=4)


@pytest.fixture
def ids(contest):
    return [str(pk) for pk in contest.entries.values_list("pk", flat=True)]


@pytest.fixture
def issued(contest, communities, officer, now):
    def issued(number):
        common = {"contest": contest, "community": communities[0], "by": officer, "now": now}
        return [each.code for each in issue_codes(number=number, for_roll=False, key=uuid.uuid4(), **common)[1]]

    return issued


def open_by(code, client=None, **answer):
    return (client or english()).post(reverse("household_code"), {"code": code, **answer})


def answer_to(response, off=0):
    """What somebody who can read sends back."""
    [name] = ASKED.findall(text(response))
    return {"asked": name, "sum": str(cache.get(sums.KEY % name) + off)}


def form(**fields):
    return RequestFactory().post("/", fields)


def test_the_first_ballots_of_each_thread_are_counted_at_once(db):
    for turn in range(20):
        first = [lambda voter=f"{turn}-{number}": sums.many_ballots(voter, None) for number in range(8)]
        assert race(*first) == [False] * 8


# Household codes


def test_a_house_behind_one_address_is_never_asked(issued):
    assert [open_by(code).status_code for code in issued(60)] == [302] * 60


def test_after_many_wrong_codes_the_right_one_needs_an_answer_and_is_kept(issued):
    [code] = issued(1)
    pages = [text(open_by(wrong)) for wrong in WRONG[:30]]
    assert not any(ASKED.search(page) for page in pages[:-1])
    asked = open_by(code)
    assert sum_first() in text(asked)
    assert code in text(asked)
    refused = open_by(code, **answer_to(asked, off=1))
    assert sum_first() in text(refused)
    assert open_by(code, **answer_to(refused)).status_code == 302


def test_an_answer_counts_once(issued):
    first, second = issued(2)
    for wrong in WRONG[:30]:
        open_by(wrong)
    answer = answer_to(open_by(first))
    assert open_by(first, **answer).status_code == 302
    assert sum_first() in text(open_by(second, **answer))


def test_who_answers_every_sum_is_stopped_all_the_same(db, settings):
    settings.ACCOUNT_RATE_LIMITS |= {"wrong_code": "1/10m/ip", "all_wrong_codes": "5/10m/ip"}
    page = open_by(WRONG[0])
    for wrong in WRONG[1:5]:
        page = open_by(wrong, **answer_to(page if ASKED.search(text(page)) else open_by(wrong)))
        assert shown(VotingRefusal.CODE_UNKNOWN.label) in text(page)
    assert open_by(WRONG[5], **answer_to(page)).status_code == 429


def test_one_code_is_asked_after_twenty_tries_and_refused_after_a_hundred(issued):
    [code] = issued(1)
    assert [open_by(code).status_code for _ in range(20)] == [302] * 20
    asked = open_by(code)
    assert open_by(code, **answer_to(asked)).status_code == 302
    assert [open_by(code).status_code for _ in range(79)] == [200] * 78 + [429]


# Ballots


@pytest.fixture
def vote(contest, communities, ids):
    def vote(client=None, chosen=None, address="127.0.0.1", **answer):
        client = client or english(ResidencyFactory(community=communities[0]).user)
        data = {"entry": chosen or ids[:1], **answer}
        return client.post(reverse("ballot", args=[contest.pk]), data, REMOTE_ADDR=address)

    return vote


def test_a_burst_of_ballots_from_one_address_is_asked_and_loses_nothing(vote, ids, resident, monkeypatch):
    monkeypatch.setattr(sums, "BALLOTS", 5)
    assert [vote().status_code for _ in range(5)] == [302] * 5
    client = english(resident)
    asked = vote(client, ids[1:3])
    page = text(asked)
    assert sum_first() in page
    assert [f'value="{pk}" checked' in page for pk in ids] == [False, True, True, False]
    assert Ballot.objects.count() == 5
    assert vote(client, ids[1:3], **answer_to(asked)).status_code == 302
    assert Ballot.objects.count() == 6


def test_who_changes_a_ballot_over_and_over_is_asked_wherever_they_come_from(vote, ids, resident, neighbour):
    client = english(resident)
    for turn in range(sums.CHANGES):
        assert vote(client, ids[turn % 2 : turn % 2 + 1], address=f"192.0.2.{turn}").status_code == 302
    asked = vote(client, ids[:1])
    assert sum_first() in text(asked)
    assert Ballot.objects.count() == sums.CHANGES
    assert vote(english(neighbour)).status_code == 302
    assert vote(client, ids[:1], **answer_to(asked)).status_code == 302


def test_elders_find_the_question_where_they_cast_the_ballot(vote, resident, monkeypatch):
    monkeypatch.setattr(sums, "BALLOTS", 0)
    client = english(resident)
    client.cookies[COOKIE] = ELDER
    vote(client)
    asked = vote(client)
    assert 'class="steps"' in text(asked)
    assert vote(client, **answer_to(asked)).status_code == 302


def test_an_office_at_noon_is_not_asked(vote):
    with time_machine.travel("2026-11-28T04:00:00Z"):
        assert not any(sums.many_ballots(str(voter), "192.0.2.1") for voter in range(sums.BALLOTS))
        assert sums.many_ballots("one", "192.0.2.1")
        assert not sums.many_ballots("one", "192.0.2.9")
    with time_machine.travel("2026-11-28T04:10:00Z"):
        assert not sums.many_ballots("one", "192.0.2.1")


# The question


@pytest.mark.parametrize("typed", ["12", "１２", " 12 ", "十二"])
def test_an_answer_may_be_typed_in_any_way(typed):
    cache.set(sums.KEY % "x", 12, 60)
    sums.need_answer(form(asked="x", sum=typed))


@pytest.mark.parametrize("typed", ["", "13", "-12", "twelve", "十", "1" * 5000, "\0", "½"])
def test_a_wrong_answer_uses_the_question_up(typed):
    cache.set(sums.KEY % "x", 12, 60)
    for sent in (typed, "12"):
        with pytest.raises(Refused, match="question"), translation.override("en"):
            sums.need_answer(form(asked="x", sum=sent))


def test_one_answer_in_many_hands_helps_one_of_them():
    for _ in range(20):
        asked = sums.ask()
        answer = {"asked": asked.name, "sum": str(asked.first + asked.second)}
        outcomes = race(*[lambda answer=answer: sums.need_answer(form(**answer))] * 4)
        assert [outcome for outcome in outcomes if not isinstance(outcome, Refused)] == [None]


def test_every_sum_is_read_in_both_languages():
    with translation.override("zh-hans"):
        assert sums.Sum("", 3, 9).question == "三加九等于几？"
    with translation.override("en"):
        assert sums.Sum("", 3, 9).question == "What is three plus nine?"
