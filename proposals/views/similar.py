"""Ideas like the one that somebody is writing, and seconding one of them instead."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from communities.asked import number_in
from communities.models import User
from communities.telling import telling
from communities.written import MOST_OF_A_FIELD, keep, kept
from programmes.enums import Action
from programmes.models import Programme
from proposals.enums import IDEA_SECONDED_STATES, ProposalRefusal
from proposals.models import Idea, IdeaClaim, Seconding
from proposals.rules import why_not_second
from proposals.services.seconding import second_idea
from proposals.similar import Draft, Similar, similar_ideas

SHOWN = 4
# Of the closest one's closeness.
WORTH_SHOWING = 1 / 3


@never_cache
def idea_similar(request: HttpRequest) -> HttpResponse:
    """What others wrote about the same. For htmx a piece of the form; sent by its button, a page of its own.

    The page is fetched anew after the text was kept, so that reloading it sends nothing and the form has it all again.
    """
    now = timezone.now()
    if not isinstance(request.user, User):
        return HttpResponse() if request.htmx else _log_in_first(request)
    if request.method == "POST" and not request.htmx:
        keep_text(request)
        return redirect("idea_similar")
    typed = request.POST if request.method == "POST" else kept(request, reverse("idea_create"))
    draft = draft_of(typed)
    programme = Programme.objects.allowing(Action.SUBMIT_IDEA, now).newest_first().first()
    offered_to_them = IdeaClaim.objects.offers().waiting().filter(user=request.user)
    others = Idea.objects.public().exclude(author=request.user).exclude(pk__in=offered_to_them.values("idea"))
    found = similar_ideas(draft, programme.pk, others.with_page_parts(), limit=SHOWN) if programme else []
    # Beside one that says the same, others that share a word or two only distract.
    close = [similar for similar in found if similar.closeness >= found[0].closeness * WORTH_SHOWING]
    context = {"similar": offered(close, request.user, now), "draft": draft}
    return render(request, "proposals/_similar.html" if request.htmx else "proposals/similar.html", context)


@require_POST
@never_cache
def idea_second_instead(request: HttpRequest, pk: int) -> HttpResponse:
    """Second an idea instead of handing in one's own; what was typed meanwhile is kept for the form."""
    if not isinstance(request.user, User):
        return _log_in_first(request)
    keep_text(request)
    idea = get_object_or_404(Idea.objects.visible_to(request.user).select_related("programme"), pk=pk)
    with telling(request, _("You second this idea. What you had written is kept: “Submit an idea” shows it.")):
        second_idea(idea=idea, by=request.user, now=timezone.now())
    return redirect(idea)


def draft_of(typed: Mapping[str, Any]) -> Draft:
    """What stands in the form so far, right or wrong."""
    texts = {name: typed.get(name, "")[:MOST_OF_A_FIELD] for name in ("title", "problem", "solution", "location_text")}
    chosen = {name: number_in(typed.get(name, "")) for name in ("community", "category")}
    return Draft(**texts, **chosen)


def offered(found: Sequence[Similar], user: User, now: datetime) -> list[dict[str, Any]]:
    """Each with whether the person may second it: all are of one year, so that one question answers for all."""
    open_ones = [similar.idea for similar in found if similar.idea.shown_state in IDEA_SECONDED_STATES]
    refusal = why_not_second(user, open_ones[0], now) if open_ones else None
    may = bool(open_ones) and refusal in {None, ProposalRefusal.BEING_DECIDED}
    mine = set(Seconding.objects.filter(user=user, idea__in=open_ones).values_list("idea", flat=True))
    return [
        {
            "idea": similar.idea,
            "likeness": similar.likeness,
            "mine": similar.idea.pk in mine,
            "may_second": may and similar.idea in open_ones and similar.idea.pk not in mine,
        }
        for similar in found
    ]


def keep_text(request: HttpRequest) -> None:
    """What was sent with the form waits in the session until the form is opened again, and until it is handed in."""
    if "title" in request.POST:
        keep(request, reverse("idea_create"))


def _log_in_first(request: HttpRequest) -> HttpResponse:
    """To the log-in, and from there to the form with all that was typed."""
    keep_text(request)
    return redirect_to_login(reverse("idea_create"))
