"""The ballot, the receipt that the voter keeps, and the page that checks one."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from allauth.core import ratelimit
from django.contrib import messages
from django.contrib.auth.models import AnonymousUser
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache

from communities.asked import number_in
from communities.models import User
from communities.refusal import Refused
from communities.rules import verified_residency
from contests.awards import draw_key
from contests.enums import ContestRefusal
from contests.forms import BallotCheckForm, chosen_in
from contests.models import Ballot, Contest, Entry, HouseholdCode, Voter
from contests.querysets import EntryQuerySet
from contests.rules import ended_early, votes_now
from contests.services.voting import ballot_of, cast_ballot
from contests.views import sums
from contests.views.ballot_session import (
    Stand,
    address_of,
    forget,
    give_time,
    is_helping,
    mark_device,
    note_cast,
    stand_of,
    was_cast_here,
    way_in,
)
from contests.voting_enums import ChoicesFrom, VoteWay, VotingRefusal
from contests.voting_rules import is_over


@never_cache
def ballot(request: HttpRequest, pk: int) -> HttpResponse:
    """Choose and send, on one page; a ballot that is refused, filtered anew or given more time keeps its choices."""
    refused, asks = "", False
    if request.method == "POST" and not {"show", "more"} & request.POST.keys():
        try:
            stand = stand_of(request, pk)
            if stand.is_known:
                address = address_of(request)
                # A helper's tablet is one address for many.
                if sums.many_ballots(stand.drawn_for, address if stand.helped is None else None):
                    sums.need_answer(request)
                cast = cast_ballot(
                    contest=Contest.from_db(None, ["id"], [pk]),
                    entries=chosen_in(request.POST),
                    by=stand.user,
                    code=stand.code,
                    helped=stand.helped,
                    way_in=way_in(request, address),
                    now=timezone.now(),
                )
                response = redirect("ballot_receipt", pk=pk)
                note_cast(request, response, stand, cast)
                return response
        except Contest.DoesNotExist as missing:
            raise Http404 from missing
        except Refused as refusal:
            if refusal.reason == ContestRefusal.NOT_VERIFIED:
                return _name_community(pk)
            refused, asks = str(refusal), refusal.reason == VotingRefusal.SUM_FIRST
    return _page(request, pk, refused, asks=asks)


def _page(request: HttpRequest, pk: int, refused: str, *, asks: bool) -> HttpResponse:
    """The ballot with its choices: those that were just sent, else those of the ballot in force."""
    contest = _contest(request, pk)
    stand = stand_of(request, contest.pk)
    if not stand.is_known:
        return _who_are_you(request)
    if stand.helped is None and is_helping(request, contest.pk):
        return _help_over(request, contest)
    if "more" in request.POST:
        stand = give_time(request, stand)
    voter = stand.voter(contest)
    paper = VotingRefusal.VOTED_ON_PAPER.label if voter and voter.way == VoteWay.PAPER else ""
    if paper or not votes_now(contest, timezone.now()):
        context = {
            "contest": contest,
            "refused": refused or paper,
            "ended_early": ended_early(contest, timezone.now()),
        }
        return render(request, "contests/ballot_closed.html", context)
    place = voter.community_id if voter else _place_of(stand.user, contest)
    if place is None:
        return _name_community(pk)
    entries, keeps_out = on_offer(contest, place, stand), _keeps_out(contest, place, stand)
    if len(entries) < contest.min_choices:
        context = {"contest": contest, "refused": refused, "entries": entries, "keeps_out": keeps_out}
        return render(request, "contests/ballot_too_short.html", context)
    current = _shown_ballot(request, contest, stand, voter)
    ticked = {str(pk) for pk in chosen_on(current)} if request.method != "POST" else set(request.POST.getlist("entry"))
    sieve = Sieve.of(request)
    rows = [(entry, str(entry.pk) in ticked, sieve.fits(entry)) for entry in entries]
    context = {
        "contest": contest,
        "refused": refused,
        "keeps_out": keeps_out,
        "current": current,
        "unseen": current is None and stand.helped is None and voter is not None and voter.has_voted,
        "rows": rows,
        "sieve": sieve,
        "places": sorted({entry.community for entry in entries}, key=lambda place: place.code),
        "categories": sorted({entry.category for entry in entries}, key=lambda category: category.position),
        "chosen_count": sum(chosen for _entry, chosen, _fits in rows),
        "stand": stand,
        "sum": sums.ask() if asks else None,
    }
    return mark_device(request, render(request, "contests/ballot.html", context))


@never_cache
def ballot_receipt(request: HttpRequest, pk: int) -> HttpResponse:
    """The voter's own ballot in force, and nobody else's."""
    contest = _contest(request, pk)
    stand = stand_of(request, contest.pk)
    if not stand.is_known:
        return _who_are_you(request)
    own = _shown_ballot(request, contest, stand, stand.voter(contest))
    if own is None:
        return redirect("ballot", pk=contest.pk)
    entries = Entry.objects.filter(pk__in=chosen_on(own)).open_to(stand.chooser).with_page_parts()
    context = {
        "contest": contest,
        "ballot": own,
        "entries": entries,
        "voting": votes_now(contest, timezone.now()),
        "stand": stand,
    }
    return render(request, "contests/ballot_receipt.html", context)


@never_cache
def ballot_check(request: HttpRequest, pk: int) -> HttpResponse:
    """Whether a ballot is in the box, for whoever has its code, and whether it counts once voting is over; never for what.

    While people vote, a buyer who has a receipt could have it checked day by day whether the voter thought better of it.
    """
    contest = _contest(request, pk)
    form = BallotCheckForm(request.POST if request.method == "POST" else None)
    found = None
    if request.method == "POST" and not ratelimit.consume(request, action="receipt"):
        return ratelimit.respond_429(request)
    if form.is_valid():
        cast = Ballot.objects.filter(contest=contest, receipt=form.cleaned_data["receipt"])
        if one := cast.select_related("superseded_by", "void").first():
            over = is_over(contest, timezone.now())
            words = _state_of(one) if over else _("is in the box. Whether it counts is told once voting is over.")
            found = {"receipt": one.receipt, "words": words, "counts": not over or _counts(one)}
        else:
            form.add_error("receipt", VotingRefusal.NO_SUCH_RECEIPT.label)
    return render(request, "contests/ballot_check.html", {"contest": contest, "form": form, "found": found})


def _shown_ballot(request: HttpRequest, contest: Contest, stand: Stand, voter: Voter | None) -> Ballot | None:
    """The ballot in force, for whoever cast it.

    A household's code may be in other hands as well, and a helper stood beside somebody else: where there was either,
    the browser that cast the ballot shows it and no other one, even if an account has joined the line since.
    """
    own = ballot_of(contest, voter)
    if own is None or voter is None or was_cast_here(request, own):
        return own
    alone = stand.code is None and stand.helped is None and voter.way != VoteWay.HELPED
    return own if alone and not HouseholdCode.objects.filter(voter=voter).exists() else None


def _help_over(request: HttpRequest, contest: Contest) -> HttpResponse:
    """The helper's time is over; the voter has lost nothing, and both may begin again."""
    forget(request)
    messages.error(request, VotingRefusal.HELP_OVER.label)
    return redirect("roll", contest.pk)


def chosen_on(own: Ballot | None) -> set[int]:
    """Ids of the entries on a ballot."""
    return {choice.entry_id for choice in own.choices.all()} if own else set()


def on_offer(contest: Contest, place: int | None, stand: Stand) -> list[Entry]:
    """What a voter of the community (id) may choose, in an order of their own: nobody profits from standing first.

    An expert votes like everyone who lives there, but not for what they keep out of, nor do they read it here.
    """
    to_choose = _to_choose(contest, place).open_to(stand.chooser)
    entries: Iterable[Entry] = to_choose.with_page_parts().select_related("proposal")
    return sorted(entries, key=lambda entry: draw_key(f"{contest.pk}:{stand.drawn_for}", entry.number))


def _keeps_out(contest: Contest, place: int | None, stand: Stand) -> bool:
    """Whether something is missing on the ballot of an expert, who is told so."""
    return stand.chooser is not None and _to_choose(contest, place).kept_from(stand.chooser).exists()


def _to_choose(contest: Contest, place: int | None) -> EntryQuerySet:
    """What the rules let anybody of the community (id) choose."""
    taking_part = Entry.objects.filter(contest=contest).taking_part()
    return taking_part.filter(community=place) if contest.choices_from == ChoicesFrom.OWN_COMMUNITY else taking_part


@dataclass(frozen=True, slots=True)
class Sieve:
    """Which rows of the ballot are shown: of one community, of one category (ids), or all."""

    community: int | None = None
    category: int | None = None

    @classmethod
    def of(cls, request: HttpRequest) -> Sieve:
        return cls(*(number_in(request.POST.get(name)) for name in ("community", "category")))

    def fits(self, entry: Entry) -> bool:
        return self.community in {None, entry.community_id} and self.category in {None, entry.category_id}


def _counts(cast: Ballot) -> bool:
    return not hasattr(cast, "superseded_by") and not hasattr(cast, "void")


def _state_of(cast: Ballot) -> str:
    if hasattr(cast, "void"):
        return _("is in the box, but was declared void: %s.") % cast.void
    if hasattr(cast, "superseded_by"):
        return _("was replaced by a later ballot of the same voter, which counts in its place.")
    return _("is in the box, unchanged, and counts.")


def _place_of(user: User | None, contest: Contest) -> int | None:
    """The community in which the roll would take somebody who is not on it: by residency, or by a roster's number."""
    if residency := verified_residency(user or AnonymousUser(), contest.programme.subdistrict):
        return residency.community_id
    if user is None or user.phone_hash is None or user.phone_verified_at is None:
        return None
    waiting = Voter.objects.filter(contest=contest, user=None, phone_hash=user.phone_hash)
    return waiting.values_list("community", flat=True).first()


def _contest(request: HttpRequest, pk: int) -> Contest:
    contests = Contest.objects.visible_to(request.user).select_related("programme__subdistrict", "secret")
    return get_object_or_404(contests, pk=pk)


def _who_are_you(request: HttpRequest) -> HttpResponse:
    """Log in, or come with a household code."""
    return redirect_to_login(request.get_full_path(), reverse("account_request_login_code"))


def _name_community(contest: int) -> HttpResponse:
    """Whoever is not a verified resident yet says first where they live."""
    query = urlencode({"next": reverse("ballot", args=[contest])})
    return redirect(f"{reverse('name_community')}?{query}")
