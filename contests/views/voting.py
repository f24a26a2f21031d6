"""The ballot, and the receipt that the voter keeps."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
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
from contests.models import Ballot, Contest, Entry, Voter
from contests.rules import votes_now
from contests.services.voting import cast_ballot, last_ballot, voter_of
from contests.views.ballot_session import person, voter_at
from contests.voting_enums import ChoicesFrom, VoteWay, VotingRefusal


@never_cache
def ballot(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose and send, on one page; a refused ballot keeps its choices."""
    contest = _contest(request, pk)
    refused = ""
    try:
        user, code = voter_at(request, contest)
    except Refused as refusal:
        user, code, refused = person(request), None, str(refusal)
    if user is None and code is None:
        return _who_are_you(request)
    voter = voter_of(contest=contest, by=user, code=code)
    place = voter.community_id if voter else _place_of(user, contest)
    entries = on_offer(contest, place, f"{user.pk}" if user else f"code{code}")
    form = BallotForm(request.POST if request.method == "POST" else None, entries=entries)
    if request.method == "POST" and form.is_valid():
        try:
            cast_ballot(contest=contest, entries=form.cleaned_data["entry"], by=user, code=code, now=timezone.now())
            return redirect("ballot_receipt", pk=contest.pk)
        except Refused as refusal:
            if refusal.reason == ContestRefusal.NOT_VERIFIED:
                return _name_community(contest)
            refused = str(refusal)
    paper = VotingRefusal.VOTED_ON_PAPER.label if voter and voter.way == VoteWay.PAPER else ""
    if paper or not votes_now(contest, timezone.now()):
        return render(request, "contests/ballot_closed.html", {"contest": contest, "refused": refused or paper})
    if place is None:
        return _name_community(contest)
    current = last_ballot(contest=contest, by=user, code=code)
    chosen = form.chosen() if form.is_bound else chosen_on(current)
    context = {
        "contest": contest,
        "form": form,
        "refused": refused,
        "current": current,
        "rows": [(entry, entry.pk in chosen) for entry in entries],
        "chosen_count": len(chosen),
        "by_code": code is not None,
    }
    return render(request, "contests/ballot.html", context)


@never_cache
def ballot_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The voter's own ballot in force, and nobody else's."""
    contest = _contest(request, pk)
    try:
        user, code = voter_at(request, contest)
    except Refused:
        return redirect("ballot", pk=contest.pk)
    if user is None and code is None:
        return _who_are_you(request)
    own = last_ballot(contest=contest, by=user, code=code)
    if own is None:
        return redirect("ballot", pk=contest.pk)
    entries = Entry.objects.filter(pk__in=chosen_on(own)).with_page_parts()
    context = {
        "contest": contest,
        "ballot": own,
        "entries": entries,
        "voting": votes_now(contest, timezone.now()),
        "by_code": code is not None,
    }
    return render(request, "contests/ballot_receipt.html", context)


def chosen_on(own: Ballot | None) -> set[int]:
    """Ids of the entries on a ballot."""
    return {choice.entry_id for choice in own.choices.all()} if own else set()


def on_offer(contest: Contest, place: int | None, drawn_for: str) -> list[Entry]:
    """What a voter of the community (id) may choose, in an order of their own: nobody profits from standing first."""
    taking_part = Entry.objects.filter(contest=contest).taking_part()
    if contest.choices_from == ChoicesFrom.OWN_COMMUNITY:
        taking_part = taking_part.filter(community=place)
    entries: Iterable[Entry] = taking_part.with_page_parts().select_related("proposal")
    return sorted(entries, key=lambda entry: draw_key(f"{contest.pk}:{drawn_for}", entry.number))


def _place_of(user: User | None, contest: Contest) -> int | None:
    """The community in which the roll would take somebody who is not on it: by residency, or by a roster's number."""
    if residency := verified_residency(user or AnonymousUser(), contest.programme.subdistrict):
        return residency.community_id
    if user is None or user.phone_hash is None or user.phone_verified_at is None:
        return None
    waiting = Voter.objects.filter(contest=contest, user=None, phone_hash=user.phone_hash)
    return waiting.values_list("community", flat=True).first()


def _contest(request: HttpRequest, pk: int) -> Contest:
    contests = Contest.objects.visible_to(request.user).select_related("programme__subdistrict")
    return get_object_or_404(contests, pk=pk)


def _who_are_you(request: HttpRequest) -> HttpResponse:
    """Log in, or come with a household code."""
    return redirect_to_login(request.get_full_path(), reverse("account_request_login_code"))


def _name_community(contest: Contest) -> HttpResponse:
    """Whoever is not a verified resident yet says first where they live."""
    query = urlencode({"next": reverse("ballot", args=[contest.pk])})
    return redirect(f"{reverse('name_community')}?{query}")
