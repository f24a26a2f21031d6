"""The pages of the pitch session: who reads what, and what they cost."""

from datetime import timedelta

import pytest
from django.urls import reverse
from icalendar import Calendar

from contests.enums import ContestAct
from contests.models import PitchSession
from contests.services.pitching import draw_order, move_pitch, plan_pitches
from tests.browsing import english, shown, text


@pytest.fixture
def drawn_in(contest_in, officer, now):
    """`drawn_in(**options)`: an open contest whose order is drawn; the session begins now."""

    def make(**options):
        contest = contest_in("OPEN", **options)
        plan_pitches(contest=contest, place="Hall 1", starts_at=now, minutes=5, pause=10, by=officer, now=now)
        return draw_order(contest=contest, by=officer, now=now)

    return make


def url(session, name="pitch"):
    return reverse(name, args=[session.contest_id])


def events(response):
    assert response["Content-Type"].startswith("text/calendar")
    return Calendar.from_ical(response.content).walk("VEVENT")


# The timetable


@pytest.mark.parametrize("who", ["anonymous", "resident", "expert", "officer"])
def test_everyone_reads_the_timetable(who, drawn_in, cast):
    session = drawn_in()
    user = cast(who)
    page = text(english(user if user.is_authenticated else None).get(url(session)))
    assert all(entry.title in page for entry in session.contest.entries.all())
    assert session.contest.seed in page


def test_of_a_draft_only_the_office_knows(contest_in, officer, resident, now):
    contest = contest_in("DRAFT")
    plan_pitches(contest=contest, place="Hall", starts_at=now, minutes=5, pause=0, by=officer, now=now)
    for name in ("pitch", "pitch_ics"):
        assert english(resident).get(reverse(name, args=[contest.pk])).status_code == 404
        assert english(officer).get(reverse(name, args=[contest.pk])).status_code == 200


def test_a_contest_without_a_session_has_no_timetable(contest_in):
    contest = contest_in("OPEN")
    assert english().get(reverse("pitch", args=[contest.pk])).status_code == 404
    assert reverse("pitch", args=[contest.pk]) not in text(english().get(contest.get_absolute_url()))


def test_the_page_of_the_contest_leads_to_the_timetable(drawn_in):
    session = drawn_in()
    assert url(session) in text(english().get(session.contest.get_absolute_url()))


def test_the_calendar_has_every_pitch_with_its_time_and_place(drawn_in, now):
    session = drawn_in()
    found = events(english().get(url(session, "pitch_ics")))
    assert [event["DTSTART"].dt - now for event in found] == [timedelta(minutes=15 * place) for place in range(3)]
    assert {event["DTEND"].dt - event["DTSTART"].dt for event in found} == {timedelta(minutes=5)}
    assert {str(event["LOCATION"]) for event in found} == {"Hall 1"}
    assert len({str(event["UID"]) for event in found}) == 3


def test_a_moved_pitch_stays_the_same_event_in_calendars(drawn_in, officer, now):
    session = drawn_in()
    before = {str(event["UID"]): event for event in events(english().get(url(session, "pitch_ics")))}
    move_pitch(slot=session.slots.get(position=1), to=3, reason="Late", by=officer, now=now + timedelta(minutes=1))
    after = {str(event["UID"]): event for event in events(english().get(url(session, "pitch_ics")))}
    assert after.keys() == before.keys()
    for uid, event in after.items():
        assert event["SEQUENCE"] > before[uid]["SEQUENCE"]
        assert event["DTSTAMP"].dt > before[uid]["DTSTAMP"].dt
        assert event["DTSTART"].dt != before[uid]["DTSTART"].dt


def test_the_calendar_of_one_pitch_has_that_one(drawn_in):
    session = drawn_in()
    entry = session.contest.entries.get(number="002")
    (event,) = events(english().get(reverse("entry_pitch_ics", args=[entry.pk]), {"lang": "en"}))
    assert str(event["SUMMARY"]).endswith(entry.title)
    whole = events(english().get(url(session, "pitch_ics")))
    assert str(event["UID"]) in {str(other["UID"]) for other in whole}


def test_who_keeps_out_finds_nothing_of_the_entry(drawn_in, recused_expert):
    session = drawn_in()
    entry = session.contest.entries.get(number="001")
    client = english(recused_expert)
    for name in ("pitch", "pitch_ics"):
        response = client.get(url(session, name))
        assert response.status_code == 200
        assert entry.title not in text(response)
        assert f"entry-{entry.number}" not in text(response)
    assert client.get(reverse("entry_pitch_ics", args=[entry.pk])).status_code == 404


@pytest.mark.parametrize("entries", [1, 3])
def test_the_timetable_costs_the_same_for_any_number(entries, drawn_in, django_assert_num_queries):
    session = drawn_in(entries=entries)
    client = english()
    with django_assert_num_queries(4):
        client.get(url(session))
    with django_assert_num_queries(3):
        client.get(url(session, "pitch_ics"))


# The desk


@pytest.mark.parametrize(
    "who, status",
    [("officer", 200), ("approver", 200), ("supervisor", 200), ("other_officer", 404), ("expert", 403)],
)
def test_the_desk_is_the_offices(who, status, drawn_in, cast):
    session = drawn_in()
    client = english(cast(who))
    slot = session.slots.get(position=1)
    for address in (url(session, "pitch_desk"), url(session, "pitch_plan"), reverse("pitch_move", args=[slot.pk])):
        assert client.get(address).status_code == status


def test_the_supervisor_reads_along_and_is_offered_nothing(drawn_in, supervisor):
    page = text(english(supervisor).get(url(drawn_in(), "pitch_desk")))
    assert "/move/" not in page
    assert "/plan/" not in page


def test_the_office_plans_draws_and_moves(contest_in, officer, now):
    contest = contest_in("OPEN")
    client = english(officer)
    plan = reverse("pitch_plan", args=[contest.pk])
    opens = (contest.scoring_opens_at + timedelta(days=1)).date().isoformat()
    typed = {"place": "Hall 1", "starts_at_0": opens, "starts_at_1": "09:00", "minutes": "5", "pause": "0"}
    assert client.post(plan, typed).status_code == 302
    assert client.post(reverse("pitch_draw", args=[contest.pk])).status_code == 302
    session = PitchSession.objects.get(contest=contest)
    last = session.slots.last()
    move = reverse("pitch_move", args=[last.pk])
    assert client.post(move, {"to": "1", "reason": "The lead leaves early"}).status_code == 302
    last.refresh_from_db()
    assert last.position == 1
    assert session.contest.events.filter(reason=ContestAct.PITCH_MOVED, actor=officer).count() == 1
    assert "1 pitch was moved by hand" in text(english().get(url(session)))


def test_what_was_typed_stays_with_the_reason(contest_in, officer):
    contest = contest_in("OPEN")
    typed = {"place": "Hall 1", "starts_at_0": "2001-01-01", "starts_at_1": "09:00", "minutes": "5", "pause": "0"}
    page = text(english(officer).post(reverse("pitch_plan", args=[contest.pk]), typed))
    assert "between the opening and the closing of scoring" in page
    assert 'value="Hall 1"' in page
    page = text(english(officer).post(reverse("pitch_plan", args=[contest.pk]), {**typed, "minutes": "61"}))
    assert shown("Ensure this value is less than or equal to 60.") in page


@pytest.mark.parametrize("entries", [1, 3])
def test_the_desk_costs_the_same_for_any_number(entries, drawn_in, officer, django_assert_num_queries):
    session = drawn_in(entries=entries)
    client = english(officer)
    with django_assert_num_queries(7):
        client.get(url(session, "pitch_desk"))
