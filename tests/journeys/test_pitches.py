"""The pitch session in three browsers at once: the host's, an expert's tablet, and the big screen of the hall."""

import re

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from contests.services.assigning import take_away
from contests.services.pitching import draw_order, plan_pitches

pytestmark = pytest.mark.django_db(transaction=True)

TABLET = {"width": 768, "height": 1024}


@pytest.fixture
def contest(contest_in, officer, now):
    """One entry that two experts score; its order is drawn."""
    contest = contest_in("OPEN", entries=1, quorum=2)
    take_away(panelist=contest.panelists.get(code="E03"), entries=contest.entries.all(), by=officer)
    plan_pitches(contest=contest, place="Hall", starts_at=now, minutes=5, pause=0, by=officer, now=now)
    draw_order(contest=contest, by=officer, now=now)
    return contest


def test_from_the_start_to_the_revealed_score(visitor, contest, scene, officer, expert):
    entry = contest.entries.get()
    host, tablet, screen = visitor(), visitor(TABLET), visitor()
    host.log_in_by_password(officer)
    tablet.log_in_by_password(expert)
    shown = screen.open(reverse("pitch_screen", args=[contest.pk])).locator("main")
    expect(shown).to_contain_text("路演即将开始")
    judging = tablet.open(reverse("panel_pitch", args=[contest.pk])).locator("main")

    host.open(reverse("pitch_desk", args=[contest.pk]))
    host.press("button[value=START]")
    expect(shown).to_contain_text(entry.title)
    expect(shown.locator(".hall-count")).to_have_text("评分表已交0份，共2份")

    # The tablet has gone on by itself.
    expect(judging).to_contain_text(entry.title)
    tablet.press(judging.get_by_role("link", name="给正在路演的提案打分"))
    page = tablet.page
    for number, points in enumerate(("40", "30", "20")):
        page.locator("form[data-marks] input[type=number]").nth(number).fill(points)
    page.locator("form[data-marks]").press("Control+Enter")
    tablet.press(page.locator("main form button.main"))
    expect(shown.locator(".hall-count")).to_have_text("评分表已交1份，共2份")
    # After the sheet the tablet goes on with whoever is on.
    expect(page.locator(".on-stage")).to_contain_text("您的评分表已经提交")

    scene.submit_sheet(contest.panelists.get(code="E02"), entry, 1)
    expect(shown.locator(".hall-count")).to_have_text("评分表已交2份，共2份")
    expect(shown.locator(".hall-score")).to_have_count(0)

    host.page.reload()
    host.press(host.page.get_by_role("button", name="亮分"))
    # The mean of 100 and 98.33.
    expect(shown.locator(".hall-score")).to_contain_text("99.17")

    clock = screen.open(reverse("pitch_timer", args=[contest.pk])).locator("[data-figures]")
    expect(clock).to_contain_text(re.compile(r"^[34]:[0-5][0-9]$"))
