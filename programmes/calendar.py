"""Where a year stands: its stages in order, which are open, and how long still."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.utils import timezone

from programmes.models import Programme, Stage


@dataclass(frozen=True, slots=True)
class Line:
    """One stage at a moment. `days_left`: whole days until it closes, 0 on its last day; None unless it is open."""

    stage: Stage
    over: bool
    days_left: int | None

    @property
    def open(self) -> bool:
        return self.days_left is not None


def calendar_of(programme: Programme, now: datetime) -> list[Line]:
    """The stages of the programme in the order of the year."""
    return [_line(stage, now) for stage in programme.stages.all().in_order()]


def _line(stage: Stage, now: datetime) -> Line:
    is_open = stage.opens_at <= now < stage.closes_at
    return Line(stage=stage, over=stage.closes_at <= now, days_left=_days_left(stage, now) if is_open else None)


def _days_left(stage: Stage, now: datetime) -> int:
    """By the calendar, as people count: what closes tomorrow, at whatever hour, has one day left."""
    return (timezone.localdate(stage.closes_at) - timezone.localdate(now)).days
