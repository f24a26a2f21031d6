"""Every page of the map, in both modes, both languages, light and dark, at 360 and 1280 px: nothing is wrong with it.

With JavaScript off it has its words, its forms and its links.
"""

from collections import defaultdict
from contextlib import ExitStack

import pytest

from tests.face import url_map
from tests.face.audit import look, looking

pytestmark = pytest.mark.django_db

OFFICE = [*url_map.OFFICE, *url_map.office_pages()]
FRONT = [*url_map.PUBLIC, *url_map.RESIDENTS, *url_map.EXPERTS, *url_map.DESKS, *url_map.ERRORS]


def by_visitor(pages):
    """`{who: pages}`: one browser for each person."""
    visitors = defaultdict(list)
    for page in pages:
        visitors[page.who].append(page)
    return visitors


def half_of(pages, half):
    """Every other URL, with all its variants."""
    names = list(dict.fromkeys(page.name for page in pages))[half::2]
    return [page for page in pages if page.name in names]


def worth_a_look(pages, mode, language):
    """In English, elder mode and the office show one variant of each page: the others differ by their rows."""
    fitting = [page for page in pages if mode in page.modes and language in page.languages]
    if language == "en" and (mode == "elder" or fitting[0] in OFFICE):
        return list({page.name: page for page in reversed(fitting)}.values())
    return fitting


def complaints(browser, site, world, pages, mode, language):
    """One line for each complaint, with the pages that it is about.

    What pages show without scripts depends neither on the mode nor on the language: it is looked at in one of each, of
    the pages that are worth a look in both languages.
    """
    found = defaultdict(list)
    options = {"mode": mode, "language": language}
    with looking(browser, site, world, **options) as looker, ExitStack() as stack:
        plain = None
        if (mode, language) == ("normal", "zh"):
            plain = stack.enter_context(looking(browser, site, world, **options, java_script_enabled=False))
        for who, theirs in by_visitor(worth_a_look(pages, mode, language)).items():
            for visitor in (looker, plain) if plain else (looker,):
                visitor.be(who)
            for page in theirs:
                for complaint in look(looker, page, plain if "en" in page.languages else None):
                    found[complaint].append(str(page))
    return [f"{mode} {language} | {complaint} | {'; '.join(where)}" for complaint, where in found.items()]


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("mode", ["normal", "elder"])
@pytest.mark.parametrize("half", [0, 1])
def test_pages_for_everyone(browser, site, world, half, mode, language):
    found = complaints(browser, site, world, half_of(FRONT, half), mode, language)
    assert not found, "\n".join(found)


@pytest.mark.parametrize("language", ["zh", "en"])
@pytest.mark.parametrize("half", [0, 1])
def test_pages_of_the_office(browser, site, world, half, language):
    found = complaints(browser, site, world, half_of(OFFICE, half), "normal", language)
    assert not found, "\n".join(found)
