"""Reads of programmes in the office's own words."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef

from programmes.enums import STAGE_ACTIONS, Action, StageKind

if TYPE_CHECKING:
    from programmes.models import Programme, Stage


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def newest_first(self) -> ProgrammeQuerySet:
        """By year; those without a calendar, as imported contests bring along, come after all others."""
        with_calendar = Exists(self.model.objects.filter(pk=OuterRef("pk"), stages__isnull=False))
        return self.order_by(with_calendar.desc(), "-year", "-pk")

    def allowing(self, action: Action, now: datetime) -> ProgrammeQuerySet:
        """Programmes of which a stage that is open now permits the act."""
        kinds = [kind for kind, actions in STAGE_ACTIONS.items() if action in actions]
        return self.filter(stages__kind__in=kinds, stages__opens_at__lte=now, stages__closes_at__gt=now).distinct()


class StageQuerySet(models.QuerySet["Stage"]):
    def in_order(self) -> list[Stage]:
        """By the order of the eight kinds, which is also how a year is told."""
        order = list(StageKind)
        return sorted(self, key=lambda stage: order.index(StageKind(stage.kind)))
