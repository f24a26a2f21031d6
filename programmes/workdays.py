"""Chinese working days: Monday to Friday without public holidays, and the weekend days on which work is made up.

The State Council announces the days of a year in the autumn before, and the library `chinesecalendar` brings them. Of
years that it does not know yet Monday to Friday are counted; `announced` tells which those are. Pure dates, no Django.
"""

from __future__ import annotations

from datetime import date, timedelta
from functools import lru_cache
from itertools import count, islice

import chinese_calendar

DAY = timedelta(days=1)
LONGEST = 60
"""More working days than any answer may take."""


def announced(day: date) -> bool:
    """Whether the holidays of the day's year are known."""
    try:
        chinese_calendar.is_workday(day)
    except NotImplementedError:
        return False
    return True


def is_workday(day: date) -> bool:
    return bool(chinese_calendar.is_workday(day)) if announced(day) else day.weekday() < 5


def add_workdays(day: date, number: int) -> date:
    """The `number`-th working day after `day`, which is itself not counted."""
    after = filter(is_workday, (day + ahead * DAY for ahead in count(1)))
    return next(islice(after, number - 1, None)) if number else day


@lru_cache(maxsize=4)
def first_days(today: date) -> tuple[date, ...]:
    """By number of working days, from 0 to `LONGEST`: the first day from which that many are not over before `today`.

    What began before `first_days(today)[n]` and may take `n` working days is overdue today.
    """
    before = (today - ago * DAY for ago in count(1))
    return today, *islice(filter(is_workday, before), LONGEST)
