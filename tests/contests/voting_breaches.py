"""Rows of the public vote that the database refuses, by the name of the constraint; `test_models` tries each."""

from __future__ import annotations

import uuid
from collections.abc import Callable

from contests.models import BallotFlag, CodeBatch, Contest, HelperSession, HouseholdCode, PaperSheet, RollEvent
from tests.factories import ContestFactory, ResidentFactory, VoterFactory
from tests.scenes import Scene


def line(scene: Scene, of: Contest | None = None, **columns: object):
    of = of or ContestFactory(programme=scene.programme)
    return VoterFactory(contest=of, community=scene.communities[0], **columns)


def two_lines(scene: Scene, **columns: object) -> None:
    of = ContestFactory(programme=scene.programme)
    for number in range(2):
        line(scene, of, **({"reference": f"R{number}"} | columns))


def code(scene: Scene, of: Contest | None = None, **columns: object) -> HouseholdCode:
    of = of or ContestFactory(programme=scene.programme)
    place = {"contest": of, "community": scene.communities[0]}
    batch = CodeBatch.objects.create(**place, key=uuid.uuid4(), issued_by=scene.officer, issued_at=scene.now)
    return HouseholdCode.objects.create(
        **{"batch": batch, **place, "serial": 1, "code_hash": uuid.uuid4().hex, **columns}
    )


def two_codes(scene: Scene) -> None:
    first = code(scene)
    code(scene, first.contest)


def replaces_itself(scene: Scene) -> None:
    first = code(scene)
    HouseholdCode.objects.filter(pk=first.pk).update(replaces=first)


def sheet(scene: Scene, of: Contest | None = None, **columns: object) -> PaperSheet:
    of = of or ContestFactory(programme=scene.programme)
    whole = {"number": "1", "place": "Hall", "papers": 1, "entered_by": scene.officer, "entered_at": scene.now}
    return PaperSheet.objects.create(**{"contest": of, "community": scene.communities[0], **whole, **columns})


def two_sheets(scene: Scene) -> None:
    sheet(scene, sheet(scene).contest)


def helper_session(scene: Scene) -> None:
    of = ContestFactory(programme=scene.programme)
    HelperSession.objects.create(
        contest=of, community=scene.communities[0], helper=scene.officer, day=scene.now.date(), consented=False
    )


def flag(scene: Scene, of: Contest | None = None, **columns: object) -> BallotFlag:
    of = of or ContestFactory(programme=scene.programme)
    whole = {"kind": "BURST", "subject": "1", "ballots": 20, "found_at": scene.now}
    return BallotFlag.objects.create(**{"contest": of, **whole, **columns})


def two_flags(scene: Scene) -> None:
    flag(scene, flag(scene).contest)


def settled_alone(scene: Scene) -> None:
    by = {"proposed_by": scene.approver, "settled_by": scene.approver}
    flag(scene, state="SETTLED", reason="Because", settled_at=scene.now, **by)


VOTING_BREACHES: dict[str, Callable[[Scene], object]] = {
    "contests_voter_once": lambda scene: two_lines(scene, user=ResidentFactory()),
    "contests_voter_phone_once": lambda scene: two_lines(scene, phone_hash="a" * 64),
    "contests_voter_reference_once": lambda scene: two_lines(scene, reference="R1"),
    "contests_voter_way_of_vote": lambda scene: line(scene, has_voted=True),
    "contests_voter_adults_vote": lambda scene: line(scene, has_voted=True, way="PAPER", is_adult=False),
    "contests_voter_unmarking_of_paper": lambda scene: line(scene, unmarking_by=scene.officer),
    "contests_voter_struck_has_no_vote": lambda scene: line(
        scene, has_voted=True, way="PAPER", struck_by=scene.officer
    ),
    "contests_rollevent_struck_with_reason": lambda scene: RollEvent.objects.create(
        contest=ContestFactory(programme=scene.programme),
        community=scene.communities[0],
        act="STRUCK",
        by=scene.officer,
    ),
    "contests_householdcode_serial_once": two_codes,
    "contests_householdcode_void_with_reason": lambda scene: code(scene, voided_at=scene.now),
    "contests_householdcode_replaces_another": replaces_itself,
    "contests_papersheet_number_once": two_sheets,
    "contests_papersheet_two_persons": lambda scene: sheet(
        scene, state="VERIFIED", verified_by=scene.officer, verified_at=scene.now
    ),
    "contests_papersheet_verification_signed": lambda scene: sheet(scene, state="VERIFIED"),
    "contests_helpersession_consent": helper_session,
    "contests_ballotflag_once": two_flags,
    "contests_ballotflag_proposed_with_reason": lambda scene: flag(scene, state="PROPOSED"),
    "contests_ballotflag_two_persons": settled_alone,
    "contests_ballotflag_settlement_signed": lambda scene: flag(
        scene, state="SETTLED", reason="Because", proposed_by=scene.officer
    ),
}
