"""A small sum, written in words, for whoever has passed a limit: one answers it, goes on, and has lost nothing.

It is text, so that it is read by eye, aloud, or under the fingers alike. It stops scripts that know nothing of this
site, and nobody who can read. Whoever writes a script for it adds up as well: against that stand the limits without a
question and the office's guard desk. Asked is only who was many before: households behind one address never are.
"""

from __future__ import annotations

import secrets
import unicodedata
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.http import HttpRequest
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext as _
from django.utils.translation import pgettext_lazy

from communities.refusal import Refused
from contests.voting_enums import VotingRefusal

KEY = "sum:%s"
SECONDS = 10 * 60
BALLOTS = 100
"""From one address within ten minutes: more than an office at noon, fewer than a script in a minute."""
CHANGES = 20
"""Of one voter within ten minutes: whoever thinks anew that often is a script; what is cast stays for good."""
WORDS = {
    2: pgettext_lazy("number", "two"),
    3: pgettext_lazy("number", "three"),
    4: pgettext_lazy("number", "four"),
    5: pgettext_lazy("number", "five"),
    6: pgettext_lazy("number", "six"),
    7: pgettext_lazy("number", "seven"),
    8: pgettext_lazy("number", "eight"),
    9: pgettext_lazy("number", "nine"),
}


@dataclass(frozen=True, slots=True)
class Sum:
    """A question that can be answered once, within ten minutes; `name` finds its answer, which only the server knows."""

    name: str
    first: int
    second: int

    @property
    def question(self) -> str:
        return _("What is %(first)s plus %(second)s?") % {"first": WORDS[self.first], "second": WORDS[self.second]}


def ask() -> Sum:
    asked = Sum(secrets.token_urlsafe(16), secrets.choice(list(WORDS)), secrets.choice(list(WORDS)))
    cache.set(KEY % asked.name, asked.first + asked.second, SECONDS)
    return asked


def need_answer(request: HttpRequest) -> None:
    """Raise `Refused` unless the form brings the right answer to a question that nobody has answered before."""
    key = KEY % request.POST.get("asked", "")[:40]
    right = cache.get(key)
    # Of two forms with the same answer only one finds it still there to be deleted.
    if right is None or not cache.delete(key) or _number(request.POST.get("sum", "")) != right:
        raise Refused(VotingRefusal.SUM_FIRST)


def many_ballots(voter: str, address: str | None) -> bool:
    """Count a ballot of this voter, and from this address if the device is their own; tell whether it is one too many.

    Kept are numbers under hashes, all of which end with the same ten minutes: neither who nor when.
    """
    window, elapsed = divmod(int(timezone.now().timestamp()), SECONDS)
    limits = {f"voter:{voter}": CHANGES}
    if address is not None:
        limits[f"address:{address}"] = BALLOTS
    keys = [f"ballots:{window}:{salted_hmac(KEY, who).hexdigest()[:16]}" for who in limits]
    # Django asks whether a number is there before it adds to it, which each ballot would wait for.
    store: Any = cache
    trip = store.client().pipeline(transaction=False)
    for key in keys:
        trip.incr(key).expire(key, SECONDS - elapsed)
    counts = trip.execute()[::2]
    return any(int(count) > most for count, most in zip(counts, limits.values(), strict=True))


def _number(typed: str) -> int | None:
    """As typed in digits of any width; or in Chinese, where up to nineteen a number is the sum of its characters."""
    plain = "".join(unicodedata.normalize("NFKC", typed[:20]).split())
    if plain.isascii():
        return int(plain) if plain.isdigit() else None
    return int(sum(unicodedata.numeric(character, 0) for character in plain))
