"""Text messages: one function `send(phone, text)`; the provider behind it is a setting.

`SMS_SENDER` names a function that takes an E.164 number and a text and raises on failure. An office plugs in its
provider by naming its own function there.
"""

from typing import TypedDict

from django.conf import settings
from django.core.cache import cache
from django.utils import timezone
from django.utils.module_loading import import_string

DEMO_KEY = "demo-sms"
DEMO_KEPT = 30


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
    cache.set(DEMO_KEY, [message, *shown_in_demo()][:DEMO_KEPT], timeout=24 * 3600)


def shown_in_demo() -> list[ShownMessage]:
    """The latest messages, newest first."""
    messages: list[ShownMessage] = cache.get(DEMO_KEY, [])
    return messages
