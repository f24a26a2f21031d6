"""The office's page of how often which reason was given, and the list of ideas by reason."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import SimpleListFilter
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponseBase
from django.urls import URLPattern, path, reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.office import OfficeAdmin, reads
from communities.tables import table_file
from proposals.enums import ScreeningReason
from proposals.figures import Grouping, reason_counts
from proposals.models import Screening
from proposals.querysets import IdeaQuerySet

# The list of what has to be kept and reported (Administrative Measures for Internet Information Services, §15, §16).
UNLAWFUL = {"state": "all", "reason": ScreeningReason.ILLEGAL_CONTENT.value}
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
        """A table by year, community or category; with `format=csv` or `xlsx` the same as a file for spreadsheets."""
        if not reads(request.user):
            raise PermissionDenied
        asked = request.GET.get("by")
        grouping = Grouping(asked) if asked in Grouping.values else Grouping.YEAR
        ideas = self.get_queryset(request).order_by().values("pk")
        counts = reason_counts(Screening.objects.filter(idea__in=ideas), grouping)
        heads = [str(HEADS[grouping]), _("reason"), _("ideas")]
        if kind := request.GET.get("format"):
            cells = [(count.name, str(count.reason.label), count.ideas) for count in counts]
            return table_file(f"reasons-{grouping}", _("Reasons given"), heads, cells, kind)
        filters = {Grouping.YEAR: "programme", Grouping.COMMUNITY: "community", Grouping.CATEGORY: "category"}
        rows = [
            (
                count,
                self.list_url(
                    state="all", reason=count.reason, **{f"{filters[grouping]}__id__exact": str(count.group)}
                ),
            )
            for count in counts
        ]
        context = {
            "title": _("Reasons given"),
            "grouping": grouping,
            "groupings": Grouping,
            "heads": heads,
            "rows": rows,
            "unlawful": sum(count.ideas for count in counts if count.reason == ScreeningReason.ILLEGAL_CONTENT),
            "unlawful_list": self.list_url(**UNLAWFUL),
            "unlawful_file": f"{reverse('admin:proposals_idea_table', args=['xlsx'])}?{urlencode(UNLAWFUL)}",
        }
        return self.page(request, "admin/proposals/idea/reasons.html", context)
