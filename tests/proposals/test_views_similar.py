"""While somebody writes: ideas of others that are like it, and seconding one of them instead."""

from __future__ import annotations

import pytest
from django.urls import reverse
from playwright.sync_api import expect

from programmes.enums import StageKind
from proposals.enums import IdeaChannel, IdeaState, ProposalRefusal
from proposals.models import Idea, Seconding
from proposals.receipts import receipt
from tests.browser import PHONE
from tests.browsing import english, shown, text
from tests.scenes import PROBLEM, SOLUTION

PIECE = {"headers": {"HX-Request": "true"}}
TITLE = "Benches at the west gate"
TYPED = {"title": TITLE, "problem": PROBLEM, "solution": SOLUTION}


def asked(person, **typed):
    """The piece that the form shows for what is typed."""
    return english(person).post(reverse("idea_similar"), typed or TYPED, **PIECE)


def titles(response):
    return [row["idea"].title for row in response.context["similar"]]


def test_ideas_of_others_that_are_public_are_shown(idea_in, neighbour):
    for state in IdeaState:
        idea_in(state, title=f"Benches, {state}")
    assert set(titles(asked(neighbour))) == {
        "Benches, SUBMITTED",
        "Benches, ACCEPTED",
        "Benches, CONSOLIDATED",
        "Benches, REFERRED",
    }


def test_one_s_own_are_not(idea_in, resident):
    idea_in(IdeaState.ACCEPTED)
    response = asked(resident)
    assert titles(response) == []
    assert "<h2" not in text(response)


def test_those_offered_to_one_are_not(idea_in, neighbour, other_resident, officer, now):
    idea = idea_in(IdeaState.ACCEPTED)
    on_paper = {"channel": IdeaChannel.PAPER, "entered_by": officer, "receipt": receipt("26003", 1)}
    Idea.objects.filter(pk=idea.pk).update(author=None, **on_paper)
    offer = idea.claims.create(user=neighbour, offered_by=officer, at=now)
    assert (titles(asked(neighbour)), titles(asked(other_resident))) == ([], [idea.title])
    type(offer).objects.filter(pk=offer.pk).update(accepted=False, decided_by=neighbour, decided_at=now)
    assert titles(asked(neighbour)) == [idea.title]


def test_those_of_another_year_are_not(idea_in, programme_in, neighbour):
    idea = idea_in(IdeaState.ACCEPTED)
    Idea.objects.filter(pk=idea.pk).update(programme=programme_in())
    assert titles(asked(neighbour)) == []


@pytest.mark.parametrize(
    "typed", [{"title": ""}, {"title": "x"}, {"title": "\0' & !", "community": "²", "category": "x"}]
)
def test_what_says_nothing_finds_nothing(idea_in, neighbour, typed):
    idea_in(IdeaState.ACCEPTED)
    assert titles(asked(neighbour, **typed)) == []


def test_seconding_is_offered_where_it_is_possible(idea_in, neighbour, outsider):
    idea_in(IdeaState.ACCEPTED, title=f"{TITLE}, one")
    joined = idea_in(IdeaState.CONSOLIDATED, title=f"{TITLE}, two")
    rows = {row["idea"].title: row for row in asked(neighbour).context["similar"]}
    assert rows[f"{TITLE}, one"]["may_second"]
    assert not rows[joined.title]["may_second"]
    assert not any(row["may_second"] for row in asked(outsider).context["similar"])


def test_the_piece_makes_as_many_queries_for_many_ideas_as_for_one(idea_in, neighbour, django_assert_num_queries):
    client = english(neighbour)
    idea_in(IdeaState.ACCEPTED)
    client.post(reverse("idea_similar"), TYPED, **PIECE)
    with django_assert_num_queries(9):
        client.post(reverse("idea_similar"), TYPED, **PIECE)
    for number in range(2):
        idea_in(IdeaState.ACCEPTED, title=f"{TITLE} {number}")
    with django_assert_num_queries(9):
        assert len(titles(client.post(reverse("idea_similar"), TYPED, **PIECE))) == 3


def test_the_page_keeps_the_text_for_the_form(idea_in, communities, neighbour):
    idea_in(IdeaState.ACCEPTED)
    client = english(neighbour)
    response = client.post(reverse("idea_similar"), {**TYPED, "community": communities[1].pk})
    assert response.url == reverse("idea_similar")
    assert titles(client.get(response.url)) == [TITLE]
    form = text(client.get(reverse("idea_create")))
    assert PROBLEM in form
    assert f'<option value="{communities[1].pk}" selected>' in form


def test_seconding_instead_keeps_the_text(idea_in, neighbour):
    idea = idea_in(IdeaState.ACCEPTED)
    client = english(neighbour)
    response = client.post(reverse("idea_second_instead", args=[idea.pk]), {**TYPED, "title": "Seats for the old"})
    assert response.url == idea.get_absolute_url()
    assert idea.secondings.get().user == neighbour
    assert "Seats for the old" in text(client.get(reverse("idea_create")))
    assert [row["mine"] for row in asked(neighbour).context["similar"]] == [True]


def test_a_refused_seconding_says_why_and_keeps_the_text(idea_in, outsider):
    idea = idea_in(IdeaState.ACCEPTED)
    client = english(outsider)
    page = client.post(reverse("idea_second_instead", args=[idea.pk]), TYPED, follow=True)
    assert shown(ProposalRefusal.NOT_A_RESIDENT.label) in text(page)
    assert not Seconding.objects.exists()
    assert PROBLEM in text(client.get(reverse("idea_create")))


def test_what_nobody_may_read_is_not_seconded(idea_in, neighbour):
    idea = idea_in(IdeaState.REJECTED)
    assert english(neighbour).post(reverse("idea_second_instead", args=[idea.pk]), TYPED).status_code == 404


@pytest.mark.parametrize("page", ["idea_similar", "idea_second_instead"])
def test_text_survives_a_session_that_had_ended(idea_in, neighbour, page):
    idea = idea_in(IdeaState.ACCEPTED)
    client = english()
    response = client.post(reverse(page, args=[idea.pk] if page == "idea_second_instead" else []), TYPED)
    assert response.url.startswith(reverse("account_request_login_code"))
    client.force_login(neighbour)
    assert PROBLEM in text(client.get(reverse("idea_create")))


def test_the_piece_says_nothing_to_who_is_not_logged_in(idea_in):
    idea_in(IdeaState.ACCEPTED)
    assert text(asked(None)) == ""


def test_while_no_ideas_are_collected_nothing_is_compared(idea_in, programme, neighbour):
    idea_in(IdeaState.ACCEPTED)
    programme.stages.filter(kind=StageKind.IDEA_COLLECTION).delete()
    assert titles(asked(neighbour)) == []


# In the browser


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("elder", [False, True], ids=["normal", "elder"])
@pytest.mark.parametrize("scripts", [True, False], ids=["scripts", "plain"])
def test_somebody_finds_the_same_idea_and_seconds_it(visitor, idea_in, neighbour, scripts, elder):
    idea = idea_in(IdeaState.ACCEPTED)
    person = visitor(PHONE, java_script_enabled=scripts)
    person.log_in_by_phone(neighbour.phone)
    if elder:
        person.page.context.add_cookies([{"name": "display", "value": "elder", "url": person.home}])
    page = person.open(f"{reverse('idea_create')}#step-3")
    page.fill("input[name=title]", TITLE)
    page.goto(f"{person.home}{reverse('idea_create')}#step-4")
    page.fill("textarea[name=problem]", PROBLEM)
    if not scripts:
        person.press(".similar-ask noscript button:not([hidden])")
    offer = page.locator(".similar li", has_text=TITLE)
    expect(offer).to_be_visible()
    person.press(offer.locator("button"))
    assert page.url == person.home + idea.get_absolute_url()
    assert idea.secondings.get().user == neighbour
    page = person.open(reverse("idea_create"))
    assert page.locator("textarea[name=problem]").input_value() == PROBLEM
    assert page.locator("input[name=title]").input_value() == TITLE
