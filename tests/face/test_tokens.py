"""Colours that are read can be read, in the light and in the dark scheme."""

from __future__ import annotations

import itertools
import re
from pathlib import Path

import pytest

from communities.palette import (
    CATEGORIES,
    MARK_LEAST,
    MARKS,
    SCHEMES,
    SIGHTS,
    TEXT,
    TEXT_LEAST,
    contrast,
    distance,
    tokens,
)

STYLES = Path(__file__).resolve().parents[2] / "static" / "css"
CSS = (STYLES / "tokens.css").read_text("utf-8")
CHECKED = [(pair, TEXT_LEAST) for pair in TEXT] + [(pair, MARK_LEAST) for pair in MARKS]


@pytest.mark.parametrize("scheme", SCHEMES)
@pytest.mark.parametrize("pair, least", CHECKED, ids=str)
def test_what_is_read_and_used_stands_out(scheme, pair, least):
    colours = tokens(CSS, scheme)
    assert contrast(colours[pair.colour], colours[pair.ground]) >= least


@pytest.mark.parametrize("sight", SIGHTS)
@pytest.mark.parametrize("scheme", SCHEMES)
def test_categories_are_told_apart(scheme, sight):
    """A difference of 2.3 is just noticed; words stand beside the colours all the same."""
    colours = tokens(CSS, scheme)
    apart = {
        pair: distance(colours[pair[0]], colours[pair[1]], sight) for pair in itertools.combinations(CATEGORIES, 2)
    }
    assert min(apart.values()) >= 13, min(apart, key=apart.__getitem__)


def test_figures_are_those_of_the_norm():
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#767676", "#ffffff") == pytest.approx(4.54, abs=0.01)
    assert distance("#000000", "#ffffff", "full") == pytest.approx(100, abs=0.1)
    assert distance("#ff0000", "#00ff00", "deuteranopia") < distance("#ff0000", "#00ff00", "full") / 2


def test_schemes_differ_and_no_colour_of_the_dark_one_is_unknown():
    light, dark = tokens(CSS, "light"), tokens(CSS, "dark")
    assert light["paper"] != dark["paper"]
    assert set(light) == set(dark)


@pytest.mark.parametrize("path", sorted(STYLES.glob("*.css")), ids=lambda path: path.name)
def test_colours_are_tokens(path):
    """Dark and elder mode change the tokens, so a colour in another place would stay behind; paper has its own."""
    text = path.read_text("utf-8")
    assert text.count("\n") <= 400
    if path.name not in {"tokens.css", "print.css"}:
        assert not re.search(r":[^;{]*(?:#[0-9a-fA-F]{3,8}\b|\b(?:rgb|hsl)a?\()[^;{]*;", text)


def test_every_token_that_is_used_is_declared():
    declared = set(re.findall(r"(--[\w-]+):", CSS))
    for path in STYLES.glob("*.css"):
        text = path.read_text("utf-8")
        known = declared | set(re.findall(r"(--[\w-]+):", text))
        used = {name for name in re.findall(r"var\((--[\w-]+)\)", text) if not name.startswith("--bs-")}
        assert used <= known, path.name
