"""Colours that are read can be read, in the light and in the dark scheme."""

from __future__ import annotations

import itertools
import re

import pytest

from tests.face.palette import SCHEMES, SIGHTS, TOKENS, contrast, distance, tokens

CATEGORIES = [f"cat-{place}" for place in range(1, 9)]
GROUNDS = ("paper", "sheet", "shade", "field", "gold-wash", "seal-wash", "jade-wash")

# Text on its ground: 4.5 (WCAG 2.2, 1.4.3).
TEXT = [
    *itertools.product(("ink", "ink-soft", "ink-faint"), GROUNDS),
    *itertools.product(("gold-deep", "seal"), ("paper", "sheet", "shade")),
    ("gold-deep", "gold-wash"),
    ("seal", "field"),
    ("seal", "seal-wash"),
    ("jade", "jade-wash"),
    ("jade", "sheet"),
    ("paper", "ink"),
    ("paper", "ink-soft"),
    ("on-gold", "gold"),
    ("on-gold", "gold-bright"),
    ("on-seal", "seal-fill"),
    *itertools.product(("on-night", "on-night-soft", "gold"), ("night", "night-deep")),
    *itertools.product(CATEGORIES, ("paper", "sheet")),
    *((name, f"{name}-wash") for name in CATEGORIES),
]
# What bounds a control or carries a meaning, beside what it touches: 3 (1.4.11, and 1.4.13 for the focus ring).
GRAPHICS = [
    *itertools.product(("edge", "bar-ink", "bar-gold", "focus"), ("paper", "sheet")),
    ("edge", "field"),
    ("edge", "shade"),
    ("bar-gold", "gold-wash"),
    ("focus", "shade"),
    ("bar-ink", "bar-gold"),
    ("night-line", "night-deep"),
    ("gold", "night"),
]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("text, ground", TEXT, ids=lambda name: name)
def test_text_is_read(scheme, text, ground):
    colours = tokens(scheme)
    assert contrast(colours[text], colours[ground]) >= 4.5


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("mark, ground", GRAPHICS, ids=lambda name: name)
def test_marks_are_seen(scheme, mark, ground):
    colours = tokens(scheme)
    assert contrast(colours[mark], colours[ground]) >= 3


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_categories_are_told_apart(scheme, sight):
    """2.3 is a just noticeable difference; words stand beside the colours all the same."""
    colours = tokens(scheme)
    pairs = {pair: distance(colours[pair[0]], colours[pair[1]], sight) for pair in itertools.combinations(CATEGORIES, 2)}
    assert min(pairs.values()) >= 13, min(pairs, key=pairs.__getitem__)


def test_contrast_is_that_of_the_norm():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)


def test_schemes_differ_and_no_colour_of_the_dark_one_is_unknown():
    light, dark = tokens("light"), tokens("dark")
    assert light["paper"] != dark["paper"]
    assert set(light) == set(dark)


@pytest.mark.parametrize("path", sorted(TOKENS.parent.glob("*.css")), ids=lambda path: path.name)
def test_colours_are_tokens(path):
    """Dark and elder mode change the tokens, so a colour in another place would stay behind; paper has its own."""
    text = path.read_text("utf-8")
    assert text.count("\n") <= 400
    if path.name in {"tokens.css", "print.css"}:
        return
    assert not re.search(r"#[0-9a-fA-F]{3,8}\b(?![^{]*\{)|\b(?:rgba?|hsla?)\(", text)


def test_every_token_that_is_used_is_declared():
    declared = set(re.findall(r"(--[\w-]+):", TOKENS.read_text("utf-8")))
    for path in TOKENS.parent.glob("*.css"):
        text = path.read_text("utf-8")
        known = declared | set(re.findall(r"(--[\w-]+):", text))
        used = {name for name in re.findall(r"var\((--[\w-]+)\)", text) if not name.startswith("--bs-")}
        assert used <= known, path.name
