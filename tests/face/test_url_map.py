"""No page is left out: every URL pattern is visited, or shown to be no page."""

import re
from urllib.parse import quote

import pytest
from django.contrib import admin
from django.test import Client
from django.urls import resolve

from communities.views import people
from tests.face import url_map
from tests.face.test_pages import FRONT, OFFICE
from tests.face.url_map import Kind

pytestmark = pytest.mark.django_db

VISITED = {page.name for page in [*FRONT, *OFFICE] if page not in url_map.ERRORS}
NOT_PAGES = [*url_map.NOT_PAGES, *url_map.office_refusals()]
LEFT_OUT = {entry.name for entry in NOT_PAGES}
PRESSED = [entry for entry in NOT_PAGES if entry.kind == Kind.POST_ONLY]
# allauth's addresses for names that it looks up; ours, which come first, have shut them.
ALLAUTH = {name: route for name, route in url_map.patterns() if name.startswith("account_")}
SHUT = {name: route for name, route in ALLAUTH.items() if name not in VISITED | LEFT_OUT}
PLACEHOLDER = re.compile(r"\(\?P<\w+>[^)]*\)|<[^>]+>")
CAST = ["", "resident", "newcomer", "officer", "approver", "supervisor", "community_officer", "support_member"]
CAST += ["expert", "superuser"]


def answer_to(world, entry, who):
    client = Client(headers=entry.headers)
    if who:
        client.force_login(getattr(world, who))
    answer = client.get(entry.path(world))
    if answer.streaming:
        b"".join(answer.streaming_content)
    return answer


def test_every_pattern_is_a_page_that_is_visited_or_none():
    known = VISITED | LEFT_OUT | SHUT.keys()
    unknown = [f"{name} ({route})" for name, route in url_map.patterns() if name not in known]
    assert not unknown, "add them to tests/face/url_map.py"


@pytest.mark.parametrize("route", SHUT.values())
def test_page_of_the_account_library_is_shut(route):
    path = "/" + PLACEHOLDER.sub("1", route).replace("^", "").replace("$", "")
    assert resolve(path).func is people.closed


def test_every_model_of_the_office_has_rows_to_open():
    assert set(url_map.ROWS) == {model._meta.label_lower for model in admin.site._registry}


def test_the_map_names_nothing_that_is_gone():
    assert {name for name, _ in url_map.patterns()} >= VISITED | LEFT_OUT
    assert not VISITED & LEFT_OUT


@pytest.mark.parametrize("entry", PRESSED, ids=lambda entry: entry.name)
def test_no_log_in_leads_to_what_is_no_page(world, entry):
    """Whose session has ended comes back to the page with the button, never to the address of the act."""
    answer = Client(headers={"Referer": "http://testserver/ideas/"}).post(entry.path(world))
    assert f"next={quote(entry.path(world))}" not in answer.headers.get("Location", "")


@pytest.mark.parametrize("entry", NOT_PAGES, ids=lambda entry: entry.name)
def test_what_is_no_page(world, entry):
    if entry.kind == Kind.CLOSED:
        assert {answer_to(world, entry, who).status_code for who in CAST} <= {302, 403, 404}
        return
    answer = answer_to(world, entry, entry.who)
    if entry.kind == Kind.POST_ONLY:
        assert answer.status_code == 405
    elif entry.kind == Kind.REDIRECT:
        assert answer.status_code in {301, 302}
    else:
        assert answer.status_code == 200
        is_html = answer.headers["Content-Type"].startswith("text/html")
        assert is_html == (entry.kind == Kind.PIECE)
        assert not is_html or b"<html" not in answer.content
