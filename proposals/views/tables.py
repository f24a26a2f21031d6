"""Lists of ideas as spreadsheets: exactly the rows that their page shows."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.http import FileResponse, Http404, HttpRequest, HttpResponseBase, StreamingHttpResponse
from django.urls import reverse_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from communities import tables
from communities.models import User
from communities.querysets import scope_of
from programmes.models import Programme
from proposals.enums import IdeaState
from proposals.models import Idea
from proposals.templatetags.contributors import contributor

CHUNK = 500


@require_GET
@never_cache
@login_required(login_url=reverse_lazy("account_login"))
def desk_ideas_table(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The ideas of one's communities this year, in one state or all, as the desk lists them."""
    user = request.user
    assert isinstance(user, User)
    scope = scope_of(user)
    if not scope.communities:
        raise PermissionDenied
    years = Programme.objects.newest_of({a.subdistrict_id for a in scope.appointments if a.community_id is not None})
    ideas = Idea.objects.at_desk_of(user).filter(programme__in=years).order_by("-submitted_at", "-pk")
    state = request.GET.get("state", "")
    return ideas_table(ideas.filter(state=state) if state in IdeaState.values else ideas, kind)


def ideas_table(ideas: QuerySet[Idea], kind: str) -> HttpResponseBase:
    """The file to download, streamed; 404 for a kind of file that is none."""
    if kind not in tables.TYPES:
        raise Http404(kind)
    heading = [
        _("Number"),
        _("Title"),
        _("State"),
        _("Community"),
        _("Category"),
        _("What is the problem?"),
        _("What could be done?"),
        _("Where"),
        _("Who benefits"),
        _("About how many people"),
        _("What the author can do for it"),
        _("Willing to work on the proposal"),
        _("Name shown"),
        _("How it reached you"),
        _("Receipt number"),
        _("Handed in"),
        _("Seconded by"),
    ]
    name = f"ideas.{kind}"
    if kind == tables.XLSX:
        book = tables.as_xlsx(_("Ideas"), heading, _rows(ideas))
        return FileResponse(book, as_attachment=True, filename=name, content_type=tables.TYPES[kind])
    lines = tables.as_csv(heading, _rows(ideas))
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return StreamingHttpResponse(lines, content_type=tables.TYPES[kind], headers=headers)


def _rows(ideas: QuerySet[Any]) -> Iterator[tables.Row]:
    for idea in ideas.with_page_parts().iterator(chunk_size=CHUNK):
        yield (
            idea.pk,
            idea.title,
            str(idea.get_state_display()),
            idea.community.name,
            idea.category.name,
            idea.problem,
            idea.solution,
            idea.location_text,
            idea.beneficiaries,
            idea.beneficiary_estimate,
            idea.own_contribution,
            _("Yes") if idea.willing_to_join else "",
            contributor(idea),
            str(idea.get_channel_display()),
            idea.receipt,
            idea.submitted_at,
            idea.seconding_count,
        )
