"""From the paper in the letter box to the receipt; an elder alone and with a helper; a counting sheet and two people."""

from __future__ import annotations

import re
import uuid

import pytest
import segno
from django.urls import reverse
from PIL import Image
from playwright.sync_api import expect

from communities.display import COOKIE, ELDER
from contests.figures import offline_votes
from contests.models import Ballot, HelperSession, PaperSheet, Voter
from contests.services.codes import issue_codes
from contests.views.ballot_session import SECONDS
from contests.voting_enums import VoteWay
from tests.browser import PHONE
from tests.factories import VoterFactory

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def contest(contest_in):
    return contest_in("OPEN", entries=4)


def test_a_household_votes_from_the_picture_on_its_paper(
    contest, communities, community_officer, visitor, live_server, settings
):
    """The officer prints a sheet; a phone opens the address in the picture; without an account a ballot is cast."""
    settings.SITE_ADDRESS = live_server.url
    desk = visitor()
    desk.log_in_by_password(community_officer)
    page = desk.open(reverse("codes", args=[contest.pk]))
    page.fill("input[name=number]", "2")
    desk.press("main form button[type=submit]")
    slips = page.locator(".slip")
    expect(slips).to_have_count(2)
    expect(slips.first.locator("svg")).to_be_visible()
    code = slips.first.locator(".slip-code").inner_text()

    phone = visitor(PHONE)
    path = reverse("household_code_of", args=[code])
    drawn = segno.make(live_server.url + path, error="m", micro=False).svg_inline(omitsize=True, border=2)
    assert slips.first.locator("svg path").get_attribute("d") in drawn
    page = phone.open(path)
    expect(page.locator("input[name=code]")).to_have_value(code)
    phone.press("main form button[type=submit]")
    assert page.evaluate("document.documentElement.scrollWidth") <= PHONE["width"]
    count = page.locator(".ballot-foot .chosen")
    expect(count).to_contain_text("0 / 3")
    boxes = page.locator("input[name=entry]")
    boxes.nth(1).check()
    page.locator(".choice-more summary").first.click()
    boxes.nth(2).check()
    expect(count).to_contain_text("2 / 3")
    community = communities[0]
    page.select_option("select[name=community]", str(community.pk))
    expect(page.locator(f".choice[data-community='{community.pk}']").first).to_be_visible()
    expect(page.locator("input[name=entry]:checked")).to_have_count(2)
    expect(count).to_contain_text("2 / 3")
    phone.press("form[data-ballot] button[type=submit]")
    ballot = Ballot.objects.get()
    expect(page.locator(".receipt .code")).to_have_text(ballot.receipt)
    assert ballot.choices.count() == 2

    anyone = visitor(PHONE)
    page = anyone.open(reverse("ballot_check", args=[contest.pk]))
    page.fill("input[name=receipt]", ballot.receipt)
    anyone.press("main form button[type=submit]")
    expect(page.locator("main .note.success")).to_contain_text(ballot.receipt)


def test_a_household_is_warned_in_time_and_takes_more(contest, communities, community_officer, visitor, now):
    """One button, two minutes before the end, from the middle of an elder's ballot; what is chosen stays in the browser."""
    paper = {"contest": contest, "community": communities[0], "number": 1, "for_roll": False, "key": uuid.uuid4()}
    _batch, (issued,) = issue_codes(**paper, by=community_officer, now=now)
    phone = visitor(PHONE)
    phone.page.context.add_cookies([{"name": COOKIE, "value": ELDER, "url": phone.home}])
    page = phone.open(reverse("household_code_of", args=[issued.code]))
    page.clock.install()
    phone.press("main form button[type=submit]")
    page.locator(".steps [data-next]").first.click()
    page.locator(".choose:visible").click()
    warning = page.get_by_role("alert")
    page.clock.fast_forward((SECONDS - 130) * 1000)
    expect(warning).to_be_hidden()
    page.clock.fast_forward(30_000)
    expect(warning).to_be_in_viewport()
    sent = []
    page.on("request", lambda request: sent.append(request.post_data or ""))
    page.get_by_role("button", name=re.compile("时间")).click()
    expect(warning).to_be_hidden()
    assert page.url.endswith("#step-2")
    assert len(sent) == 1
    assert "entry" not in sent[0]
    expect(page.locator("input[name=entry]:checked")).to_have_count(1)


def test_from_the_home_page_to_the_receipt_are_three_taps(contest, resident, visitor, client):
    phone = visitor(PHONE, has_touch=True)
    client.force_login(resident)
    session = client.cookies["sessionid"].value
    phone.page.context.add_cookies([{"name": "sessionid", "value": session, "url": phone.home}])
    page = phone.open(reverse("home"))
    taps = (
        f"main a[href='{reverse('ballot', args=[contest.pk])}']",
        ".choice label",
        "form[data-ballot] button[type=submit]",
    )
    for target in taps:
        page.locator(target).first.tap()
    receipt = page.locator(".receipt .code")
    expect(receipt).to_be_visible()
    assert receipt.inner_text() == Ballot.objects.get().receipt


def test_without_a_script_the_style_sheet_counts(contest, resident, visitor, client):
    person = visitor(PHONE, java_script_enabled=False)
    client.force_login(resident)
    session = client.cookies["sessionid"].value
    person.page.context.add_cookies([{"name": "sessionid", "value": session, "url": person.home}])
    page = person.open(reverse("ballot", args=[contest.pk]))
    for number in range(2):
        page.locator("input[name=entry]").nth(number).check()
    shown = page.locator(".chosen .counted-by-style")
    expect(shown).to_be_visible()
    expect(page.locator(".chosen .counted")).to_be_hidden()
    person.press("button[name=show]")
    expect(page.locator("input[name=entry]:checked")).to_have_count(2)
    person.press("form[data-ballot] button[type=submit]")
    assert Ballot.objects.get().choices.count() == 2


def test_an_elder_votes_with_a_helper(contest, communities, community_officer, visitor):
    """At the community's table: the officer asks, the elder chooses on large screens, and gets the receipt."""
    line = VoterFactory(contest=contest, community=communities[0], reference="0001")
    helper = visitor(PHONE)
    helper.log_in_by_password(community_officer)
    page = helper.open(reverse("roll", args=[contest.pk]))
    helper.press(f"a[href='{reverse('help_begin', args=[line.pk])}']")
    page.locator("input[name=consented]").check()
    helper.press("main form[method=post] button[type=submit]")
    page.context.add_cookies([{"name": "display", "value": "elder", "url": helper.home}])
    page = helper.open(reverse("ballot", args=[contest.pk]))
    page.locator(".choose:visible").click()
    page.locator(".ballot-foot a").click()
    helper.press("form.steps .button.gold")
    expect(page.locator("main")).to_contain_text(Ballot.objects.get().receipt)
    assert Voter.objects.get(pk=line.pk).way == VoteWay.HELPED
    assert HelperSession.objects.count() == 1


def test_two_people_type_a_counting_sheet(contest, communities, community_officer, officer, visitor, tmp_path):
    signed = {"has_voted": True, "way": VoteWay.PAPER}
    VoterFactory.create_batch(10, contest=contest, community=communities[0], **signed)
    scan = tmp_path / "sheet.png"
    Image.new("RGB", (300, 200), "white").save(scan)
    first = visitor()
    first.log_in_by_password(community_officer)
    page = first.open(reverse("sheet_enter", args=[contest.pk]))
    page.fill("input[name=number]", "003-01")
    page.fill("input[name=place]", "Committee hall")
    page.set_input_files("input[name=scan]", str(scan))
    fill(page, papers=10, votes=(4, 3, 2, 6))
    first.press("main form button[type=submit]")
    sheet = PaperSheet.objects.get()
    expect(page.locator(f"a[href='{reverse('sheet_verify', args=[sheet.pk])}']")).to_have_count(0)

    second = visitor()
    second.log_in_by_password(officer)
    page = second.open(reverse("sheets", args=[contest.pk]))
    second.press(f"a[href='{reverse('sheet_verify', args=[sheet.pk])}']")
    fill(page, papers=10, votes=(4, 3, 2, 5))
    second.press("main form button[type=submit]")
    # That the two differ is told, and not where: figures are read from the paper, not tried.
    expect(page.locator("main .note.error")).to_be_visible()
    expect(page.locator("main .note.error")).not_to_contain_text("004")
    assert offline_votes(contest) == {}
    fill(page, papers=10, votes=(4, 3, 2, 6))
    second.press("main form button[type=submit]")
    assert sum(offline_votes(contest).values()) == 15


def fill(page, papers, votes):
    page.fill("input[name=papers]", str(papers))
    for number, vote in enumerate(votes, 1):
        page.fill(f"input[name='votes-{number:03}']", str(vote))
