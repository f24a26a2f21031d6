"""Elder mode on a phone: one decision on each screen, with a script and without one, and pages that are read aloud."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from communities.models import User
from contests.models import Ballot
from proposals.models import Idea
from tests.browser import PHONE, Visitor
from tests.factories import ResidencyFactory
from tests.scenes import PROBLEM, SOLUTION

pytestmark = pytest.mark.django_db(transaction=True)

# The browser's own voice has no sound on a server: what it is told to say is written down instead, and said at once.
VOICE = """
window.said = [];
window.held = false;
SpeechSynthesis.prototype.speak = function (utterance) {
  window.said.push([utterance.lang, utterance.text]);
  utterance.onstart?.();
  if (!window.held) setTimeout(() => utterance.onend?.());
};
"""


@pytest.fixture(params=[True, False], ids=["with a script", "without"])
def elder(request, browser, live_server):
    """Somebody with a phone in elder mode."""
    context = browser.new_context(viewport=PHONE, locale="zh-CN", java_script_enabled=request.param)
    context.set_default_timeout(15_000)
    person = Visitor(context.new_page(), str(live_server))
    person.open("/")
    person.press("button[name=display][value=elder]")
    person.scripted = request.param
    yield person
    context.close()


def shown_steps(page):
    return [step for step in page.locator(".step").all() if step.is_visible()]


def on(page):
    """One screen on."""
    shown_steps(page)[0].locator("[data-next]:visible").click()


def heading(page):
    steps = shown_steps(page)
    assert len(steps) == 1
    return steps[0].locator("h2").inner_text()


def test_an_idea_step_by_step(elder, programme, communities):
    elder.log_in_by_phone("13900000021")
    page = elder.open(reverse("idea_create"))
    assert "第1步，共8步" in heading(page)
    page.select_option("select[name=community]", str(communities[0].pk))
    on(page)
    on(page)
    assert "第3步，共8步" in heading(page)
    expect(page.locator("#step-3")).to_be_focused()
    page.fill("input[name=title]", "北门长椅")
    page.press("input[name=title]", "Enter")
    # With a script Enter goes on, without one it does nothing; half a form is never sent.
    assert not Idea.objects.exists()
    if not elder.scripted:
        on(page)
    assert "第4步，共8步" in heading(page)
    page.fill("textarea[name=problem]", PROBLEM)
    page.go_back()
    assert page.locator("input[name=title]").input_value() == "北门长椅"
    page.go_forward()
    on(page)
    page.fill("textarea[name=solution]", SOLUTION)
    on(page)
    assert "第6步，共8步" in heading(page)
    page.locator("a[href='#step-more-1']:visible").click()
    page.fill("input[name=location_text]", "北门")
    for _ in range(5):
        on(page)
    assert "第7步，共8步" in heading(page)
    page.check("input[name=shows_name]")
    on(page)
    assert "第" not in heading(page)
    page.go_back()
    # Whoever wants no name shown is not asked for one.
    page.uncheck("input[name=shows_name]")
    on(page)
    assert "第8步，共8步" in heading(page)
    if elder.scripted:
        expect(page.locator("[data-summary]")).to_contain_text(PROBLEM)
    page.check("input[name=consent]")
    key = page.locator("input[name=key]").input_value()
    elder.press("form.steps .button.gold")
    mend(elder, key, programme)


def mend(elder, key, programme):
    """The category was forgotten: the first screen says so and leads there, and everything else is still written."""
    page = elder.page
    assert not Idea.objects.exists()
    assert "请再看一看" in heading(page)
    page.locator(".mend a").click()
    assert "第2步" in heading(page)
    expect(page.locator("select[name=category]")).to_be_visible()
    assert page.locator("input[name=key]").input_value() == key
    page.select_option("select[name=category]", str(programme.categories.first().pk))
    # What may stay empty is passed over.
    for _ in range(6):
        on(page)
    with page.expect_navigation(url="**/ideas/*/"):
        page.locator("form.steps .button.gold").dblclick()
    idea = Idea.objects.get()
    assert (idea.title, idea.problem, idea.solution) == ("北门长椅", PROBLEM, SOLUTION)
    assert idea.location_text == "北门"


def test_a_ballot_entry_by_entry(elder, contest_in, communities):
    contest = contest_in("OPEN", entries=4, max_choices=2)
    page = log_in_verified(elder, communities[0]).open(reverse("ballot", args=[contest.pk]))
    assert "第1个，共4个" in heading(page)
    for _ in range(3):
        page.locator(".choose:visible").click()
        on(page)
    if elder.scripted:
        expect(page.locator(".chosen")).to_have_text("已选 3 / 2", use_inner_text=True)
    else:
        expect(page.locator(".chosen .counted")).to_be_hidden()
    page.locator(".ballot-foot a").click()
    assert "再看一遍" in heading(page)
    if elder.scripted:
        assert page.locator("[data-of]:visible").count() == 3
    elder.press("form.steps .button.gold")
    assert not Ballot.objects.exists()
    assert "请再看一看" in heading(page)
    page.locator(".mend a").first.click()
    page.locator(".choose:visible").click()
    page.go_back()
    page.go_forward()
    assert page.locator("input[name=entry]:checked").count() == 2
    page.locator(".ballot-foot a").click()
    with page.expect_navigation(url="**/receipt/"):
        page.locator("form.steps .button.gold").dblclick()
    ballot = Ballot.objects.get()
    assert ballot.choices.count() == 2
    expect(page.locator("main")).to_contain_text(ballot.receipt)


def log_in_verified(person, community):
    """Log in, and have the account be one of a verified resident."""
    person.log_in_by_phone("13900000022")
    user = User.objects.with_phone("+8613900000022").get()
    ResidencyFactory(user=user, community=community)
    return person


def test_elder_mode_is_remembered_until_it_is_put_off(elder):
    page = elder.open("/ideas/")
    assert page.locator("html.elder").count() == 1
    elder.press("button[name=display]")
    assert page.url.endswith("/ideas/")
    assert elder.open("/").locator("html.elder").count() == 0


@pytest.fixture
def listener(visitor):
    person = visitor(PHONE)
    person.page.add_init_script(VOICE)
    return person


def test_an_idea_is_read_aloud(listener, idea_in):
    idea = idea_in("ACCEPTED")
    page = listener.open(idea.get_absolute_url())
    page.locator("[data-read]").click()
    expect(page.locator("[data-read]")).to_be_visible()
    said = page.evaluate("said")
    assert ["zh-CN", idea.title] in said
    assert ["zh-CN", PROBLEM] in said
    assert {language for language, _text in said} == {"zh-CN"}
    navigation = page.locator(".tabs a").all_inner_texts()
    assert not [text for _language, text in said if text in navigation or "朗读" in text]


def test_reading_stops_and_stays_stopped(listener, idea_in):
    url = idea_in("ACCEPTED").get_absolute_url()
    page = listener.open(url)
    page.evaluate("held = true")
    page.locator("[data-read]").click()
    expect(page.locator(".speech [role=status]")).to_contain_text("正在朗读")
    assert page.evaluate("[...CSS.highlights.get('speech')][0].toString()") == page.evaluate("said[0][1]")
    page.locator("[data-pause]").click()
    expect(page.locator("[data-resume]")).to_be_focused()
    page.locator("[data-resume]").click()
    # Turned on, the next page is read too; stopped, none is.
    page.add_init_script("window.held = true")
    listener.open(url)
    assert len(page.evaluate("said")) == 1
    page.locator("[data-stop]").click()
    expect(page.locator("[data-read]")).to_be_focused()
    assert not page.evaluate("CSS.highlights.has('speech')")
    listener.open(url)
    assert page.evaluate("said") == []


def test_older_web_views_read_too(listener, idea_in):
    idea = idea_in("ACCEPTED")
    page = listener.open(idea.get_absolute_url())
    page.evaluate("delete Element.prototype.checkVisibility")
    page.locator("[data-read]").click()
    expect(page.locator("[data-read]")).to_be_visible()
    said = page.evaluate("said")
    assert ["zh-CN", idea.title] in said
    navigation = page.locator(".tabs a").all_inner_texts()
    assert not [text for _language, text in said if text in navigation]


def test_without_a_voice_there_is_no_button(visitor, idea_in):
    person = visitor(PHONE)
    person.page.add_init_script("delete window.speechSynthesis; delete Window.prototype.speechSynthesis")
    page = person.open(idea_in("ACCEPTED").get_absolute_url())
    expect(page.locator(".speech")).to_be_hidden()
