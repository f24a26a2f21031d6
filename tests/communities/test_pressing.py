"""A button that is pressed after the session has ended: nothing is done, and the way leads back to the button."""

from __future__ import annotations

from urllib.parse import parse_qs, urlsplit

import pytest
from django.test import Client
from django.urls import reverse

from tests.browsing import english, text

pytestmark = pytest.mark.django_db

HOME = "http://testserver"


def way_back(answer):
    """Which page opens after the log-in."""
    assert answer.status_code == 302
    return parse_qs(urlsplit(answer.url).query)["next"]


@pytest.mark.parametrize(
    ("came_from", "back"),
    [
        (f"{HOME}/ideas/?page=2#found", "/ideas/?page=2"),
        (f"{HOME}/my/notifications/", "/my/notifications/"),
        # What does not come from the site, or does not say where from, is left as it is.
        ("https://elsewhere.example/ideas/", "/my/notifications/read/"),
        ("//elsewhere.example/", "/my/notifications/read/"),
        ("javascript:alert(1)", "/my/notifications/read/"),
        ("", "/my/notifications/read/"),
    ],
)
def test_after_the_log_in_one_is_back_where_the_button_is(came_from, back):
    answer = Client(headers={"Referer": came_from}).post(reverse("mark_all_read"))
    assert urlsplit(answer.url).path == reverse("account_request_login_code")
    assert way_back(answer) == [back]


def test_who_pressed_reads_that_nothing_has_been_done(resident, idea_in):
    idea = idea_in("ACCEPTED")
    stranger = english()
    answer = stranger.post(reverse("idea_second", args=[idea.pk]), headers={"Referer": HOME + idea.get_absolute_url()})
    assert way_back(answer) == [idea.get_absolute_url()]
    assert "press the button again" in text(stranger.get(answer.url))
    assert not idea.secondings.exists()


@pytest.mark.parametrize("name", ["residency_decide", "claim_decide"])
def test_officers_of_communities_log_in_with_their_password(name):
    desk = reverse("desk")
    answer = Client(headers={"Referer": HOME + desk}).post(reverse(name, args=[1]))
    assert urlsplit(answer.url).path == reverse("account_login")
    assert way_back(answer) == [desk]


def test_a_form_that_is_sent_to_its_own_page_leads_back_to_it():
    page = reverse("profile")
    answer = Client(headers={"Referer": HOME + page}).post(page, {"display_name": "Wang"})
    assert way_back(answer) == [page]


def test_who_is_logged_in_presses(client, resident, idea_in, other_resident):
    idea = idea_in("ACCEPTED")
    client.force_login(other_resident)
    assert client.post(reverse("idea_second", args=[idea.pk])).url == idea.get_absolute_url()
    assert idea.secondings.count() == 1


# The address of an act, opened as if it were a page


@pytest.mark.parametrize(("language", "words"), [("en", "only takes a form"), ("zh-hans", "只接收填写好的表单")])
@pytest.mark.parametrize(
    ("came_from", "back"), [("", "{idea}"), (f"{HOME}/my/?a=1", "/my/?a=1"), ("https://elsewhere.example/", "{idea}")]
)
def test_the_address_of_an_act_says_what_it_is_and_leads_back(language, words, came_from, back, resident, idea_in):
    idea = idea_in("ACCEPTED")
    client = english(resident)
    client.cookies["django_language"] = language
    answer = client.get(reverse("idea_second", args=[idea.pk]), headers={"Referer": came_from})
    assert (answer.status_code, answer["Allow"]) == (405, "POST")
    assert words in text(answer)
    assert f'href="{back.format(idea=idea.get_absolute_url())}"' in text(answer)


def test_a_page_that_takes_no_form_stays_bare(idea_in):
    answer = english().post(reverse("idea_versions", args=[idea_in("ACCEPTED").pk]))
    assert (answer.status_code, answer.content) == (405, b"")
