"""What a person finds about themselves: things to do, ideas, ballots, the profile, and what is kept about them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from communities.forms import NameForm
from communities.models import User
from communities.privacy import VERSION
from communities.refusal import Refused
from communities.services.people import log_out_everywhere, rename
from communities.telling import telling
from communities.written import kept, log_in_to_write
from contests.rules import votes_now
from contests.services.voting import turnout_of
from programmes.models import Programme
from projects import todo
from projects.my_data import data_of
from proposals.models import Idea, IdeaClaim, Proposal

SHOWN = 5
ANSWERED_SHOWN = 20


@require_GET
@never_cache
@login_required
def my(request: HttpRequest) -> HttpResponse:
    """Everything of a person on one page: what waits, ideas, proposals, and in which contests they voted."""
    assert isinstance(request.user, User)
    now = timezone.now()
    ideas = Idea.objects.of(request.user)
    context = {
        "todo": todo.for_resident(request.user, now),
        "ideas": ideas.with_page_parts().order_by("-created_at", "-pk")[:SHOWN],
        "idea_count": ideas.count(),
        "offers": IdeaClaim.objects.offered_to(request.user).select_related("idea__community"),
        "drafts": request.user.idea_drafts.all(),
        "proposals": Proposal.objects.of(request.user).with_page_parts()[:ANSWERED_SHOWN],
        "turnout": [
            {"contest": cast.contest, "cast_at": cast.cast_at, "open": votes_now(cast.contest, now)}
            for cast in turnout_of(by=request.user)
        ],
    }
    return render(request, "my/my.html", context)


@require_http_methods(["GET", "POST"])
@never_cache
@log_in_to_write
def profile(request: HttpRequest) -> HttpResponse:
    """The name shown, where one lives, how pages look, and the way out on other devices."""
    assert isinstance(request.user, User)
    posted = request.POST if request.method == "POST" else None
    form = NameForm(posted, initial={"display_name": request.user.display_name} | kept(request))
    if form.is_valid():
        try:
            rename(name=form.cleaned_data["display_name"], by=request.user)
        except Refused as refused:
            form.add_error("display_name", str(refused))
        else:
            messages.success(request, _("Your name is saved."))
            return redirect("profile")
    residencies = request.user.residencies.select_related("community").order_by("created_at", "pk")
    return render(request, "my/profile.html", {"form": form, "residencies": residencies})


@require_POST
@login_required
def log_out_elsewhere(request: HttpRequest) -> HttpResponse:
    """End the log-ins on all other devices; this one goes on."""
    assert isinstance(request.user, User)
    with telling(request, _("You are logged out on all other devices.")):
        update_session_auth_hash(request, log_out_everywhere(by=request.user))
    return redirect("profile")


@require_GET
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about people, why, and how long; everyone may read it."""
    programme = Programme.objects.newest_first().select_related("subdistrict").first()
    return render(request, "my/privacy.html", {"programme": programme, "version": VERSION})


@require_GET
@never_cache
@login_required
def my_data(request: HttpRequest) -> HttpResponse:
    """Everything held about the person, as a file to keep."""
    assert isinstance(request.user, User)
    response = JsonResponse(data_of(request.user), json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="my-data-{timezone.localdate():%Y-%m-%d}.json"'
    return response
