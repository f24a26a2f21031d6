"""Logging in by number and code without a race against the clock: the number that was typed is kept for a new code."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from allauth.account.views import RequestLoginCodeView
from django.contrib import messages
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from communities import phones
from communities.pressing import on_this_site

KEPT = "number_typed"
# Whoever comes to a shared computer later finds no number.
KEPT_SECONDS = 1800


class AskForCode(RequestLoginCodeView):  # type: ignore[misc]
    """Asks for the number; after a code that came too late, or not at all, the number and the way on are still here."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        kept = _kept(request)
        if kept.get("next") and "next" not in request.GET:
            return redirect(f"{request.path}?{urlencode({'next': kept['next']}, safe='/')}")
        if kept:
            messages.info(request, _("Your number is still here. Press the button: we send you a new code."))
        answer: HttpResponse = super().get(request, *args, **kwargs)
        return answer

    def get_initial(self) -> dict[str, Any]:
        return {**super().get_initial(), "phone": phones.national(_kept(self.request).get("phone", ""))}

    def form_valid(self, form: Any) -> HttpResponse:
        keep(self.request, form.cleaned_data["phone"], self.get_next_url() or "")
        answer: HttpResponse = super().form_valid(form)
        return answer


ask_for_code = never_cache(AskForCode.as_view())


@require_POST
def ask_anew(request: HttpRequest) -> HttpResponse:
    """End the log-in under way, which alone opens the form for a number again, and keep what was typed."""
    kept = {} if "other" in request.POST else _kept(request)
    onward = on_this_site(request, request.POST.get("next", ""))
    logout(request)
    if kept:
        keep(request, kept["phone"], onward)
    way = reverse("account_request_login_code")
    return redirect(f"{way}?{urlencode({'next': onward}, safe='/')}" if onward else way)


def keep(request: HttpRequest, phone: str, onward: str) -> None:
    """In the session, which nobody but this browser has."""
    request.session[KEPT] = {"phone": phone, "next": onward, "at": timezone.now().timestamp()}


def _kept(request: HttpRequest) -> dict[str, Any]:
    kept: dict[str, Any] = request.session.get(KEPT, {})
    is_fresh = bool(kept) and timezone.now().timestamp() - kept["at"] < KEPT_SECONDS
    return kept if is_fresh and not request.user.is_authenticated else {}
