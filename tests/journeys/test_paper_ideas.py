"""What residents bring on paper: an officer writes it down, one by one or from a spreadsheet, and hands out receipts."""

import csv
import io

import pytest
from django.urls import reverse
from django.utils.translation import override
from playwright.sync_api import expect

from proposals.enums import IdeaState
from proposals.idea_sheet import COLUMNS
from proposals.models import Idea
from tests.browser import DESK, PHONE
from tests.scenes import PROBLEM, SOLUTION

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def desk(visitor, community_officer):
    person = visitor(DESK)
    person.log_in_by_password(community_officer)
    return person


def test_a_paper_form_is_written_down_and_its_receipt_tells_how_far_it_is(desk, visitor, programme, communities):
    page = desk.open(reverse("desk_ideas"))
    desk.press(page.locator(f"a[href='{reverse('idea_enter')}']").first)
    page.check("input[name=channel][value=PAPER]")
    page.select_option("select[name=community]", str(communities[0].pk))
    page.select_option("select[name=category]", str(programme.categories.first().pk))
    page.fill("input[name=title]", "北门放两条带扶手的长椅")
    page.fill("textarea[name=problem]", "太短")
    page.fill("textarea[name=solution]", SOLUTION)
    page.check("input[name=consent]")
    desk.press("main form.sheet button[type=submit]")
    expect(page.locator("textarea[name=problem]")).to_have_value("太短")
    assert not Idea.objects.exists()
    page.fill("textarea[name=problem]", PROBLEM)
    desk.press("main form.sheet button[type=submit]")
    idea = Idea.objects.get()
    assert (idea.state, idea.channel, idea.author) == (IdeaState.SUBMITTED, "PAPER", None)
    expect(page.locator("main")).to_contain_text(idea.receipt)
    resident = visitor(PHONE)
    at_home = resident.open(reverse("receipt_state"))
    at_home.fill("input[name=number]", idea.receipt.replace("-", " "))
    resident.press("main form button[type=submit]")
    expect(at_home.locator("main")).to_contain_text("待初审")


def test_a_spreadsheet_is_mended_looked_at_and_entered(desk, programme):
    row = {
        "channel": "纸质征集表",
        "community": "Community A",
        "category": "Care",
        "title": "北门放两条带扶手的长椅",
        "problem": PROBLEM,
        "solution": SOLUTION,
        "consent": "是",
    }
    page = desk.open(reverse("ideas_import"))

    def choose(*rows):
        file = io.StringIO()
        writer = csv.writer(file)
        with override("zh-hans"):
            writer.writerow([str(label) for label in COLUMNS.values()])
        writer.writerows([row.get(name, "") for name in COLUMNS] for row in rows)
        content = {"name": "ideas.csv", "mimeType": "text/csv", "buffer": file.getvalue().encode("gb18030")}
        page.set_input_files("input[type=file]", content)
        desk.press("form[enctype] button[type=submit]")

    choose(row, {**row, "category": "没有这一类"})
    expect(page.locator("main")).to_contain_text("没有这一类")
    assert not Idea.objects.exists()
    choose(row, {**row, "title": "东门加一盏路灯"})
    desk.press("form:has(input[name=rows]) button[type=submit]")
    receipts = list(Idea.objects.order_by("pk").values_list("receipt", flat=True))
    assert len(receipts) == 2
    for receipt in receipts:
        expect(page.locator("main")).to_contain_text(receipt)
