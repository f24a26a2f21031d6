"""An officer screens with the keyboard alone, and switches the keys off."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from proposals.enums import IdeaState
from proposals.models import Idea
from tests.browser import DESK

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(visitor, officer):
    person = visitor(DESK)
    person.log_in_by_password(officer)
    return person


def test_an_idea_is_turned_away_by_keys_and_the_next_one_opens(desk, idea_in):
    first, second = (idea_in(IdeaState.SUBMITTED, title=f"Benches {number}") for number in range(2))
    page = desk.open(reverse("admin:proposals_idea_screen", args=[first.pk]))
    for key in "qsc4":
        page.keyboard.press(key)
    expect(page.locator("input[name=capacity_building][value=FAIL]")).to_be_checked()
    page.keyboard.press(page.locator("kbd[data-chooses=GOV_DUTY]").text_content())
    expect(page.locator("select[name=reason]")).to_have_value("GOV_DUTY")
    expect(page.locator("textarea[name=note]")).to_have_value(
        page.locator("[data-reason=GOV_DUTY]").text_content().strip()
    )
    page.keyboard.press("m")
    page.keyboard.press("Control+A")
    page.keyboard.type("Please ask the quay.")
    expect(page.locator("textarea[name=note]")).to_have_value("Please ask the quay.")
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert page.url.endswith(reverse("admin:proposals_idea_screen", args=[second.pk]))
    screening = first.screenings.get()
    assert screening.reason == "GOV_DUTY"
    judged = (screening.public_benefit, screening.sustainability, screening.capacity_building, screening.note)
    assert judged == ("PASS", "DOUBT", "FAIL", "Please ask the quay.")


def test_keys_are_switched_off_for_good(desk, idea_in):
    idea = idea_in(IdeaState.SUBMITTED)
    address = reverse("admin:proposals_idea_screen", args=[idea.pk])
    page = desk.open(address)
    page.locator("[data-keys] input").uncheck()
    page = desk.open(address)
    page.keyboard.press("q")
    expect(page.locator("[data-keys] input")).not_to_be_checked()
    expect(page.locator("input[name=public_benefit]:checked")).to_have_count(0)


def test_without_a_script_no_keys_are_promised(visitor, officer, idea_in):
    idea = idea_in(IdeaState.SUBMITTED)
    person = visitor(DESK, java_script_enabled=False)
    person.log_in_by_password(officer)
    page = person.open(reverse("admin:proposals_idea_screen", args=[idea.pk]))
    expect(page.locator("[data-keys]")).to_be_hidden()
    for name in ("public_benefit", "sustainability", "capacity_building"):
        page.locator(f"input[name={name}][value=PASS]").check()
    page.locator("input[name=decision][value=ACCEPT]").check()
    person.press("button[name=save]")
    assert Idea.objects.get(pk=idea.pk).state == IdeaState.ACCEPTED


def test_a_chosen_reason_fills_the_message_unless_something_was_written(desk, idea_in):
    idea = idea_in(IdeaState.SUBMITTED)
    page = desk.open(reverse("admin:proposals_idea_screen", args=[idea.pk]))
    message = page.locator("textarea[name=note]")
    for reason in ("GOV_DUTY", "UNCLEAR"):
        page.select_option("select[name=reason]", reason)
        expect(message).to_have_value(page.locator(f"[data-reason={reason}]").text_content().strip())
    message.fill("Please ask the quay.")
    page.select_option("select[name=reason]", "GOV_DUTY")
    expect(message).to_have_value("Please ask the quay.")


def test_the_last_decision_is_taken_back_by_a_key(desk, idea_in):
    first, second = (idea_in(IdeaState.SUBMITTED, title=f"Benches {number}") for number in range(2))
    here, there = (reverse("admin:proposals_idea_screen", args=[idea.pk]) for idea in (first, second))
    page = desk.open(here)
    for key in "qaz1":
        page.keyboard.press(key)
    with page.expect_navigation():
        page.keyboard.press("Control+Enter")
    assert page.url.endswith(there)
    assert Idea.objects.get(pk=first.pk).state == IdeaState.ACCEPTED
    with page.expect_navigation():
        page.keyboard.press("u")
    assert page.url.endswith(here)
    expect(page.locator("button[data-undo]")).to_have_count(0)
    assert Idea.objects.get(pk=first.pk).state == IdeaState.SUBMITTED
