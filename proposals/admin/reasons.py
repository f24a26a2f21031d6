"""The office's page of how often which reason was given, and the list of ideas by reason."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.asked import number_in
from communities.models import User
from communities.office import OfficeAdmin, reads
from communities.querysets import scope_of
from communities.tables import table_file
from programmes.models import Programme
from proposals.enums import ScreeningReason
from proposals.figures import Grouping, reason_counts
from proposals.models import Screening
from proposals.querysets import IdeaQuerySet

# The list of what has to be kept and reported (Administrative Measures for Internet Information Services, §15, §16).
UNLAWFUL = {"state": "all", "reason": ScreeningReason.ILLEGAL_CONTENT.value}
# In an address, instead of the number of a programme.
ALL_YEARS = "all"
HEADS = {
    Grouping.YEAR: gettext_lazy("year"),
    Grouping.COMMUNITY: gettext_lazy("community"),
    Grouping.CATEGORY: gettext_lazy("category"),
}


class ReasonFilter(SimpleListFilter):
    """Ideas that were given a reason, whatever became of them later."""

    title = gettext_lazy("reason")
    parameter_name = "reason"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return list(ScreeningReason.choices)

    def queryset(self, request: HttpRequest, queryset: IdeaQuerySet) -> IdeaQuerySet:
        if not self.value():
            return queryset
        given = Screening.objects.decisions().filter(reason=self.value())
        return queryset.filter(pk__in=given.values("idea"))


class ReasonFigures(OfficeAdmin):
    """The page of figures; the admin of ideas is made of it."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.reasons_view)
        return [path("reasons/", view, name=self.url_name("reasons")), *super().get_urls()]

    def reasons_view(self, request: HttpRequest) -> HttpResponseBase:
        """A table by year, or by community or category of one year or of all; with `format=csv` or `xlsx` as a file."""
        user = request.user
        if not reads(user):
            raise PermissionDenied
        assert isinstance(user, User)
        asked = request.GET.get("by")
        grouping = Grouping(asked) if asked in Grouping.values else Grouping.YEAR
        ideas = self.get_queryset(request).order_by().values("pk")
        screenings = Screening.objects.filter(idea__in=ideas)
        programmes = list(Programme.objects.filter(subdistrict__in=scope_of(user).subdistricts).newest_first())
        programme = None if grouping == Grouping.YEAR else _asked_for(request, programmes)
        counts = reason_counts(screenings, grouping, programme)
        heads = [str(HEADS[grouping]), _("reason"), _("ideas")]
        if kind := request.GET.get("format"):
            year = str(programme or _("All years"))
            cells = [(count.name, str(count.reason.label), count.ideas, year) for count in counts]
            return table_file(f"reasons-{grouping}", _("Reasons given"), [*heads, _("year")], cells, kind)
        of_year = {"programme__id__exact": str(programme.pk)} if programme else {}
        rows = [
            (
                count,
                self.list_url(
                    state="all", reason=count.reason, **of_year, **{f"{grouping}__id__exact": str(count.group)}
                ),
            )
            for count in counts
        ]
        unlawful = screenings.decisions().filter(reason=ScreeningReason.ILLEGAL_CONTENT)
        context = {
            "title": _("Reasons given"),
            "grouping": grouping,
            "groupings": Grouping,
            "programme": programme,
            "programmes": programmes if grouping != Grouping.YEAR else [],
            "year": programme.pk if programme else request.GET.get("programme", ""),
            "all_years": ALL_YEARS,
            "heads": heads,
            "rows": rows,
            "unlawful": unlawful.order_by().values("idea").distinct().count(),
            "unlawful_list": self.list_url(**UNLAWFUL),
            "unlawful_file": f"{reverse('admin:proposals_idea_table', args=['xlsx'])}?{urlencode(UNLAWFUL)}",
        }
        return self.page(request, "admin/proposals/idea/reasons.html", context)


def _asked_for(request: HttpRequest, programmes: Sequence[Programme]) -> Programme | None:
    """The year that the address names, else the newest; nothing for all of them."""
    asked = request.GET.get("programme")
    if asked == ALL_YEARS:
        return None
    named = {programme.pk: programme for programme in programmes}
    return named.get(number_in(asked)) or next(iter(programmes), None)
