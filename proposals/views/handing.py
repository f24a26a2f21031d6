"""Answers to residents without an account: what to say to them, and that it was said."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db.models import Prefetch
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from communities.pages import page_of
from communities.telling import telling
from proposals.handing import in_words, to_hand_over
from proposals.models import IdeaClaim, IdeaEvent, ToldInPerson
from proposals.services.handing import hand_over
from proposals.views.entering import communities_of, officer_of
from proposals.views.idea_tables import answers_table

LATELY = 10


@require_GET
@never_cache
@login_required(login_url=reverse_lazy("account_login"))
def desk_answers(request: HttpRequest) -> HttpResponseBase:
    """What waits to be told, the oldest first, and what was told last; with `format=csv` or `xlsx` the former as a file."""
    served, now = communities_of(officer_of(request)), timezone.now()
    waiting = (
        to_hand_over(now).filter(idea__community__in=served).select_related("idea__community").order_by("at", "pk")
    )
    offers = Prefetch("idea__claims", IdeaClaim.objects.offers().select_related("user"), to_attr="offers")
    rows = waiting.prefetch_related(offers)
    if kind := request.GET.get("format"):
        return answers_table(in_words(rows), kind)
    page = page_of(request, rows)
    told = ToldInPerson.objects.filter(event__idea__community__in=served)
    context = {
        "page": page,
        "answers": in_words(page.object_list),
        "told": told.select_related("event__idea", "by")[:LATELY],
    }
    return render(request, "desk/answers.html", context)


@require_POST
@login_required(login_url=reverse_lazy("account_login"))
def answer_told(request: HttpRequest, pk: int) -> HttpResponse:
    """Keep that the resident was told."""
    user = officer_of(request)
    events = IdeaEvent.objects.filter(idea__community__in=communities_of(user)).select_related("idea")
    event = get_object_or_404(events, pk=pk)
    with telling(request, _("Kept: whoever gave “%(idea)s” has been told.") % {"idea": event.idea}):
        hand_over(event=event, by=user, now=timezone.now())
    return redirect("desk_answers")
