"""What people have begun and not ended: the sessions of those who are in the middle of something."""

from __future__ import annotations

import time
import uuid
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from django.conf import settings
from django.contrib.sessions.backends.cached_db import SessionStore
from django.core.cache import cache
from django.test import Client
from django.urls import reverse

from communities import phones
from contests.services.codes import issue_codes
from contests.views import ballot_session

if TYPE_CHECKING:
    from tests.face.world import World

# Looking at all pages takes longer than a code is valid, or a helper may stay.
DAY = 24 * 3600


def begun(world: World) -> Iterator[tuple[str, str]]:
    """Who it is, as pages of the map name them, and the key of their session."""
    for who, begin in (("code_awaited", _ask_for_code), ("household", _open_code), ("helper", _help)):
        client = Client()
        begin(client, world)
        session = client.session
        session.set_expiry(DAY)
        session.save()
        yield who, client.cookies[settings.SESSION_COOKIE_NAME].value


def at_the_box(world: World) -> dict[str, Any]:
    """What the cache knows of the household and of the help, and loses before each test."""
    kept = {}
    for who, name in (("household", ballot_session.OPENED), ("helper", ballot_session.HELPING)):
        session = SessionStore(world.sessions[who])
        key = ballot_session.KEY % session[name][1]
        *known, _until = cache.get(key)
        kept[key] = [*known, time.time() + DAY]
    return kept


def _ask_for_code(client: Client, world: World) -> None:
    """Somebody has typed their number, and the text message is on its way."""
    answer = client.post(reverse("account_request_login_code"), {"phone": phones.national(world.neighbour.phone)})
    assert answer.url == reverse("account_confirm_login_code")
    session = client.session
    session["account_login"]["state"]["stages"]["login_by_code"]["at"] = time.time() + DAY
    session.save()


def _open_code(client: Client, world: World) -> None:
    """A household has typed the code on its paper."""
    place = {"contest": world.contest_open, "community": world.community}
    paper = {"number": 1, "for_roll": False, "key": uuid.uuid4()}
    _batch, (issued,) = issue_codes(**place, **paper, by=world.community_officer, now=world.now)
    answer = client.post(reverse("household_code"), {"code": issued.code})
    assert answer.url == reverse("ballot", args=[world.contest_open.pk])


def _help(client: Client, world: World) -> None:
    """An officer stands beside somebody who votes."""
    client.force_login(world.community_officer)
    client.post(reverse("help_begin", args=[world.roll_line.pk]), {"consented": "on", "place": "Hall"})
