"""The public notice (公示) of a result: from when to when everyone may object to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from contests.enums import ContestState
from contests.models import Contest
from programmes.calendar import last_day_of
from programmes.enums import StageKind


@dataclass(frozen=True, slots=True)
class PublicNotice:
    """`last_day` is the calendar's, None where the year has no stage for it; `over` means that nobody can object any more."""

    begins: date
    last_day: date | None
    over: bool


def notice_of(contest: Contest, now: datetime) -> PublicNotice | None:
    """None for a result that never was on notice here: not yet published, or imported."""
    published = contest.events.filter(to_state=ContestState.PUBLICISED).last()
    if published is None:
        return None
    stage = contest.programme.stages.filter(kind=StageKind.PUBLICITY).first()
    over = contest.state == ContestState.CONFIRMED or (stage is not None and stage.closes_at <= now)
    return PublicNotice(timezone.localdate(published.at), last_day_of(stage) if stage else None, over)
