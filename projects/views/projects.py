"""Projects, as everyone reads them."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.utils.translation import gettext as _

from communities.pages import page_of
from communities.tables import table_file
from projects.filters import ProjectFilter
from projects.models import Project


def project_list(request: HttpRequest) -> HttpResponseBase:
    projects = Project.objects.with_page_parts().with_milestone_counts().order_by("-approved_at", "pk")
    chosen = ProjectFilter(request.GET, queryset=projects)
    if kind := request.GET.get("format"):
        return _table(chosen.qs, kind)
    return render(request, "projects/project_list.html", {"filter": chosen, "page": page_of(request, chosen.qs)})


def _table(projects: QuerySet[Any], kind: str) -> HttpResponseBase:
    heading = [
        _("Number"),
        _("Title"),
        _("State"),
        _("Community"),
        _("Category"),
        _("Led by"),
        _("Amount (yuan)"),
        _("Approved"),
        _("Milestones reached"),
        _("Milestones"),
    ]
    rows = (
        (
            project.pk,
            project.title,
            str(project.get_state_display()),
            project.community.name,
            project.award.entry.category.name,
            project.lead,
            project.amount,
            project.approved_at,
            project.milestones_done,
            project.milestone_count,
        )
        for project in projects.iterator(chunk_size=500)
    )
    return table_file("projects", _("Projects"), heading, rows, kind)


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
