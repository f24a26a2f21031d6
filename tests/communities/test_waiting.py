"""To-do lists in the order of waiting, and the day on which something ends."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils.translation import override

from communities.models import Notification
from communities.notice_kinds import Notice
from communities.notices import ending, sentence
from communities.waiting import Waiting, last_day, latest_due_last, moment, oldest_first, until

MIDNIGHT = datetime(2026, 7, 1, tzinfo=ZoneInfo("Asia/Shanghai"))


def at(day):
    return datetime(2026, 3, day, tzinfo=UTC)


def test_who_waited_longest_comes_first_and_nothing_is_left_out():
    undated, late, early = Waiting("u", 1, "/"), Waiting("l", 2, "/", at(9)), Waiting("e", 1, "/", at(2))
    assert oldest_first([undated, late, early]) == [early, late, undated]


def test_what_is_due_soon_does_not_overtake_what_waited_longer():
    old, soon = Waiting("o", 1, "/", at(1)), Waiting("s", 1, "/", at(9), due=at(20))
    assert oldest_first([soon, old]) == [old, soon]


def test_what_was_due_first_is_told_first():
    undated, late = Waiting("u", 1, "/", overdue=True), Waiting("l", 2, "/", due=at(9), overdue=True)
    early, none = Waiting("e", 1, "/", due=date(2026, 3, 2), overdue=True), Waiting("n", 0, "/", due=at(1))
    assert latest_due_last([undated, late, none, early]) == [early, late, undated]


def test_what_has_no_count_does_not_wait():
    assert oldest_first([Waiting("none", 0, "/", at(1))]) == []


@pytest.mark.parametrize(
    "happened, said",
    [
        (MIDNIGHT, "07/01/2026"),
        (MIDNIGHT.astimezone(UTC), "07/01/2026"),
        (MIDNIGHT + timedelta(minutes=1), "07/01/2026 00:01"),
        (MIDNIGHT - timedelta(hours=6), "06/30/2026 18:00"),
        (None, ""),
    ],
)
def test_no_hour_is_told_where_only_the_day_is_kept(happened, said):
    with override("en"):
        assert moment(happened) == said


@pytest.mark.parametrize(
    "end, day",
    [
        (MIDNIGHT, date(2026, 6, 30)),
        (MIDNIGHT - timedelta(minutes=1), date(2026, 6, 30)),
        (MIDNIGHT + timedelta(minutes=1), date(2026, 7, 1)),
        (MIDNIGHT.astimezone(UTC), date(2026, 6, 30)),
        (date(2026, 7, 1), date(2026, 7, 1)),
    ],
)
def test_what_ends_at_midnight_has_its_last_day_before_it(end, day):
    assert last_day(end) == day


def test_an_end_at_midnight_is_said_as_a_day_and_any_other_with_its_hour():
    with override("en"):
        assert until(MIDNIGHT) == "06/30/2026"
        assert until(MIDNIGHT.astimezone(UTC)) == "06/30/2026"
        assert until(MIDNIGHT + timedelta(hours=18)) == "07/01/2026 18:00"


def test_messages_say_an_end_at_midnight_with_its_last_day():
    facts = {"contest": "Golden", "closes": ending(MIDNIGHT)}
    with override("en"):
        told = sentence(Notification(notice=Notice.VOTING_OPENED, facts=facts))
    assert told == "Voting in the contest “Golden” has begun. You can vote until 06/30/2026."
