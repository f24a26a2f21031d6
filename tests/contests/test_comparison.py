"""What a later run changed: in rows, and on the page of those who may read it."""

from dataclasses import replace
from datetime import timedelta
from decimal import Decimal

import pytest
from django.urls import reverse

from contests.archive.results import ResultRow
from contests.comparison import compare
from contests.enums import AwardReason, ContestState, Decision, MoveCause, RunKind
from contests.models import Ballot, BallotVoid
from contests.services.tally import carry_out, request_tally

ROW = ResultRow(
    number="001",
    sheets=5,
    expert_score=Decimal("80.00"),
    votes=10,
    public_score=Decimal("50.00"),
    final_score=Decimal("74.00"),
    rank=2,
    decision=Decision.SELECTED,
    amount=Decimal("100.00"),
    reason=AwardReason.BY_RANK,
)


@pytest.mark.parametrize(
    ("changes", "causes"),
    [
        ({"expert_score": Decimal("81.00"), "final_score": Decimal("74.80")}, [MoveCause.SHEETS]),
        ({"votes": 12, "public_score": Decimal("60.00")}, [MoveCause.VOTES]),
        ({"public_score": Decimal("45.00")}, [MoveCause.OTHERS_VOTES]),
        ({"rank": 3}, [MoveCause.OTHERS]),
        ({"decision": Decision.RESERVE, "amount": Decimal(0), "reason": AwardReason.BUDGET}, [MoveCause.OTHERS]),
        ({"sheets": 4, "expert_score": Decimal("79.00"), "votes": 9}, [MoveCause.SHEETS, MoveCause.VOTES]),
        ({"sheets": 2, "expert_score": None, "rank": None, "reason": AwardReason.INCOMPLETE}, [MoveCause.SHEETS]),
        ({"sheets": 0, "votes": None, "rank": None, "reason": AwardReason.WITHDRAWN}, [MoveCause.STATUS]),
    ],
)
def test_a_move_has_its_causes(changes, causes):
    (move,) = compare([ROW], [replace(ROW, **changes)])
    assert list(move.causes) == causes


def test_what_stays_is_not_listed():
    assert compare([ROW], [ROW]) == []


def test_moves_come_in_the_order_of_the_later_run_with_their_distance():
    other = replace(ROW, number="002", rank=1, final_score=Decimal("75.00"))
    first, second = compare([ROW, other], [replace(ROW, rank=1, final_score=Decimal("76.00")), replace(other, rank=2)])
    assert (first.number, first.places, first.points) == ("001", 1, Decimal("2.00"))
    assert (second.number, second.places, second.points) == ("002", -1, Decimal("0.00"))


def test_a_missing_rank_or_score_has_no_distance():
    (move,) = compare([ROW], [replace(ROW, rank=None, final_score=None)])
    assert move.places is None
    assert move.points is None


@pytest.mark.django_db
def test_the_office_reads_what_a_second_final_run_changed(client, contest_in, officer, now):
    contest = contest_in(ContestState.TALLIED)
    BallotVoid.objects.create(ballot=Ballot.objects.valid().filter(contest=contest).first(), reason="STUFFING")
    run = request_tally(contest=contest, kind=RunKind.FINAL, by=officer, now=now + timedelta(minutes=1))
    run = carry_out(run=run, now=now + timedelta(minutes=1))
    address = reverse("tally_changes", args=[run.pk])
    assert client.get(address).status_code == 404
    client.force_login(officer)
    page = client.get(address)
    assert page.status_code == 200
    causes = {cause for _title, move in page.context["rows"] for cause in move.causes}
    assert causes & {MoveCause.VOTES, MoveCause.OTHERS_VOTES}


@pytest.mark.django_db
def test_a_first_run_has_nothing_before_it(client, contest_in, officer):
    run = contest_in(ContestState.TALLIED).runs.get()
    client.force_login(officer)
    page = client.get(reverse("tally_changes", args=[run.pk]))
    assert page.context["before"] is None
    assert page.context["rows"] == []
