"""Text messages: one function `send(phone, text)`; the provider behind it is a setting.

`SMS_SENDER` names a function that takes an E.164 number and a text and raises on failure. An office plugs in its
provider by naming its own function there.
"""

from typing import TypedDict

from django.conf import settings
from django.utils import timezone
from django.utils.module_loading import import_string

from communities import demo_post

DEMO_KEY = "shown-sms"


class ShownMessage(TypedDict):
    phone: str
    text: str
    sent_at: str


def send(phone: str, text: str) -> None:
    """Hand a message to the provider; whatever it raises reaches the caller."""
    import_string(settings.SMS_SENDER)(phone, text)


def show_in_demo(phone: str, text: str) -> None:
    """Keep the message for the demo's page instead of sending it."""
    message = ShownMessage(phone=phone, text=text, sent_at=timezone.localtime().strftime("%H:%M:%S"))
    demo_post.keep(DEMO_KEY, message)


def shown_in_demo() -> list[ShownMessage]:
    """The latest messages, newest first."""
    return demo_post.latest(DEMO_KEY)
