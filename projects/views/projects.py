"""Projects, as everyone reads them."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from communities.pages import page_of
from projects.filters import ProjectFilter
from projects.models import Project


def project_list(request: HttpRequest) -> HttpResponse:
    projects = Project.objects.with_page_parts().with_milestone_counts().order_by("-approved_at", "pk")
    chosen = ProjectFilter(request.GET, queryset=projects)
    return render(request, "projects/project_list.html", {"filter": chosen, "page": page_of(request, chosen.qs)})


def project_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What was granted, what was promised for when, and what was reached."""
    projects = Project.objects.with_page_parts().select_related("award__entry__proposal")
    project = get_object_or_404(projects, pk=pk)
    context = {
        "project": project,
        "milestones": project.milestones.all(),
        "events": project.events.filter(reason=""),
        "today": timezone.localdate(),
    }
    return render(request, "projects/project_detail.html", context)
