"""Reads of programmes in the office's own words."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Exists, OuterRef

from communities.asked import number_in
from programmes.enums import STAGE_ACTIONS, Action, StageKind

if TYPE_CHECKING:
    from programmes.models import Accompaniment, Programme, Stage


class ProgrammeQuerySet(models.QuerySet["Programme"]):
    def newest_first(self) -> ProgrammeQuerySet:
        """By year; those without a calendar, as imported contests bring along, come after all others."""
        with_calendar = Exists(self.model.objects.filter(pk=OuterRef("pk"), stages__isnull=False))
        return self.order_by(with_calendar.desc(), "-year", "-pk")

    def newest_of(self, subdistricts: Collection[int]) -> list[Programme]:
        """The programme of the present year of each of these sub-districts."""
        found: dict[int, Programme] = {}
        for programme in self.filter(subdistrict__in=subdistricts).select_related("subdistrict").newest_first():
            found.setdefault(programme.subdistrict_id, programme)
        return list(found.values())

    def asked_for(self, pk: str | None) -> Programme | None:
        """The programme that an address names, else the newest one."""
        number = number_in(pk)
        named = self.filter(pk=number).first() if number is not None else None
        return named or self.newest_first().first()

    def collecting(self, now: datetime) -> Programme | None:
        """The newest programme that takes ideas now; where none does, the newest of all."""
        return self.allowing(Action.SUBMIT_IDEA, now).newest_first().first() or self.newest_first().first()

    def allowing(self, action: Action, now: datetime) -> ProgrammeQuerySet:
        """Programmes of which a stage that is open now permits the act."""
        kinds = _kinds_for(action)
        return self.filter(stages__kind__in=kinds, stages__opens_at__lte=now, stages__closes_at__gt=now).distinct()

    def done_with(self, action: Action, now: datetime) -> ProgrammeQuerySet:
        """Programmes whose stages that permit the act are all over."""
        to_come = self.model.objects.filter(stages__kind__in=_kinds_for(action), stages__closes_at__gt=now)
        return self.filter(stages__kind__in=_kinds_for(action)).exclude(pk__in=to_come.values("pk")).distinct()


class StageQuerySet(models.QuerySet["Stage"]):
    def permitting(self, action: Action, now: datetime) -> StageQuerySet:
        """Stages that are open now and permit the act; the last of them to close ends the time for it."""
        return self.filter(kind__in=_kinds_for(action), opens_at__lte=now, closes_at__gt=now).order_by("-closes_at")

    def in_order(self) -> list[Stage]:
        """By the order of the eight kinds, which is also how a year is told."""
        order = list(StageKind)
        return sorted(self, key=lambda stage: order.index(StageKind(stage.kind)))


class AccompanimentQuerySet(models.QuerySet["Accompaniment"]):
    def in_force(self) -> AccompanimentQuerySet:
        """Without those that were handed over to another organisation."""
        return self.filter(ended_at__isnull=True)


def _kinds_for(action: Action) -> list[StageKind]:
    return [kind for kind, actions in STAGE_ACTIONS.items() if action in actions]
