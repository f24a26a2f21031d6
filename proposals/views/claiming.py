"""A resident says that an idea on paper is theirs, and an officer confirms it; or the idea was offered to them."""

from __future__ import annotations

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from communities.models import User
from communities.pages import page_of
from communities.refusal import Refused
from communities.telling import telling
from proposals import receipts
from proposals.enums import ProposalRefusal
from proposals.models import Idea, IdeaClaim
from proposals.services.claiming import answer_offer, claim_idea, decide_claim
from proposals.views.entering import communities_of, officer_of
from proposals.views.tables import claims_table


@require_POST
@login_required
def idea_claim(request: HttpRequest) -> HttpResponse:
    """Say by the number of a receipt that its idea is one's own; as slow to count through as the receipts' page."""
    assert isinstance(request.user, User)
    if not ratelimit.consume(request, action="receipt"):
        return ratelimit.respond_429(request)
    number = receipts.read(request.POST.get("number", ""))
    idea = Idea.objects.select_related("community").filter(receipt=number).first()
    if idea is None:
        messages.error(request, str(ProposalRefusal.NO_SUCH_RECEIPT.label))
        return redirect("receipt_state")
    try:
        claim = claim_idea(idea=idea, by=request.user, now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("receipt_state")
    if claim.offered_by_id is not None:
        told = _("Your number came with this idea, so you need not show your receipt: just say here that it is yours.")
        messages.info(request, told)
        return redirect("my_ideas")
    told = _("Show your receipt at the office of %(community)s. Once it is confirmed there, the idea is among yours.")
    messages.success(request, told % {"community": idea.community})
    return redirect("my_ideas")


@require_POST
@login_required
def offer_answer(request: HttpRequest, pk: int) -> HttpResponse:
    """Say of an idea that was offered to one whether it is one's own; without either button nothing is said."""
    assert isinstance(request.user, User)
    offers = IdeaClaim.objects.offers().filter(user=request.user)
    offer = get_object_or_404(offers.select_related("idea"), pk=pk)
    said = {
        "mine": (True, _("“%(idea)s” is your idea now. Here you read what becomes of it.")),
        "not_mine": (False, _("Thank you. “%(idea)s” is not yours; you will not be asked about it again.")),
    }
    answer = request.POST.get("answer", "")
    if answer in said:
        accepted, done = said[answer]
        with telling(request, done % {"idea": offer.idea}):
            answer_offer(offer=offer, accepted=accepted, by=request.user, now=timezone.now())
    return redirect("my")


@require_GET
@never_cache
@login_required(login_url=reverse_lazy("account_login"))
def desk_claims(request: HttpRequest) -> HttpResponseBase:
    """Who says which idea is theirs, the longest waiting first; with `format=csv` or `xlsx` as a file for spreadsheets."""
    served = communities_of(officer_of(request))
    claims = IdeaClaim.objects.for_officers().filter(idea__community__in=served)
    rows = claims.select_related("idea__community", "user").order_by("at", "pk")
    if kind := request.GET.get("format"):
        return claims_table(rows, kind)
    page = page_of(request, rows)
    return render(request, "desk/claims.html", {"page": page})


@require_POST
@login_required(login_url=reverse_lazy("account_login"))
def claim_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Confirm or refuse one claim."""
    user = officer_of(request)
    claims = IdeaClaim.objects.filter(idea__community__in=communities_of(user)).select_related("idea")
    claim = get_object_or_404(claims, pk=pk)
    accepted = request.POST.get("decision") == "confirm"
    done = _("“%(idea)s” is now the resident's own.") if accepted else _("“%(idea)s” stays without an author.")
    with telling(request, done % {"idea": claim.idea}):
        decide_claim(claim=claim, accepted=accepted, by=user, now=timezone.now())
    return redirect("desk_claims")
