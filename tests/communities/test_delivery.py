"""Text messages and e-mails: taken up once, tried again, never at night, in the reader's language."""

from __future__ import annotations

from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from django.core import mail as outbox
from django.core.mail import EmailMessage

from communities import demo_post, mail, sms
from communities.enums import Channel, DeliveryState
from communities.models import Delivery, Notification, User
from communities.services.delivery import GAPS, deliver_due, hand_over, quiet, sms_text
from communities.tasks import deliver
from tests.factories import ResidentFactory
from tests.racing import race

pytestmark = pytest.mark.django_db

BEIJING = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 6, 1, 12, tzinfo=BEIJING)
taken: list[str] = []


def failing(phone: str, text: str) -> None:
    taken.append(text)
    raise ConnectionError(phone)


@pytest.fixture(autouse=True)
def _nothing_taken():
    taken.clear()


def delivery(channel=Channel.SMS, user: User | None = None, event: int = 1, **fields) -> Delivery:
    user = user or ResidentFactory(email="me@example.org", email_confirmed_at=NOON)
    notification = Notification.objects.create(
        recipient=user,
        notice="IDEA_REJECTED",
        kind="IDEA_DECIDED",
        facts={"title": "Benches for Grandmother Wang", "note": "Not here."},
        link="/ideas/1/",
        source="idea",
        event=event,
        at=NOON,
    )
    return Delivery.objects.create(notification=notification, channel=channel, **({"due_at": NOON} | fields))


def test_a_text_message_is_sent_once():
    row = delivery()
    assert deliver_due(now=NOON) == 1
    assert deliver_due(now=NOON + timedelta(days=1)) == 0
    row.refresh_from_db()
    assert (row.state, row.attempts, row.sent_at) == (DeliveryState.SENT, 1, NOON)
    [shown] = sms.shown_in_demo()
    assert shown["phone"] == row.notification.recipient.phone


def test_a_text_message_is_short_and_says_nothing_personal(settings):
    settings.SITE_ADDRESS = "https://ideas.example.org"
    row = delivery()
    deliver_due(now=NOON)
    text = sms.shown_in_demo()[0]["text"]
    assert f"https://ideas.example.org/my/notifications/{row.notification_id}/" in text
    assert "Wang" not in text
    assert len(text) <= 140


@pytest.mark.parametrize(("language", "word"), [("zh-hans", "金点子"), ("en", "Golden ideas")])
def test_messages_are_in_the_language_of_the_person(language, word):
    delivery(user=ResidentFactory(language=language))
    delivery(Channel.EMAIL, ResidentFactory(language=language, email="me@example.org", email_confirmed_at=NOON), 2)
    deliver_due(now=NOON)
    assert word in sms.shown_in_demo()[0]["text"]
    assert word in outbox.outbox[0].subject


def test_an_e_mail_says_everything_and_keeps_its_key():
    row = delivery(Channel.EMAIL)
    deliver_due(now=NOON)
    [message] = outbox.outbox
    assert message.to == ["me@example.org"]
    assert "Grandmother Wang" in message.body
    assert "Not here." in message.body
    assert message.extra_headers["Message-ID"].startswith(f"<notification-{row.notification_id}@")


@pytest.mark.parametrize(
    ("hour", "minute", "sleeping"),
    [(21, 59, False), (22, 0, True), (23, 0, True), (3, 0, True), (7, 59, True), (8, 0, False)],
)
def test_no_telephone_buzzes_at_night(hour, minute, sleeping):
    now = datetime(2026, 6, 2, hour, minute, tzinfo=BEIJING)
    assert quiet(now) is sleeping
    row = delivery()
    delivery(Channel.EMAIL, event=2)
    assert deliver_due(now=now) == (1 if sleeping else 2)
    row.refresh_from_db()
    assert row.state == (DeliveryState.WAITING if sleeping else DeliveryState.SENT)
    assert row.attempts == (0 if sleeping else 1)


def test_what_waited_over_the_night_goes_out_in_its_order():
    user = ResidentFactory()
    rows = [delivery(user=user, event=number) for number in range(3)]
    assert deliver_due(now=NOON.replace(hour=23)) == 0
    morning = NOON + timedelta(days=1)
    for number in range(3):
        assert deliver_due(now=morning) == 1
        assert Delivery.objects.filter(state=DeliveryState.SENT).count() == number + 1
    texts = [message["text"] for message in reversed(sms.shown_in_demo())]
    assert [str(row.notification_id) in text for row, text in zip(rows, texts, strict=True)] == [True] * 3


def test_a_failing_provider_is_asked_again_after_growing_gaps_and_then_left(settings):
    settings.SMS_SENDER = f"{__name__}.failing"
    row, now = delivery(), NOON
    for attempt, gap in enumerate(GAPS, 1):
        assert deliver_due(now=now) == 0
        assert deliver_due(now=now + gap - timedelta(seconds=1)) == 0
        row.refresh_from_db()
        assert (row.attempts, row.last_error) == (attempt, "ConnectionError")
        now += gap
    assert deliver_due(now=now + timedelta(days=1)) == 0
    row.refresh_from_db()
    assert (row.state, row.attempts, len(taken)) == (DeliveryState.FAILED, len(GAPS), len(GAPS))
    assert len(set(taken)) == 1
    assert list(GAPS) == sorted(GAPS)


def test_what_fails_at_first_arrives_later(settings):
    row, sender = delivery(), settings.SMS_SENDER
    settings.SMS_SENDER = f"{__name__}.failing"
    deliver_due(now=NOON)
    settings.SMS_SENDER = sender
    assert deliver_due(now=NOON + GAPS[0]) == 1
    row.refresh_from_db()
    assert (row.state, row.attempts, row.last_error) == (DeliveryState.SENT, 2, "")


def test_a_worker_that_died_after_taking_up_is_made_good():
    row = delivery(attempts=1, due_at=NOON + GAPS[0])
    assert deliver_due(now=NOON) == 0
    assert deliver_due(now=NOON + GAPS[0]) == 1
    row.refresh_from_db()
    assert row.attempts == 2


def test_a_row_whose_last_attempt_died_is_given_up():
    row = delivery(attempts=len(GAPS))
    assert deliver_due(now=NOON) == 0
    row.refresh_from_db()
    assert row.state == DeliveryState.FAILED
    assert sms.shown_in_demo() == []


def test_somebody_else_was_faster():
    row = delivery()
    Delivery.objects.update(attempts=1)
    assert hand_over(delivery=row, now=NOON) is False
    assert sms.shown_in_demo() == []


@pytest.mark.django_db(transaction=True)
def test_of_several_workers_one_sends():
    rows = [delivery(event=number) for number in range(4)]
    race(*[lambda: deliver_due(now=NOON)] * 3)
    assert Delivery.objects.filter(state=DeliveryState.SENT).count() == len(rows)
    assert len(sms.shown_in_demo()) == len(rows)


def test_an_address_that_is_gone_is_no_error():
    row = delivery(Channel.EMAIL)
    User.objects.update(email="", email_confirmed_at=None)
    assert deliver_due(now=NOON) == 0
    row.refresh_from_db()
    assert (row.state, row.last_error) == (DeliveryState.FAILED, "unreachable")


def test_one_persons_broken_provider_holds_up_nobody_else(settings):
    stuck = delivery(attempts=1, due_at=NOON + timedelta(hours=1))
    delivery(user=stuck.notification.recipient, event=2)
    delivery(event=3)
    assert deliver_due(now=NOON) == 1


def test_the_job_hands_over_what_is_due():
    row = delivery(Channel.EMAIL)
    deliver()
    row.refresh_from_db()
    assert row.state == DeliveryState.SENT


def test_the_demo_shows_e_mails(settings):
    settings.EMAIL_BACKEND = "communities.mail.DemoBackend"
    for number in range(demo_post.KEPT + 1):
        EmailMessage(subject=f"Subject {number}", body="Body", to=["me@example.org"]).send()
    shown = mail.shown_in_demo()
    assert len(shown) == demo_post.KEPT
    assert (shown[0]["subject"], shown[0]["to"]) == (f"Subject {demo_post.KEPT}", "me@example.org")


def test_the_key_of_a_message_stands_in_its_link():
    first, second = delivery(), delivery(event=2)
    assert sms_text(first.notification) != sms_text(second.notification)
    assert sms_text(first.notification) == sms_text(Notification.objects.get(pk=first.notification_id))
