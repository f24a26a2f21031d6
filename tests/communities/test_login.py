"""Logging in: residents by phone and code, staff by user name and password."""

import re
from datetime import timedelta

import pytest
import time_machine
from django.urls import reverse
from django.utils import timezone

from communities import sms
from communities.models import User
from tests.factories import PASSWORD

PHONE = "+8613800001234"
TYPED = "138 0000 1234"

pytestmark = pytest.mark.django_db


def request_code(client, typed=TYPED):
    return client.post(reverse("account_request_login_code"), {"phone": typed})


def sent_code() -> str:
    """The code in the latest message."""
    return re.search(r"[A-Z0-9-]{6,}", sms.shown_in_demo()[0]["text"]).group()


def confirm(client, code):
    return client.post(reverse("account_confirm_login_code"), {"code": code})


def logged_in(client) -> User | None:
    return User.objects.filter(pk=client.session.get("_auth_user_id")).first()


def test_a_new_resident_logs_in_by_phone(client):
    assert request_code(client).status_code == 302
    assert [message["phone"] for message in sms.shown_in_demo()] == [PHONE]
    assert logged_in(client) is None
    confirm(client, sent_code())
    user = logged_in(client)
    assert user.phone == PHONE
    assert user.phone_verified_at is not None


def test_without_the_code_the_number_stays_unverified(client):
    request_code(client)
    assert User.objects.get().phone_verified_at is None


def test_a_resident_who_comes_again_has_the_same_account(client):
    request_code(client)
    confirm(client, sent_code())
    first = logged_in(client)
    client.post(reverse("account_logout"))
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        request_code(client, "+86 13800001234")
        confirm(client, sent_code())
        assert logged_in(client) == first
    assert User.objects.count() == 1


def test_a_wrong_code_lets_nobody_in(client):
    request_code(client)
    answer = confirm(client, "WRONG1")
    assert answer.status_code == 200
    assert logged_in(client) is None
    confirm(client, sent_code())
    assert logged_in(client) is not None


def test_after_five_wrong_codes_the_right_one_is_void(client):
    request_code(client)
    code = sent_code()
    for _ in range(5):
        confirm(client, "WRONG1")
    confirm(client, code)
    assert logged_in(client) is None


@pytest.mark.parametrize(("minutes", "valid"), [(4, True), (6, False)])
def test_a_code_is_valid_for_five_minutes(client, minutes, valid):
    request_code(client)
    code = sent_code()
    with time_machine.travel(timezone.now() + timedelta(minutes=minutes)):
        confirm(client, code)
        assert (logged_in(client) is not None) is valid


def test_a_code_belongs_to_the_browser_that_asked(client, django_user_model):
    request_code(client)
    other = type(client)()
    confirm(other, sent_code())
    assert logged_in(other) is None


@pytest.mark.parametrize("typed", ["", "12345", "not a number", "138000012345678"])
def test_what_is_no_number_gets_no_account_and_no_message(client, typed):
    assert request_code(client, typed).status_code == 200
    assert User.objects.count() == 0
    assert sms.shown_in_demo() == []


def test_a_number_gets_one_message_a_minute(client):
    request_code(client)
    request_code(type(client)())
    assert len(sms.shown_in_demo()) == 1
    with time_machine.travel(timezone.now() + timedelta(seconds=61)):
        request_code(type(client)())
        assert len(sms.shown_in_demo()) == 2


def test_who_mistyped_the_number_begins_again(client):
    client.post(f"{reverse('account_request_login_code')}?next=/ideas/new/", {"phone": TYPED}, follow=True)
    again = "/accounts/login/code/?next=/ideas/new/"
    assert client.post(reverse("ask_for_code_anew"), {"next": "/ideas/new/", "other": "1"}).url == again
    assert client.get(again).context["form"].initial["phone"] == ""
    client.post(again, {"phone": "138 0000 5678"})
    assert (
        client.post(reverse("account_confirm_login_code"), {"code": sent_code(), "next": "/ideas/new/"}).url
        == "/ideas/new/"
    )
    assert logged_in(client).phone == "+8613800005678"


def test_an_account_that_was_closed_gets_no_code(client):
    request_code(client)
    confirm(client, sent_code())
    User.objects.update(is_active=False)
    client.post(reverse("account_logout"))
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        other = type(client)()
        request_code(other)
        confirm(other, sent_code())
        assert logged_in(other) is None


def test_staff_log_in_by_user_name_and_password(client, officer):
    client.post(reverse("account_login"), {"login": officer.username, "password": PASSWORD})
    assert logged_in(client) == officer


@pytest.mark.parametrize(("login", "password"), [("officer", "wrong"), ("nobody", PASSWORD), ("officer", "")])
def test_a_wrong_password_lets_nobody_in(client, officer, login, password):
    assert client.post(reverse("account_login"), {"login": login, "password": password}).status_code == 200
    assert logged_in(client) is None


def test_passwords_are_not_guessed_at_speed(client, officer):
    for _ in range(5):
        client.post(reverse("account_login"), {"login": officer.username, "password": "wrong"})
    client.post(reverse("account_login"), {"login": officer.username, "password": PASSWORD})
    assert logged_in(client) is None


def test_a_resident_has_no_password_to_guess(client, resident):
    client.post(reverse("account_login"), {"login": resident.username, "password": ""})
    client.post(reverse("account_login"), {"login": resident.username, "password": "!"})
    assert logged_in(client) is None


def test_nobody_registers_with_a_password(client):
    answer = client.post("/accounts/signup/", {"phone": TYPED, "password1": PASSWORD, "password2": PASSWORD})
    assert answer.status_code in (200, 403, 404)
    assert User.objects.count() == 0


@pytest.mark.parametrize("page", ["signup", "password/reset", "password/change", "email", "phone/change", "nothing"])
def test_pages_that_nobody_needs_are_closed(client, resident, page):
    client.force_login(resident)
    assert client.get(f"/accounts/{page}/").status_code == 404


# A new code


@pytest.mark.parametrize("elder", [False, True])
def test_after_five_minutes_the_number_and_the_way_are_still_there(client, elder):
    if elder:
        client.cookies["display"] = "elder"
    client.post(f"{reverse('account_request_login_code')}?next=/ideas/new/", {"phone": TYPED})
    late = sent_code()
    with time_machine.travel(timezone.now() + timedelta(minutes=6)):
        page = client.post(reverse("account_confirm_login_code"), {"code": late, "next": "/ideas/new/"}, follow=True)
        assert page.redirect_chain[-1][0] == "/accounts/login/code/?next=/ideas/new/"
        assert page.context["form"].initial["phone"] == "13800001234"
        assert "您填写的手机号还在" in page.content.decode()
        client.post("/accounts/login/code/?next=/ideas/new/", {"phone": page.context["form"].initial["phone"]})
        answer = client.post(reverse("account_confirm_login_code"), {"code": sent_code(), "next": "/ideas/new/"})
        assert answer.url == "/ideas/new/"
        assert logged_in(client).phone == PHONE


def test_a_new_code_is_one_button_away_and_the_old_one_is_void(client):
    request_code(client)
    old = sent_code()
    with time_machine.travel(timezone.now() + timedelta(minutes=2)):
        way = client.post(reverse("ask_for_code_anew")).url
        confirm(client, old)
        assert logged_in(client) is None
        assert client.get(way).context["form"].initial["phone"] == "13800001234"
        request_code(client)
        confirm(client, sent_code())
        assert logged_in(client) is not None


def test_a_new_code_gives_no_sixth_attempt_within_a_minute(client):
    request_code(client)
    for _ in range(5):
        confirm(client, "WRONG1")
    client.post(reverse("ask_for_code_anew"))
    request_code(client)
    assert len(sms.shown_in_demo()) == 1


def test_a_number_is_not_kept_for_whoever_comes_later(client):
    request_code(client)
    way = client.post(reverse("ask_for_code_anew")).url
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        assert client.get(way).context["form"].initial["phone"] == ""


def test_nobody_is_led_away_from_the_site(client):
    request_code(client)
    answer = client.post(reverse("ask_for_code_anew"), {"next": "https://elsewhere.example/"})
    assert answer.url == reverse("account_request_login_code")
