"""Ideas that come on paper, by telephone or at a meeting: officers enter them, and a receipt number tells of them."""

from __future__ import annotations

from datetime import datetime

from allauth.core import ratelimit
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from communities.enums import STREET_ROLES
from communities.models import Community, User
from communities.querysets import scope_of
from communities.refusal import Refused
from communities.written import kept, log_in_to_write
from programmes.enums import Action
from programmes.models import Programme
from programmes.rules import permits
from proposals.enums import IDEA_PUBLIC_STATES, ProposalRefusal
from proposals.forms import EntryForm, ReceiptForm
from proposals.models import Idea
from proposals.services.entering import enter_idea
from proposals.views.drafts import year_of


@never_cache
@log_in_to_write(login_url=reverse_lazy("account_login"))
def idea_enter(request: HttpRequest) -> HttpResponse:
    """Enter what a resident brought; then comes the receipt to hand out."""
    user, now = officer_of(request), timezone.now()
    served = communities_of(user)
    programme = year_served(served, now)
    alone = {"community": served[0]} if len(served[:2]) == 1 else {}
    form = EntryForm(
        request.POST if request.method == "POST" else None,
        programme=programme,
        communities=served,
        initial=alone | kept(request),
    )
    refused = ""
    if form.is_valid():
        try:
            idea = enter_idea(
                programme=programme,
                text=form.text(),
                channel=form.channel_chosen(),
                contributor=form.contributor(),
                consent=form.consent_given(),
                key=form.cleaned_data["key"],
                by=user,
                now=now,
            )
        except Refused as refusal:
            refused = str(refusal)
        else:
            return redirect("idea_receipt", idea.pk)
    closed = not form.is_bound and not permits(programme, Action.SUBMIT_IDEA, now)
    context = {
        "form": form,
        "programme": programme,
        "refused": refused,
        "why_not": ProposalRefusal.STAGE_CLOSED if closed else None,
    }
    return render(request, "desk/idea_enter.html", context)


@require_GET
@login_required(login_url=reverse_lazy("account_login"))
def idea_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The paper to hand out to the resident."""
    served = communities_of(officer_of(request))
    ideas = Idea.objects.filter(receipt__isnull=False, community__in=served)
    idea = get_object_or_404(ideas.select_related("community", "category", "programme", "author"), pk=pk)
    return render(request, "desk/idea_receipt.html", {"idea": idea})


@never_cache
def receipt_state(request: HttpRequest) -> HttpResponse:
    """Whoever has the number reads how far the idea is; its text only if everyone may read that."""
    form = ReceiptForm(
        request.POST if request.method == "POST" else None, initial={"number": request.GET.get("number")}
    )
    idea = None
    if request.method == "POST":
        if not ratelimit.consume(request, action="receipt"):
            return ratelimit.respond_429(request)
        if form.is_valid():
            number = form.cleaned_data["number"]
            idea = Idea.objects.filter(receipt=number).with_told().select_related("community", "programme").first()
            if idea is None:
                form.add_error("number", ProposalRefusal.NO_SUCH_RECEIPT.label)
    context = {
        "form": form,
        "idea": idea,
        "public": idea is not None and idea.shown_state in IDEA_PUBLIC_STATES,
        "events": idea.events.shown(timezone.now()) if idea else [],
        "claimable": idea is not None and idea.author_id is None,
    }
    return render(request, "proposals/receipt_state.html", context)


def year_served(served: QuerySet[Community], now: datetime) -> Programme:
    """The year that takes ideas of these communities now, else their newest one."""
    years = Programme.objects.filter(subdistrict__in=served.values("subdistrict"))
    return year_of(years, now)


def communities_of(user: User) -> QuerySet[Community]:
    """Where the person works for the residents: their communities, or all of the street office."""
    scope = scope_of(user)
    street = scope.in_roles(STREET_ROLES)
    return Community.objects.filter(Q(pk__in=scope.communities) | Q(subdistrict__in=street))


def officer_of(request: HttpRequest) -> User:
    """The visitor, if they work for the residents of a community; others are refused."""
    user = request.user
    assert isinstance(user, User)
    scope = scope_of(user)
    if not scope.communities and not scope.in_roles(STREET_ROLES):
        raise PermissionDenied
    return user
