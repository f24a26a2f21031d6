"""How pages are shown: as usual, or in elder mode (长辈版). The browser remembers it, so it needs no account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse

COOKIE = "display"
ELDER = "elder"
YEAR = 365 * 24 * 3600


def is_elder(request: HttpRequest) -> bool:
    return request.COOKIES.get(COOKIE) == ELDER


def remember(response: HttpResponse, *, elder: bool, secure: bool) -> None:
    """Keep the choice for a year, or forget it."""
    if elder:
        response.set_cookie(COOKIE, ELDER, max_age=YEAR, httponly=True, samesite="Lax", secure=secure)
    else:
        response.delete_cookie(COOKIE, samesite="Lax")
