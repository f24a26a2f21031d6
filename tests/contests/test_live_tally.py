"""Counts while a contest is open: when there is a new one, and what it must not tell."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from contests.enums import ContestState, RunKind
from contests.models import TallyRun
from contests.services.recusing import recuse
from contests.services.tally import LIVE_BALLOTS, carry_out, request_live_tally
from contests.services.voting import cast_ballot
from contests.tasks import request_live_tallies
from tests.factories import ResidencyFactory

C = ContestState


@pytest.fixture
def vote(communities, now):
    """New voters cast a ballot each."""

    def vote(contest, number):
        for _ in range(number):
            voter = ResidencyFactory(community=communities[0]).user
            cast_ballot(contest=contest, entries=[contest.entries.last().pk], by=voter, now=now)

    return vote


@pytest.fixture
def contest(contest_in, vote):
    contest = contest_in(C.OPEN)
    vote(contest, LIVE_BALLOTS)
    return contest


@pytest.fixture
def counted(contest, now):
    """The contest after its first live run."""
    first = request_live_tally(contest=contest, now=now)
    assert (first.kind, first.requested_by) == (RunKind.LIVE, None)
    assert request_live_tally(contest=contest, now=now) is None
    carry_out(run=first, now=now)
    return contest


def test_the_clock_asks_when_something_came_in(counted, expert, now):
    assert request_live_tally(contest=counted, now=now) is None
    entry = counted.entries.get(number="002")
    recuse(panelist=counted.panelists.get(user=expert), entry=entry, tie="MEMBER", by=expert)
    assert request_live_tally(contest=counted, now=now) is not None


def test_no_two_counts_tell_what_a_few_people_chose(counted, vote, expert, now):
    vote(counted, LIVE_BALLOTS - 1)
    assert request_live_tally(contest=counted, now=now) is None
    entry = counted.entries.get(number="002")
    recuse(panelist=counted.panelists.get(user=expert), entry=entry, tie="MEMBER", by=expert)
    assert request_live_tally(contest=counted, now=now) is None
    vote(counted, 1)
    assert request_live_tally(contest=counted, now=now) is not None


def test_the_clock_asks_for_open_contests_only(contest_in):
    contests = [contest_in(state) for state in (C.DRAFT, C.OPEN, C.CLOSED)]
    request_live_tallies()
    assert list(TallyRun.objects.values_list("contest", flat=True)) == [contests[1].pk]


def test_a_ballot_costs_the_same_however_many_are_in_the_box(contest_in, vote, communities, now):
    """Casting counts nothing and asks for no run: the clock does, once for many ballots."""
    contest = contest_in(C.OPEN)

    def statements():
        voter = ResidencyFactory(community=communities[0]).user
        with CaptureQueriesContext(connection) as captured:
            cast_ballot(contest=contest, entries=[contest.entries.last().pk], by=voter, now=now)
        return len(captured)

    first = statements()
    vote(contest, 3 * LIVE_BALLOTS)
    assert statements() == first
    assert not TallyRun.objects.exists()
    request_live_tallies()
    request_live_tallies()
    assert TallyRun.objects.unfinished().count() == 1


def test_the_clock_passes_over_contests_that_hide_their_counts(contest_in, vote, django_assert_num_queries):
    contest = contest_in(C.OPEN, counts_hidden=True)
    vote(contest, LIVE_BALLOTS)
    with django_assert_num_queries(1):
        request_live_tallies()
