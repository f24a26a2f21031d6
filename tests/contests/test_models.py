"""Constraints of the database on contests, gone around forms and verbs."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction

from contests.enums import AwardState, ContestAct, ContestState, Decision, RunKind, RunState
from contests.models import (
    Assignment,
    Award,
    Ballot,
    BallotChoice,
    Contest,
    ContestEvent,
    JuryScore,
    Mark,
    OfflineCount,
    Overruling,
    Recusal,
    Result,
    ScoreSheet,
    TallyRun,
)
from tests.constraints import constraints_of, violated
from tests.contests.inviting_breaches import INVITING_BREACHES
from tests.contests.judging_breaches import JUDGING_BREACHES
from tests.contests.pitch_breaches import PITCH_BREACHES
from tests.contests.voting_breaches import VOTING_BREACHES
from tests.factories import (
    ContestCommunityFactory,
    ContestFactory,
    CriterionFactory,
    EntryFactory,
    PanelistFactory,
)
from tests.scenes import Scene


def twice(make: Callable[..., object], **columns: object) -> None:
    for _ in range(2):
        make(**columns)


def contest(scene: Scene, **columns: object) -> Contest:
    return ContestFactory(programme=scene.programme, **columns)


def entry(scene: Scene, **columns: object):
    return EntryFactory(**{"contest": contest(scene), **columns})


def imported_twice(scene: Scene):
    twice(contest, scene=scene, source_sha256="0" * 64)


def entry_number_twice(scene: Scene):
    twice(EntryFactory, contest=contest(scene), number="001")


def entered_twice(scene: Scene):
    first = entry(scene)
    EntryFactory(contest=first.contest, proposal=first.proposal)


def window(scene: Scene, name: str):
    opens = scene.now
    columns = {f"{name}_opens_at": opens, f"{name}_closes_at": opens - timedelta(seconds=1)}
    other = "voting" if name == "scoring" else "scoring"
    contest(scene, **columns, **{f"{other}_opens_at": None, f"{other}_closes_at": None})


def ballot(scene: Scene, of: Contest, **columns: object) -> Ballot:
    values = {"receipt": f"R{of.ballots.count()}", "voter_key": "K", "cast_at": scene.now, **columns}
    return Ballot.objects.create(contest=of, **values)


def receipt_twice(scene: Scene):
    of = contest(scene)
    ballot(scene, of, receipt="R", voter_key="A")
    ballot(scene, of, receipt="R", voter_key="B")


def two_chains(scene: Scene):
    twice(ballot, scene=scene, of=contest(scene))


def chosen_twice(scene: Scene):
    of = entry(scene)
    twice(BallotChoice.objects.create, ballot=ballot(scene, of.contest), entry=of)


def verified_by_the_same(scene: Scene):
    OfflineCount.objects.create(
        entry=entry(scene), sheet="A", votes=1, entered_by=scene.officer, verified_by=scene.officer
    )


def panelist_and_entry(scene: Scene) -> dict[str, object]:
    of = entry(scene)
    return {"panelist": PanelistFactory(contest=of.contest), "entry": of}


def mark(scene: Scene, *, points: Decimal = Decimal(1), times: int = 1):
    sheet = ScoreSheet.objects.create(**panelist_and_entry(scene))
    criterion = CriterionFactory(contest=sheet.entry.contest)
    for _ in range(times):
        Mark.objects.create(sheet=sheet, criterion=criterion, points=points)


def run(scene: Scene, of: Contest, **columns: object) -> TallyRun:
    return TallyRun.objects.create(contest=of, kind=RunKind.LIVE, requested_at=scene.now, **columns)


def result(scene: Scene, of: TallyRun, **columns: object) -> Result:
    values = {"entry": EntryFactory(contest=of.contest), "decision": "SELECTED", "amount": 1, "reason": "BY_RANK"}
    return Result.objects.create(run=of, **{**values, **columns})


def result_twice(scene: Scene):
    first = result(scene, run(scene, contest(scene)))
    result(scene, first.run, entry=first.entry)


def award(scene: Scene, **columns: object):
    of = result(scene, run(scene, contest(scene)))
    Award.objects.create(entry=of.entry, result=of, created_at=scene.now, **columns)


def overruling(scene: Scene, **columns: object):
    whole = {"decision": Decision.RESERVE, "reason": "A reason", "proposed_by": scene.officer, "proposed_at": scene.now}
    Overruling.objects.create(entry=EntryFactory(contest=contest(scene)), **(whole | columns))


def panel_member_twice(scene: Scene):
    twice(PanelistFactory, contest=contest(scene), user=scene.experts[0])


BREACHES: dict[str, Callable[[Scene], object]] = {
    "contests_contest_archive_once": imported_twice,
    "contests_contest_weights_sum_to_one": lambda scene: contest(scene, expert_weight=Decimal("0.7")),
    "contests_contest_floor_0_100": lambda scene: contest(scene, floor=Decimal("100.01")),
    "contests_contest_choices_in_order": lambda scene: contest(scene, min_choices=2, max_choices=1),
    "contests_contest_rules_hashed": lambda scene: contest(scene, state=ContestState.OPEN),
    "contests_contest_scoring_window": lambda scene: window(scene, "scoring"),
    "contests_contest_voting_window": lambda scene: window(scene, "voting"),
    "contests_contestcommunity_once": lambda scene: twice(
        ContestCommunityFactory, contest=contest(scene), community=scene.communities[0]
    ),
    "contests_contestevent_voting_opens_once": lambda scene: twice(
        ContestEvent.objects.create, contest=contest(scene), to_state="OPEN", reason=ContestAct.VOTING_OPENED
    ),
    "contests_criterion_code_once": lambda scene: twice(CriterionFactory, contest=contest(scene), code="NEED"),
    "contests_criterion_maximum_positive": lambda scene: CriterionFactory(contest=contest(scene), max_points=0),
    "contests_entry_number_once": entry_number_twice,
    "contests_entry_proposal_once": entered_twice,
    "contests_entry_amount_not_negative": lambda scene: entry(scene, requested_amount=Decimal("-0.01")),
    **JUDGING_BREACHES,
    **VOTING_BREACHES,
    **PITCH_BREACHES,
    **INVITING_BREACHES,
    "contests_ballot_receipt_once": receipt_twice,
    "contests_ballot_one_chain_per_voter": two_chains,
    "contests_ballotchoice_once": chosen_twice,
    "contests_offlinecount_once": lambda scene: twice(
        OfflineCount.objects.create, entry=entry(scene), sheet="A", votes=1
    ),
    "contests_offlinecount_two_persons": verified_by_the_same,
    "contests_juryscore_once": lambda scene: twice(
        JuryScore.objects.create, entry=entry(scene), juror="J1", score=Decimal(1)
    ),
    "contests_juryscore_0_100": lambda scene: JuryScore.objects.create(
        entry=entry(scene), juror="J1", score=Decimal("100.01")
    ),
    "contests_panelist_code_once": lambda scene: twice(PanelistFactory, contest=contest(scene), code="E01"),
    "contests_panelist_user_once": panel_member_twice,
    "contests_assignment_once": lambda scene: twice(Assignment.objects.create, **panelist_and_entry(scene)),
    "contests_recusal_once": lambda scene: twice(
        Recusal.objects.create, ground="DECLARED", **panelist_and_entry(scene)
    ),
    "contests_scoresheet_once": lambda scene: twice(ScoreSheet.objects.create, **panelist_and_entry(scene)),
    "contests_scoresheet_submission_dated": lambda scene: ScoreSheet.objects.create(
        state="SUBMITTED", **panelist_and_entry(scene)
    ),
    "contests_mark_once": lambda scene: mark(scene, times=2),
    "contests_mark_not_negative": lambda scene: mark(scene, points=Decimal("-0.5")),
    "contests_tallyrun_one_at_a_time": lambda scene: twice(run, scene=scene, of=contest(scene)),
    "contests_tallyrun_done_has_digest": lambda scene: run(scene, contest(scene), state=RunState.DONE),
    "contests_result_once": result_twice,
    "contests_result_rank_once": lambda scene: twice(result, scene=scene, of=run(scene, contest(scene)), rank=1),
    "contests_award_amount_only_if_selected": lambda scene: award(
        scene, state=AwardState.RESERVE, amount=Decimal("0.01")
    ),
    "contests_overruling_two_persons": lambda scene: overruling(scene, signed_by=scene.officer, signed_at=scene.now),
    "contests_overruling_amount_only_if_selected": lambda scene: overruling(scene, amount=Decimal("0.01")),
    "contests_overruling_has_reason": lambda scene: overruling(scene, reason=""),
}


@pytest.mark.parametrize("name", BREACHES)
def test_the_database_refuses(name, scene):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        BREACHES[name](scene)
    assert violated(caught.value) == name


def test_every_constraint_is_tested():
    assert set(BREACHES) == constraints_of("contests")


def test_a_chain_of_ballots_does_not_branch(scene):
    of = contest(scene)
    first = ballot(scene, of)
    ballot(scene, of, supersedes=first)
    with pytest.raises(IntegrityError, match="supersedes"), transaction.atomic():
        ballot(scene, of, supersedes=first)


def test_a_finished_run_makes_room_for_the_next(scene):
    of = contest(scene)
    run(scene, of, state=RunState.DONE, results_sha256="0" * 64)
    run(scene, of, state=RunState.FAILED)
    assert run(scene, of).pk


def test_many_entries_may_be_without_a_rank(scene):
    of = run(scene, contest(scene))
    for _ in range(2):
        result(scene, of, rank=None)
    assert of.results.count() == 2


def test_pseudonyms_need_no_account(scene):
    of = contest(scene)
    for _ in range(2):
        PanelistFactory(contest=of, user=None)
    assert of.panelists.count() == 2


# What each sees


@pytest.mark.parametrize(
    ("role", "sees_drafts"),
    [
        ("anonymous", False),
        ("resident", False),
        ("expert", False),
        ("other_officer", False),
        ("community_officer", False),
        ("officer", True),
        ("approver", True),
        ("supervisor", True),
    ],
)
def test_who_sees_a_draft(role, sees_drafts, cast, contest_in):
    draft, opened = contest_in(ContestState.DRAFT), contest_in(ContestState.OPEN)
    user = cast(role)
    visible = set(Contest.objects.visible_to(user))
    assert opened in visible
    assert (draft in visible) is sees_drafts
    assert draft.entries.visible_to(user).exists() is sees_drafts
    assert opened.entries.visible_to(user).count() == 3


@pytest.mark.parametrize(
    ("role", "works"), [("officer", True), ("approver", True), ("supervisor", True), ("other_officer", False)]
)
def test_the_office_sees_the_contests_of_its_subdistrict(role, works, cast, contest_in):
    draft = contest_in(ContestState.DRAFT)
    assert (draft in Contest.objects.in_office_of(cast(role))) is works


@pytest.mark.parametrize("state", ContestState)
def test_results_are_decided_from_their_publication_on(state, contest_in):
    assert (contest_in(state) in Contest.objects.decided()) is (state in {"PUBLICISED", "CONFIRMED"})
