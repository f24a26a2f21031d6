"""Whether the author of a joined idea is named on the page of the proposal."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from communities.models import User
from communities.telling import telling
from proposals.models import Consolidation
from proposals.rules import speaks_for
from proposals.services.joining import answer_naming


@require_POST
@login_required
def idea_naming(request: HttpRequest, pk: int) -> HttpResponse:
    """Say whether one wants to be named as a contributor of the proposal that the idea is part of."""
    assert isinstance(request.user, User)
    joined = get_object_or_404(
        Consolidation.objects.in_force().select_related("idea__author", "idea__community__subdistrict"), idea=pk
    )
    if not speaks_for(request.user, joined.idea):
        raise Http404
    named = request.POST.get("named") == "1"
    done = _("The page of the proposal names you as a contributor.") if named else _("You are not named.")
    with telling(request, done):
        answer_naming(consolidation=joined, named=named, by=request.user, now=timezone.now())
    return redirect(joined.idea)
