"""To-do lists in the order of waiting."""

from datetime import UTC, datetime

from communities.waiting import Waiting, oldest_first


def at(day):
    return datetime(2026, 3, day, tzinfo=UTC)


def test_who_waited_longest_comes_first_and_nothing_is_left_out():
    undated, late, early = Waiting("u", 1, "/"), Waiting("l", 2, "/", at(9)), Waiting("e", 1, "/", at(2))
    assert oldest_first([undated, late, early]) == [early, late, undated]


def test_what_has_no_count_does_not_wait():
    assert oldest_first([Waiting("none", 0, "/", at(1))]) == []
