"""How alike two ideas are: the definition. `proposals/similar.py` finds the same in the database.

Two ideas are alike as far as they have rare words in common. Words are the lexemes of `communities.bigrams`, so pairs
of Chinese characters. A word weighs the square of its rarity, twice that in the title of the idea that is compared: on
the labelled pairs of the tests squares tell duplicates from near misses better than plain rarity, and that better than
counting words alike. What both have is divided by all that the idea looked from holds, so that a text which is only
begun finds what it is about; a text shorter than `LEAST` is taken for as long, since a few words prove little. The same
place and the same category add a little to it.
"""

from __future__ import annotations

import math
from collections.abc import Container, Mapping, Sequence
from dataclasses import dataclass

from proposals.enums import Likeness

IN_TITLE = 2.0
LEAST = 30.0
"""The weight of about a title and a sentence; an idea of usual length weighs 60 to 100."""

SAME_COMMUNITY = 0.1
SAME_CATEGORY = 0.1

ALIKE = 0.06
VERY_ALIKE = 0.12
"""On the labelled pairs no near miss is very alike."""

MOST_FOUND = 4000
"""How often the words that are looked for may occur on the whole site. It bounds what a search reads: with some
thousand ideas the commonest words, which weigh next to nothing, are left out."""

Lexemes = Mapping[str, Sequence[tuple[int, str]]]
"""As `communities.bigrams.lexemes` makes them: word → its places, each with its weight class; the title's is A."""


@dataclass(frozen=True, slots=True)
class Sought:
    """What one idea looks for in the others: words with their weights, and `whole`, by which what is found is divided."""

    weights: Mapping[str, float]
    whole: float


def rarity(count: int, ideas: int) -> float:
    """From 1 for a word of one idea (or of none so far) down to nearly 0 for a word of all."""
    ideas = max(ideas, 1)
    return math.log1p(ideas / max(count, 1)) / math.log1p(ideas)


def sought(text: Lexemes, counts: Mapping[str, int], ideas: int, most_found: int = MOST_FOUND) -> Sought:
    """The words of an idea, the rarest of them to be looked for.

    `counts` tells how many of the site's `ideas` have a word; a word that is missing there is as good as new.
    """
    weights = {}
    whole = 0.0
    left = most_found
    for lexeme in sorted(text, key=lambda lexeme: (counts.get(lexeme, 1), lexeme)):
        count = counts.get(lexeme, 1)
        titled = any(weight == "A" for _, weight in text[lexeme])
        weight = rarity(count, ideas) ** 2 * (IN_TITLE if titled else 1.0)
        whole += weight
        left -= count
        if left >= 0:
            weights[lexeme] = weight
    return Sought(weights, max(whole, LEAST))


def overlap(wanted: Sought, lexemes: Container[str]) -> float:
    """What an idea with these words has of what is sought, from 0 to 1."""
    return sum(weight for lexeme, weight in wanted.weights.items() if lexeme in lexemes) / wanted.whole


def closeness(shared: float, *, same_community: bool, same_category: bool) -> float:
    """The overlap, a little more for ideas from one place and of one category."""
    return shared * (1 + SAME_COMMUNITY * same_community + SAME_CATEGORY * same_category)


LEAST_OVERLAP = ALIKE / closeness(1, same_community=True, same_category=True)
"""Below it nothing is alike, whatever place and category add."""


def likeness(close: float) -> Likeness | None:
    """The word for it, if the two are alike at all."""
    if close >= VERY_ALIKE:
        return Likeness.VERY
    return Likeness.ALIKE if close >= ALIKE else None
