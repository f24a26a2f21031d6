"""A reader of pages: in English, so that assertions can quote the source strings, and logged in if told so."""

from __future__ import annotations

from collections.abc import Iterator

from django.test import Client
from django.test.html import Element, parse_html
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


def asked_on_screens(page: str) -> list[set[str]]:
    """What each screen of a form in elder mode asks: names of fields, or the legend of a group of boxes."""
    screens = [
        element
        for element in elements(
            parse_html(f"<main>{page.partition('<main')[2].partition('>')[2].partition('</main>')[0]}</main>")
        )
        if element.name == "section" and "step" in dict(element.attributes).get("class", "").split()
    ]
    return [set(questions(screen)) for screen in screens]


def elements(root: Element) -> Iterator[Element]:
    for child in root.children:
        if isinstance(child, Element):
            yield child
            yield from elements(child)


def questions(root: Element) -> Iterator[str]:
    for child in root.children:
        if not isinstance(child, Element):
            continue
        attributes = dict(child.attributes)
        if child.name == "fieldset":
            yield str(next(part for part in elements(child) if part.name == "legend"))
        elif child.name in {"input", "select", "textarea"} and attributes.get("type") not in {"hidden", "submit"}:
            yield attributes["name"]
        else:
            yield from questions(child)
