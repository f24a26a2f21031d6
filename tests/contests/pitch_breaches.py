"""Rows of the pitch session that the database refuses, by the name of the constraint; `test_models` tries each."""

from __future__ import annotations

from collections.abc import Callable

from contests.models import Contest, PitchSession, PitchSlot
from tests.factories import ContestFactory, EntryFactory
from tests.scenes import Scene


def session(scene: Scene, of: Contest | None = None, **columns: object) -> PitchSession:
    of = of or ContestFactory(programme=scene.programme)
    whole = {"place": "Hall", "starts_at": scene.now, "changed_at": scene.now}
    return PitchSession.objects.create(contest=of, **{**whole, **columns})


def slots(scene: Scene, *places: tuple[int, int]) -> None:
    """Slots of these entries (by their place among the contest's) at these positions."""
    of = session(scene)
    entries = [EntryFactory(contest=of.contest, number=f"{number:03}") for number in range(2)]
    for entry, position in places:
        PitchSlot.objects.create(session=of, entry=entries[entry], position=position)


PITCH_BREACHES: dict[str, Callable[[Scene], object]] = {
    "contests_pitchsession_minutes_1_60": lambda scene: session(scene, minutes=0),
    "contests_pitchsession_pause_0_120": lambda scene: session(scene, pause=121),
    "contests_pitchsession_on_stage": lambda scene: session(scene, state="DRAWN", on_now=1),
    "contests_pitchsession_clock": lambda scene: session(scene, state="RUNNING", on_now=1),
    "contests_pitchslot_entry_once": lambda scene: slots(scene, (0, 1), (0, 2)),
    "contests_pitchslot_position_once": lambda scene: slots(scene, (0, 1), (1, 1)),
    "contests_pitchslot_position_from_1": lambda scene: slots(scene, (0, 0)),
}
