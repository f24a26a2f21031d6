"""Even loads: against every possible distribution of small cases, and by properties."""

from collections import Counter
from itertools import combinations, product

from hypothesis import given, settings
from hypothesis import strategies as st

from contests.balancing import Case, Seat, balance

CODES = ("E1", "E2", "E3", "E4")


@st.composite
def panels(draw, most_entries=4):
    """Up to four experts and a few entries, with conflicts, zones, fields of work and what is given already."""
    seats = [
        Seat(code, draw(st.frozensets(st.sampled_from("AB"))), draw(st.sampled_from(["", "", "", "Z"])))
        for code in CODES[: draw(st.integers(1, 4))]
    ]
    codes = [seat.code for seat in seats]
    cases = []
    for number in range(draw(st.integers(0, most_entries))):
        kept_out = draw(st.frozensets(st.sampled_from(codes), max_size=2))
        given_to = draw(st.frozensets(st.sampled_from(codes), max_size=1)) - kept_out
        category, zone = draw(st.sampled_from("AB")), draw(st.sampled_from(["", "Z"]))
        cases.append(Case(f"{number:03}", draw(st.integers(0, 4)), category, zone, given_to, kept_out))
    return seats, cases


def loads(seats, cases, new):
    load = Counter({seat.code: 0 for seat in seats})
    for case in cases:
        load.update(case.given | new[case.number])
    return load


def possible(seats, case):
    """Every set of experts that the entry can get in addition."""
    free = [seat.code for seat in seats if case.may_have(seat) and seat.code not in case.given]
    count = min(len(free), max(0, case.wanted - len(case.given)))
    return [frozenset(chosen) for chosen in combinations(free, count)]


@given(panels())
def test_each_entry_gets_as_many_experts_as_it_wants_and_can_have(panel):
    seats, cases = panel
    new = balance(seats, cases, "seed")
    assert all(new[case.number] in possible(seats, case) for case in cases)
    assert new.keys() == {case.number for case in cases}


@settings(deadline=None)
@given(panels())
def test_no_other_distribution_is_more_even(panel):
    seats, cases = panel
    found = loads(seats, cases, balance(seats, cases, "seed"))
    every = product(*(possible(seats, case) for case in cases))
    best = min(
        sorted(loads(seats, cases, dict(zip([case.number for case in cases], chosen, strict=True))).values())[::-1]
        for chosen in every
    )
    assert sorted(found.values())[::-1] == best


@given(st.integers(1, 9), st.integers(0, 40), st.integers(1, 9))
def test_without_conflicts_loads_differ_by_one_at_most(experts, entries, each):
    seats = [Seat(f"E{number}") for number in range(experts)]
    cases = [Case(f"{number:03}", each) for number in range(entries)]
    load = loads(seats, cases, balance(seats, cases, "seed"))
    assert max(load.values()) - min(load.values()) <= 1
    assert load.total() == entries * min(each, experts)


@given(panels(most_entries=8))
def test_the_same_is_drawn_again(panel):
    seats, cases = panel
    assert balance(seats, cases, "seed") == balance(seats[::-1], cases[::-1], "seed")


def test_experts_get_what_they_know_about():
    seats = [Seat("E1", frozenset("A")), Seat("E2", frozenset("B"))]
    cases = [Case(f"{number:03}", 1, "AB"[number % 2]) for number in range(10)]
    new = balance(seats, cases, "seed")
    assert all(new[case.number] == {"E1" if case.category == "A" else "E2"} for case in cases)


def test_a_whole_contest_takes_no_time():
    """104 entries, 9 experts, 5 for each, as in a year of 望京."""
    seats = [Seat(f"E{number}", frozenset("ABCDEF"[number % 6])) for number in range(9)]
    cases = [
        Case(f"{number:03}", 5, "ABCDEF"[number % 6], kept_out=frozenset({f"E{number % 9}"})) for number in range(104)
    ]
    load = loads(seats, cases, balance(seats, cases, "seed"))
    assert sorted(load.values()) == [57] * 2 + [58] * 7
