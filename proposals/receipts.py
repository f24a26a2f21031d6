"""Numbers: those of receipts, as `26-003-0012-0`, and those of projects, as `WJ-034-2018-01`. Pure text, no Django.

A receipt holds year, community, running number and check digit. It is short and of digits alone, so that it can be
read over the telephone and typed on a number pad. The check digit follows H. M. Damm (Total anti-symmetrische
Quasigruppen, Marburg 2004): it finds every single wrong digit and every two neighbours that changed places, which are
nearly all mistakes that people make.
"""

from __future__ import annotations

import unicodedata

PREFIX_LENGTH = 5
"""Two digits of the year and the last three of the community's code."""

LONGEST = 16

_NEXT = (
    "0317598642",
    "7092154863",
    "4206871359",
    "1750983426",
    "6123045978",
    "3674209581",
    "5869720134",
    "8945362017",
    "9438617205",
    "2581436790",
)


def prefix_of(year: int, community_code: str) -> str:
    """What all receipts of a community in one year begin with, for example `26003`."""
    return f"{year % 100:02}{community_code[-3:]}"


def receipt(prefix: str, number: int) -> str:
    """The receipt of the running number (from 1) behind a prefix of `prefix_of`."""
    digits = f"{prefix}{number:04}"
    return _written(digits + str(check(digits)))


def project_number(prefix: str, community_code: str, year: int, number: int) -> str:
    """Prefix of the sub-district (may be empty), community, year, and running number of the community in that year."""
    return "-".join([*filter(None, [prefix]), community_code[-3:], str(year), f"{number:02}"])


def check(digits: str) -> int:
    """Damm's check digit; of digits that end with theirs it is 0."""
    row = 0
    for digit in digits:
        row = int(_NEXT[row][int(digit)])
    return row


def read(typed: str) -> str:
    """The receipt in what somebody typed, written as on the paper; empty if it is none.

    Full-width digits, spaces and lines of any kind between them are understood.
    """
    plain = unicodedata.normalize("NFKC", typed)
    digits = "".join(c for c in plain if c.isdecimal())
    between = all(unicodedata.category(c)[0] in "ZP" or c == "\N{MINUS SIGN}" for c in plain if not c.isdecimal())
    fits = between and digits.isascii() and PREFIX_LENGTH + 5 <= len(digits) <= LONGEST - 3
    return _written(digits) if fits and check(digits) == 0 else ""


def _written(digits: str) -> str:
    return "-".join((digits[:2], digits[2:PREFIX_LENGTH], digits[PREFIX_LENGTH:-1], digits[-1]))
