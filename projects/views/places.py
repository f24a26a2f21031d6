"""Communities: who lives there, what they proposed, and what was built."""

from __future__ import annotations

from django.db.models import Count, OuterRef, QuerySet, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from communities.models import Community
from communities.pages import page_of
from projects.models import Project
from proposals.models import Idea

PAGE_SIZE = 50
SHOWN = 10


def community_list(request: HttpRequest) -> HttpResponse:
    communities = Community.objects.select_related("subdistrict").annotate(
        idea_count=_count(Idea.objects.public()), project_count=_count(Project.objects.all())
    )
    return render(request, "communities/community_list.html", {"page": page_of(request, communities, PAGE_SIZE)})


def community_detail(request: HttpRequest, pk: int) -> HttpResponse:
    community = get_object_or_404(Community.objects.select_related("subdistrict"), pk=pk)
    ideas = Idea.objects.public().filter(community=community)
    projects = Project.objects.filter(community=community)
    context = {
        "community": community,
        "ideas": ideas.with_page_parts()[:SHOWN],
        "idea_count": ideas.count(),
        "projects": projects.with_page_parts().with_milestone_counts()[:SHOWN],
        "project_count": projects.count(),
    }
    return render(request, "communities/community_detail.html", context)


def _count(rows: QuerySet[Idea] | QuerySet[Project]) -> Coalesce:
    """How many of these rows belong to the community of the outer query."""
    counted = rows.filter(community=OuterRef("pk")).order_by().values("community").annotate(n=Count("pk")).values("n")
    return Coalesce(Subquery(counted), 0)
