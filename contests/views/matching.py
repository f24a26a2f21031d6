"""The desk where those who voted without an account are compared with the accounts, community by community."""

from __future__ import annotations

from django.contrib import messages
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache

from communities.asked import number_in
from communities.pages import page_of
from communities.refusal import Refused
from contests.roll_forms import AccountForm
from contests.services.matching import join_account, tell_apart
from contests.views.roll import contest_of, contest_read_by, staff_only
from contests.voting_enums import VotingRefusal
from contests.voting_rules import is_over
from proposals.views.entering import officer_of


@never_cache
@staff_only
def roll_match(request: HttpRequest, pk: int) -> HttpResponse:
    """Who voted without an account, in one community at a time: the same person as an account, or nobody's of them."""
    refused = ""
    if request.method == "POST":
        try:
            return _compared(request, pk)
        except Refused as refusal:
            refused = str(refusal)
    contest, served, works = contest_read_by(request, pk)
    lines = contest.voters.of_communities(served).unmatched()
    counts = dict(lines.order_by().values_list("community").annotate(Count("pk")))
    places = [(place, counts[place.pk]) for place in served.filter(pk__in=counts).order_by("code")]
    wanted = number_in((request.POST or request.GET).get("community"))
    here = next((place for place, _count in places if place.pk == wanted), places[0][0] if places else None)
    found = lines.filter(community=here).select_related("code", "community").in_roll_order()
    context = {
        "contest": contest,
        "page": page_of(request, found),
        "places": places,
        "here": here,
        "refused": refused,
        "typed": request.POST.get("phone", ""),
        "typed_for": number_in(request.POST.get("line")),
        "over": is_over(contest, timezone.now()),
        "works": works,
    }
    return render(request, "desk/roll_match.html", context)


def _compared(request: HttpRequest, pk: int) -> HttpResponse:
    """Do what the button says. Raises `Refused`."""
    contest, served = contest_of(request, pk)
    community, by = get_object_or_404(served, pk=number_in(request.POST.get("community"))), officer_of(request)
    if "line" in request.POST:
        line = get_object_or_404(contest.voters.filter(community=community), pk=number_in(request.POST["line"]))
        form = AccountForm(request.POST)
        if not form.is_valid():
            raise Refused(VotingRefusal.NO_SUCH_ACCOUNT)
        join_account(line=line, phone=form.cleaned_data["phone"].as_e164, by=by)
        messages.success(request, _("Both are one voter now, with one ballot."))
    else:
        lines = [number for value in request.POST.getlist("lines") if (number := number_in(value)) is not None]
        told = tell_apart(contest=contest, community=community, lines=lines, by=by, now=timezone.now())
        words = ngettext("%(count)s voter is told apart.", "%(count)s voters are told apart.", told)
        messages.success(request, words % {"count": told})
    return redirect(f"{reverse('roll_match', args=[contest.pk])}?community={community.pk}")
