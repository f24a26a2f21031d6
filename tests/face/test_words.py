"""Every page of the map speaks one language: no English words of ours on a Chinese page, no Chinese ones on an English page.

The catalogue tells which words are ours; what the world's people and places are called is in English.
"""

import re
from collections import defaultdict
from pathlib import Path

import polib
import pytest
from django.test import Client, override_settings
from lxml import html

from tests.face.test_pages import FRONT, OFFICE, first_of_each
from tests.face.visiting import visit

pytestmark = pytest.mark.django_db

CATALOGUE = polib.pofile(str(Path(__file__).parents[2] / "locale/zh_Hans/LC_MESSAGES/django.po"))
PLACEHOLDER = re.compile(r"%\(\w+\)[a-z]|%[a-z%]|\{\w*\}")
CHINESE = re.compile(r"[\u3400-\u9fff]")
LONG = 12
UNSEEN = "//script | //style | //template | //noscript"
SPOKEN = ("aria-label", "alt", "title", "placeholder")
# The catalogue of components is in English in every language.
ENGLISH = {"styleguide"}
# What the people of the world write, and the catalogue of components too.
WRITTEN = {"Please say where it should be."}


def ours():
    """What of each message stands on a page as it is: the longest part without a placeholder, if it is long enough."""
    for entry in CATALOGUE:
        for text in {entry.msgid, entry.msgid_plural} - {"", entry.msgstr}:
            part = max(PLACEHOLDER.split(" ".join(text.split())), key=len).strip()
            if len(part) >= LONG:
                yield part


def spoken(page):
    """`(text, language)` of all texts and spoken attributes; the language is that of the nearest element that names one."""
    root = html.fromstring(page)
    for element in root.xpath(UNSEEN):
        element.drop_tree()
    for element in root.iter("*"):
        [language] = element.xpath("ancestor-or-self::*[@lang][1]/@lang")
        texts = [*element.xpath("text()"), *(element.get(name) for name in SPOKEN if element.get(name))]
        yield from ((" ".join(text.split()), language) for text in texts if text.strip())


def said(world, pages, language):
    """`{text: pages}` of what pages say in this language."""
    client = Client(headers={"Accept-Language": language})
    found = defaultdict(set)
    with override_settings(ROOT_URLCONF="tests.face.failing_urls"):
        client.raise_request_exception = False
        for page in pages:
            answer = visit(client, world, page)
            assert answer.status_code == page.status, page
            for text, its_language in spoken(answer.content.decode()):
                if its_language == language:
                    found[text].add(str(page))
    return found


def test_nothing_of_ours_is_english_on_a_chinese_page(world):
    pages = [page for page in first_of_each([*FRONT, *OFFICE]) if page.name not in ENGLISH]
    known = set(ours()) - WRITTEN
    wrong = [
        f"{text}: {'; '.join(where)}"
        for text, where in said(world, pages, "zh-hans").items()
        if any(part in text for part in known)
    ]
    assert not wrong, "\n".join(wrong)


def test_nothing_is_chinese_on_an_english_page(world):
    found = said(world, first_of_each([*FRONT, *OFFICE]), "en")
    wrong = [f"{text}: {'; '.join(where)}" for text, where in found.items() if CHINESE.search(text)]
    assert not wrong, "\n".join(wrong)
