"""The verbs with which one judgement is given of several ideas, and several that were left over are closed."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

from communities.models import User
from communities.refusal import Refused
from proposals.enums import ScreeningDecision
from proposals.models import Idea, Screening
from proposals.services.ideas import Judgement, Receiver, close_idea, screen


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one idea: its screening, or why there is none."""

    idea: Idea
    screening: Screening | None
    refusal: Refused | None = None


def screen_many(*, ideas: Iterable[Idea], judgement: Judgement, by: User, now: datetime) -> list[Outcome]:
    """Each idea by the verb for one, in a transaction of its own: what is refused of one stops none of the others.

    A text that was revised since `ideas` were read is refused. First opinions of colleagues are not answered so; each has to be read.
    """
    outcomes = []
    for idea in ideas:
        try:
            outcomes.append(Outcome(idea, screen(idea=idea, judgement=judgement, by=by, now=now)))
        except Refused as refusal:
            outcomes.append(Outcome(idea, None, refusal))
    return outcomes


def close_many(
    *,
    notes: Mapping[Idea, str],
    decision: ScreeningDecision,
    by: User,
    now: datetime,
    to: Receiver | None = None,
) -> list[Outcome]:
    """As `screen_many`; `notes` are the ideas with what the author of each is told."""
    outcomes = []
    for idea, note in notes.items():
        try:
            closed = close_idea(idea=idea, decision=decision, note=note, by=by, now=now, to=to)
        except Refused as refusal:
            outcomes.append(Outcome(idea, None, refusal))
        else:
            outcomes.append(Outcome(idea, closed))
    return outcomes
