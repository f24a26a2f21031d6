"""What somebody wrote although their session had ended: it waits in their browser's session until they have logged in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import timedelta
from functools import wraps
from itertools import islice
from typing import Any

from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _

WRITTEN = "written_before_login"
# Whoever comes to a shared computer on another day finds nothing.
KEPT_FOR = timedelta(hours=12)
# Sessions of visitors without an account stay small: in characters of a field and of a form, in fields, in forms.
MOST_OF_A_FIELD, MOST_OF_A_FORM, MOST_FIELDS, MOST_FORMS = 2000, 12_000, 400, 3
# By the last part of their names: other people's numbers, and what proves who somebody is.
NEVER_KEPT = frozenset({"csrfmiddlewaretoken", "password", "code", "phone"})

View = Callable[..., HttpResponseBase]


def log_in_to_write(view: View | None = None, *, login_url: str | Promise | None = None) -> Any:
    """As `login_required`, for pages on which people write: what is sent by nobody is kept until they have logged in.

    The view hands `kept(request)` to its form as the beginning. Once the form has done its work, which its answer tells
    by leading on to another page, what was kept goes.
    """

    def keeping(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
            if request.user.is_authenticated:
                answer = view(request, *args, **kwargs)
                if request.method == "POST" and answer.status_code == 302:
                    forget(request)
                return answer
            if request.method == "POST":
                keep(request)
            return redirect_to_login(request.get_full_path(), str(login_url) if login_url else None)

        return guarded

    return keeping(view) if view else keeping


def keep(request: HttpRequest, page: str | None = None) -> None:
    """Keep what was sent for the form of a page, by default of the page it was sent to, and tell a visitor so."""
    typed = _within_bounds(request.POST.items())
    if not typed:
        return
    others = {path: form for path, form in _forms(request).items() if path != (page or request.path)}
    newest = dict(list(others.items())[-(MOST_FORMS - 1) :])
    form = {"typed": typed, "at": timezone.now().timestamp()}
    request.session[WRITTEN] = newest | {page or request.path: form}
    if not request.user.is_authenticated and not request.headers.get("HX-Request"):
        messages.warning(
            request,
            _("You have to log in first. What you wrote is kept: look at it after the log-in, and send it again."),
        )


def kept(request: HttpRequest, page: str | None = None, *, over: Iterable[str] = ()) -> dict[str, str]:
    """With what the form of a page begins, where something was kept for it.

    `over` names the fields that would begin with something stored: of these the empty ones stay empty.
    """
    form = _forms(request).get(page or request.path)
    if form is None or timezone.now().timestamp() - form["at"] > KEPT_FOR.total_seconds():
        return {}
    typed: dict[str, str] = form["typed"]
    return dict.fromkeys(over, "") | typed


def kept_rows(request: HttpRequest, prefix: str) -> list[dict[str, str]]:
    """As `kept`, for the rows of a table in the form."""
    rows: dict[int, dict[str, str]] = {}
    for name, value in kept(request).items():
        start, _sep, rest = name.partition("-")
        number, _sep, field = rest.partition("-")
        if start == prefix and number.isascii() and number.isdecimal() and value:
            rows.setdefault(int(number), {})[field] = value
    return [rows[number] for number in sorted(rows)]


def forget(request: HttpRequest, page: str | None = None) -> None:
    """Forget what was kept for the form of a page."""
    forms = _forms(request)
    if forms.pop(page or request.path, None):
        request.session[WRITTEN] = forms


def _forms(request: HttpRequest) -> dict[str, dict[str, Any]]:
    forms: dict[str, dict[str, Any]] = request.session.get(WRITTEN, {})
    return dict(forms)


def _within_bounds(sent: Iterable[tuple[str, object]]) -> dict[str, str]:
    typed: dict[str, str] = {}
    room = MOST_OF_A_FORM
    for name, value in islice(sent, MOST_FIELDS):
        if name.rpartition("-")[2] in NEVER_KEPT:
            continue
        text = str(value)[: min(MOST_OF_A_FIELD, room)]
        room -= len(text) + len(name)
        if room < 0:
            break
        typed[name] = text
    return typed
