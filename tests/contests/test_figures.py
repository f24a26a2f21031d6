"""The database's aggregates are those of the readable definition, for any contest."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from decimal import Decimal
from fractions import Fraction

import pytest
from django.db import transaction
from django.utils import timezone
from hypothesis import HealthCheck, assume, given, settings

from contests.archive import compute
from contests.archive.rows import ContestArchive
from contests.archive.writing import results_file
from contests.enums import RunKind, RunState
from contests.figures import (
    entry_figures,
    expert_aggregates,
    input_counts,
    jury_means,
    offline_votes,
    online_votes,
)
from contests.models import Assignment, Contest, JuryScore, OfflineCount, Recusal
from contests.scoring import TallyError
from contests.services.archives import import_archive, to_archive, to_results
from contests.services.judging import save_sheet
from contests.services.tally import carry_out, request_tally
from contests.services.voting import cast_ballot
from tests.contests.small_contests import archives
from tests.factories import PanelistFactory

SMALL = settings(
    max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


def with_national_codes(archive: ContestArchive) -> ContestArchive:
    """The same contest with communities that have 12 digits, as the database asks for."""
    codes = {row.code: f"110105026{place:03}" for place, row in enumerate(archive.communities)}
    return replace(
        archive,
        communities=tuple(replace(row, code=codes[row.code]) for row in archive.communities),
        entries=tuple(replace(row, community=codes[row.community]) for row in archive.entries),
    )


def in_database(contest: Contest):
    figures = entry_figures(contest, expert_aggregates(contest), online_votes(contest), offline_votes(contest))
    return list(figures.values())


@pytest.mark.django_db
@SMALL
@given(archives().map(with_national_codes))
def test_the_database_adds_up_like_the_definition(archive):
    with transaction.atomic():
        contest = import_archive(archive=archive, replace=False, now=timezone.now())
        assert in_database(contest) == compute.entry_figures(archive)
        assert input_counts(contest)["valid_ballots"] == compute.valid_ballots(archive)
        transaction.set_rollback(True)


@pytest.mark.django_db
@SMALL
@given(archives().map(with_national_codes))
def test_a_run_has_the_results_of_the_definition(archive):
    with transaction.atomic():
        contest = import_archive(archive=archive, replace=False, now=timezone.now())
        run = request_tally(contest=contest, kind=RunKind.FINAL, by=None, now=timezone.now())
        run = carry_out(run=run, now=timezone.now())
        try:
            expected = compute.tally(archive).results
        except TallyError:
            assert run.state == RunState.FAILED
        else:
            assert run.state == RunState.DONE
            assert to_results(run) == list(expected)
            assert run.results_sha256 == compute_digest(expected)
        transaction.set_rollback(True)


def compute_digest(rows):
    return hashlib.sha256(results_file(rows)).hexdigest()


@pytest.mark.django_db
@SMALL
@given(archives().map(with_national_codes))
def test_a_contest_goes_out_as_it_came_in(archive):
    assume(archive.entries)
    with transaction.atomic():
        contest = import_archive(archive=archive, replace=False, now=timezone.now())
        again = to_archive(contest)
        assert compute.entry_figures(again) == compute.entry_figures(archive)
        assert again.ruleset == archive.ruleset
        transaction.set_rollback(True)


# What archives do not hold: drafts, superseded ballots, unverified counts


def test_a_contest_run_here_adds_up_like_the_definition(contest_in, scene, resident):
    contest = contest_in("OPEN", entries=4, judged=True)
    entries = list(contest.entries.values_list("pk", flat=True))
    cast_ballot(contest=contest, entries=[entries[3]], by=resident, now=scene.now)
    save_draft(contest, scene)
    OfflineCount.objects.create(entry_id=entries[1], sheet="A", votes=5, verified_at=scene.now)
    OfflineCount.objects.create(entry_id=entries[1], sheet="B", votes=7)
    assert in_database(contest) == compute.entry_figures(to_archive(contest))


def save_draft(contest, scene):
    """A begun sheet of somebody who is new on the panel."""
    entry = contest.entries.get(number="001")
    newcomer = PanelistFactory(contest=contest)
    Assignment.objects.create(panelist=newcomer, entry=entry)
    save_sheet(
        panelist=newcomer,
        entry=entry,
        points={contest.criteria.first().pk: Decimal(1)},
        comment="",
        submit=False,
        by=newcomer.user,
        now=scene.now,
    )


def test_a_begun_sheet_does_not_count(contest_in, scene):
    contest = contest_in("OPEN", judged=True)
    before = in_database(contest)
    save_draft(contest, scene)
    assert in_database(contest) == before


def test_a_sheet_of_a_recused_expert_does_not_count(contest_in, expert):
    contest = contest_in("CLOSED")
    entry = contest.entries.get(number="002")
    assert expert_aggregates(contest)[entry.pk].sheets == 4
    Recusal.objects.create(panelist=contest.panelists.get(user=expert), entry=entry, ground="ON_TEAM")
    aggregate = expert_aggregates(contest)[entry.pk]
    assert (aggregate.sheets, len(aggregate.sheet_scores)) == (3, 3)
    assert in_database(contest) == compute.entry_figures(to_archive(contest))


def test_sheets_are_listed_lowest_first_and_trimmed_as_the_rules_say(contest_in):
    contest = contest_in("CLOSED", trim_min_panel=4)
    entry = contest.entries.get(number="002")
    # Of 90 points in all, the experts take 2, 3, 4 and 5 half points off each of the three criteria.
    aggregate = expert_aggregates(contest)[entry.pk]
    assert aggregate.sheet_scores == tuple(map(Decimal, ("91.67", "93.33", "95.00", "96.67")))
    assert (aggregate.trimmed, aggregate.mean) == (True, Decimal("94.17"))
    untrimmed = expert_aggregates(contest)[contest.entries.get(number="001").pk]
    assert (untrimmed.sheets, untrimmed.trimmed, untrimmed.mean) == (3, False, Decimal("98.33"))


def test_votes_of_paper_are_counted_when_a_second_person_has_verified_them(contest_in, officer, approver, now):
    contest = contest_in("CLOSED")
    entry = contest.entries.first()
    count = OfflineCount.objects.create(entry=entry, sheet="A", votes=5, entered_by=officer)
    assert offline_votes(contest) == {}
    count.verified_by, count.verified_at = approver, now
    count.save()
    OfflineCount.objects.create(entry=entry, sheet="B", votes=2, verified_at=now)
    assert offline_votes(contest) == {entry.pk: 7}
    assert input_counts(contest)["offline_votes"] == 7


def test_jurors_are_averaged_exactly(contest_in):
    contest = contest_in("CLOSED")
    entry = contest.entries.first()
    for juror, score in (("J1", "90"), ("J2", "80.01"), ("J3", "75")):
        JuryScore.objects.create(entry=entry, juror=juror, score=Decimal(score))
    assert jury_means(contest) == {entry.pk: Fraction(24501, 300)}


def test_another_contest_adds_nothing(contest_in):
    contest = contest_in("CLOSED")
    before = in_database(contest), input_counts(contest)
    contest_in("CLOSED")
    assert (in_database(contest), input_counts(contest)) == before


def test_counts_say_what_came_in(contest_in):
    assert input_counts(contest_in("CLOSED")) == {
        "entries": 3,
        "sheets": 11,
        "recusals": 1,
        "ballots": 3,
        "valid_ballots": 3,
        "voids": 0,
        "offline_votes": 0,
        "jury_scores": 0,
    }
