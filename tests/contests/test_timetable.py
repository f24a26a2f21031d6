"""The drawn order of the pitches and their times."""

import hashlib
from datetime import UTC, datetime, timedelta
from itertools import groupby

from hypothesis import given
from hypothesis import strategies as st

from contests.timetable import Presented, beginnings, drawn

START = datetime(2026, 11, 12, 1, tzinfo=UTC)
ENTRIES = st.lists(
    st.builds(Presented, st.integers(1, 999).map("{:03}".format), st.sampled_from(["A", "B", "C"])),
    unique_by=lambda entry: entry.number,
    max_size=20,
)


def by_hand(seed, entries):
    """As the page tells residents to do it."""

    def sha(name):
        return hashlib.sha256(f"{seed}:pitch:{name}".encode()).hexdigest()

    order = []
    for community in sorted({entry.community for entry in entries}, key=sha):
        order += sorted((entry for entry in entries if entry.community == community), key=lambda e: sha(e.number))
    return order


@given(st.text(max_size=20), ENTRIES)
def test_anybody_draws_the_same_order(seed, entries):
    assert drawn(seed, entries) == drawn(seed, reversed(entries)) == by_hand(seed, entries)


@given(st.text(max_size=20), ENTRIES)
def test_a_community_is_on_once(seed, entries):
    blocks = [community for community, _ in groupby(drawn(seed, entries), key=lambda entry: entry.community)]
    assert len(blocks) == len(set(blocks))


def test_another_seed_draws_another_order():
    entries = [Presented(f"{number:03}", "A") for number in range(20)]
    assert drawn("one", entries) != drawn("two", entries)


def test_a_pause_comes_where_the_community_changes():
    times = beginnings(START, 5, 10, ["A", "A", "B", "A"])
    assert [(time - START) // timedelta(minutes=1) for time in times] == [0, 5, 20, 35]


def test_without_pitches_there_are_no_times():
    assert beginnings(START, 5, 10, []) == []
