"""Confirmed contests with good proposals that got no money and are not in the project pool yet."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin
from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.waiting import Waiting
from contests.enums import ContestState
from contests.models import Contest, Entry


class PoolFilter(admin.SimpleListFilter):
    """The first page counts by the same question."""

    title = gettext_lazy("project pool")
    parameter_name = "pool"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("waiting", _("unfunded proposals, not kept yet"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Contest]) -> QuerySet[Contest]:
        return queryset.filter(pk__in=_with_something_to_pool()) if self.value() else queryset


def _with_something_to_pool() -> QuerySet[Entry, Any]:
    return Entry.objects.to_pool().order_by().values("contest")


def waiting(contests: QuerySet[Contest], list_url: Callable[..., str]) -> list[Waiting]:
    """The contests from whose pages the office keeps what was not funded, since their results are confirmed."""
    found = contests.filter(pk__in=_with_something_to_pool()).aggregate(
        count=Count("pk", distinct=True),
        oldest=Min("events__at", filter=Q(events__to_state=ContestState.CONFIRMED)),
    )
    title = _("Contests with good proposals to be kept in the project pool")
    return [Waiting(title, found["count"], list_url(pool="waiting"), found["oldest"])]
