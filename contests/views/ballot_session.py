"""Who stands at the ballot box: somebody with an account, or with a household code that this browser opened."""

from __future__ import annotations

import secrets

from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone

from communities.models import User
from contests.models import HouseholdCode
from contests.services.codes import open_code

OPENED = "household_code"
KEY = "household-code:%s"
SECONDS = 30 * 60
"""How long a browser without an account remembers a code after its last use."""


def person(request: HttpRequest) -> User | None:
    """Who is logged in by phone; officers and experts have no line on the roll of their own."""
    user = request.user
    return user if isinstance(user, User) and user.phone_hash is not None else None


def remember_code(request: HttpRequest, code: HouseholdCode) -> None:
    """The session holds a random word only, which means something for half an hour.

    A row that paired the code with the moment at which it was opened would lead to the minute of a ballot.
    """
    word = secrets.token_urlsafe(16)
    cache.set(KEY % word, code.pk, SECONDS)
    request.session[OPENED] = [code.contest_id, word]
    if not request.user.is_authenticated:
        request.session.set_expiry(SECONDS)


def forget_code(request: HttpRequest) -> None:
    request.session.pop(OPENED, None)


def opened_code(request: HttpRequest, contest: int) -> int | None:
    """Id of the code that this browser opened for the contest (id)."""
    of, word = request.session.get(OPENED, (None, None))
    if of != contest:
        return None
    code: int | None = cache.get(KEY % word)
    if code is not None:
        cache.touch(KEY % word, SECONDS)
    return code


def voter_at(request: HttpRequest, contest: int) -> tuple[User | None, int | None]:
    """The account or the id of the household code by which somebody votes here.

    Who logged in after opening a code is one voter, not two: their lines of the roll become one, and from then on the
    account is enough. Raises `Refused` when the code belongs to somebody else.
    """
    user, code = person(request), opened_code(request, contest)
    if user is None or code is None:
        signed_in = request.user if isinstance(request.user, User) and code is None else None
        return user or signed_in, code
    forget_code(request)
    opened = HouseholdCode.objects.select_related("contest").get(pk=code)
    open_code(code=opened, by=user, now=timezone.now())
    return user, None
