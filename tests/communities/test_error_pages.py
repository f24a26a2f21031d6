"""What people see when something is wrong: a page of this site that says what to do."""

import pytest
from django.test import Client, RequestFactory, override_settings
from django.urls import reverse
from django.views.defaults import bad_request, server_error

from tests.browsing import english, text


@pytest.mark.parametrize("view, status", [(bad_request, 400), (server_error, 500)])
def test_pages_that_need_nothing_of_the_server(view, status):
    arguments = [ValueError()] if view is bad_request else []
    answer = view(RequestFactory().get("/"), *arguments)
    assert answer.status_code == status
    assert f'<p class="kicker">{status}</p>' in text(answer)
    assert 'href="/"' in text(answer)


@pytest.mark.django_db
def test_too_much_in_one_form():
    with override_settings(DATA_UPLOAD_MAX_NUMBER_FIELDS=3):
        answer = english().post(reverse("set_display"), {f"field{n}": "x" for n in range(9)})
    assert answer.status_code == 400
    assert "could not read what was sent" in text(answer)


@pytest.mark.django_db
def test_stale_form():
    client = Client(enforce_csrf_checks=True, headers={"accept-language": "en"})
    answer = client.post(reverse("set_display"), {"display": "elder"})
    assert answer.status_code == 403
    assert "This form has become too old to be sent" in text(answer)


@pytest.mark.django_db
def test_missing_page():
    answer = english().get("/nothing/here/")
    assert answer.status_code == 404
    assert reverse("idea_list") in text(answer)


@pytest.mark.django_db
def test_offline_page_is_for_everybody_alike(resident):
    assert text(english(resident).get(reverse("offline"))) == text(english().get(reverse("offline")))


@pytest.mark.django_db
def test_service_worker_changes_with_the_page_it_keeps(client):
    chinese = client.get(reverse("service_worker"))
    assert chinese["Content-Type"].startswith("text/javascript")
    assert "no-cache" in chinese["Cache-Control"]
    assert reverse("offline") in text(chinese)
    assert text(english().get(reverse("service_worker"))) != text(chinese)
