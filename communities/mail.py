"""E-mails of the demo: kept for its page instead of being sent."""

from collections.abc import Sequence
from typing import TypedDict

from django.core.cache import cache
from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

DEMO_KEY = "demo-mail"
DEMO_KEPT = 30


class ShownMail(TypedDict):
    to: str
    subject: str
    text: str
    sent_at: str


class DemoBackend(BaseEmailBackend):
    """What `EMAIL_BACKEND` names in a demo."""

    def send_messages(self, email_messages: Sequence[EmailMessage]) -> int:
        for message in email_messages:
            shown = ShownMail(
                to=", ".join(message.to),
                subject=str(message.subject),
                text=str(message.body),
                sent_at=timezone.localtime().strftime("%H:%M:%S"),
            )
            cache.set(DEMO_KEY, [shown, *shown_in_demo()][:DEMO_KEPT], timeout=24 * 3600)
        return len(email_messages)


def shown_in_demo() -> list[ShownMail]:
    """The latest e-mails, newest first."""
    mails: list[ShownMail] = cache.get(DEMO_KEY, [])
    return mails
