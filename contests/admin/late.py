"""Contests that are late: windows past that nobody closed, sheets missing near their end, notices that ran out."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from typing import Any

from django.contrib import admin
from django.db.models import Count, Min, Q, QuerySet
from django.db.models.functions import Greatest
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.waiting import Waiting
from contests.enums import ContestState
from contests.models import Contest, Panelist
from programmes.enums import StageKind

NEAR = timedelta(days=3)
"""How long before scoring ends a missing sheet is worth a call to the expert."""


class LateFilter(admin.SimpleListFilter):
    """What of a contest is late; the first page counts by the same questions."""

    title = gettext_lazy("late")
    parameter_name = "late"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("windows", _("windows past, not closed")),
            ("sheets", _("sheets missing near the end")),
            ("notice", _("notice over, not confirmed")),
        ]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Contest]) -> QuerySet[Contest]:
        match self.value():
            case "windows":
                return queryset.filter(pk__in=windows_past().values("pk"))
            case "sheets":
                return queryset.filter(pk__in=[contest for contest, _count in sheets_missing(Contest.objects.all())])
            case "notice":
                return queryset.filter(pk__in=notice_over().values("pk"))
            case _:
                return queryset


def windows_past() -> QuerySet[Contest]:
    """Open contests whose last window is over."""
    last = Contest.objects.filter(state=ContestState.OPEN, source_sha256="").order_by()
    return last.annotate(end=Greatest("scoring_closes_at", "voting_closes_at")).filter(end__lte=timezone.now())


def notice_over() -> QuerySet[Contest]:
    """Results on public notice although the stage for it has ended."""
    shown = Contest.objects.filter(state=ContestState.PUBLICISED, source_sha256="").order_by()
    return shown.filter(programme__stages__kind=StageKind.PUBLICITY, programme__stages__closes_at__lte=timezone.now())


def sheets_missing(contests: QuerySet[Contest]) -> list[tuple[int, int]]:
    """Of open contests whose scoring ends soon or has ended: the contest and how many sheets it lacks."""
    soon = contests.filter(state=ContestState.OPEN, source_sha256="", scoring_closes_at__lte=timezone.now() + NEAR)
    lacking: dict[int, int] = {}
    for panelist in Panelist.objects.filter(contest__in=soon.order_by().values("pk")).with_progress():
        missing = panelist.assigned_count - panelist.submitted_count
        if missing > 0:
            lacking[panelist.contest_id] = lacking.get(panelist.contest_id, 0) + missing
    return sorted(lacking.items())


def waiting(contests: QuerySet[Contest], list_url: Callable[..., str]) -> list[Waiting]:
    """What the first page tells of these contests as late."""
    here = contests.values("pk")
    unclosed = windows_past().filter(pk__in=here).aggregate(count=Count("pk"), due=Min("end"))
    notice = Q(programme__stages__kind=StageKind.PUBLICITY)
    unconfirmed = notice_over().filter(pk__in=here)
    over = unconfirmed.aggregate(
        count=Count("pk", distinct=True), due=Min("programme__stages__closes_at", filter=notice)
    )
    sheets = sum(count for _contest, count in sheets_missing(contests))
    return [
        Waiting(
            _("Contests whose windows are past, not closed yet"),
            unclosed["count"],
            list_url(late="windows"),
            due=unclosed["due"],
            overdue=True,
        ),
        Waiting(_("Score sheets missing near the end of scoring"), sheets, list_url(late="sheets"), overdue=True),
        Waiting(
            _("Results not confirmed although their notice is over"),
            over["count"],
            list_url(late="notice"),
            due=over["due"],
            overdue=True,
        ),
    ]
