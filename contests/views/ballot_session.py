"""Who stands at the ballot box: somebody with an account, with a household code, or with a helper.

A session holds a random word only, which means something for a while. A row that paired a code, or a voter who is
helped, with the moment of it would lead to the minute of a ballot. What browser cast a ballot only the browser knows.
"""

from __future__ import annotations

import secrets
import time
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import constant_time_compare, salted_hmac
from django.utils.translation import gettext as _

from communities.models import User
from contests.models import Ballot, Contest, HelperSession, HouseholdCode, Voter
from contests.services.voting import Helped, WayIn, voter_of

OPENED, HELPING = "household_code", "helping"
KEY = "at-the-box-until:%s"
SECONDS = 30 * 60
"""How long a browser without an account remembers a code, unless its holder asks for more time."""
HELP_SECONDS = 15 * 60
"""How long a helper may stay at one ballot, unless more time is asked for before it is cast."""
CAST = "cast"
"""The cookie of a browser that cast a ballot: the receipt and the session as a keyed hash, until the browser ends."""
DEVICE = "device"
DEVICE_SECONDS = 180 * 24 * 3600


@dataclass(frozen=True, slots=True)
class Stand:
    """By what somebody votes here; nothing of it: nobody is known yet."""

    user: User | None = None
    code: int | None = None
    helped: Helped | None = None
    until: datetime | None = None
    """When this browser forgets who stands here; an account is not forgotten."""

    @property
    def is_known(self) -> bool:
        return self.user is not None or self.code is not None

    @property
    def seconds(self) -> int:
        """How long this browser still knows who stands here."""
        return max(0, int(self.until.timestamp() - time.time())) if self.until else 0

    @property
    def has_more_time(self) -> bool:
        """Whether more time is to be had. Once a helper has cast the ballot, the voter might not stand beside them."""
        return self.until is not None and not (self.helped and self.helped.again)

    @property
    def drawn_for(self) -> str:
        """What the order of the entries is drawn for."""
        if self.helped is not None:
            return f"line{self.helped.line}"
        return f"{self.user.pk}" if self.user else f"code{self.code}"

    @property
    def chooser(self) -> User | None:
        """Whose choice it is, where an account says who that is; a helper chooses nothing."""
        return self.user if self.helped is None else None

    def voter(self, contest: Contest) -> Voter | None:
        if self.helped is not None:
            return Voter.objects.filter(pk=self.helped.line, contest=contest).first()
        return voter_of(contest=contest, by=self.user, code=self.code)


def person(request: HttpRequest) -> User | None:
    """Who is logged in by phone; officers and experts have no line on the roll of their own."""
    user = request.user
    return user if isinstance(user, User) and user.phone_hash is not None else None


def remember_code(request: HttpRequest, code: HouseholdCode) -> None:
    _remember(request, OPENED, code.contest_id, [code.pk], SECONDS)
    if not request.user.is_authenticated:
        request.session.set_expiry(SECONDS)


def remember_help(request: HttpRequest, voter: Voter, session: HelperSession) -> None:
    _remember(request, HELPING, voter.contest_id, [voter.pk, session.pk, False], HELP_SECONDS)


def give_time(request: HttpRequest, stand: Stand) -> Stand:
    """Begin the time of who stands at the box anew, as often as it is asked for; returns the stand with its new end."""
    if not stand.has_more_time:
        return stand
    name, seconds = (HELPING, HELP_SECONDS) if stand.helped else (OPENED, SECONDS)
    _contest, word = request.session[name]
    if not (remembered := cache.get(KEY % word)):
        return stand
    until = _keep(word, remembered[:-1], seconds)
    if name == OPENED and not request.user.is_authenticated:
        request.session.set_expiry(SECONDS)
    return replace(stand, until=_moment(until))


def note_cast(request: HttpRequest, response: HttpResponse, stand: Stand, cast: Ballot) -> None:
    """From now on this browser may look at the ballot; a helped voter may also change it, until the help ends."""
    mark = _mark_of(request, cast)
    response.set_cookie(CAST, mark, secure=request.is_secure(), httponly=True, samesite="Lax")
    if stand.helped is None:
        return
    word = request.session[HELPING][1]
    if remembered := cache.get(KEY % word):
        line, session, _again, until = remembered
        cache.set(KEY % word, [line, session, True, until], max(1, until - time.time()))


def was_cast_here(request: HttpRequest, ballot: Ballot) -> bool:
    """Whether this browser cast the ballot, and nobody has logged in or opened a code in it since."""
    return constant_time_compare(request.COOKIES.get(CAST, ""), _mark_of(request, ballot))


def forget(request: HttpRequest) -> None:
    for name in (OPENED, HELPING):
        _contest, word = request.session.pop(name, (None, None))
        cache.delete(KEY % word)


def is_helping(request: HttpRequest, contest: int) -> bool:
    """Whether this officer began to help somebody in the contest (id), be the time over or not."""
    return request.session.get(HELPING, (None, None))[0] == contest


def stand_of(request: HttpRequest, contest: int) -> Stand:
    """Who stands at the box of the contest (id).

    A code that was opened before somebody logged in is forgotten: it may have been another person's at a shared
    computer. Who says that it is theirs, by entering it once more, becomes one voter with it.
    """
    user, code = person(request), _remembered(request, OPENED, contest)
    if user is not None:
        if code is not None:
            forget(request)
            messages.info(
                request,
                _(
                    "The household code that was opened here before you logged in has been forgotten. If it is yours, "
                    "enter it once more: account and code then have one ballot."
                ),
            )
        return Stand(user=user)
    officer = request.user if isinstance(request.user, User) else None
    if officer is not None and (helped := _remembered(request, HELPING, contest)):
        line, session, again, until = helped
        return Stand(user=officer, helped=Helped(line, again, session), until=_moment(until))
    return Stand(code=code[0], until=_moment(code[1])) if code is not None else Stand(user=officer)


def address_of(request: HttpRequest) -> str:
    """Where the browser is on the network, empty if nothing says so."""
    return get_adapter().get_client_ip(request) or ""


def way_in(request: HttpRequest, address: str) -> WayIn:
    """The network (without its last part) and the device: its cookie as we signed it, else address and browser."""
    network = ":".join(address.split(":")[:4]) if ":" in address else address.rpartition(".")[0]
    device = request.get_signed_cookie(DEVICE, "", salt=DEVICE) or f"{address} {request.headers.get('User-Agent', '')}"
    return WayIn(network=network, device=device[:400])


def mark_device(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """Give the browser a random name, so that a hundred telephones behind one address are a hundred devices."""
    if not request.get_signed_cookie(DEVICE, "", salt=DEVICE):
        response.set_signed_cookie(
            DEVICE,
            secrets.token_urlsafe(12),
            salt=DEVICE,
            max_age=DEVICE_SECONDS,
            secure=request.is_secure(),
            httponly=True,
            samesite="Lax",
        )
    return response


def _mark_of(request: HttpRequest, ballot: Ballot) -> str:
    words = [request.session.get(name, (None, ""))[1] for name in (OPENED, HELPING)]
    parts = (request.session.session_key, *words, ballot.contest_id, ballot.receipt)
    return salted_hmac(CAST, ":".join(map(str, parts)), algorithm="sha256").hexdigest()


def _remember(request: HttpRequest, name: str, contest: int, known: list[Any], seconds: int) -> None:
    word = secrets.token_urlsafe(16)
    _keep(word, known, seconds)
    request.session[name] = [contest, word]


def _keep(word: str, known: list[Any], seconds: int) -> float:
    """What the word means; returns until when it means that."""
    until = time.time() + seconds
    cache.set(KEY % word, [*known, until], seconds)
    return until


def _moment(seconds: float) -> datetime:
    return datetime.fromtimestamp(seconds, UTC)


def _remembered(request: HttpRequest, name: str, contest: int) -> Any:
    of, word = request.session.get(name, (None, None))
    return cache.get(KEY % word) if of == contest else None
