"""The ballot by household code: from the paper to the ballot without an account."""

from __future__ import annotations

from allauth.core import ratelimit
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST
from phonenumber_field.phonenumber import PhoneNumber

from communities.refusal import Refused
from contests.models import HouseholdCode
from contests.roll_forms import HouseholdCodeForm
from contests.services.codes import find_code, open_code
from contests.views import sums
from contests.views.ballot_session import forget, person, remember_code
from contests.voting_enums import VotingRefusal


@never_cache
def household_code(request: HttpRequest, code: str = "") -> HttpResponse:
    """Type the code, or come by the picture on the paper that holds it; the button opens the ballot.

    What is counted against a network are wrong codes only: a household, or a whole house, may share one address. After
    many of them, and of many tries of one code, a sum is asked; the limits without a question keep the site at work.
    """
    data = request.POST if request.method == "POST" else None
    form = HouseholdCodeForm(data, initial={"code": code}, known=person(request) is not None)
    refused, many = "", False
    if form.is_valid():
        typed = form.cleaned_data["code"]
        if not _within(request, "all_wrong_codes") or not ratelimit.consume(request, action="all_of_a_code", key=typed):
            return ratelimit.respond_429(request)
        many = not ratelimit.consume(request, action="household_code", key=typed) or not _within(request, "wrong_code")
        try:
            if many:
                sums.need_answer(request)
            return _opened(request, find_code(typed), form.cleaned_data.get("phone"))
        except Refused as refusal:
            refused = str(refusal)
            if refusal.reason == VotingRefusal.CODE_UNKNOWN:
                for action in ("wrong_code", "all_wrong_codes"):
                    ratelimit.consume(request, action=action)
    context = {"form": form, "refused": refused, "by_paper": bool(code), "sum": sums.ask() if many else None}
    return render(request, "contests/household_code.html", context)


@require_POST
def household_done(request: HttpRequest) -> HttpResponse:
    """Forget the code, or who is helped, so that the next person at this telephone or computer begins anew."""
    forget(request)
    messages.success(request, _("Finished: this device has forgotten who voted here."))
    return redirect("rolls" if request.user.is_authenticated and person(request) is None else "home")


def _opened(request: HttpRequest, found: HouseholdCode | None, phone: PhoneNumber | None) -> HttpResponse:
    if found is None:
        raise Refused(VotingRefusal.CODE_UNKNOWN)
    typed = phone.as_e164 if phone else ""
    opened = open_code(code=found, by=person(request), now=timezone.now(), phone=typed)
    if person(request) is None:
        remember_code(request, opened)
    return redirect("ballot", pk=opened.contest_id)


def _within(request: HttpRequest, action: str) -> bool:
    return ratelimit.consume(request, action=action, dry_run=True)
