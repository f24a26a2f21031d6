"""Where a text names somebody. Pure text, no Django."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable

LEAST = 2
"""A single character is no name that could be looked for."""


def named_in(text: str, names: Iterable[str]) -> list[str]:
    """Those of the names that stand in the text, each once.

    Full width or not, capitals or not, with blanks or not; what is written in letters only as words of its own.
    """
    whole = _plain(text)
    return [name for name in dict.fromkeys(names) if len(_plain(name)) >= LEAST and _stands(_plain(name), whole)]


def _stands(name: str, text: str) -> bool:
    if name.isascii():
        return re.search(rf"(?<![a-z0-9]){re.escape(name)}(?![a-z0-9])", text) is not None
    return name.replace(" ", "") in text.replace(" ", "")


def _plain(text: str) -> str:
    return " ".join(unicodedata.normalize("NFKC", text).casefold().split())
