"""Who reads which entry: so many experts for each, nobody more than the others if it can be helped. Pure.

The loads come out as even as the conflicts allow: an assignment is moved along a chain of experts as long as one end has
at least two more than the other. Where no such chain is left, no other distribution is more even (Harvey, Ladner,
Lovász and Tamir, "Semi-matchings for bipartite graphs and load balancing", 2006).
"""

from __future__ import annotations

import hashlib
from collections import deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Seat:
    """An expert by code: the categories they know about, and the zone to which they are bound, blank for any."""

    code: str
    fields: frozenset[str] = frozenset()
    zone: str = ""


@dataclass(frozen=True, slots=True)
class Case:
    """An entry by number: how many experts it is to have, who has it already, and who keeps out of it."""

    number: str
    wanted: int
    category: str = ""
    zone: str = ""
    given: frozenset[str] = frozenset()
    kept_out: frozenset[str] = frozenset()

    def may_have(self, seat: Seat) -> bool:
        return seat.code not in self.kept_out and seat.zone in {"", self.zone}


@dataclass(slots=True)
class _Plan:
    """New assignments by entry number, and how many entries each expert has, the given ones with them."""

    seats: Mapping[str, Seat]
    cases: Mapping[str, Case]
    new: dict[str, set[str]] = field(default_factory=dict)
    load: dict[str, int] = field(default_factory=dict)

    def open_to(self, number: str, code: str) -> bool:
        case = self.cases[number]
        return case.may_have(self.seats[code]) and code not in case.given and code not in self.new[number]

    def move(self, number: str, old: str, new: str) -> None:
        self.new[number].remove(old)
        self.new[number].add(new)
        self.load[old] -= 1
        self.load[new] += 1


def balance(seats: Sequence[Seat], cases: Sequence[Case], seed: str) -> dict[str, frozenset[str]]:
    """The codes of the experts that each entry gets in addition, by its number.

    An entry gets as many as it wants, or everybody who may have it. What is given already stays. Among equally even
    distributions those are preferred in which experts know about the category; the rest is drawn by the seed.
    """
    plan = _Plan({seat.code: seat for seat in seats}, {case.number: case for case in cases})
    plan.load = {seat.code: sum(seat.code in case.given for case in cases) for seat in seats}
    plan.new = {case.number: set() for case in cases}
    for case in sorted(cases, key=lambda case: (_choice(plan, case), _draw(seed, case.number))):
        _fill(plan, case, seed)
    while _even_out(plan, seed):
        pass
    while _fit(plan):
        pass
    return {number: frozenset(codes) for number, codes in plan.new.items()}


def _draw(seed: str, *names: str) -> str:
    return hashlib.sha256(":".join((seed, *names)).encode()).hexdigest()


def _choice(plan: _Plan, case: Case) -> int:
    """How many may have the entry: those with the fewest choose first."""
    return sum(case.may_have(seat) for seat in plan.seats.values())


def _knows(plan: _Plan, number: str, code: str) -> bool:
    return plan.cases[number].category in plan.seats[code].fields


def _fill(plan: _Plan, case: Case, seed: str) -> None:
    free = [code for code in plan.seats if plan.open_to(case.number, code)]
    free.sort(key=lambda code: (plan.load[code], not _knows(plan, case.number, code), _draw(seed, case.number, code)))
    for code in free[: max(0, case.wanted - len(case.given))]:
        plan.new[case.number].add(code)
        plan.load[code] += 1


def _even_out(plan: _Plan, seed: str) -> bool:
    """Shorten the longest list by a chain of moves that ends at a list shorter by two or more; False if there is none."""
    for start in sorted(plan.load, key=lambda code: (-plan.load[code], _draw(seed, code))):
        chain = _chain(plan, start)
        if chain:
            for number, old, new in chain:
                plan.move(number, old, new)
            return True
    return False


def _chain(plan: _Plan, start: str) -> list[tuple[str, str, str]]:
    """The shortest chain of (entry, from expert, to expert), last move first, from `start` to somebody with less."""
    came: dict[str, tuple[str, str]] = {start: ("", "")}
    queue = deque([start])
    while queue:
        here = queue.popleft()
        if plan.load[here] <= plan.load[start] - 2:
            chain = []
            while here != start:
                number, before = came[here]
                chain.append((number, before, here))
                here = before
            return chain
        for number in plan.new:
            if here not in plan.new[number]:
                continue
            for code in plan.seats:
                if code not in came and plan.open_to(number, code):
                    came[code] = (number, here)
                    queue.append(code)
    return []


def _fit(plan: _Plan) -> bool:
    """Let two experts change entries where more of them know the category afterwards; False if no two can."""
    pairs = [(number, code) for number in plan.new for code in sorted(plan.new[number])]
    for place, (one, first) in enumerate(pairs):
        for other, second in pairs[place + 1 :]:
            if first == second or not (plan.open_to(one, second) and plan.open_to(other, first)):
                continue
            before = _knows(plan, one, first) + _knows(plan, other, second)
            after = _knows(plan, one, second) + _knows(plan, other, first)
            if after > before:
                plan.move(one, first, second)
                plan.move(other, second, first)
                return True
    return False
