"""Splits text into the words that search compares: Chinese into overlapping pairs of characters (bigrams).

Chinese is written without spaces, and PostgreSQL ships no dictionary for it. Pairs of neighbouring characters need
none, find every word of two characters or more, and tell 电动车 from 电梯. The same splitting is done in SQL by
`communities_bigrams` (migration 0002), which fills the search columns; a test holds the two equal.

Text is folded first: compatibility forms as one (NFKC: full-width letters, ㎡, ①), characters without width dropped,
ASCII in lower case. Then it is cut into runs:

- Han characters and kana: every pair, and the last character alone, so that one character is found as the beginning
  of a lexeme (`树:*`). A run of n characters takes n positions, so pairs of two runs are never neighbours.
- Letters and digits of other scripts: the whole word, cut at `WORD_LENGTH` characters.
- All else separates.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import NamedTuple

HAN = r"\u3005-\u3007\u3040-\u30ff\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"
WORD = r"0-9a-z\u00c0-\u00d6\u00d8-\u00f6\u00f8-\u1fff\uac00-\ud7a3"
WIDTHLESS = re.compile(r"[\u00ad\u200b-\u200d\u2060\ufe00-\ufe0f\ufeff\U000e0100-\U000e01ef]")
RUN = re.compile(f"[{HAN}]+|[{WORD}]+")
IS_HAN = re.compile(f"[{HAN}]")
SEARCH_LENGTH = 100
"""Characters of a search that are looked for."""

WORD_LENGTH = 40
"""A lexeme may have 2,046 bytes at most; no word that people look for comes near."""

LOWER = {capital: capital + 32 for capital in range(ord("A"), ord("Z") + 1)}
"""ASCII alone: what other letters become depends on the locale of the database."""

WEIGHTS = "ABCD"


def fold(text: str) -> str:
    return WIDTHLESS.sub("", unicodedata.normalize("NFKC", text)).translate(LOWER)


def is_han(run: str) -> bool:
    return IS_HAN.match(run) is not None


def pairs(run: str) -> list[str]:
    """The overlapping pairs of a run of Han characters; of a single one itself."""
    return [run[place : place + 2] for place in range(len(run) - 1)] or [run]


def lexemes(*texts: str) -> dict[str, list[tuple[int, str]]]:
    """What `communities_bigrams(texts…)` makes: lexeme → positions with weights, texts in order of weight."""
    found: dict[str, list[tuple[int, str]]] = {}
    position = 0
    for number, text in enumerate(texts):
        weight = WEIGHTS[min(number, len(WEIGHTS) - 1)]
        for run in RUN.findall(fold(text)):
            parts = [*pairs(run), *run[1:][-1:]] if is_han(run) else [run[:WORD_LENGTH]]
            for part in parts:
                position += 1
                found.setdefault(part, []).append((position, weight))
    return found


class Term(NamedTuple):
    """One lexeme of a query; `prefix` where it is a single Han character, found as the beginning of a pair."""

    lexeme: str
    prefix: bool

    def labelled(self, weight: str = "") -> str:
        """As PostgreSQL reads it, wanted anywhere or with this weight. Lexemes hold no quotes and no backslashes."""
        label = f"{'*' if self.prefix else ''}{weight}"
        return f"'{self.lexeme}':{label}" if label else f"'{self.lexeme}'"


@dataclass(frozen=True, slots=True)
class Query:
    """What somebody looks for: pieces between separators, each of runs that follow one another without a gap."""

    pieces: tuple[tuple[str, ...], ...]

    @classmethod
    def of(cls, text: str) -> Query:
        """Empty where the text holds nothing that could be looked for."""
        pieces: list[list[str]] = []
        end = -1
        for run in RUN.finditer(fold(text)):
            if run.start() != end:
                pieces.append([])
            pieces[-1].append(run.group())
            end = run.end()
        return cls(tuple(tuple(piece) for piece in pieces))

    def __bool__(self) -> bool:
        return bool(self.pieces)

    @property
    def runs(self) -> list[str]:
        """Every run once, in the order typed."""
        return list(dict.fromkeys(run for piece in self.pieces for run in piece))

    @property
    def terms(self) -> list[Term]:
        """Every lexeme once, in the order typed."""
        return list(dict.fromkeys(term for run in self.runs for term in _terms(run)))

    def all_words(self, weight: str = "") -> str:
        """A tsquery of all pieces, each as a phrase; with a weight ("A") only where the text has it."""
        return " & ".join(dict.fromkeys(_phrase(piece, weight) for piece in self.pieces))

    def any_word(self) -> str:
        """A tsquery of any lexeme."""
        return " | ".join(term.labelled() for term in self.terms)


def _terms(run: str) -> list[Term]:
    if is_han(run):
        return [Term(pair, len(run) == 1) for pair in pairs(run)]
    return [Term(run[:WORD_LENGTH], prefix=False)]


def _phrase(piece: Sequence[str], weight: str) -> str:
    """The lexemes of a piece, each at its distance: after a run of several Han characters comes its last one alone."""
    phrase = ""
    for run in piece:
        phrase += " <-> ".join(term.labelled(weight) for term in _terms(run))
        phrase += " <2> " if is_han(run) and len(run) > 1 else " <-> "
    return f"({phrase.rpartition(' <')[0]})"


class Span(NamedTuple):
    """Characters of a text from `start` up to, not including, `end`."""

    start: int
    end: int


def spans(text: str, query: Query, *, any_word: bool = False) -> list[Span]:
    """Where a text has runs of the query (`any_word`: pairs of its characters), in order and joined where they touch.

    Folding may change lengths, so it is done letter by letter and every folded character remembers where it was.
    """
    folded, places = _folded_with_places(text)
    wanted = [term.lexeme for term in query.terms] if any_word else query.runs
    found: list[Span] = []
    for run in RUN.finditer(folded):
        if is_han(run.group()):
            hits = _within(run.group(), wanted)
        else:
            hits = [Span(0, len(run.group()))] if run.group() in wanted else []
        found += [Span(places[run.start() + hit.start].start, places[run.start() + hit.end - 1].end) for hit in hits]
    return _joined(found)


def _folded_with_places(text: str) -> tuple[str, list[Span]]:
    """The folded text, and for each of its characters the letter with its marks that it came from."""
    folded: list[str] = []
    places: list[Span] = []
    start = 0
    for end in range(1, len(text) + 1):
        if end < len(text) and unicodedata.combining(text[end]):
            continue
        letters = fold(text[start:end])
        folded.append(letters)
        places += [Span(start, end)] * len(letters)
        start = end
    return "".join(folded), places


def _within(run: str, wanted: Iterable[str]) -> list[Span]:
    """Every place in a run where one of the wanted strings stands."""
    return [
        Span(place, place + len(word))
        for word in wanted
        for place in range(len(run) - len(word) + 1)
        if run.startswith(word, place)
    ]


def _joined(found: Iterable[Span]) -> list[Span]:
    joined: list[Span] = []
    for span in sorted(found):
        if joined and span.start <= joined[-1].end:
            joined[-1] = Span(joined[-1].start, max(joined[-1].end, span.end))
        else:
            joined.append(span)
    return joined


class Part(NamedTuple):
    text: str
    marked: bool


def parts(text: str, marked: Sequence[Span], window: Span | None = None) -> Iterator[Part]:
    """The text of the window cut at its marks, in order; nothing is lost and nothing is empty."""
    place, end = window or Span(0, len(text))
    for span in marked:
        if span.end <= place or span.start >= end:
            continue
        yield from _part(text[place : span.start], marked=False)
        yield from _part(text[max(place, span.start) : min(end, span.end)], marked=True)
        place = min(end, span.end)
    yield from _part(text[place:end], marked=False)


def _part(text: str, *, marked: bool) -> Iterator[Part]:
    if text:
        yield Part(text, marked)


def best_window(text: str, marked: Sequence[Span], length: int) -> tuple[int, Span]:
    """The stretch of at most `length` characters that shows the most different marked words; its number of them.

    It begins a third of its length before its first mark, or at the beginning of a sentence there, so that one reads
    what a mark is about. Ties: more marks, then the earlier place.
    """
    best = (0, 0, Span(0, min(length, len(text))))
    for first, span in enumerate(marked):
        start = _beginning(text, span.start, length // 3) if span.end > length else 0
        start = max(0, min(start, len(text) - length))
        window = Span(start, min(len(text), start + length))
        inside = [text[mark.start : mark.end] for mark in marked[first:] if mark.end <= window.end]
        if (len(set(inside)), len(inside)) > best[:2]:
            best = (len(set(inside)), len(inside), window)
    return best[0], best[2]


def _beginning(text: str, place: int, reach: int) -> int:
    """After the last end of a sentence within reach before the place, else as far before it as reach goes."""
    earliest = max(0, place - reach)
    ends = [match.end() for match in SENTENCE_END.finditer(text, earliest, place)]
    return ends[-1] if ends else earliest


SENTENCE_END = re.compile(r"[\u3002\uff01\uff1f\uff1b!?;\n]\s*")
