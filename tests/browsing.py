"""A reader of pages: in English, so that assertions can quote the source strings, and logged in if told so."""

from __future__ import annotations

from django.test import Client
from django.utils.html import escape

from communities.display import COOKIE, ELDER
from communities.models import User


def english(user: User | None = None, *, elder: bool = False) -> Client:
    client = Client(headers={"accept-language": "en"})
    if elder:
        client.cookies[COOKIE] = ELDER
    if user is not None:
        client.force_login(user)
    return client


def text(response) -> str:
    """The page's HTML; `shown(…)` is how a sentence stands in it."""
    return response.content.decode()


def shown(sentence: object) -> str:
    return escape(str(sentence))
