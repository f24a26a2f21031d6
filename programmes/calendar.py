"""Where a year stands: its stages in order, which are open, and how long still."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime

from django.utils import timezone

from communities.waiting import last_day
from programmes.enums import STAGE_ACTIONS, STAGE_PURPOSES, Action, StageKind
from programmes.models import Programme, Stage


@dataclass(frozen=True, slots=True)
class Line:
    """One stage at a moment. `days_left`: whole days until its last one, 0 on that day; None unless it is open."""

    stage: Stage
    over: bool
    days_left: int | None
    last_day: date

    @property
    def open(self) -> bool:
        return self.days_left is not None

    @property
    def purpose(self) -> str:
        return str(STAGE_PURPOSES[StageKind(self.stage.kind)])


def calendar_of(programme: Programme, now: datetime) -> list[Line]:
    """The stages of the programme in the order of the year."""
    return [_line(stage, now) for stage in programme.stages.all().in_order()]


def may_now(lines: Iterable[Line], action: Action) -> bool:
    """Whether an open stage permits the act, as `rules.permits` asks the database."""
    return open_until(lines, action) is not None


def open_until(lines: Iterable[Line], action: Action) -> datetime | None:
    """The first moment at which no stage that is open now permits the act any more; None where none does."""
    permits = (line for line in lines if line.open and action in STAGE_ACTIONS[StageKind(line.stage.kind)])
    return max((line.stage.closes_at for line in permits), default=None)


def coming(lines: Iterable[Line]) -> Line | None:
    """The stage that begins next."""
    ahead = (line for line in lines if not line.over and not line.open)
    return min(ahead, key=lambda line: line.stage.opens_at, default=None)


def last_day_of(stage: Stage) -> date:
    return last_day(stage.closes_at)


def _line(stage: Stage, now: datetime) -> Line:
    is_open = stage.opens_at <= now < stage.closes_at
    last = last_day_of(stage)
    # By the calendar, as people count: what ends tomorrow, at whatever hour, has one day left.
    days_left = (last - timezone.localdate(now)).days if is_open else None
    return Line(stage=stage, over=stage.closes_at <= now, days_left=days_left, last_day=last)
