"""The page behind the link of an invitation: what is asked, and the answer."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from communities.models import User
from communities.refusal import Refused
from communities.written import forget, keep, kept
from contests.enums import ContestRefusal
from contests.inviting_forms import AcceptForm, DeclineForm
from contests.inviting_rules import why_not_accept, why_not_answer
from contests.models import Expert, Invitation
from contests.services.inviting import accept_invitation, decline_invitation, invitation_of

# Reasons that another log-in takes away.
ASK_TO_LOG_IN = {ContestRefusal.LOGIN_NEEDED, ContestRefusal.OTHER_ACCOUNT}


@require_http_methods(["GET", "POST"])
@never_cache
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Who invites to what until when, and the answer. Programs that look at links press no button, so a button answers."""
    found = invitation_of(token)
    if found is None:
        return render(request, "contests/invitation_unknown.html", status=410)
    declines = request.method == "POST" and "decline" in request.POST
    accept = AcceptForm(
        request.POST if request.method == "POST" and not declines else None,
        subdistrict=found.contest.programme.subdistrict,
        initial=_known(found, request.user) | kept(request),
    )
    decline = DeclineForm(request.POST if declines else None)
    refused = ""
    if accept.is_valid() or decline.is_valid():
        try:
            return _answer(request, found, decline if declines else accept)
        except Refused as refusal:
            refused = str(refusal)
            found.refresh_from_db()
    return _page(request, found, {"accept": accept, "decline": decline, "refused": refused})


def _page(request: HttpRequest, found: Invitation, context: dict[str, Any]) -> HttpResponse:
    now = timezone.now()
    why_not = why_not_accept(request.user, found, found.contest, now)
    context |= {
        "invitation": found,
        "contest": found.contest,
        "awaited": why_not_answer(found, found.contest, now) is None,
        "why_not": why_not,
        "asks_to_log_in": why_not in ASK_TO_LOG_IN,
        "by_phone": found.user is None or bool(found.user.phone_token),
        "by_password": found.phone_hash is None or (found.user is not None and not found.user.phone_token),
        "mine": request.user.is_authenticated and found.user_id == request.user.pk,
    }
    return render(request, "contests/invitation.html", context)


def _answer(request: HttpRequest, found: Invitation, form: AcceptForm | DeclineForm) -> HttpResponse:
    by, now = request.user, timezone.now()
    if isinstance(form, DeclineForm):
        person = by if isinstance(by, User) else None
        decline_invitation(invitation=found, answer=form.cleaned_data["answer"], by=person, now=now)
        return redirect(request.path)
    if not isinstance(by, User):
        keep(request)
        raise Refused(ContestRefusal.LOGIN_NEEDED)
    seat = accept_invitation(invitation=found, said=form.acceptance(), by=by, now=now)
    forget(request)
    messages.success(request, _("You are on the panel now, as %(code)s.") % {"code": seat.code})
    return redirect(request.path)


def _known(found: Invitation, user: Any) -> dict[str, Any]:
    """What the office wrote, or what the expert said of themselves an earlier time."""
    expert = Expert.objects.filter(user=user).first() if user.is_authenticated else None
    if expert is None:
        return {"employer": found.employer}
    return {"employer": found.employer or expert.employer, "community": expert.community_id}
