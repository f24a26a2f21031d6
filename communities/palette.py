"""The colours of the style sheets as numbers: which stand on which, their contrast, and how far apart they look.

Pure arithmetic: the tests hold the figures, and the catalogue of components shows them.
"""

from __future__ import annotations

import itertools
import math
import re
from typing import NamedTuple

SCHEMES = ("light", "dark")
CATEGORIES = tuple(f"cat-{place}" for place in range(1, 9))
GROUNDS = ("paper", "sheet", "shade", "field", "gold-wash", "seal-wash", "jade-wash")

# WCAG 2.2: text 1.4.3; what bounds a control or carries a meaning 1.4.11.
TEXT_LEAST = 4.5
MARK_LEAST = 3.0


class Pair(NamedTuple):
    """A colour and what it stands on or touches, by the names of their tokens."""

    colour: str
    ground: str


def _pairs(colours: tuple[str, ...], grounds: tuple[str, ...]) -> list[Pair]:
    return [Pair(*names) for names in itertools.product(colours, grounds)]


TEXT = (
    *_pairs(("ink", "ink-soft", "ink-faint"), GROUNDS),
    *_pairs(("gold-deep",), ("paper", "sheet", "shade", "gold-wash")),
    *_pairs(("seal",), ("paper", "sheet", "shade", "field", "seal-wash")),
    *_pairs(("jade",), ("sheet", "jade-wash")),
    *_pairs(("paper",), ("ink", "ink-soft")),
    *_pairs(("on-gold",), ("gold", "gold-bright")),
    Pair("on-seal", "seal-fill"),
    *_pairs(("on-night", "on-night-soft", "gold"), ("night", "night-deep")),
    *_pairs(CATEGORIES, ("paper", "sheet")),
    *(Pair(name, f"{name}-wash") for name in CATEGORIES),
)
MARKS = (
    *_pairs(("edge", "bar-ink", "bar-gold", "focus"), ("paper", "sheet")),
    *_pairs(("edge",), ("field", "shade")),
    Pair("bar-gold", "gold-wash"),
    Pair("bar-ink", "bar-gold"),
    Pair("focus", "shade"),
    Pair("night-line", "night-deep"),
    Pair("gold", "night"),
)

Colour = tuple[float, float, float]

# Machado, Oliveira, Fernandes, "A Physiologically-based Model for Simulation of Color Vision Deficiency", IEEE
# Transactions on Visualization and Computer Graphics 15 (2009), severity 1.0; applied to linear RGB.
SIGHTS: dict[str, tuple[Colour, Colour, Colour]] = {
    "full": ((1, 0, 0), (0, 1, 0), (0, 0, 1)),
    "protanopia": ((0.152286, 1.052583, -0.204868), (0.114503, 0.786281, 0.099216), (-0.003882, -0.048116, 1.051998)),
    "deuteranopia": ((0.367322, 0.860646, -0.227968), (0.280085, 0.672501, 0.047413), (-0.011820, 0.042940, 0.968881)),
}
# Linear sRGB to XYZ of D65 (IEC 61966-2-1), and its white.
TO_XYZ = ((0.4124564, 0.3575761, 0.1804375), (0.2126729, 0.7151522, 0.0721750), (0.0193339, 0.1191920, 0.9503041))
WHITE = (0.95047, 1.0, 1.08883)
DECLARATION = re.compile(r"--([\w-]+): (#[0-9a-f]{6});")


def tokens(css: str, scheme: str) -> dict[str, str]:
    """Every colour that the text of tokens.css declares, as `#rrggbb`; the dark scheme says only what differs."""
    light, _, dark = css.partition("@media (prefers-color-scheme: dark)")
    found = dict(DECLARATION.findall(light))
    return found if scheme == "light" else found | dict(DECLARATION.findall(dark))


def linear(colour: str) -> Colour:
    red, green, blue = (int(colour[place : place + 2], 16) / 255 for place in (1, 3, 5))
    return (_linear(red), _linear(green), _linear(blue))


def _linear(value: float) -> float:
    return value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4


def contrast(one: str, other: str) -> float:
    """Ratio of WCAG 2.2, from 1 to 21."""
    lights = sorted(_times(TO_XYZ, linear(colour))[1] for colour in (one, other))
    return (lights[1] + 0.05) / (lights[0] + 0.05)


def distance(one: str, other: str, sight: str) -> float:
    """Delta E of CIE 1976 between two colours as somebody of that sight sees them."""
    return math.dist(_lab(_times(SIGHTS[sight], linear(one))), _lab(_times(SIGHTS[sight], linear(other))))


def _times(matrix: tuple[Colour, ...], colour: Colour) -> Colour:
    first, second, third = (sum(a * b for a, b in zip(row, colour, strict=True)) for row in matrix)
    return (first, second, third)


def _lab(colour: Colour) -> Colour:
    red, green, blue = (min(1.0, max(0.0, part)) for part in colour)
    x, y, z = (_bend(part / white) for part, white in zip(_times(TO_XYZ, (red, green, blue)), WHITE, strict=True))
    return (116 * y - 16, 500 * (x - y), 200 * (y - z))


def _bend(value: float) -> float:
    return value ** (1 / 3) if value > 216 / 24389 else (24389 / 27 * value + 16) / 116
