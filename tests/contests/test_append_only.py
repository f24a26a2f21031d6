"""What the database lets nobody rewrite: the triggers, gone around the verbs."""

from __future__ import annotations

from collections.abc import Callable
from decimal import Decimal

import pytest
from django.db import DatabaseError, IntegrityError, InternalError, transaction
from django.db.models import F, QuerySet, Value
from django.db.models.functions import Concat
from django.utils import timezone

from contests.models import (
    Ballot,
    BallotChoice,
    BallotVoid,
    Contest,
    ContestEvent,
    Criterion,
    Departure,
    Entry,
    Mark,
    Overruling,
    Panelist,
    Recusal,
    Remark,
    Reopening,
    Result,
    RollEvent,
    ScoreSheet,
    TallyRun,
)
from contests.ruleset import Ruleset
from tests.constraints import triggers_of, violated
from tests.factories import CriterionFactory, UserFactory

REWRITES: dict[str, list[Callable[[], object]]] = {
    "contest.rules_frozen": [
        lambda: Contest.objects.update(seed="drawn again"),
        lambda: Contest.objects.update(is_blind=True),
        lambda: Contest.objects.update(shows_scores=True),
    ],
    "remark.sheet_is_draft": [
        lambda: Remark.objects.update(text="Never said"),
        lambda: Remark.objects.all().delete(),
    ],
    "contestevent.append_only": [lambda: ContestEvent.objects.update(note="Never said")],
    "contestevent.no_delete": [lambda: ContestEvent.objects.all().delete()],
    "criterion.rubric_frozen": [
        lambda: Criterion.objects.update(max_points=Decimal(100)),
        lambda: Criterion.objects.filter(code="COST").update(position=9),
        lambda: CriterionFactory(contest=Contest.objects.get()),
        lambda: Criterion.objects.all()._raw_delete("default"),
    ],
    "panelist.seat_is_kept": [
        lambda: Panelist.objects.update(user=UserFactory()),
        lambda: Panelist.objects.update(code=Concat(F("code"), Value("X"))),
        lambda: Panelist.objects.all()._raw_delete("default"),
    ],
    "reopening.append_only": [
        lambda: Reopening.objects.update(reason="Another"),
        lambda: Reopening.objects.all().delete(),
    ],
    "reopening.copies_the_sheet": [
        lambda: Reopening.objects.create(
            sheet=draft_sheet(), reason="Why", reopened_by=UserFactory(), at=timezone.now()
        ),
    ],
    "departure.append_only": [
        lambda: Departure.objects.update(reason="Another"),
        lambda: Departure.objects.all().delete(),
    ],
    "recusal.is_kept": [
        lambda: Recusal.objects.update(ground="ON_TEAM"),
        lambda: Recusal.objects.all().delete(),
    ],
    "entry.frozen_at_entry": [
        lambda: Entry.objects.update(requested_amount=Decimal(1)),
        lambda: Entry.objects.update(title="Another title"),
    ],
    "ballot.append_only": [
        lambda: Ballot.objects.update(receipt="R"),
        lambda: Ballot.objects.all()._raw_delete("default"),
    ],
    "ballotchoice.append_only": [
        lambda: BallotChoice.objects.update(entry=Entry.objects.last()),
        lambda: BallotChoice.objects.all().delete(),
    ],
    "rollevent.append_only": [
        lambda: RollEvent.objects.update(lines=2),
        lambda: RollEvent.objects.all().delete(),
    ],
    "ballotvoid.append_only": [
        lambda: BallotVoid.objects.update(reason="STUFFING"),
        lambda: BallotVoid.objects.all().delete(),
    ],
    "scoresheet.submitted_is_final": [
        lambda: ScoreSheet.objects.update(state="DRAFT"),
        lambda: ScoreSheet.objects.update(comment="Never said"),
        lambda: ScoreSheet.objects.all()._raw_delete("default"),
    ],
    "mark.sheet_is_draft": [
        lambda: Mark.objects.update(points=Decimal(0)),
        lambda: Mark.objects.all().delete(),
        lambda: Mark.objects.create(sheet=ScoreSheet.objects.first(), criterion=Criterion.objects.first(), points=0),
    ],
    "mark.within_maximum": [
        lambda: Mark.objects.create(sheet=draft_sheet(), criterion=Criterion.objects.first(), points=Decimal("40.5"))
    ],
    "tallyrun.done_is_final": [
        lambda: TallyRun.objects.update(results_sha256="0" * 64),
        lambda: TallyRun.objects.update(state="PENDING"),
        lambda: TallyRun.objects.all()._raw_delete("default"),
    ],
    "overruling.signed_is_final": [
        lambda: signed_overruling().update(reason="Another"),
        lambda: signed_overruling().delete(),
    ],
    "result.append_only": [
        lambda: Result.objects.update(amount=Decimal(1)),
        lambda: Result.objects.all().delete(),
    ],
}
# Triggers that say themselves which rule was broken; the others name the table.
NAMED = {
    "panelist.seat_is_kept": "contests_panelist_seat_is_kept",
    "scoresheet.submitted_is_final": "contests_scoresheet_submitted_is_final",
    "reopening.copies_the_sheet": "contests_reopening_of_submitted",
    "recusal.is_kept": "contests_recusal_is_kept",
    "criterion.rubric_frozen": "contests_criterion_rubric_frozen",
    "remark.sheet_is_draft": "contests_remark_sheet_is_draft",
    "mark.sheet_is_draft": "contests_mark_sheet_is_draft",
    "mark.within_maximum": "contests_mark_within_maximum",
}


def signed_overruling() -> QuerySet[Overruling]:
    proposer, signer = UserFactory.create_batch(2)
    overruling = Overruling.objects.create(
        entry=Contest.objects.get().entries.first(),
        decision="RESERVE",
        reason="A reason",
        proposed_by=proposer,
        proposed_at=timezone.now(),
        signed_by=signer,
        signed_at=timezone.now(),
    )
    return Overruling.objects.filter(pk=overruling.pk)


def draft_sheet() -> ScoreSheet:
    recusal = Contest.objects.get().panelists.get(code="E04").recusals.get()
    return ScoreSheet.objects.create(panelist=recusal.panelist, entry=recusal.entry)


@pytest.fixture
def tallied(contest_in):
    contest = contest_in("TALLIED")
    BallotVoid.objects.create(ballot=contest.ballots.last(), reason="NOT_ELIGIBLE")
    seat = contest.panelists.get(code="E01")
    RollEvent.objects.create(contest=contest, community=contest.entries.first().community, act="ENTERED", by=seat.user)
    Departure.objects.create(panelist=seat, reason="Ill", noted_by=seat.user, at=timezone.now())
    Reopening.objects.create(sheet=seat.sheets.first(), reason="Why", reopened_by=seat.user, at=timezone.now())
    return contest


@pytest.mark.parametrize(
    ("name", "rewrite"), [(name, rewrite) for name, rewrites in REWRITES.items() for rewrite in rewrites]
)
def test_history_is_not_rewritten(name, rewrite, tallied):
    with pytest.raises(DatabaseError) as caught, transaction.atomic():
        rewrite()
    if name in NAMED:
        assert isinstance(caught.value, IntegrityError)
        assert violated(caught.value) == NAMED[name]
    else:
        assert isinstance(caught.value, InternalError)
        assert f"contests_{name.split('.')[0]} table" in str(caught.value)


def test_every_trigger_is_tested():
    assert set(REWRITES) == triggers_of("contests")


# Rules

CHANGED_RULES = {
    "expert_weight": {"expert_weight": "0.7", "public_weight": "0.3"},
    "public_weight": {"expert_weight": "0.7", "public_weight": "0.3"},
    "trim_each_side": {"trim_each_side": 2},
    "trim_min_panel": {"trim_min_panel": 6},
    "quorum": {"quorum": 1},
    "public_method": {"public_method": "RANK"},
    "floor": {"floor": 10},
    "min_choices": {"min_choices": 2},
    "max_choices": {"max_choices": 4},
    "tie_order": {"tie_order": ["DRAW"]},
    "seed": {"seed": "drawn again"},
    "budget": {"budget": None},
    "project_cap": {"project_cap": 1},
    "community_cap": {"community_cap": 1},
    "min_final_score": {"min_final_score": 1},
    "min_votes": {"min_votes": 1},
    "one_per_community": {"one_per_community": True},
    "max_per_category": {"max_per_category": 1},
    "on_misfit": {"on_misfit": "STOP"},
    "part_funding": {"part_funding": "LAST"},
    "part_min_share": {"part_min_share": "0.4"},
    "reserve": {"reserve": 2},
}


def test_every_rule_is_tested():
    assert set(CHANGED_RULES) == set(Ruleset.__dataclass_fields__)


def test_rules_change_until_the_contest_opens_and_never_after(contest_in):
    draft, opened = contest_in("DRAFT"), contest_in("OPEN")
    for name, change in CHANGED_RULES.items():
        assert Contest.objects.filter(pk=draft.pk).update(**change) == 1
        assert getattr(Contest.objects.get(pk=draft.pk), name) != getattr(opened, name)
        with pytest.raises(InternalError, match="contests_contest"), transaction.atomic():
            Contest.objects.filter(pk=opened.pk).update(**change)


def test_the_hash_of_the_rules_stays(contest_in):
    contest_in("OPEN")
    with pytest.raises(InternalError, match="contests_contest"), transaction.atomic():
        Contest.objects.update(rules_sha256="0" * 64)


def test_windows_and_name_of_an_open_contest_may_change(contest_in, now):
    contest_in("OPEN")
    assert Contest.objects.update(name="Spring contest", voting_closes_at=now.replace(year=now.year + 1)) == 1


def test_the_rubric_changes_until_the_contest_opens(contest_in):
    contest = contest_in("DRAFT")
    assert contest.criteria.filter(code="COST").update(max_points=Decimal(25)) == 1
    assert contest.criteria.filter(code="PLAN").delete()[0] == 1


def test_a_criterion_does_not_move_into_an_open_contest(contest_in):
    draft, opened = contest_in("DRAFT"), contest_in("OPEN")
    for source, target in ((draft, opened), (opened, draft)):
        criterion = CriterionFactory(contest=draft) if source == draft else opened.criteria.first()
        with pytest.raises(IntegrityError, match="the contest is open"), transaction.atomic():
            Criterion.objects.filter(pk=criterion.pk).update(contest=target, code="MOVED")


# What may change


def test_an_entry_may_leave(contest_in):
    contest_in("OPEN")
    assert Entry.objects.filter(number="001").update(status="WITHDRAWN") == 1


def test_a_begun_sheet_may_change(contest_in):
    contest = contest_in("OPEN")
    sheet = ScoreSheet.objects.create(panelist=contest.panelists.first(), entry=contest.entries.first())
    mark = Mark.objects.create(sheet=sheet, criterion=contest.criteria.get(code="NEED"), points=Decimal(40))
    Mark.objects.filter(pk=mark.pk).update(points=Decimal("39.5"))
    with pytest.raises(IntegrityError, match="above the maximum"), transaction.atomic():
        Mark.objects.filter(pk=mark.pk).update(points=Decimal("40.5"))
    assert Mark.objects.filter(pk=mark.pk).delete()[0] == 1


def test_a_mark_does_not_move_into_a_submitted_sheet(contest_in):
    contest = contest_in("OPEN", judged=True)
    mark = Mark.objects.create(sheet=draft_sheet(), criterion=contest.criteria.first(), points=Decimal(1))
    submitted = ScoreSheet.objects.submitted().first()
    with pytest.raises(IntegrityError, match="the sheet is submitted"), transaction.atomic():
        Mark.objects.filter(pk=mark.pk).update(sheet=submitted)


def test_an_event_may_be_marked_as_notified(contest_in, now):
    contest_in("CLOSED")
    assert ContestEvent.objects.update(notified_at=now) == 3
