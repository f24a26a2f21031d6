"""Text messages: handed to the provider that a setting names, or shown in the demo."""

import pytest
from pytest_django import Settings

from communities import demo_post, sms

PHONE = "+8613800001234"

pytestmark = pytest.mark.django_db


def broken_provider(phone: str, text: str) -> None:
    raise ConnectionError(phone)


def test_the_demo_shows_the_latest_messages_first():
    for number in range(demo_post.KEPT + 2):
        sms.send(PHONE, f"Message {number}")
    shown = sms.shown_in_demo()
    assert len(shown) == demo_post.KEPT
    assert shown[0]["text"] == f"Message {demo_post.KEPT + 1}"
    assert shown[0]["phone"] == PHONE


def test_an_office_names_its_own_provider(settings: Settings):
    settings.SMS_SENDER = f"{__name__}.broken_provider"
    with pytest.raises(ConnectionError, match=PHONE[1:]):
        sms.send(PHONE, "Message")
    assert sms.shown_in_demo() == []
