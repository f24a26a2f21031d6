"""Pictures beside shared links to the site and to its projects."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from communities.share_card import ShareCard, respond
from programmes.models import Programme
from projects.models import Project


def site_card(request: HttpRequest) -> HttpResponseBase:
    """The card of every page that has none of its own."""
    programme = Programme.objects.newest_first().select_related("subdistrict").first()
    card = ShareCard(
        kicker=f"{programme.subdistrict} · {programme.year}" if programme else "",
        title=programme.title if programme else _("Golden ideas"),
        lines=(
            programme.theme if programme else "",
            _("Ideas of residents, judged in public. Every figure on this site can be recomputed by anyone."),
        ),
        site=_("Golden ideas"),
    )
    return respond(request, card)


def project_card(request: HttpRequest, pk: int) -> HttpResponseBase:
    projects = Project.objects.with_page_parts().with_milestone_counts().select_related("community__subdistrict")
    project = get_object_or_404(projects, pk=pk)
    reached = _("Milestones reached: %(reached)d of %(all)d")
    card = ShareCard(
        kicker=f"{project.community.subdistrict} · {project.community}",
        title=project.title,
        lines=(
            " · ".join([pgettext("card", "Project"), project.get_state_display()]),
            reached % {"reached": project.milestones_done, "all": project.milestone_count},
        ),
        site=_("Golden ideas"),
    )
    return respond(request, card)
