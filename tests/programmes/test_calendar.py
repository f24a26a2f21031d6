"""Where a year stands: in the order of the stages, and counted in days of the calendar."""

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest

from programmes.calendar import calendar_of, may_now
from programmes.enums import Action, StageKind
from programmes.rules import permits
from tests.factories import ProgrammeFactory, StageFactory

NOON = datetime(2026, 5, 4, 12, tzinfo=ZoneInfo("Asia/Shanghai"))


@pytest.mark.parametrize(
    ("opens", "closes", "over", "days_left"),
    [
        (timedelta(0), timedelta(hours=1), False, 0),
        (timedelta(days=-9), timedelta(hours=13), False, 1),
        (timedelta(days=-9), timedelta(days=7), False, 7),
        (timedelta(days=-9), timedelta(0), True, None),
        (timedelta(seconds=1), timedelta(days=7), False, None),
    ],
)
def test_a_line_of_the_calendar(db, opens, closes, over, days_left):
    programme = ProgrammeFactory()
    StageFactory(programme=programme, opens_at=NOON + opens, closes_at=NOON + closes)
    [line] = calendar_of(programme, NOON)
    assert (line.over, line.days_left, line.open) == (over, days_left, days_left is not None)


def test_the_calendar_has_the_order_of_the_year(programme_in, now):
    programme = programme_in(*reversed(StageKind))
    assert [line.stage.kind for line in calendar_of(programme, now)] == list(StageKind)


def test_a_stage_that_closes_at_midnight_has_its_last_day_before(db):
    programme = ProgrammeFactory()
    midnight = NOON.replace(hour=0) + timedelta(days=1)
    StageFactory(programme=programme, opens_at=NOON - timedelta(days=3), closes_at=midnight)
    [line] = calendar_of(programme, NOON)
    assert (line.days_left, line.last_day) == (0, NOON.date())


@pytest.mark.parametrize("action", Action)
def test_what_may_be_done_now_is_what_the_database_says(programme_in, now, action):
    for kinds in ((), (StageKind.RESEARCH,), (StageKind.IDEA_COLLECTION, StageKind.CONTEST), (StageKind.SCREENING,)):
        programme = programme_in(*kinds)
        assert may_now(calendar_of(programme, now), action) == permits(programme, action, now)
