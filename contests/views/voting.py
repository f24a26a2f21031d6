"""The ballot, and the receipt that the voter keeps."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.views.decorators.cache import never_cache

from communities.models import User
from communities.refusal import Refused
from communities.rules import verified_residency
from contests.awards import draw_key
from contests.enums import ContestRefusal
from contests.forms import BallotForm
from contests.models import Ballot, Contest, Entry
from contests.rules import votes_now
from contests.services.voting import cast_ballot, last_ballot


@never_cache
@login_required
def ballot(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose and send, on one page; a refused ballot keeps its choices."""
    assert isinstance(request.user, User)
    contest = _contest(request, pk)
    entries = in_drawn_order(contest, request.user)
    form = BallotForm(request.POST if request.method == "POST" else None, entries=entries)
    refused = ""
    if request.method == "POST" and form.is_valid():
        try:
            cast_ballot(contest=contest, entries=form.cleaned_data["entry"], by=request.user, now=timezone.now())
            return redirect("ballot_receipt", pk=contest.pk)
        except Refused as refusal:
            if refusal.reason == ContestRefusal.NOT_VERIFIED:
                return _name_community(contest)
            refused = str(refusal)
    if not votes_now(contest, timezone.now()):
        return render(request, "contests/ballot_closed.html", {"contest": contest, "refused": refused})
    if verified_residency(request.user, contest.programme.subdistrict) is None:
        return _name_community(contest)
    current = last_ballot(contest=contest, by=request.user)
    chosen = form.chosen() if form.is_bound else chosen_on(current)
    context = {
        "contest": contest,
        "form": form,
        "refused": refused,
        "current": current,
        "rows": [(entry, entry.pk in chosen) for entry in entries],
        "chosen_count": len(chosen),
    }
    return render(request, "contests/ballot.html", context)


@never_cache
@login_required
def ballot_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The voter's own ballot in force, and nobody else's."""
    assert isinstance(request.user, User)
    contest = _contest(request, pk)
    own = last_ballot(contest=contest, by=request.user)
    if own is None:
        return redirect("ballot", pk=contest.pk)
    entries = Entry.objects.filter(pk__in=chosen_on(own)).with_page_parts()
    context = {
        "contest": contest,
        "ballot": own,
        "entries": entries,
        "voting": votes_now(contest, timezone.now()),
    }
    return render(request, "contests/ballot_receipt.html", context)


def chosen_on(own: Ballot | None) -> set[int]:
    """Ids of the entries on a ballot."""
    return {choice.entry_id for choice in own.choices.all()} if own else set()


def in_drawn_order(contest: Contest, user: User) -> list[Entry]:
    """The entries that take part, in an order of this voter's own, so that nobody profits from standing first."""
    taking_part = Entry.objects.filter(contest=contest).taking_part()
    entries: Iterable[Entry] = taking_part.with_page_parts().select_related("proposal")
    return sorted(entries, key=lambda entry: draw_key(f"{contest.pk}:{user.pk}", entry.number))


def _contest(request: HttpRequest, pk: int) -> Contest:
    contests = Contest.objects.visible_to(request.user).select_related("programme__subdistrict")
    return get_object_or_404(contests, pk=pk)


def _name_community(contest: Contest) -> HttpResponse:
    """Whoever is not a verified resident yet says first where they live."""
    query = urlencode({"next": reverse("ballot", args=[contest.pk])})
    return redirect(f"{reverse('name_community')}?{query}")
