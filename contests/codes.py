"""Household codes, as `K7QM-4XRD-WN3H`: what opens one ballot without an account. Pure text, no Django.

Twelve letters and digits out of thirty-one that cannot be mistaken for one another: more than 59 bits, so that nobody
guesses one. Only a keyed hash is kept.
"""

from __future__ import annotations

import hashlib
import hmac
import secrets
import unicodedata

ALPHABET = "23456789ABCDEFGHJKLMNPQRSTUVWXYZ".replace("L", "")
LENGTH = 12
GROUP = 4


def draw() -> str:
    """A new code, written in groups."""
    return written("".join(secrets.choice(ALPHABET) for _ in range(LENGTH)))


def written(letters: str) -> str:
    return "-".join(letters[start : start + GROUP] for start in range(0, len(letters), GROUP))


def read(typed: str) -> str:
    """The code in what somebody typed, written in groups; empty if it is none.

    Small and full-width letters, spaces and lines between the groups are understood.
    """
    plain = unicodedata.normalize("NFKC", typed).upper()
    letters = "".join(c for c in plain if c not in " -–—_\u2212" and not c.isspace())
    fits = len(letters) == LENGTH and set(letters) <= set(ALPHABET)
    return written(letters) if fits else ""


def keyed_hash(code: str, key: str) -> str:
    """64 hex digits by which a code is found, useless without the key."""
    return hmac.new(key.encode(), f"household-code:{code}".encode(), hashlib.sha256).hexdigest()
