"""The office takes along what happened to one idea, how it was screened, and who seconds it."""

from __future__ import annotations

from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import URLPattern, path

from communities.office import OfficeAdmin, reads
from proposals.models import Idea
from proposals.views.idea_tables import events_table, screenings_table, supporters_table


class OneIdeasTables(OfficeAdmin):
    """The files of an idea's page; the admin of ideas is made of it."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/events.<str:kind>", wrap(self.events_view), name=self.url_name("events")),
            path("<int:pk>/screenings.<str:kind>", wrap(self.screenings_view), name=self.url_name("screenings")),
            path("<int:pk>/supporters.<str:kind>", wrap(self.supporters_view), name=self.url_name("supporters")),
            *super().get_urls(),
        ]

    def events_view(self, request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
        return events_table(self._read(request, pk), kind)

    def screenings_view(self, request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
        return screenings_table(self._read(request, pk), kind)

    def supporters_view(self, request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
        return supporters_table(self._read(request, pk), kind)

    def _read(self, request: HttpRequest, pk: int) -> Idea:
        if not reads(request.user):
            raise PermissionDenied
        ideas: Any = self.get_queryset(request)
        return get_object_or_404(ideas, pk=pk)
