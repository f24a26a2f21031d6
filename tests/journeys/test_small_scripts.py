"""What pages do a little better with a script, and do all the same without: messages, questions, one sending."""

import pytest
from playwright.sync_api import expect

from proposals.enums import IdeaState
from tests.browser import DESK, PHONE

pytestmark = pytest.mark.django_db(transaction=True)
GUIDE = "/styleguide/"

DIALOG = "a[data-dialog][href*=question]"


def test_message_is_put_into_the_live_region_and_stays_until_it_is_put_away(visitor):
    page = visitor(PHONE).open(GUIDE)
    region = page.locator(".toasts[role=status]")
    expect(region.locator(".toast-note")).to_have_count(2)
    region.locator(".toast-note.success button").click()
    expect(region.locator(".toast-note")).to_have_count(1)
    expect(region.locator(".toast-note.error")).to_be_visible()


def test_message_without_a_script(visitor):
    page = visitor(PHONE, java_script_enabled=False).open(GUIDE)
    assert page.locator(".toasts .toast-note").count() == 2
    assert page.locator(".toasts .toast-note button").count() == 0


def test_question_is_asked_over_the_page_and_given_up_by_escape_or_by_its_button(visitor):
    page = visitor(DESK).open(GUIDE)
    link = page.locator(DIALOG)
    dialog = page.locator("dialog[open]")
    for give_up in (lambda: page.keyboard.press("Escape"), lambda: dialog.locator("[data-close]").click()):
        link.click()
        expect(dialog.locator("h2")).to_be_visible()
        assert page.locator("h1").count() == 1
        assert dialog.evaluate("dialog => dialog.contains(document.activeElement)")
        give_up()
        expect(page.locator("dialog")).to_have_count(0)
        expect(link).to_be_focused()
    assert page.url.endswith(GUIDE)


@pytest.mark.parametrize("scripts", [True, False])
def test_idea_is_withdrawn_after_one_question(visitor, idea_in, resident, scripts):
    idea = idea_in(IdeaState.SUBMITTED)
    person = visitor(PHONE, java_script_enabled=scripts)
    person.log_in_by_phone(resident.phone)
    page = person.open(idea.get_absolute_url())
    question = page.locator("a[data-dialog]")
    if scripts:
        question.click()
        person.press("dialog button.danger")
    else:
        person.press(question)
        person.press("main button.danger")
    idea.refresh_from_db()
    assert idea.state == IdeaState.WITHDRAWN


def test_question_that_cannot_be_fetched_is_a_page(visitor):
    person = visitor(DESK, service_workers="block")
    page = person.open(GUIDE)
    page.route(
        "**/*question=1", lambda route: route.fallback() if route.request.is_navigation_request() else route.abort()
    )
    person.press(DIALOG)
    assert "question=1" in page.url
    assert page.locator("main [data-question]").is_visible()


# Counts what would be sent, and sends nothing: the page is as it is while an answer is on its way.
COUNT = """() => {
  window.sent = 0;
  addEventListener("submit", (event) => {
    window.sent += event.defaultPrevented ? 0 : 1;
    event.preventDefault();
  });
}"""


def test_form_is_sent_once(visitor):
    page = visitor(PHONE).open("/accounts/login/code/")
    page.evaluate(COUNT)
    page.fill("input[name=phone]", "13800009999")
    button = page.locator("main form button[type=submit]")
    button.click()
    expect(button).to_have_attribute("aria-busy", "true")
    button.click()
    assert page.evaluate("window.sent") == 1
