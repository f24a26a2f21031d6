"""With JavaScript off every page has its words, its forms and its links."""

import pytest

from tests.face.audit import looking
from tests.face.failing_urls import SCRIPTS
from tests.face.test_pages import FRONT, OFFICE, by_visitor

pytestmark = pytest.mark.django_db


def contents(looker, page):
    looker.open(page)
    looker.tab.evaluate(SCRIPTS["audit"])
    return looker.tab.evaluate("audit.contents()")


def missing(page, scripted, plain):
    """What the page shows only with scripts: headings, fields, buttons, links, or a good part of its words."""
    found = [
        f"{page}: {kind} {sorted(set(scripted[kind]) - set(plain[kind]))} only with scripts"
        for kind in ("headings", "fields", "buttons", "links")
        if set(scripted[kind]) - set(plain[kind])
    ]
    if plain["words"] < 0.9 * scripted["words"]:
        found.append(f"{page}: {plain['words']} of {scripted['words']} characters without scripts")
    return found if plain["headings"] else [*found, f"{page}: no heading without scripts"]


@pytest.mark.parametrize("pages", [FRONT, OFFICE], ids=["everyone", "office"])
def test_every_page_has_its_contents_without_scripts(browser, site, world, pages):
    found = []
    for who, theirs in by_visitor(page for page in pages if "en" in page.languages and not page.submit).items():
        options = {"who": who, "mode": "normal", "language": "zh"}
        with (
            looking(browser, site, world, **options) as scripted,
            looking(browser, site, world, **options, java_script_enabled=False) as plain,
        ):
            for page in theirs:
                if "normal" in page.modes:
                    found += missing(page, contents(scripted, page), contents(plain, page))
            found += plain.wrongs
    assert not found, "\n".join(found)
