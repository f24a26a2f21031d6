"""Buttons whose pressing has no page of its own: the way back to the button."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import urlencode, urlsplit

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseNotAllowed, QueryDict
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _


def back_to_the_button(get_response: Callable[[HttpRequest], HttpResponse]) -> Callable[[HttpRequest], HttpResponse]:
    """Who presses a button and has to log in first comes back to the page with the button, to press once more.

    Views send people through the log-in to the address they asked for. Behind a button that is the address of an act,
    which has no page of its own. A form that is sent to its own page leads back there anyway.
    """

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if request.method == "POST" and response.status_code == 302:
            way, _sep, query = response["Location"].partition("?")
            asked, back = QueryDict(query).get("next"), page_before(request)
            if back and asked == request.get_full_path() != back:
                messages.info(request, _("Please log in and press the button again: nothing has been done yet."))
                response["Location"] = f"{way}?{urlencode({'next': back}, safe='/')}"
        return response

    return answer


def explain_addresses_of_acts(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    """Who types the address of an act, or opens it from a bookmark, reads what it is and finds the page it belongs to."""

    def answer(request: HttpRequest) -> HttpResponse:
        response = get_response(request)
        if not isinstance(response, HttpResponseNotAllowed) or request.method not in {"GET", "HEAD"}:
            return response
        page = render(request, "405.html", {"back": page_before(request) or _page_above(request.path)}, status=405)
        page["Allow"] = response["Allow"]
        return page

    return answer


def _page_above(path: str) -> str:
    """The nearest address above this one that the site knows."""
    while path := path.rstrip("/").rpartition("/")[0]:
        try:
            resolve(f"{path}/")
        except Resolver404:
            continue
        return f"{path}/"
    return "/"


def page_before(request: HttpRequest) -> str:
    """The page of this site from which the request came, as far as its browser tells."""
    come_from = urlsplit(on_this_site(request, request.headers.get("Referer", "")))
    return come_from._replace(scheme="", netloc="", fragment="").geturl()


def on_this_site(request: HttpRequest, address: str) -> str:
    """The address if it is one of this site, else nothing: a link from elsewhere must not lead people away."""
    allowed = url_has_allowed_host_and_scheme(
        address, allowed_hosts={request.get_host()}, require_https=request.is_secure()
    )
    return address if allowed else ""
