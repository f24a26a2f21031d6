"""The guard desk of the street office: groups of ballots that stand out, and what was decided about them."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from communities.models import User
from communities.pages import page_of
from communities.querysets import scope_of
from communities.refusal import Refused
from contests.models import BallotFlag, Contest
from contests.paper_forms import SettlementForm
from contests.services.guard import (
    WITHOUT_ROWS,
    came_since,
    look_for_stuffing,
    people_of,
    propose_settlement,
    rows_of,
    settle_flag,
    subject_in_words,
)
from contests.turnout import replaced_after_reissue, turnout_by_community
from contests.voting_rules import why_not_guard, why_not_propose, why_not_settle

staff_only = login_required(login_url=reverse_lazy("account_login"))


@require_GET
@never_cache
@staff_only
def guard(request: HttpRequest, pk: int) -> HttpResponse:
    """Turnout of each community, and every flagged group with its state. The supervisor reads along."""
    contest = _contest(request, pk)
    flags = contest.flags.select_related("proposed_by", "settled_by")
    context = {
        "contest": contest,
        "page": page_of(request, flags.order_by("settled_at", "-ballots", "pk")),
        "unsettled": flags.unsettled().count(),
        "turnout": turnout_by_community(contest),
        "replaced": replaced_after_reissue(contest),
        "works": why_not_guard(_user(request), contest) is None,
    }
    return render(request, "desk/guard.html", context)


@require_POST
@staff_only
def guard_look(request: HttpRequest, pk: int) -> HttpResponse:
    """Look now, not only when the clock does."""
    contest = _contest(request, pk)
    if reason := why_not_guard(_user(request), contest):
        messages.error(request, reason.label)
    else:
        found = look_for_stuffing(contest=contest, now=timezone.now())
        messages.success(request, _("New groups that stand out: %s.") % found)
    return redirect("guard", contest.pk)


@never_cache
@staff_only
def flag(request: HttpRequest, pk: int) -> HttpResponse:
    """One group with its rows: when and by which network and device they came, never whose or for what."""
    one = _flag(request, pk)
    user = _user(request)
    form = SettlementForm(request.POST if request.method == "POST" else None)
    refused = ""
    if form.is_valid():
        try:
            propose_settlement(flag=one, voids=form.cleaned_data["voids"], reason=form.cleaned_data["reason"], by=user)
        except Refused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("Proposed. An approver, another person, settles it."))
            return redirect("flag", one.pk)
    context = {
        "contest": one.contest,
        "flag": one,
        "form": form,
        "refused": refused,
        "page": page_of(request, rows_of(one)),
        "since": came_since(one),
        "subject": subject_in_words(one),
        "counts_people": one.kind in WITHOUT_ROWS,
        "people": _people(one),
        "may_propose": why_not_propose(user, one.contest, one) is None,
        "may_settle": why_not_settle(user, one.contest, one) is None,
    }
    return render(request, "desk/flag.html", context)


@require_POST
@staff_only
def flag_settle(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person agrees, or does not and may propose something else."""
    one = _flag(request, pk)
    agreed = request.POST.get("decision") == "agree"
    try:
        settle_flag(flag=one, agreed=agreed, by=_user(request), now=timezone.now())
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Your decision is recorded."))
        if not agreed:
            return redirect("flag", one.pk)
    return redirect("guard", one.contest_id)


def _people(flag: BallotFlag) -> str:
    """Where the people stand whom a group without rows counts."""
    found = people_of(flag)
    if found is None:
        return ""
    if found.community is not None:
        query: dict[str, object] = {"community": found.community, "voted": 1}
        return f"{reverse('roll', args=[flag.contest_id])}?{urlencode(query)}"
    query = {"helper": found.helper, "day": found.day}
    return f"{reverse('helps', args=[flag.contest_id])}?{urlencode(query)}"


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _contest(request: HttpRequest, pk: int) -> Contest:
    if not scope_of(_user(request)).subdistricts:
        raise PermissionDenied
    contests = Contest.objects.in_office_of(_user(request)).select_related("programme__subdistrict", "secret")
    return get_object_or_404(contests, pk=pk)


def _flag(request: HttpRequest, pk: int) -> BallotFlag:
    if not scope_of(_user(request)).subdistricts:
        raise PermissionDenied
    flags = BallotFlag.objects.filter(contest__in=Contest.objects.in_office_of(_user(request)))
    return get_object_or_404(flags.select_related("contest__programme", "proposed_by", "settled_by"), pk=pk)
