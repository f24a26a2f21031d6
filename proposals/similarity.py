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


@dataclass(frozen=True, slots=True)
class Member:
    """One of the ideas that are put into groups."""

    lexemes: Lexemes
    community: int
    category: int


TOGETHER = ALIKE * 3 / 4
"""Two groups become one if their ideas are so close to one another on the average."""

Closes = Mapping[tuple[int, int], float]
"""How close two ideas (ids, the lower first) are."""


def groups(members: Mapping[int, Member], counts: Mapping[str, int], ideas: int) -> list[dict[int, float]]:
    """Ideas (ids) put together by what they have in common; each group with how close its ideas are to the first.

    The closest two come together first. Groups grow as long as two of their ideas are alike and all of them are close
    on the average, so that no chain leads from benches over pensioners to a choir. The idea that the others resemble
    most is the first of its group. Large groups come first; ideas like no other are groups of their own, last.
    """
    closes = _closes(members, counts, ideas)
    group_of = {pk: [pk] for pk in members}
    for (one, other), close in sorted(closes.items(), key=lambda pair: (-pair[1], pair[0])):
        if close < ALIKE:
            break
        here, there = group_of[one], group_of[other]
        if here is there:
            continue
        total = sum(closes.get(_pair(a, b), 0.0) for a in here for b in there)
        if total >= TOGETHER * len(here) * len(there):
            here.extend(there)
            group_of.update(dict.fromkeys(there, here))
    found = list({id(group): group for group in group_of.values()}.values())
    return [_ordered(group, closes) for group in sorted(found, key=lambda group: -len(group))]


def _ordered(group: Sequence[int], closes: Closes) -> dict[int, float]:
    """The idea that the others resemble most, then these, the closest to it first."""
    first = max(group, key=lambda pk: (sum(closes.get(_pair(pk, other), 0.0) for other in group), -pk))
    others = {pk: closes.get(_pair(first, pk), 0.0) for pk in group if pk != first}
    return {first: 1.0, **dict(sorted(others.items(), key=lambda pair: (-pair[1], pair[0])))}


def _closes(members: Mapping[int, Member], counts: Mapping[str, int], ideas: int) -> dict[tuple[int, int], float]:
    """Of all pairs that have a word in common, the mean of how close each of the two is to the other."""
    having: dict[str, list[int]] = {}
    for pk, member in members.items():
        for lexeme in member.lexemes:
            having.setdefault(lexeme, []).append(pk)
    shared: dict[tuple[int, int], float] = {}
    for pk, member in members.items():
        wanted = sought(member.lexemes, counts, ideas)
        for lexeme, weight in wanted.weights.items():
            for other in having[lexeme]:
                if other != pk:
                    shared[_pair(pk, other)] = shared.get(_pair(pk, other), 0.0) + weight / wanted.whole / 2
    return {(one, other): _close(members[one], members[other], both) for (one, other), both in shared.items()}


def _close(one: Member, other: Member, shared: float) -> float:
    return closeness(
        shared, same_community=one.community == other.community, same_category=one.category == other.category
    )


def _pair(one: int, other: int) -> tuple[int, int]:
    return (one, other) if one < other else (other, one)
