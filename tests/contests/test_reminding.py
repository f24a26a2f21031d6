"""Reminding experts: who would be told what on which ways, and who is told in the end."""

import pytest
from django.urls import reverse

from communities.enums import Channel
from communities.models import Notification, NotificationChoice
from communities.notices import sentence
from communities.refusal import Refused
from contests.enums import ContestAct, ContestRefusal
from contests.services.notifications import send_due_notifications
from contests.services.reminding import remind, reminders
from tests.browsing import english, shown, text

R = ContestRefusal


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


@pytest.fixture
def contest(contest_in, scene):
    """E01 has handed in all, E02 one of three, E03 none, and E04, who keeps out of one, none of two."""
    contest = contest_in("OPEN")
    for entry in contest.entries.all():
        scene.submit_sheet(contest.panelists.get(code="E01"), entry, 0)
    scene.submit_sheet(contest.panelists.get(code="E02"), contest.entries.get(number="003"), 0)
    return contest


def told(user):
    return [sentence(row) for row in Notification.objects.filter(recipient=user, notice="SHEETS_MISSING")]


def test_who_has_sheets_left_and_how_they_are_reached(contest, scene, now):
    second, third = scene.experts[1], scene.experts[2]
    third.email, third.email_confirmed_at = "expert@example.org", now
    third.save()
    NotificationChoice.objects.create(user=scene.recused, kind="SCORING", site=True, sms=True, email=False)
    found = [(row.seat.user, row.left, row.channels) for row in reminders(contest)]
    assert found == [
        (second, 2, (Channel.SITE,)),
        (third, 3, (Channel.SITE, Channel.EMAIL)),
        # Text messages were chosen, but there is no number.
        (scene.recused, 2, (Channel.SITE,)),
    ]


def test_the_office_sees_the_outbox_before_it_goes(contest, officer, scene):
    client, url = english(officer), reverse("admin:contests_contest_do", args=[contest.pk, "remind"])
    page = text(client.get(url))
    assert shown(f"E02 {scene.experts[1]}: 2 missing (On this site)") in page
    assert shown(f"E03 {scene.experts[2]}: 3 missing (On this site)") in page
    assert "E01" not in page
    assert not Notification.objects.exists()
    seats = contest.panelists.filter(code__in=["E02", "E03"]).values_list("pk", flat=True)
    assert "Reminded: 2." in text(client.post(url, {"panelists": list(seats)}, follow=True))


def test_each_is_told_their_own_number_and_only_who_was_ticked(contest, officer, scene, now):
    seats = contest.panelists.filter(code__in=["E01", "E02", "E03"])
    assert remind(contest=contest, panelists=seats, by=officer, now=now) == 2
    event = contest.events.get(reason=ContestAct.EXPERTS_REMINDED)
    assert (event.actor, event.note) == (officer, "E02\nE03")
    # Somebody hands in before the message goes.
    for entry in contest.entries.all():
        scene.submit_sheet(contest.panelists.get(code="E03"), entry, 0)
    send_due_notifications(now=now)
    (line,) = told(scene.experts[1])
    assert "2" in line
    assert contest.name in line
    assert not told(scene.experts[0]) + told(scene.experts[2]) + told(scene.recused)


def test_nobody_is_reminded_of_nothing(contest, officer, now):
    with refused(R.NOBODY_TO_REMIND):
        remind(contest=contest, panelists=contest.panelists.filter(code="E01"), by=officer, now=now)


@pytest.mark.parametrize("state, allowed", [("DRAFT", False), ("OPEN", True), ("CLOSED", False), ("CONFIRMED", False)])
@pytest.mark.parametrize("who", ["officer", "approver", "other_officer", "supervisor", "expert", "resident"])
def test_stage_role(state, allowed, who, contest_in, cast, now):
    contest = contest_in(state, entries=1)

    def act():
        return remind(contest=contest, panelists=contest.panelists.all(), by=cast(who), now=now)

    if who not in {"officer", "approver"}:
        with refused(R.NOT_AN_OFFICER):
            act()
    elif not allowed:
        with refused(R.SCORING_CLOSED):
            act()
    else:
        assert act() == 3
