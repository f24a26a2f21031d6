"""How the figures of a result are explained: the sums must give the figures they explain."""

import re
from decimal import Decimal
from fractions import Fraction

import pytest

from communities.models import Community
from contests.enums import Decision, PublicMethod, RunKind
from contests.models import JuryScore, TallyRun
from contests.rounding import half_up
from contests.working import working_of_run


def value(sum_: str) -> Decimal:
    """What a pocket calculator makes of the left side of a sum, rounded half-up."""
    left = sum_.rpartition("=")[0]
    terms = re.sub(r"\d+(?:\.\d+)?", lambda number: f'Fraction("{number[0]}")', left.replace("%", " ÷ 100"))
    return half_up(eval(terms.replace("×", "*").replace("÷", "/").replace("−", "-"), {"Fraction": Fraction}))  # noqa: S307


def working(contest):
    run = TallyRun.objects.latest_done(contest, RunKind.FINAL)
    return working_of_run(run, list(run.results.in_published_order().with_page_parts()))


@pytest.mark.parametrize("floor", [Decimal(0), Decimal(60)])
@pytest.mark.parametrize("method", [method for method in PublicMethod if method != PublicMethod.JURY_MEAN])
def test_every_sum_gives_its_figure(method, floor, contest_in, communities):
    Community.objects.filter(pk=communities[1].pk).update(registered_population=700)
    Community.objects.exclude(pk=communities[1].pk).update(registered_population=1300)
    shown = working(contest_in("TALLIED", entries=4, public_method=method, floor=floor))
    assert len(shown.rows) == 4
    for row in shown.rows:
        assert value(row.expert) == row.result.expert_score
        assert value(row.public) == row.result.public_score
        assert value(row.composite) == row.result.final_score


def test_sums_of_a_jury(contest_in, scene):
    contest = contest_in("CLOSED", public_method=PublicMethod.JURY_MEAN)
    for place, entry in enumerate(contest.entries.all()):
        JuryScore.objects.create(entry=entry, juror="J1", score=70 + place)
        JuryScore.objects.create(entry=entry, juror="J2", score=Decimal("81.25"))
    scene.tally(contest)
    for row in working(contest).rows:
        assert value(row.public) == row.result.public_score
        assert row.result.public_score > 75


def test_dropped_sheets_are_marked_and_not_summed(contest_in):
    shown = working(contest_in("TALLIED", trim_min_panel=3))
    row = next(row for row in shown.rows if row.result.entry.number == "002")
    assert row.result.trimmed
    assert [sheet.dropped for sheet in row.sheets] == [True, False, False, True]
    assert [sheet.score for sheet in row.sheets] == sorted((sheet.score for sheet in row.sheets), key=Decimal)
    assert value(row.expert) == row.result.expert_score


def test_nobody_voted_needs_no_sum(contest_in, scene, officer, now):
    contest = contest_in("OPEN")
    scene.judge(contest)
    scene.tally(contest, RunKind.LIVE)
    run = TallyRun.objects.latest_done(contest)
    shown = working_of_run(run, list(run.results.in_published_order().with_page_parts()))
    assert run.no_votes
    assert {row.public for row in shown.rows} == {""}
    assert {value(row.composite) for row in shown.rows} == {row.result.final_score for row in shown.rows}


def test_entries_without_scores_have_no_sums(contest_in, scene):
    contest = contest_in("OPEN")
    scene.vote(contest)
    scene.tally(contest, RunKind.LIVE)
    run = TallyRun.objects.latest_done(contest)
    for row in working_of_run(run, list(run.results.in_published_order().with_page_parts())).rows:
        assert (row.expert, row.public, row.composite) == ("", "", "")
        assert row.sentence


def test_totals_are_those_of_the_awards(contest_in):
    shown = working(contest_in("TALLIED", budget=Decimal("45000.00")))
    selected = [row.result for row in shown.rows if row.result.decision == Decision.SELECTED]
    assert shown.selected == len(selected) > 0
    assert shown.awarded == sum(result.amount for result in selected)
    assert shown.remainder == Decimal("45000.00") - shown.awarded
