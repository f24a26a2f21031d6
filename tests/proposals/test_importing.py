"""Ideas from a spreadsheet: all or nothing, each with its receipt, none twice."""

from __future__ import annotations

import csv
import io

import pytest
from django.core import signing
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from django.utils.translation import override

from communities import sheets
from communities.models import Community
from communities.refusal import Refused
from proposals.enums import IdeaState, ProposalRefusal
from proposals.idea_sheet import COLUMNS, MOST_ROWS, check
from proposals.models import Idea
from proposals.services.importing import import_ideas
from tests.browsing import english, shown, text
from tests.proposals.test_idea_tables import rows_of
from tests.racing import race
from tests.scenes import PROBLEM, SOLUTION

ADDRESS = "/desk/ideas/import/"
ROW = {
    "channel": "Paper form",
    "community": "Community A",
    "category": "Environment",
    "title": "Benches at the west gate",
    "problem": PROBLEM,
    "solution": SOLUTION,
    "contributor_name": "Ms Li",
    "shows_name": "yes",
    "phone": "13900000011",
    "consent": "yes",
}
OTHER = {**ROW, "title": "Lamps at the east gate", "phone": "", "contributor_name": "", "shows_name": ""}


def heading(language="en"):
    with override(language):
        return [str(label) for label in COLUMNS.values()]


def sheet(*rows, head=None):
    file = io.StringIO()
    writer = csv.writer(file)
    writer.writerow(heading() if head is None else head)
    writer.writerows([row.get(name, "") for name in COLUMNS] for row in rows)
    return file.getvalue().encode()


def sent(client, data, name="ideas.csv"):
    return client.post(ADDRESS, {"file": SimpleUploadedFile(name, data)})


def confirmed(client, data):
    return client.post(ADDRESS, {"rows": sent(client, data).context["rows"]})


def checked(data, programme, communities=None):
    here = Community.objects.all() if communities is None else communities
    with override("en"):
        return check(sheets.read(data, most=MOST_ROWS), programme, here)


def problems(data, programme):
    return [(problem.line, problem.column, problem.typed) for problem in checked(data, programme).problems]


def test_a_file_is_looked_at_before_it_is_entered(programme, community_officer):
    desk = english(community_officer)
    preview = sent(desk, sheet(ROW, OTHER))
    assert not Idea.objects.exists()
    for written in ("Benches at the west gate", "Lamps at the east gate", "Enter 2 ideas"):
        assert written in text(preview)
    done = desk.post(ADDRESS, {"rows": preview.context["rows"]})
    first, second = Idea.objects.order_by("pk")
    assert (first.title, first.state, first.channel, first.entered_by) == (
        ROW["title"],
        IdeaState.SUBMITTED,
        "PAPER",
        community_officer,
    )
    assert (first.claims.get().user.phone, first.contributor_name, bool(first.name_consent_at)) == (
        "+8613900000011",
        "Ms Li",
        True,
    )
    assert (second.author, second.contributor_name, bool(second.name_consent_at)) == (None, "", False)
    for idea in (first, second):
        assert idea.receipt in text(done)
        assert idea.events.get().to_state == IdeaState.SUBMITTED
        assert idea.consent_at is not None


def test_the_template_is_understood_in_every_language(programme, community_officer):
    for language in ("zh-hans", "en"):
        assert not checked(sheet(ROW, head=heading(language)), programme).problems
        for kind in ("csv", "xlsx"):
            page = english(community_officer).get(reverse("ideas_import_template", args=[kind]))
            data = b"".join(page.streaming_content)
            assert data[:2] == (b"PK" if kind == "xlsx" else b"\xef\xbb")
    assert english(community_officer).get(reverse("ideas_import_template", args=["pdf"])).status_code == 404


@pytest.mark.parametrize(
    ("column", "typed", "label"),
    [
        ("community", "Nowhere", "Community"),
        ("category", "Sports", "Category"),
        ("channel", "Pigeon", "How it reached you"),
        ("channel", "", "How it reached you"),
        ("title", "Abc", "Title"),
        ("title", "", "Title"),
        ("problem", "Short", "What is the problem?"),
        ("solution", "x" * 501, "What could be done?"),
        ("phone", "12345", "Mobile number"),
        ("contributor_name", "13900000011", "Name shown"),
        ("beneficiary_estimate", "many", "About how many people"),
        ("beneficiary_estimate", "0", "About how many people"),
        ("beneficiary_estimate", "1000001", "About how many people"),
        ("shows_name", "perhaps", "Name may be shown"),
        ("consent", "no", "Has agreed to it being kept"),
        ("consent", "", "Has agreed to it being kept"),
    ],
)
def test_what_is_wrong_is_said_by_row_and_column(column, typed, label, programme, community_officer):
    data = sheet(ROW, {**OTHER, column: typed})
    assert problems(data, programme) == [(3, label, typed)]
    page = sent(english(community_officer), data)
    [problem] = page.context["problems"]
    assert shown(problem.message) in text(page)
    assert 'name="rows"' not in text(page)
    assert confirmed_without_preview(community_officer, page) == 0


def confirmed_without_preview(officer, page):
    """Nothing is entered however the rows with the mistake are sent."""
    english(officer).post(ADDRESS, {"rows": page.context["rows"]})
    return Idea.objects.count()


def test_what_is_wrong_with_the_heading_is_said_first(programme):
    names = heading()
    assert problems(sheet(ROW, head=["Address", *names[1:]]), programme) == [
        (1, "", "Address"),
        (1, "How it reached you", ""),
    ]


def test_a_row_that_stands_there_twice_is_a_mistake(programme):
    assert problems(sheet(ROW, OTHER, ROW), programme) == [(4, "", ROW["title"])]


def test_the_same_file_is_noticed_and_enters_nothing_twice(programme, community_officer, officer):
    confirmed(english(community_officer), sheet(ROW, OTHER))
    receipts = set(Idea.objects.values_list("receipt", flat=True))
    for user in (community_officer, officer):
        desk = english(user)
        again = sent(desk, sheet(ROW, OTHER))
        assert "All rows of this file have been entered before." in text(again)
        page = desk.post(ADDRESS, {"rows": again.context["rows"]})
        assert all(receipt in text(page) for receipt in receipts)
    assert set(Idea.objects.values_list("receipt", flat=True)) == receipts


def test_of_a_longer_file_only_what_is_new_is_entered(programme, community_officer):
    desk = english(community_officer)
    confirmed(desk, sheet(ROW))
    assert "Enter 1 idea" in text(sent(desk, sheet(OTHER, ROW)))
    confirmed(desk, sheet(OTHER, ROW))
    assert Idea.objects.count() == 2


@pytest.mark.django_db(transaction=True)
def test_one_refused_row_keeps_all_others_out(scene, community_officer, now):
    """A row of a community that the officer does not serve: the form would not offer it, the verb refuses it."""
    here, elsewhere = ROW, {**OTHER, "community": "Community B"}
    entries = checked(sheet(here, elsewhere), scene.programme).entries.values()
    with pytest.raises(Refused) as refusal:
        import_ideas(programme=scene.programme, entries=list(entries), by=community_officer, now=now)
    assert refusal.value.reason == ProposalRefusal.NOT_YOUR_COMMUNITY
    assert not Idea.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_officers_with_the_same_file_enter_it_once(scene, community_officer, officer):
    entries = list(checked(sheet(ROW, OTHER), scene.programme).entries.values())
    outcomes = race(
        *[
            lambda by=by: import_ideas(programme=scene.programme, entries=entries, by=by, now=scene.now)
            for by in (community_officer, officer)
        ]
    )
    assert [idea.pk for idea in outcomes[0]] == [idea.pk for idea in outcomes[1]]
    assert Idea.objects.count() == 2


@pytest.mark.parametrize("rows", ["", "x", "eyJ9:nothing:ours"])
def test_rows_that_are_not_from_the_preview_are_not_taken(rows, programme, community_officer):
    page = english(community_officer).post(ADDRESS, {"rows": rows})
    assert "Choose the file again." in text(page)
    assert not Idea.objects.exists()


def test_a_file_that_cannot_be_read_says_so(programme, community_officer):
    page = sent(english(community_officer), b"PK no archive", "ideas.xlsx")
    assert "This file cannot be read." in text(page)


@pytest.mark.parametrize(
    "who, status",
    [
        ("officer", 200),
        ("approver", 200),
        ("community_officer", 200),
        ("supervisor", 403),
        ("support_member", 403),
        ("resident", 403),
        ("expert", 403),
    ],
)
def test_who_imports(who, status, client, request, programme):
    client.force_login(request.getfixturevalue(who))
    assert client.get(ADDRESS).status_code == status
    assert client.get(reverse("ideas_import_template", args=["csv"])).status_code == status


def test_who_is_not_logged_in_is_asked_to(client, programme):
    assert client.get(ADDRESS).status_code == 302


def test_when_no_ideas_are_collected_the_page_says_so(programme, community_officer):
    desk = english(community_officer)
    kept = sent(desk, sheet(ROW)).context["rows"]
    programme.stages.all().delete()
    assert "The time for this is over" in text(desk.get(ADDRESS))
    assert "The time for this is over" in text(desk.post(ADDRESS, {"rows": kept}))
    assert not Idea.objects.exists()


@pytest.mark.parametrize("number", [1, 3])
def test_the_preview_asks_the_same_for_any_number_of_rows(
    number, programme, community_officer, django_assert_num_queries
):
    desk = english(community_officer)
    data = sheet(*[{**OTHER, "title": f"Benches at gate {place}"} for place in range(number)])
    sent(desk, data)
    with django_assert_num_queries(10):
        sent(desk, data)


@pytest.mark.parametrize("kind", ["csv", "xlsx"])
def test_the_receipts_are_taken_along_in_the_order_of_the_rows(kind, programme, community_officer, other_officer, cast):
    desk, address = english(community_officer), reverse("ideas_import_receipts")
    done = confirmed(desk, sheet({**ROW, "title": "=HYPERLINK(1)"}, OTHER))
    numbers = {"numbers": done.context["numbers"], "format": kind}
    assert address in text(done)
    first, second = Idea.objects.order_by("pk")
    rows = rows_of(desk.post(address, numbers))
    assert [(row[0], row[1]) for row in rows] == [(first.receipt, "'=HYPERLINK(1)"), (second.receipt, OTHER["title"])]
    assert rows_of(english(other_officer).post(address, numbers)) == []
    assert english(cast("resident")).post(address, numbers).status_code == 403
    assert desk.post(address, {**numbers, "format": "exe"}).status_code == 404
    for forged in ("", "1", signing.dumps([first.pk]), "x" * 10_000):
        assert "This list is too old." in text(desk.post(address, {**numbers, "numbers": forged}, follow=True))
