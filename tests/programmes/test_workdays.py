"""Working days by the notices of the State Council, and by a slow count."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from programmes.workdays import LONGEST, add_workdays, announced, first_days, is_workday


@pytest.mark.parametrize(
    ("day", "works"),
    [
        # 国办发明电〔2024〕12号, of the holidays of 2025: 1 to 8 October are free, the Sunday and Saturday around them not.
        (date(2025, 9, 28), True),
        (date(2025, 10, 1), False),
        (date(2025, 10, 8), False),
        (date(2025, 10, 9), True),
        (date(2025, 10, 11), True),
        (date(2025, 10, 12), False),
        # Days without a notice.
        (date(2025, 6, 13), True),
        (date(2025, 6, 14), False),
    ],
)
def test_holidays_and_days_made_up(day, works):
    assert announced(day)
    assert is_workday(day) is works


def test_of_unknown_years_monday_to_friday_count():
    far = date(2099, 10, 1)
    assert not announced(far)
    assert [is_workday(far + timedelta(days=ahead)) for ahead in range(5)] == [True, True, False, False, True]


@pytest.mark.parametrize(
    ("day", "number", "expected"),
    [
        (date(2025, 9, 26), 0, date(2025, 9, 26)),
        (date(2025, 9, 26), 1, date(2025, 9, 28)),
        (date(2025, 9, 30), 1, date(2025, 10, 9)),
        (date(2025, 9, 30), 3, date(2025, 10, 11)),
        (date(2025, 10, 1), 10, date(2025, 10, 21)),
    ],
)
def test_adding_working_days(day, number, expected):
    assert add_workdays(day, number) == expected


@given(today=st.dates(date(2024, 1, 1), date(2028, 12, 31)), number=st.integers(0, LONGEST))
def test_the_first_day_is_the_earliest_whose_time_is_not_over(today, number):
    first = first_days(today)[number]
    assert add_workdays(first, number) >= today
    assert add_workdays(first - timedelta(days=1), number) < today
