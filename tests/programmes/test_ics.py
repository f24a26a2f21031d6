"""The year as a calendar: read back as a calendar program would."""

from datetime import date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.utils import translation
from icalendar import Calendar

from programmes.enums import StageKind
from programmes.ics import calendar_file
from programmes.models import Stage
from tests.factories import ProgrammeFactory, StageFactory

SHANGHAI = ZoneInfo("Asia/Shanghai")
URL = "https://ideas.example/programmes/1/"


def read(programme, language="en"):
    stages = Stage.objects.filter(programme=programme).in_order()
    with translation.override(language):
        return Calendar.from_ical(calendar_file(programme, stages, url=URL))


def only(programme, language="en"):
    (event,) = read(programme, language).walk("VEVENT")
    return event


def at(*parts):
    return datetime(*parts, tzinfo=SHANGHAI)


@pytest.mark.parametrize("closes", [at(2026, 11, 27), at(2026, 11, 26, 23, 59), at(2026, 11, 26, 23, 59, 59)])
def test_stage_of_whole_days_is_an_event_of_whole_days(db, closes):
    programme = ProgrammeFactory()
    StageFactory(programme=programme, opens_at=at(2026, 10, 6), closes_at=closes)
    event = only(programme)
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (date(2026, 10, 6), date(2026, 11, 27))


@pytest.mark.parametrize(
    ("opens", "closes"),
    [(at(2026, 11, 11, 9), at(2026, 12, 2)), (at(2026, 11, 11), at(2026, 12, 1, 17, 30))],
)
def test_other_stages_have_their_hours_in_the_time_of_the_office(db, opens, closes):
    programme = ProgrammeFactory()
    StageFactory(programme=programme, opens_at=opens, closes_at=closes)
    calendar = read(programme)
    (event,) = calendar.walk("VEVENT")
    assert (event["DTSTART"].dt, event["DTEND"].dt) == (opens, closes)
    assert event["DTSTART"].params["TZID"] == "Asia/Shanghai"
    assert [zone["TZID"] for zone in calendar.walk("VTIMEZONE")] == ["Asia/Shanghai"]


def test_every_stage_is_one_event_with_an_identity_of_its_own(programme_in):
    events = read(programme_in(*StageKind)).walk("VEVENT")
    assert len({str(event["UID"]) for event in events}) == len(StageKind)
    assert str(events[1]["SUMMARY"]).startswith("Collection of ideas")
    assert {str(event["URL"]) for event in events} == {URL}


def test_identity_stays_and_the_sequence_grows_when_a_stage_is_moved(db):
    programme = ProgrammeFactory()
    stage = StageFactory(programme=programme)
    before = only(programme)
    Stage.objects.filter(pk=stage.pk).update(closes_at=stage.closes_at + timedelta(days=7))
    after = only(programme)
    assert after["UID"] == before["UID"]
    assert after["SEQUENCE"] == before["SEQUENCE"] + 1
    assert after["DTSTAMP"].dt == after["LAST-MODIFIED"].dt
    assert after["DTSTAMP"].dt.utcoffset() == timedelta(0)


def test_same_stages_give_the_same_bytes_in_lines_that_programs_accept(programme_in):
    programme = programme_in(*StageKind)
    first, second = (calendar_file(programme, programme.stages.in_order(), url=URL) for _ in range(2))
    assert first == second
    assert all(len(line) <= 75 for line in first.split(b"\r\n"))


def test_names_are_those_of_the_language(programme_in):
    programme = programme_in(StageKind.IDEA_COLLECTION)
    with translation.override("zh-hans"):
        chinese = str(StageKind.IDEA_COLLECTION.label)
    assert chinese in str(only(programme, "zh-hans")["SUMMARY"])
    assert chinese not in str(only(programme)["SUMMARY"])
