"""Naming one's community, the demo's pages, languages, and errors."""

import pytest
from django.test import Client
from django.urls import reverse
from django.views.defaults import server_error

from communities.enums import ResidencyState
from communities.models import Residency
from communities.services.people import register_resident
from communities.sms import show_in_demo
from communities.views.people import next_page
from tests.browsing import english, text

NAME = "name_community"


def test_naming_needs_a_log_in(db):
    assert english().get(reverse(NAME)).status_code == 302


def test_naming_says_what_happens_next(outsider, communities):
    client, url = english(outsider), reverse(NAME)
    page = text(client.post(f"{url}?next=/contests/", {"community": communities[1].pk}, follow=True))
    assert Residency.objects.get(user=outsider).state == ResidencyState.PENDING
    assert "What happens next" in page
    assert 'href="/contests/"' in page


def test_naming_twice_changes_nothing(outsider, communities):
    client = english(outsider)
    for _ in range(2):
        client.post(reverse(NAME), {"community": communities[1].pk})
    assert Residency.objects.filter(user=outsider).count() == 1


@pytest.mark.parametrize("choice", ["", "0", "x"])
def test_community_that_does_not_exist_is_refused(choice, outsider, communities):
    page = text(english(outsider).post(reverse(NAME), {"community": choice}))
    assert "invalid-feedback" in page
    assert not Residency.objects.exists()


def test_verified_resident_is_told_so(resident):
    page = text(english(resident).get(reverse(NAME)))
    assert "You are verified" in page
    assert "What happens next" not in page
    assert 'name="community"' not in page


def test_refused_resident_is_told_what_to_do(resident):
    Residency.objects.update(state=ResidencyState.REFUSED)
    page = text(english(resident).get(reverse(NAME)))
    assert "could not verify" in page
    assert 'name="community"' in page


@pytest.mark.parametrize("wanted", ["https://elsewhere.example/", "//elsewhere.example", "javascript:alert(1)", ""])
def test_next_page_is_one_of_ours(wanted, rf):
    assert next_page(rf.get("/", {"next": wanted})) == reverse("my_ideas")
    assert next_page(rf.get("/", {"next": "/contests/1/ballot/"})) == "/contests/1/ballot/"


def test_demo_shows_messages(db):
    show_in_demo("+8613800000001", "<b>Your code</b>")
    page = text(english().get(reverse("demo_sms")))
    assert "&lt;b&gt;Your code&lt;/b&gt;" in page


def test_demo_lists_its_accounts_but_no_visitors_number(officer, expert, settings):
    register_resident(phone="+8613800000001")
    register_resident(phone="+8613912345678")
    page = text(english().get(reverse("demo_accounts")))
    assert ">13800000001<" in page
    assert "13912345678" not in page
    assert "officer" in page
    assert settings.DEMO_PASSWORD in page


def test_every_page_says_that_it_is_a_demo(db, settings):
    assert "Demo data" in text(english().get("/"))
    settings.DEMO = False
    assert "Demo data" not in text(english().get("/"))


def test_language_is_chosen_by_form(db):
    client = Client()
    assert '<html lang="zh-hans">' in text(client.get("/"))
    response = client.post(reverse("set_language"), {"language": "en", "next": "/ideas/"})
    assert response.url == "/ideas/"
    assert '<html lang="en">' in text(client.get("/"))


def test_page_that_is_not_there_leads_on(db):
    response = english().get("/nothing/")
    assert response.status_code == 404
    assert reverse("idea_list") in text(response)


def test_form_that_is_too_old_says_so(db):
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    response = client.post(reverse("account_request_login_code"), {"phone": "13800000001"})
    assert response.status_code == 403
    assert "too old to be sent" in text(response)


def test_error_page_needs_no_database_and_no_request(rf):
    response = server_error(rf.get("/"))
    assert response.status_code == 500
    assert 'href="/"' in text(response)


@pytest.mark.parametrize(
    "name", ["home", "idea_list", "proposal_list", "contest_list", "project_list", "community_list", "demo_sms"]
)
def test_pages_hold_no_inline_script_or_style(name, db):
    page = text(english().get(reverse(name)))
    assert "<style" not in page
    assert " style=" not in page
    assert " onclick=" not in page
    assert page.count("<script") == page.count("<script src=") + page.count('<script type="module" src=')
