"""The name that a person shows: what it may consist of. Pure text, no Django."""

from __future__ import annotations

import tomllib
import unicodedata
from itertools import groupby
from pathlib import Path

LENGTH = 20
NUMBER_LENGTH = 7
"""From so many digits on it is a number by which a person can be reached or found: landlines have 7 or 8, mobile
telephones 11, identity cards 17 or 18."""

_CHINESE = tomllib.loads(Path(__file__).with_suffix(".toml").read_text("utf-8"))
FAMILY_NAMES = frozenset([*_CHINESE["family_names"], *_CHINESE["double_family_names"]])
"""The commonest ones, which nine in ten people bear."""

TITLES = tuple(_CHINESE["titles"])
FORMS_OF_ADDRESS = (*TITLES, *_CHINESE["forms_of_address"])
"""What stands behind a family name among neighbours, so that the name is no full one."""

FULL_LENGTHS = range(2, 5)
"""Characters of a full name with its family name."""

JOINER = "\u200d"
"""Holds the parts of an emoji together; all other invisible characters can turn or hide text."""


def tidied(name: str) -> str:
    """One line without spaces around it; characters that look alike because they are composed are composed."""
    return unicodedata.normalize("NFC", " ".join(name.split()))


def has_hidden_characters(name: str) -> bool:
    """Whether it holds marks that turn the direction of writing, control characters, or what no font shows."""
    return any(unicodedata.category(character).startswith("C") and character != JOINER for character in name)


def is_visible(name: str) -> bool:
    """Whether a reader sees a letter, a figure or a picture, and not marks alone."""
    return any(
        unicodedata.category(character)[0] in "LN" or unicodedata.category(character) == "So" for character in name
    )


def has_number(name: str) -> bool:
    """Whether it holds a telephone or identity number: digits of any script, Chinese numerals too, however parted."""
    plain = [c for c in unicodedata.normalize("NFKC", name) if unicodedata.category(c)[0] in "LNS"]
    runs = (len(list(run)) for is_digit, run in groupby(plain, key=_is_digit) if is_digit)
    return max(runs, default=0) >= NUMBER_LENGTH


def looks_full(name: str) -> bool:
    """Whether it may be a full Chinese name; nicknames that begin like one look full too."""
    han = all(unicodedata.name(character, "").startswith("CJK UNIFIED") for character in name)
    if not han or len(name) not in FULL_LENGTHS or name.endswith(FORMS_OF_ADDRESS):
        return False
    return len(name) > len(_family_name_of(name)) > 0


def family_name(name: str) -> str:
    """What a form of address goes with: the family name in a full one or before another form of address, else all."""
    bare = name
    for title in TITLES:
        bare = bare.removesuffix(title)
    return _family_name_of(bare) if looks_full(bare) else bare or name


def _family_name_of(name: str) -> str:
    return next((name[:length] for length in (2, 1) if name[:length] in FAMILY_NAMES), "")


def _is_digit(character: str) -> bool:
    value = unicodedata.numeric(character, None)
    return value is not None and value in range(10)
