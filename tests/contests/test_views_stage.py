"""The pages of the hall: what each shows, and that nothing tells a score before it is revealed."""

import pytest
from django.db import transaction
from django.urls import reverse
from django.utils import timezone

from contests.enums import EntryStatus
from contests.models import Entry, PitchSession, PitchSlot
from contests.pitch_enums import PitchAct
from contests.services.hosting import reveal_score, run_pitches
from contests.services.pitching import draw_order, plan_pitches
from tests.browsing import english, shown, text

PIECES = ("pitch_screen_now", "pitch_timer_now")


@pytest.fixture
def on_stage(contest_in, officer, now):
    """`on_stage(number, **options)`: a session in which the entry with this number is on."""

    def make(number="002", **options):
        contest = contest_in("OPEN", **options)
        plan_pitches(contest=contest, place="Hall", starts_at=now, minutes=5, pause=0, by=officer, now=now)
        session = draw_order(contest=contest, by=officer, now=now)
        session = run_pitches(session=session, act=PitchAct.START, revision=session.revision, by=officer, now=now)
        PitchSession.objects.update(on_now=session.slots.get(entry__number=number).position)
        session.refresh_from_db()
        return session

    return make


def url(session, name):
    return reverse(name, args=[session.contest_id])


def slot_of(number):
    return PitchSlot.objects.select_related("session__contest", "entry").get(entry__number=number)


def test_the_screen_shows_who_is_on_and_how_many_sheets_are_in(on_stage, scene):
    session = on_stage("001")
    entry = session.contest.entries.get(number="001")
    scene.submit_sheet(session.contest.panelists.get(code="E01"), entry, 0)
    for name in ("pitch_screen", "pitch_screen_now"):
        page = text(english().get(url(session, name)))
        assert entry.title in page
        # The fourth expert keeps out.
        assert "<strong>1</strong> of <strong>3</strong> sheets in" in page
        following = slot_of("001").position + 1
        for slot in session.slots.filter(position=following).select_related("entry"):
            assert slot.entry.title in page


def test_a_score_is_on_the_screen_once_it_is_revealed(on_stage, officer):
    session = on_stage("002", judged=True)
    assert "94.17" not in text(english().get(url(session, "pitch_screen_now")))
    assert english(officer).post(reverse("pitch_reveal", args=[slot_of("002").pk])).status_code == 302
    page = text(english().get(url(session, "pitch_screen_now")))
    # Of 90 points the experts took 3, 4.5, 6 and 7.5 off: 96.67, 95.00, 93.33 and 91.67.
    assert page.count("94.17") == 1
    assert all(sheet in page for sheet in ("96.67", "95.00", "93.33", "91.67"))
    PitchSession.objects.update(on_now=slot_of("001").position)
    page = text(english().get(url(session, "pitch_screen_now")))
    # With another one on it stands among those that were shown, without its sheets.
    assert "94.17" in page
    assert "96.67" not in page
    assert "Score shown" in text(english(officer).get(url(session, "pitch_desk")))


def test_nothing_tells_a_score_before_it_is_revealed(on_stage, scene, expert):
    """Sheets with few points and with many give the very same bytes."""
    session = on_stage("002")
    answers = []
    for missing in (0, 3):
        savepoint = transaction.savepoint()
        for seat in session.contest.panelists.all():
            scene.submit_sheet(seat, session.contest.entries.get(number="002"), missing)
        anyone, judge = english(), english(expert)
        pieces = [anyone.get(url(session, name)) for name in PIECES] + [judge.get(url(session, "panel_pitch_now"))]
        assert not any("ETag" in piece or "Last-Modified" in piece for piece in pieces)
        assert all("no-store" in piece["Cache-Control"] for piece in pieces)
        answers.append([piece.content for piece in pieces])
        transaction.savepoint_rollback(savepoint)
    assert answers[0] == answers[1]
    assert b"<strong>4</strong> of <strong>4</strong>" in answers[0][0]


@pytest.mark.parametrize("entries", [1, 3])
def test_pieces_are_cheap_for_any_number(entries, on_stage, expert, officer, now, django_assert_num_queries):
    session = on_stage("001", entries=entries, judged=True)
    anyone, judge = english(), english(expert)
    for name in PIECES:
        with django_assert_num_queries(4):
            anyone.get(url(session, name))
    with django_assert_num_queries(9):
        judge.get(url(session, "panel_pitch_now"))
    office = english(officer)
    with django_assert_num_queries(7):
        office.get(url(session, "pitch_desk_now"))
    for slot in session.slots.all():
        PitchSession.objects.update(on_now=slot.position)
        reveal_score(slot=slot_of(slot.entry.number), by=officer, now=now)
    with django_assert_num_queries(5):
        anyone.get(url(session, "pitch_screen_now"))


# The clock


def test_the_clock_shows_its_end_without_a_script(on_stage, officer, now):
    session = on_stage()
    page = text(english().get(url(session, "pitch_timer")))
    assert f"until {timezone.localtime(session.ends_at):%H:%M:%S}" in page
    run_pitches(session=session, act=PitchAct.PAUSE, revision=session.revision, by=officer, now=now)
    page = text(english().get(url(session, "pitch_timer")))
    assert "5:00" in page
    assert "The clock stands" in page


def test_before_and_after_nobody_is_on(on_stage):
    session = on_stage()
    PitchSession.objects.update(state="DRAWN", on_now=None, ends_at=None)
    for name in ("pitch_screen", "pitch_timer"):
        assert "The pitches begin soon" in text(english().get(url(session, name)))
    PitchSession.objects.update(state="ENDED")
    for name in ("pitch_screen", "pitch_timer"):
        assert "The pitches are over" in text(english().get(url(session, name)))


def test_who_was_withdrawn_is_not_on_any_more(on_stage):
    session = on_stage("002")
    entry = session.contest.entries.get(number="002")
    Entry.objects.filter(pk=entry.pk).update(status=EntryStatus.WITHDRAWN)
    for name in PIECES:
        page = text(english().get(url(session, name)))
        assert entry.title not in page
        assert "The next pitch begins soon" in page


# The expert's tablet


def test_the_tablet_leads_to_the_sheet_of_who_is_on(on_stage, expert, scene):
    session = on_stage("002")
    entry = session.contest.entries.get(number="002")
    sheet = reverse("sheet", args=[entry.pk])
    client = english(expert)
    for name in ("panel_pitch", "panel_pitch_now"):
        page = text(client.get(url(session, name)))
        assert entry.title in page
        assert sheet in page
    scene.submit_sheet(session.contest.panelists.get(user=expert), entry, 0)
    page = text(client.get(url(session, "panel_pitch_now")))
    assert sheet not in page
    assert "Your sheet is in." in page
    assert url(session, "panel_pitch") in text(client.get(reverse("panel_contest", args=[session.contest_id])))


def test_who_keeps_out_steps_out_and_learns_nothing(on_stage, recused_expert):
    session = on_stage("001", judged=True)
    entry = session.contest.entries.get(number="001")
    client = english(recused_expert)
    for name in ("panel_pitch", "panel_pitch_now", "pitch_screen_now", "pitch_timer_now"):
        page = text(client.get(url(session, name)))
        assert "You step out for this pitch" in page
        assert entry.title not in page
        assert f"/entries/{entry.pk}/" not in page
        assert entry.community.name not in page.replace(session.contest.name, "")
        assert "sheets in" not in page


def test_what_is_not_assigned_is_only_listened_to(on_stage, expert):
    session = on_stage("002")
    session.contest.panelists.get(user=expert).assignments.all().delete()
    assert "Others score this entry" in text(english(expert).get(url(session, "panel_pitch_now")))


@pytest.mark.parametrize("name", ["panel_pitch", "panel_pitch_now"])
def test_the_tablet_is_the_panels(name, on_stage, resident):
    session = on_stage()
    assert english(resident).get(url(session, name)).status_code == 404
    assert english().get(url(session, name)).status_code == 302


# The host's buttons


def test_the_host_goes_on_from_the_desk(on_stage, officer):
    session = on_stage()
    desk = url(session, "pitch_desk")
    client = english(officer)
    page = text(client.get(desk))
    assert f'name="revision" value="{session.revision}"' in page
    assert 'value="PAUSE"' in page
    assert 'value="START"' not in page
    run = url(session, "pitch_run")
    assert client.post(run, {"act": "PAUSE", "revision": session.revision}).status_code == 302
    session.refresh_from_db()
    assert session.state == "PAUSED"
    page = text(client.post(run, {"act": "RESUME", "revision": "0"}, follow=True))
    assert shown("Somebody has pressed a button meanwhile, so yours did nothing.") in page
    assert client.post(run, {"act": "DANCE", "revision": session.revision}).status_code == 400


def test_the_desk_keeps_the_host_up_to_date(on_stage, officer, supervisor, expert, scene):
    session = on_stage("002")
    entry = session.contest.entries.get(number="002")
    for place, seat in enumerate(session.contest.panelists.all()):
        page = text(english(officer).get(url(session, "pitch_desk_now")))
        assert f"{place} of 4 sheets in" in page
        assert "The score can be shown." not in page
        scene.submit_sheet(seat, entry, place)
    assert "The score can be shown." in text(english(supervisor).get(url(session, "pitch_desk_now")))
    assert english(expert).get(url(session, "pitch_desk_now")).status_code == 403


def test_a_blind_contest_names_no_team(on_stage, expert, officer):
    session = on_stage("002", is_blind=True)
    addresses = [url(session, name) for name in ("pitch", "pitch_ics", *PIECES, "panel_pitch")]
    assert session.contest.entries.get(number="002").proposal.team_name == "Neighbours"
    for address in addresses:
        assert "Neighbours" not in text(english(expert).get(address))


def test_a_score_that_is_not_complete_is_refused_with_the_reason(on_stage, officer):
    session = on_stage("002")
    page = text(english(officer).post(reverse("pitch_reveal", args=[slot_of("002").pk]), follow=True))
    assert "The score is shown when every sheet that counts is in." in page
    assert not session.slots.filter(revealed_at__isnull=False).exists()
