"""Communities and organisations: who lives and acts there, what they proposed, and what was built."""

from __future__ import annotations

from django.db.models import Count, F, FloatField, OuterRef, QuerySet, Subquery
from django.db.models.functions import Cast, Coalesce, NullIf
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils.translation import gettext_lazy as _

from communities.models import Community, Organisation
from communities.pages import page_of
from programmes.models import Accompaniment
from projects.figures import community_years, per_thousand
from projects.filters import CommunityFilter
from projects.models import Project
from projects.pictures import community_chart
from proposals.models import Idea, Proposal

PAGE_SIZE = 50
SHOWN = 6
# What `?sort=` may say, what it is called, and how it orders.
ORDERS = {
    "": (_("By area"), [F("code").asc()]),
    "ideas": (_("Most ideas"), [F("idea_count").desc(), F("code").asc()]),
    "rate": (_("Most ideas per 1,000 residents"), [F("rate").desc(nulls_last=True), F("code").asc()]),
    "projects": (_("Most projects"), [F("project_count").desc(), F("code").asc()]),
}


def community_list(request: HttpRequest) -> HttpResponse:
    communities = Community.objects.select_related("subdistrict").annotate(
        idea_count=_count(Idea.objects.handed_in(), "community"),
        project_count=_count(Project.objects.all(), "community"),
    )
    rated = communities.annotate(rate=Cast("idea_count", FloatField()) * 1000 / NullIf("registered_population", 0))
    sort = request.GET.get("sort", "")
    chosen = CommunityFilter(request.GET, queryset=rated)
    rows = chosen.qs.order_by(*ORDERS.get(sort, ORDERS[""])[1])
    orders = [(key, label, key == sort) for key, (label, _order) in ORDERS.items()]
    page = page_of(request, rows, PAGE_SIZE)
    context = {
        "filter": chosen,
        "page": page,
        "rows": [(community, per_thousand(community.idea_count, community)) for community in page],
        "orders": orders,
    }
    return render(request, "communities/community_list.html", context)


def community_detail(request: HttpRequest, pk: int) -> HttpResponse:
    community = get_object_or_404(Community.objects.select_related("subdistrict"), pk=pk)
    years = community_years(community)
    ideas = Idea.objects.public().filter(community=community)
    projects = Project.objects.filter(community=community)
    accompaniments = (
        Accompaniment.objects.in_force().filter(community=community).select_related("organisation", "programme")
    )
    context = {
        "community": community,
        "years": years,
        "years_chart": community_chart(community.pk, years),
        "organisations": community.organisations.all(),
        "accompaniment": accompaniments.order_by("-programme__year").first(),
        "ideas": ideas.with_page_parts()[:SHOWN],
        "idea_count": Idea.objects.handed_in().filter(community=community).count(),
        "proposals": _proposals(request, Proposal.objects.filter(community=community))[:SHOWN],
        "projects": projects.with_page_parts().with_milestone_counts()[:SHOWN],
        "project_count": projects.count(),
    }
    return render(request, "communities/community_detail.html", context)


def organisation_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What an organisation is and does. Its members are nobody's business here.

    Proposals and projects name their team and lead in words; those that name this organisation are shown as its own.
    """
    organisation = get_object_or_404(Organisation.objects.select_related("subdistrict", "community"), pk=pk)
    subdistrict = organisation.subdistrict_id
    accompanied = Accompaniment.objects.filter(organisation=organisation).select_related("programme", "community")
    of_year = Proposal.objects.public_to(request.user).filter(programme=OuterRef("programme"))
    projects = Project.objects.filter(lead=organisation.name, community__subdistrict=subdistrict)
    named = Proposal.objects.filter(team_name=organisation.name, programme__subdistrict=subdistrict)
    context = {
        "organisation": organisation,
        "accompanied": accompanied.annotate(proposal_count=_count(of_year, "community", "community")).order_by(
            "-programme__year", "community__code"
        ),
        "proposals": _proposals(request, named.exclude(pk__in=Proposal.objects.nameless().values("pk")))[:SHOWN],
        "projects": projects.with_page_parts().with_milestone_counts()[:SHOWN],
    }
    return render(request, "communities/organisation_detail.html", context)


def _proposals(request: HttpRequest, rows: QuerySet[Proposal]) -> QuerySet[Proposal]:
    """Those that the person may read as everyone does, with what their cards show."""
    return rows.public_to(request.user).with_page_parts().with_requested_total().order_by("-created_at", "-pk")  # type: ignore[attr-defined]


def _count(rows: QuerySet[Idea] | QuerySet[Project] | QuerySet[Proposal], key: str, outer: str = "pk") -> Coalesce:
    """How many of these rows have as `key` what the outer query has as `outer`."""
    counted = rows.filter(**{key: OuterRef(outer)}).order_by().values(key).annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)
