"""What the hall sees while entries are presented: who is on, how many sheets are in, and the scores that were revealed.

Of an entry that was not revealed no figure is computed here, so none can leave by a page, its weight or its order.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

from communities.rules import Person
from contests.agenda import SheetsIn, Turn, agenda, sheets_in, whole_agenda
from contests.figures import ExpertAggregate, expert_aggregates, score_of_experts
from contests.models import Contest, PitchSession


@dataclass(frozen=True, slots=True)
class Score:
    """The expert score of an entry and the sheets it is the mean of, lowest first; True for one that is dropped."""

    score: Decimal
    sheets: tuple[tuple[Decimal, bool], ...]
    trimmed: bool


@dataclass(frozen=True, slots=True)
class Hall:
    """As one person sees it. `steps_out`: they keep out of the entry that is on, and see nothing of it."""

    session: PitchSession
    on: Turn | None
    steps_out: bool
    following: Turn | None
    sheets: SheetsIn
    score: Score | None
    revealed: tuple[tuple[Turn, Score], ...]


def hall(session: PitchSession, user: Person) -> Hall:
    """Scores come in the order of the timetable, and only while every sheet that counts is in."""
    whole = whole_agenda(session)
    turns = agenda(session, user, whole)
    on = next((turn for turn in turns if turn.slot.position == session.on_now), None)
    shown = [turn for turn in turns if turn.slot.revealed_at is not None]
    counts = sheets_in([turn.slot.entry_id for turn in {*shown, *([on] if on else [])}])
    scores = _scores(session.contest, [turn for turn in shown if _complete(turn, counts)])
    return Hall(
        session=session,
        on=on,
        steps_out=on is None and any(turn.slot.position == session.on_now for turn in whole),
        following=next((turn for turn in turns if turn.slot.position > (session.on_now or 0)), None),
        sheets=counts.get(on.slot.entry_id, SheetsIn()) if on else SheetsIn(),
        score=scores.get(on.slot.pk) if on else None,
        revealed=tuple((turn, scores[turn.slot.pk]) for turn in shown if turn.slot.pk in scores),
    )


def _complete(turn: Turn, counts: dict[int, SheetsIn]) -> bool:
    return counts.get(turn.slot.entry_id, SheetsIn()).complete


def _scores(contest: Contest, turns: Sequence[Turn]) -> dict[int, Score]:
    """By slot (id); an entry without enough sheets has none."""
    if not turns:
        return {}
    aggregates = expert_aggregates(contest)
    found = {turn.slot.pk: _score(contest, aggregates.get(turn.slot.entry_id)) for turn in turns}
    return {slot: score for slot, score in found.items() if score is not None}


def _score(contest: Contest, aggregate: ExpertAggregate | None) -> Score | None:
    score = score_of_experts(contest, aggregate)
    if aggregate is None or score is None:
        return None
    cut = contest.trim_each_side if aggregate.trimmed else 0
    last = len(aggregate.sheet_scores) - cut
    sheets = tuple((sheet, not cut <= place < last) for place, sheet in enumerate(aggregate.sheet_scores))
    return Score(score, sheets, aggregate.trimmed)
