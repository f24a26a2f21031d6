"""Elder mode is a cookie: on, off, and back to the page one was on, but never to another site."""

import pytest
from django.urls import reverse

from tests.browsing import asked_on_screens, english, text

pytestmark = pytest.mark.django_db


def switch(client, **data):
    return client.post(reverse("set_display"), data)


def test_on_and_off_again(programme):
    client = english()
    answer = switch(client, display="elder", next="/ideas/?q=lamp")
    assert answer.url == "/ideas/?q=lamp"
    cookie = answer.cookies["display"]
    assert (cookie["max-age"], cookie["httponly"], cookie["samesite"]) == (365 * 24 * 3600, True, "Lax")
    page = text(client.get(reverse("idea_list")))
    assert 'class="elder"' in page
    assert "css/elder.css" in page
    switch(client, display="", next="/ideas/")
    page = text(client.get(reverse("idea_list")))
    assert 'class="elder"' not in page
    assert "css/elder.css" not in page


@pytest.mark.parametrize(
    "address", ["https://example.org/", "//example.org/", "javascript:alert(1)", "/\\example.org", ""]
)
def test_the_way_back_stays_on_this_site(address, db):
    assert switch(english(), display="elder", next=address).url == reverse("home")


@pytest.mark.parametrize("value", ["elders", "ELDER", "1", "<script>"])
def test_another_value_is_the_usual_page(value, db):
    client = english()
    client.cookies["display"] = value
    assert 'class="elder"' not in text(client.get(reverse("account_login")))


def test_a_link_alone_changes_nothing(client, db):
    assert client.get(reverse("set_display"), {"display": "elder"}).status_code == 405


@pytest.mark.parametrize("entries", [1, 3])
def test_a_ballot_in_elder_mode_costs_the_same_for_any_number(entries, contest_in, resident, django_assert_num_queries):
    contest = contest_in("OPEN", entries=entries)
    client = english(resident)
    switch(client, display="elder")
    with django_assert_num_queries(8):
        page = text(client.get(reverse("ballot", args=[contest.pk])))
    assert page.count('type="checkbox"') == entries
    assert page.count('<section class="step') == entries + 1


def test_a_refused_idea_begins_with_what_to_mend(programme, resident):
    client = english(resident)
    switch(client, display="elder")
    page = text(client.post(reverse("idea_create"), {"title": "Lamps in the yard", "problem": "dark"}))
    mend = page[page.index('id="mend"') : page.index('id="step-1"')]
    for field in ("community", "category", "problem", "solution"):
        assert f'href="#id_{field}"' in mend
    assert "id_title" not in mend
    assert 'value="Lamps in the yard"' in page


def test_a_screen_asks_one_thing(programme, resident, contest_in):
    client = english(resident, elder=True)
    contest = contest_in("OPEN", entries=3)
    urls = (reverse("idea_create"), reverse("ballot", args=[contest.pk]), reverse("notification_settings"))
    screens = {url: asked_on_screens(text(client.get(url))) for url in urls}
    assert {url: asked for url, asked in screens.items() if max(map(len, asked)) > 1} == {}
    assert [name for asked in screens[urls[0]] for name in asked][:2] == ["community", "category"]
    assert screens[urls[0]][-1] == {"consent"}
