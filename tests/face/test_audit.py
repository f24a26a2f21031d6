"""The audit sees what it is there to see: a page with one fault of each kind, and a page without any."""

import pytest

from tests.browser import PHONE
from tests.face.audit import COLOUR_RULES, RULES
from tests.face.failing_urls import SCRIPTS

FAULTY = """
<!doctype html><html lang="en"><head><title>Faulty</title>
<style>body { font-size: 16px } .wide { width: 500px } .pale { color: #bbb } .low { height: 20px; padding: 0 }</style>
</head><body><main>
<h1>Faulty</h1>
<p class="wide">Wide</p>
<p class="pale">Pale</p>
<button class="low">Low</button>
<p>Prose with <a href="#x">a link</a> in the middle of a sentence.</p>
<p><a href="#y">Alone</a></p>
<img src="data:image/gif;base64,R0lGODlhAQABAAAAACwAAAAAAQABAAA=">
</main></body></html>
"""
SOUND = """
<!doctype html><html lang="en"><head><title>Sound</title>
<style>body { font-size: 24px } button, .card { position: relative; min-height: 60px; font-size: 24px }
.card a::after { content: ""; position: absolute; inset: 0 }</style>
</head><body><main>
<h1>Sound</h1><div class="card"><a href="#x">Stretched</a></div><button>Press</button>
</main></body></html>
"""


@pytest.fixture
def tab(browser):
    context = browser.new_context(viewport=PHONE)
    yield context.new_page()
    context.close()


def complaints(tab, html):
    tab.set_content(html)
    tab.evaluate(SCRIPTS["axe"])
    tab.evaluate(SCRIPTS["audit"])
    return "\n".join(
        tab.evaluate(
            """async ([rules, colours]) => [
                ...audit.sideways(), ...audit.smallText(24), ...audit.smallTargets(60, audit.ALL),
                ...await audit.axeFinds(rules),
                ...(await audit.colourFinds(audit.paints(), colours)).complaints,
            ]""",
            [RULES, COLOUR_RULES],
        )
    )


def test_every_kind_of_fault_is_seen(tab):
    found = complaints(tab, FAULTY)
    for fault in (
        "scrolls sideways by 148 px: p.wide “Wide”",
        "text of 16 px, at least 24: p.pale “Pale”",
        " × 20 px, at least 60: button.low “Low”",
        "a “Alone”",
        "axe color-contrast, 1 ×: .pale",
        "axe image-alt, 1 ×: img",
    ):
        assert fault in found
    assert "a “a link”" not in found.replace("text of 16 px, at least 24: a “a link”", "")


def test_a_sound_page_is_not_complained_about(tab):
    assert not complaints(tab, SOUND)


def test_words_are_asked_once_for_each_paint_that_can_be_read(tab):
    assert not complaints(tab, FAULTY.replace("#bbb", "#000").replace('class="pale"', 'class="pale" id="pale"')).count(
        "contrast"
    )
    ask = "rules => audit.colourFinds(audit.paints(), rules)"
    sound = tab.evaluate(ask, COLOUR_RULES)
    assert not sound["complaints"]
    assert sound["readable"]
    tab.evaluate("document.querySelector('#pale').style.color = '#bbb'")
    faulty = tab.evaluate(ask, COLOUR_RULES)
    [pale] = set(tab.evaluate("audit.paints()")) - set(sound["readable"])
    assert "color-contrast" in faulty["complaints"][0]
    assert pale not in faulty["readable"]
