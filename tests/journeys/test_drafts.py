"""A draft saves itself while somebody writes, and two windows lose nothing."""

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from proposals.models import Idea, IdeaDraft
from tests.browser import PHONE

pytestmark = pytest.mark.django_db(transaction=True)


def test_what_is_typed_saves_itself_and_is_found_again(visitor, programme, communities):
    person = visitor(PHONE)
    person.log_in_by_phone("13900000031")
    page = person.open(reverse("idea_create"))
    page.fill("input[name=title]", "北门长椅")
    expect(page.locator(".draft-state .saved")).to_be_visible()
    page.fill("textarea[name=problem]", "北门外没地方坐。")
    expect(page.locator("input[name=draft_revision]")).to_have_value("2")
    assert IdeaDraft.objects.get().typed["problem"] == "北门外没地方坐。"
    assert not Idea.objects.exists()
    page = person.open(reverse("my"))
    person.press(".drafts .draft")
    assert page.locator("input[name=title]").input_value() == "北门长椅"
    assert page.locator("textarea[name=problem]").input_value() == "北门外没地方坐。"


def test_two_windows_on_one_draft(visitor, programme, communities):
    person = visitor(PHONE)
    person.log_in_by_phone("13900000032")
    page = person.open(reverse("idea_create"))
    page.fill("input[name=title]", "北门长椅")
    expect(page.locator(".draft-state .saved")).to_be_visible()
    address = f"{reverse('idea_create')}?draft={IdeaDraft.objects.get().key}"
    person.open(address)
    other = page.context.new_page()
    other.goto(person.home + address)
    page.fill("input[name=title]", "北门的长椅")
    expect(page.locator("input[name=draft_revision]")).to_have_value("2")
    other.fill("input[name=title]", "东门的长椅")
    expect(other.locator(".draft-state .unsaved")).to_be_visible()
    expect(other.locator(".draft-state")).to_contain_text("北门的长椅")
    other.locator("button[name=apart]").click()
    expect(other.locator("input[name=draft_revision]")).to_have_value("1")
    assert {str(draft) for draft in IdeaDraft.objects.all()} == {"北门的长椅", "东门的长椅"}
