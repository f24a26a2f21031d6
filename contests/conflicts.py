"""Which expert must keep out of which entry (回避), from plain facts: no database, no Django.

Whoever is touched in several ways keeps out for the nearest of them: the team before the organisation, the organisation
before the employer, the employer before the community. A name alone proves nothing, for many share one: it is a
suspicion, which the office looks into.
"""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass

from contests.enums import RecusalGround


@dataclass(frozen=True, slots=True)
class Ties:
    """What an expert belongs to. Ids of the account, communities and organisations; names are `alike`."""

    user: int
    name: str = ""
    phone: str = ""
    employer: str = ""
    communities: frozenset[int] = frozenset()
    organisations: frozenset[int] = frozenset()


@dataclass(frozen=True, slots=True)
class Stake:
    """Who stands behind an entry: authors and lead (accounts), its team, and the organisations behind it.

    `members` are the name, made `alike`, and the number, if known, of each of the team; `bodies` are names made `alike`
    of the organisations and of the team itself.
    """

    community: int
    authors: frozenset[int] = frozenset()
    members: frozenset[tuple[str, str]] = frozenset()
    organisations: frozenset[int] = frozenset()
    bodies: frozenset[str] = frozenset()


def alike(text: str) -> str:
    """A name as it is compared: full width or not, capitals or not, with blanks or not are the same name."""
    return "".join(unicodedata.normalize("NFKC", text).casefold().split())


def ground(ties: Ties, stake: Stake) -> RecusalGround | None:
    """Why the expert keeps out of the entry, or None where nothing ties them to it."""
    phones = {phone for _name, phone in stake.members}
    if ties.user in stake.authors or (ties.phone and ties.phone in phones):
        return RecusalGround.ON_TEAM
    if ties.organisations & stake.organisations:
        return RecusalGround.SAME_ORGANISATION
    if ties.employer and ties.employer in stake.bodies:
        return RecusalGround.SAME_EMPLOYER
    if stake.community in ties.communities:
        return RecusalGround.SAME_COMMUNITY
    return None


def namesake(ties: Ties, stake: Stake) -> bool:
    """Whether one of the team has the expert's name, and no number says that they are two people."""
    same = (phone for name, phone in stake.members if name and name == ties.name)
    return any(not phone or not ties.phone for phone in same)
