"""Rows of the panel and its sheets that the database refuses, by the name of the constraint; `test_models` tries each."""

from __future__ import annotations

from collections.abc import Callable

from contests.models import BlindCheck, Departure, OtherPerson, Recusal, Remark, Reopening, ScoreSheet
from tests.factories import ContestFactory, CriterionFactory, EntryFactory, PanelistFactory
from tests.scenes import Scene


def sheet(scene: Scene, **columns: object) -> ScoreSheet:
    of = ContestFactory(programme=scene.programme)
    return ScoreSheet.objects.create(panelist=PanelistFactory(contest=of), entry=EntryFactory(contest=of), **columns)


def two_chairs(scene: Scene) -> None:
    of = ContestFactory(programme=scene.programme)
    for code in ("E01", "E02"):
        PanelistFactory(contest=of, code=code, is_chair=True)


def departure(scene: Scene) -> None:
    panelist = PanelistFactory(contest=ContestFactory(programme=scene.programme))
    Departure.objects.create(panelist=panelist, reason="", noted_by=scene.officer, at=scene.now)


def other_person(scene: Scene, reason: str, times: int = 1) -> None:
    of = sheet(scene)
    for _ in range(times):
        OtherPerson.objects.create(
            panelist=of.panelist, entry=of.entry, reason=reason, noted_by=scene.officer, at=scene.now
        )


def found_with_a_tie(scene: Scene) -> None:
    of = sheet(scene)
    Recusal.objects.create(panelist=of.panelist, entry=of.entry, ground="SAME_COMMUNITY", tie="ADVISER")


def declared_by_the_office(scene: Scene) -> None:
    of = sheet(scene)
    Recusal.objects.create(panelist=of.panelist, entry=of.entry, ground="DECLARED", noted_by=scene.officer)


def remark(scene: Scene, text: str, times: int = 1) -> None:
    of = sheet(scene)
    criterion = CriterionFactory(contest=of.entry.contest)
    for _ in range(times):
        Remark.objects.create(sheet=of, criterion=criterion, text=text)


def reopening(scene: Scene, reason: str, times: int = 1) -> None:
    of = sheet(scene, state="SUBMITTED", submitted_at=scene.now)
    for _ in range(times):
        Reopening.objects.create(sheet=of, reason=reason, reopened_by=scene.officer, at=scene.now)


JUDGING_BREACHES: dict[str, Callable[[Scene], object]] = {
    "contests_panelist_one_chair": two_chairs,
    "contests_departure_reasoned": departure,
    "contests_blindcheck_reasoned": lambda scene: BlindCheck.objects.create(
        entry=sheet(scene).entry, reason="", looked_by=scene.officer, at=scene.now
    ),
    "contests_otherperson_once": lambda scene: other_person(scene, "Asked", times=2),
    "contests_otherperson_reasoned": lambda scene: other_person(scene, ""),
    "contests_recusal_tie_declared": found_with_a_tie,
    "contests_recusal_declared_by_expert": declared_by_the_office,
    "contests_remark_once": lambda scene: remark(scene, "Too dear", times=2),
    "contests_remark_not_blank": lambda scene: remark(scene, ""),
    "contests_reopening_once": lambda scene: reopening(scene, "A wrong sum", times=2),
    "contests_reopening_reasoned": lambda scene: reopening(scene, ""),
}
