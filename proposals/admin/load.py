"""The office's page of what each support organisation has on its hands."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.urls import URLPattern, path
from django.utils.translation import gettext as _

from communities import tables
from communities.admin import streets
from communities.models import User
from communities.office import ListTable, reads
from programmes.models import Programme
from proposals.enums import ProposalState
from proposals.load import Load, load_of

STATES = [state for state in ProposalState if state not in {ProposalState.WITHDRAWN, ProposalState.DISQUALIFIED}]


class LoadOfOrganisations(ListTable):
    """The admin of proposals is made of it."""

    def get_urls(self) -> list[URLPattern]:
        page, table = (self.admin_site.admin_view(view) for view in (self.load_view, self.load_table))
        return [
            path("load/", page, name=self.url_name("load")),
            path("load/table.<str:kind>", table, name=self.url_name("load_table")),
            *super().get_urls(),
        ]

    def load_view(self, request: HttpRequest) -> HttpResponse:
        context = {
            "title": _("Work of the support organisations"),
            "heads": _heads(communities=False),
            "years": [(programme, [_shown(load) for load in load_of(programme)]) for programme in _years(request)],
        }
        return self.page(request, "admin/proposals/proposal/load.html", context)

    def load_table(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        """The same as a file for spreadsheets."""
        heading, rows = [_("Year"), *_heads()], _rows(_years(request))
        return tables.table_file("load", _("Work of the support organisations"), heading, rows, kind)


def _years(request: HttpRequest) -> list[Programme]:
    """The present year of each sub-district of the person's scope."""
    user = request.user
    if not isinstance(user, User) or not reads(user):
        raise PermissionDenied
    return Programme.objects.newest_of(streets(user))


def _heads(*, communities: bool = True) -> list[str]:
    """On the page the communities stand below the name of the organisation."""
    who = [_("Organisation"), _("Communities")] if communities else [_("Organisation")]
    counted = [str(state.label) for state in STATES]
    return [*who, _("Proposals"), *counted, _("Notes in the log"), _("Last activity")]


def _rows(years: list[Programme]) -> Iterator[tables.Row]:
    for programme in years:
        for load in load_of(programme):
            counts = [load.states[state] for state in STATES]
            names = _(", ").join(load.communities)
            yield (programme.year, load.organisation.name, names, load.proposals, *counts, load.notes, load.last_at)


def _shown(load: Load) -> dict[str, Any]:
    return {"load": load, "counts": [(state.label, load.states[state]) for state in STATES]}
