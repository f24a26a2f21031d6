"""An idea is handed in and a ballot cast without JavaScript, and again with the keyboard alone; so are a score sheet and a
decision on an idea, from logging in on.
"""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from communities import phones, sms
from config.visitor import CODE
from contests.enums import ContestState
from contests.models import Ballot, ScoreSheet
from proposals.enums import IdeaState
from proposals.models import Idea
from tests.browser import DESK, PHONE
from tests.factories import PASSWORD

pytestmark = pytest.mark.django_db(transaction=True)

TITLE = "北门放两条带扶手的长椅"
PROBLEM = "北门外等车的老人很多，没有地方坐，冬天站着很冷，有人只好坐在花坛边上。"
SOLUTION = "在门内靠墙的空地放两条带靠背和扶手的长椅，由楼门组长轮流照看和擦洗。"
MOST_STOPS = 80
# The point in the middle of what has the focus belongs to it, or to its label; and it is marked.
FOCUS = """async () => {
  const frame = () => new Promise(requestAnimationFrame);
  await frame();
  await frame();
  const e = document.activeElement;
  if (!e || e === document.body) return { name: "nothing", type: "", inside: false, faults: [] };
  const box = e.getBoundingClientRect();
  const name = e.name || e.id || e.innerText.trim().slice(0, 20) || e.tagName;
  const shown = [e, ...(e.labels || [])].filter((x) => x.getBoundingClientRect().width > 1);
  const style = [e, ...shown].map((x) => getComputedStyle(x));
  const faults = [];
  const marked = style.some((s) => (s.outlineStyle !== "none" && parseFloat(s.outlineWidth) >= 2) || s.boxShadow !== "none");
  if (!marked) faults.push("no outline");
  const inside = (b) => b.bottom > 0 && b.top < innerHeight && b.right > 0 && b.left < innerWidth;
  if (!shown.some((x) => inside(x.getBoundingClientRect()))) faults.push("outside the screen");
  const free = shown.some((x) => {
    const b = x.getBoundingClientRect();
    const middle = (low, high, end) => (Math.max(low, 0) + Math.min(high, end)) / 2;
    const top = document.elementFromPoint(middle(b.left, b.right, innerWidth), middle(b.top, b.bottom, innerHeight));
    return top && (x.contains(top) || top.contains(x) || shown.some((y) => y.contains(top)));
  });
  const over = document.elementFromPoint(box.left + box.width / 2, box.top + box.height / 2);
  if (inside(box) && !free) faults.push(`covered by ${over ? over.tagName + "." + over.className : "nothing"}`);
  return { name, type: e.type || e.tagName, inside: Boolean(e.closest("main")), faults };
}"""


@pytest.fixture
def voter(client, visitor, resident):
    """`voter(**options)`: a verified resident with a browser, logged in."""

    def come(**options):
        client.force_login(resident)
        person = visitor(PHONE, reduced_motion="reduce", **options)
        key = client.cookies["sessionid"].value
        person.page.context.add_cookies([{"name": "sessionid", "value": key, "url": person.home}])
        return person

    return come


def tab_to(page, matches, *, complaints):
    """Press Tab until `matches(focus)`; note what is wrong with each stop on the way."""
    for _ in range(MOST_STOPS):
        page.keyboard.press("Tab")
        focus = page.evaluate(FOCUS)
        complaints += [f"{page.url}: {focus['name']}: {fault}" for fault in focus["faults"]]
        if matches(focus):
            return
    raise AssertionError(f"{page.url}: not reached in {MOST_STOPS} stops")


def named(name):
    return lambda focus: focus["name"] == name


def type_into(page, name, text, *, complaints):
    tab_to(page, named(name), complaints=complaints)
    page.keyboard.insert_text(text)


def send(page, *, complaints, button=""):
    """Go on to the first button that sends what was typed, or to the one of this name, and press it."""
    tab_to(page, named(button) if button else is_send, complaints=complaints)
    with page.expect_navigation():
        page.keyboard.press("Enter")


def is_send(focus):
    return focus["type"] == "submit" and focus["inside"]


def test_an_idea_without_script(voter, communities, categories):
    person = voter(java_script_enabled=False)
    page = person.open(reverse("idea_create"))
    page.fill("input[name=title]", TITLE)
    page.select_option("select[name=community]", str(communities[0].pk))
    category = page.locator("[name=category]")
    if category.first.evaluate("e => e.tagName") == "SELECT":
        category.select_option(str(categories[0].pk))
    else:
        page.locator(f"[name=category][value='{categories[0].pk}']").check()
    page.fill("textarea[name=problem]", PROBLEM)
    page.fill("textarea[name=solution]", SOLUTION)
    page.check("input[name=consent]")
    person.press("main form.sheet .button.gold")
    assert Idea.objects.get().title == TITLE
    expect(page.locator("main")).to_contain_text(TITLE)


def test_a_ballot_without_script(voter, contest_in):
    contest = contest_in(ContestState.OPEN)
    person = voter(java_script_enabled=False)
    page = person.open(reverse("ballot", args=[contest.pk]))
    page.locator("input[name=entry]").first.check()
    person.press("form[data-ballot] button[type=submit]")
    expect(page.locator("main")).to_contain_text(Ballot.objects.get().receipt)


def test_an_idea_by_keyboard(voter, communities, categories):
    complaints = []
    page = voter().open(reverse("idea_create"))
    keys = page.keyboard
    tab_to(page, named("title"), complaints=complaints)
    keys.insert_text(TITLE)
    tab_to(page, named("community"), complaints=complaints)
    # The person's own community is chosen already; the arrows go to another one and back.
    keys.press("ArrowDown")
    keys.press("ArrowUp")
    tab_to(page, named("category"), complaints=complaints)
    if page.evaluate("document.activeElement.type") == "radio":
        keys.press("Space")
    else:
        keys.press("ArrowDown")
    tab_to(page, named("problem"), complaints=complaints)
    keys.insert_text(PROBLEM)
    tab_to(page, named("solution"), complaints=complaints)
    keys.insert_text(SOLUTION)
    tab_to(page, named("consent"), complaints=complaints)
    keys.press("Space")
    send(page, complaints=complaints)
    assert Idea.objects.get().solution == SOLUTION
    assert not complaints, "\n".join(complaints)


def test_a_ballot_by_keyboard(voter, contest_in):
    complaints = []
    contest = contest_in(ContestState.OPEN)
    page = voter().open(reverse("ballot", args=[contest.pk]))
    tab_to(page, named("entry"), complaints=complaints)
    page.keyboard.press("Space")
    tab_to(page, lambda focus: is_send(focus) and focus["name"] != "entry", complaints=complaints)
    with page.expect_navigation():
        page.keyboard.press("Enter")
    expect(page.locator("main")).to_contain_text(Ballot.objects.get().receipt)
    assert not complaints, "\n".join(complaints)


def log_in_by_keyboard(page, user, *, complaints):
    type_into(page, "login", user.username, complaints=complaints)
    type_into(page, "password", PASSWORD, complaints=complaints)
    send(page, complaints=complaints)


def test_a_resident_logs_in_by_keyboard(visitor, resident):
    complaints = []
    page = visitor(PHONE, reduced_motion="reduce").open(reverse("account_request_login_code"))
    type_into(page, "phone", phones.national(resident.phone), complaints=complaints)
    send(page, complaints=complaints)
    [message] = sms.shown_in_demo()
    type_into(page, "code", CODE.search(message["text"])[0], complaints=complaints)
    send(page, complaints=complaints)
    expect(page.locator(".page-head")).to_contain_text(resident.masked_phone)
    assert not complaints, "\n".join(complaints)


def test_an_expert_logs_in_and_submits_a_sheet_by_keyboard(visitor, contest_in, expert):
    complaints = []
    entry = contest_in(ContestState.OPEN).entries.get(number="002")
    page = visitor(DESK, reduced_motion="reduce").open(
        f"{reverse('account_login')}?next={reverse('sheet', args=[entry.pk])}"
    )
    log_in_by_keyboard(page, expert, complaints=complaints)
    fields = page.locator("form[data-marks] input[type=number]")
    for name, most in fields.evaluate_all("all => all.map((e) => [e.name, e.max])"):
        type_into(page, name, most, complaints=complaints)
    send(page, complaints=complaints, button="submit")
    send(page, complaints=complaints)
    assert ScoreSheet.objects.get(panelist__user=expert, entry=entry).state == "SUBMITTED"
    assert not complaints, "\n".join(complaints)


def test_an_officer_logs_in_and_decides_on_an_idea_by_keyboard(visitor, idea_in, officer):
    """With the keys that every form has; those of the page's own are a shorter way."""
    complaints = []
    idea = idea_in(IdeaState.SUBMITTED)
    address = reverse("admin:proposals_idea_screen", args=[idea.pk])
    page = visitor(DESK, reduced_motion="reduce").open(f"{reverse('account_login')}?next={address}")
    log_in_by_keyboard(page, officer, complaints=complaints)
    for name in ("public_benefit", "sustainability", "capacity_building", "decision"):
        tab_to(page, named(name), complaints=complaints)
        page.keyboard.press("Space")
    send(page, complaints=complaints, button="preview")
    expect(page.get_by_role("status")).to_contain_text(idea.title)
    send(page, complaints=complaints, button="save")
    idea.refresh_from_db()
    assert idea.state == IdeaState.ACCEPTED
    assert not complaints, "\n".join(complaints)
