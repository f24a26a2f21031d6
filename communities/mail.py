"""E-mails of the demo: kept for its page instead of being sent."""

from collections.abc import Sequence
from typing import TypedDict

from django.core.mail import EmailMessage
from django.core.mail.backends.base import BaseEmailBackend
from django.utils import timezone

from communities import demo_post

DEMO_KEY = "shown-mail"


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
            demo_post.keep(DEMO_KEY, shown)
        return len(email_messages)


def shown_in_demo() -> list[ShownMail]:
    """The latest e-mails, newest first."""
    return demo_post.latest(DEMO_KEY)
