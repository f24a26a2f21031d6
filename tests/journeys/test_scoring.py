"""Experts at their sheets: a connection that drops, two windows, and an entry that is not theirs to see."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from contests.models import Mark, Recusal, ScoreSheet

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def entry(contest_in):
    return contest_in("OPEN").entries.get(number="002")


def points_of(entry, user):
    marks = Mark.objects.filter(sheet__entry=entry, sheet__panelist__user=user).order_by("criterion__position")
    return [float(points) for points in marks.values_list("points", flat=True)]


def saved(page):
    expect(page.locator("[data-saving]")).to_contain_text("已保存")


def test_a_sheet_outlives_a_dropped_connection(visitor, entry, expert):
    person = visitor()
    person.log_in_by_password(expert)
    address = reverse("sheet", args=[entry.pk])
    page = person.open(address)
    fields = page.locator("form[data-marks] input[type=number]")
    # Enter goes on to the next criterion; arrows change by half a point.
    fields.nth(0).fill("30")
    fields.nth(0).press("Enter")
    expect(fields.nth(1)).to_be_focused()
    fields.nth(1).fill("20")
    fields.nth(1).press("ArrowUp")
    expect(page.locator("[data-total]")).to_have_text("50.5")
    saved(page)
    assert points_of(entry, expert) == [30, 20.5]

    page.context.set_offline(True)
    fields.nth(2).fill("10")
    remark = page.locator(".remark.needed textarea")
    remark.fill("没有写清楚谁来做。")
    expect(page.locator("[data-saving]")).to_contain_text("保存在本浏览器")
    assert points_of(entry, expert) == [30, 20.5]
    # It comes back in the same window.
    page.context.set_offline(False)
    saved(page)
    assert points_of(entry, expert) == [30, 20.5, 10]

    page.context.set_offline(True)
    fields.nth(2).fill("9.5")
    expect(page.locator("[data-saving]")).to_contain_text("保存在本浏览器")
    assert points_of(entry, expert) == [30, 20.5, 10]
    # The connection comes back when this window is gone; what the browser has kept is there. (A new context, since Chromium
    # tells a closing page that it is online again.)
    person = visitor(storage_state=page.context.storage_state())
    page = person.open(address)
    fields = page.locator("form[data-marks] input[type=number]")
    expect(fields.nth(2)).to_have_value("9.5")
    saved(page)
    assert points_of(entry, expert) == [30, 20.5, 9.5]

    page.locator("form[data-marks]").press("Control+Enter")
    expect(page.locator("main")).to_contain_text("没有写清楚谁来做。")
    person.press(page.locator("main form button.main"))
    assert ScoreSheet.objects.get(panelist__user=expert).state == "SUBMITTED"


def test_the_sheet_stands_beside_the_proposal_where_there_is_room(visitor, entry, expert):
    person = visitor({"width": 1280, "height": 800})
    person.log_in_by_password(expert)
    page = person.open(reverse("sheet", args=[entry.pk]))
    read, marks = (page.locator(name).bounding_box() for name in (".judged", ".marks"))
    assert read["x"] + read["width"] <= marks["x"]
    assert abs(read["y"] - marks["y"]) < 1, "side by side"
    page.set_viewport_size({"width": 768, "height": 1024})
    read, marks = (page.locator(name).bounding_box() for name in (".judged", ".marks"))
    assert read["y"] + read["height"] <= marks["y"]
    assert read["x"] == marks["x"], "one below the other"


def test_two_windows_do_not_overwrite_each_other(visitor, entry, expert):
    person = visitor()
    person.log_in_by_password(expert)
    address = reverse("sheet", args=[entry.pk])
    first = person.open(address)
    second = first.context.new_page()
    second.goto(person.home + address)
    first.locator("form[data-marks] input[type=number]").nth(0).fill("30")
    saved(first)
    second.locator("form[data-marks] input[type=number]").nth(0).fill("25")
    expect(second.locator("[data-saving]")).to_contain_text("另一个窗口")
    assert points_of(entry, expert) == [30]
    second.locator("button[name=save]").click()
    expect(second.locator(".conflict")).to_contain_text("30")
    expect(second.locator("form[data-marks] input[type=number]").nth(0)).to_have_value("25")
    second.locator("button[name=save]").click()
    expect(second.locator(".conflict")).to_have_count(0)
    assert points_of(entry, expert) == [25]


def test_who_keeps_out_sees_the_entry_no_more(visitor, entry, expert):
    person = visitor()
    person.log_in_by_password(expert)
    page = person.open(reverse("panel_contest", args=[entry.contest_id]))
    person.press(page.locator(f"a[href='{reverse('recuse', args=[entry.pk])}']"))
    page.locator("[name=tie][value=ADVISER]").check()
    person.press(page.locator("main form button.danger"))
    assert Recusal.objects.get(panelist__user=expert).tie == "ADVISER"
    expect(page.locator("main table")).not_to_contain_text(entry.title)
    for address in (reverse("sheet", args=[entry.pk]), entry.get_absolute_url()):
        page.goto(person.home + address)
        expect(page.locator("main")).not_to_contain_text(entry.title)
