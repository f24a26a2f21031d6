"""Who stands at the ballot box: somebody with an account, or with a household code that this browser opened."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import timezone

from communities.models import User
from contests.models import Contest, HouseholdCode
from contests.services.codes import open_code

OPENED = "household_code"
SECONDS = 30 * 60
"""How long a browser without an account remembers a code after its last use."""


def person(request: HttpRequest) -> User | None:
    """Who is logged in by phone; officers and experts have no line on the roll of their own."""
    user = request.user
    return user if isinstance(user, User) and user.phone_hash is not None else None


def remember_code(request: HttpRequest, code: HouseholdCode) -> None:
    request.session[OPENED] = [code.contest_id, code.pk]
    if not request.user.is_authenticated:
        request.session.set_expiry(SECONDS)


def forget_code(request: HttpRequest) -> None:
    request.session.pop(OPENED, None)


def opened_code(request: HttpRequest, contest: Contest) -> int | None:
    """Id of the code that this browser opened for the contest."""
    of, code = request.session.get(OPENED, (None, None))
    return code if of == contest.pk else None


def voter_at(request: HttpRequest, contest: Contest) -> tuple[User | None, int | None]:
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
