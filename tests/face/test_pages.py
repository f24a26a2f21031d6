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


def first_of_each(pages):
    """One page of each URL and person, one that it refuses, one with mistakes and one of each answer.

    The other variants differ by their rows.
    """
    ways = {(page.name, page.who, page.status, page.submit, page.filled): page for page in reversed(pages)}
    return list(ways.values())


def complaints(browser, site, world, pages, mode, language):
    """One line for each complaint, with the pages that it is about.

    Variants are looked at in one mode and language; so is what pages show without scripts, which depends on neither.
    """
    found = defaultdict(list)
    options = {"mode": mode, "language": language}
    fitting = [page for page in pages if mode in page.modes and language in page.languages]
    firsts = first_of_each(fitting)
    with looking(browser, site, world, **options) as looker, ExitStack() as stack:
        plain = None
        if (mode, language) == ("normal", "zh"):
            plain = stack.enter_context(looking(browser, site, world, **options, java_script_enabled=False))
        for who, theirs in by_visitor(fitting if plain else firsts).items():
            for visitor in (looker, plain) if plain else (looker,):
                visitor.be(who)
            for page in theirs:
                for complaint in look(looker, page, plain, is_variant=page not in firsts):
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
