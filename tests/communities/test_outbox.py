"""Events become notifications once, in order, whatever races or dies."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest
from celery import current_app
from django.db import DatabaseError, OperationalError, connection, transaction
from django.test.utils import CaptureQueriesContext
from kombu.exceptions import OperationalError as BrokerUnreachable

from communities.enums import Channel, CommunityRefusal
from communities.models import Delivery, Notification, NotificationChoice, SetAsideEvent, User
from communities.notice_kinds import Notice, NoticeKind, default_channels
from communities.notices import Message
from communities.refusal import Refused
from communities.services import outbox
from communities.services.outbox import put_back, take_batch, take_events
from config.embedded import processes
from proposals.models import IdeaEvent
from proposals.notices import idea_notices
from proposals.screening_rules import UNDO_TIME
from proposals.services.notifications import send_due_notifications
from proposals.tasks import notify
from tests.factories import ResidentFactory
from tests.racing import SECONDS, meanwhile, race, somebody_waits
from tests.waiting import eventually
from tests.workers import broker, empty_queue, send, worker

pytestmark = pytest.mark.django_db


def take(now):
    return take_events("idea", IdeaEvent.objects.all(), idea_notices, now=now)


def to_all(people):
    """A table that tells everybody everything."""

    def table(events):
        for event in events:
            yield Message(event, people, Notice.IDEA_ACCEPTED, "/ideas/", {"title": "Benches"})

    return table


def unmarked():
    return IdeaEvent.objects.filter(notified_at__isnull=True).count()


def test_an_event_is_taken_once_and_marked(idea_in, resident, now):
    decided_at = idea_in("ACCEPTED").events.get(to_state="ACCEPTED").at
    assert take(now) == 2
    assert take(now) == 0
    assert unmarked() == 0
    told = resident.notifications.get()
    assert (told.at, told.created_at, told.on_site) == (decided_at, now, True)


def test_events_are_taken_in_the_order_in_which_they_happened(idea_in, resident, now):
    idea = idea_in("SUBMITTED")
    first = {"idea": idea, "from_state": "SUBMITTED", "to_state": "RETURNED", "at": now + timedelta(minutes=1)}
    second = {"idea": idea, "from_state": "SUBMITTED", "to_state": "ACCEPTED", "at": now + timedelta(minutes=2)}
    IdeaEvent.objects.create(**second)
    IdeaEvent.objects.create(**first)
    take(now)
    assert [row.notice for row in Notification.objects.order_by("pk")] == ["IDEA_RETURNED", "IDEA_ACCEPTED"]
    assert [row.notice for row in Notification.objects.shown_to(resident)] == ["IDEA_ACCEPTED", "IDEA_RETURNED"]


def test_batches_go_on_where_the_last_one_ended(idea_in, monkeypatch, now):
    monkeypatch.setattr(outbox, "EVENTS", 2)
    monkeypatch.setattr(outbox, "ROWS", 2)
    for _ in range(3):
        idea_in("ACCEPTED")
    assert take_batch("idea", IdeaEvent.objects.all(), idea_notices, now=now) == 2
    assert unmarked() == 4
    assert take(now) == 4
    assert Notification.objects.count() == 3


def test_what_fails_in_the_middle_leaves_nothing_and_is_done_again(idea_in, monkeypatch, now):
    monkeypatch.setattr(outbox, "ROWS", 1)
    people = [user.pk for user in ResidentFactory.create_batch(3)]
    idea_in("SUBMITTED")

    def dies(events):
        yield from to_all(people[:2])(events)
        raise ConnectionError

    with pytest.raises(ConnectionError):
        take_events("idea", IdeaEvent.objects.all(), dies, now=now)
    assert (Notification.objects.count(), unmarked()) == (0, 1)
    take_events("idea", IdeaEvent.objects.all(), to_all(people), now=now)
    assert (Notification.objects.count(), unmarked()) == (3, 0)


def poisoned(people, bad):
    """A table that cannot tell some events, whoever stands beside them in a batch."""
    tell = to_all(people)

    def table(events):
        for event in events:
            if event.pk in bad:
                raise ValueError(event.note)
            yield from tell([event])

    return table


def test_a_bad_event_is_set_aside_and_the_others_go_on_in_their_order(idea_in, neighbour, now):
    for _ in range(3):
        idea_in("SUBMITTED")
    first, bad, last = IdeaEvent.objects.order_by("pk").values_list("pk", flat=True)
    assert take_events("idea", IdeaEvent.objects.all(), poisoned([neighbour.pk], {bad}), now=now) == 3
    assert list(neighbour.notifications.order_by("pk").values_list("event", flat=True)) == [first, last]
    assert [*IdeaEvent.objects.filter(notified_at=None).values_list("pk", flat=True)] == [bad]
    aside = SetAsideEvent.objects.get()
    assert (aside.source, aside.event, aside.error, aside.at) == ("idea", bad, "ValueError", now)


def test_what_was_set_aside_is_left_until_somebody_puts_it_back(idea_in, neighbour, officer, now):
    idea_in("SUBMITTED")
    [bad] = IdeaEvent.objects.values_list("pk", flat=True)
    for _ in range(2):
        take_events("idea", IdeaEvent.objects.all(), poisoned([neighbour.pk], {bad}), now=now)
    idea_in("SUBMITTED")
    assert take_events("idea", IdeaEvent.objects.all(), to_all([neighbour.pk]), now=now) == 1
    put_back(event=SetAsideEvent.objects.get(), by=officer)
    assert take_events("idea", IdeaEvent.objects.all(), to_all([neighbour.pk]), now=now) == 1
    assert neighbour.notifications.filter(event=bad).exists()
    assert unmarked() == 0


@pytest.mark.parametrize("role", ["resident", "community_officer", "supervisor", "expert"])
def test_only_the_street_office_puts_back(role, cast, now):
    aside = SetAsideEvent.objects.create(source="idea", event=1, happened_at=now, error="ValueError", at=now)
    with pytest.raises(Refused) as refused:
        put_back(event=aside, by=cast(role))
    assert refused.value.reason == CommunityRefusal.NOT_AN_OFFICER
    assert SetAsideEvent.objects.exists()


def test_events_of_another_table_with_the_same_number_go_on(idea_in, neighbour, now):
    idea_in("SUBMITTED")
    [number] = IdeaEvent.objects.values_list("pk", flat=True)
    SetAsideEvent.objects.create(source="contest", event=number, happened_at=now, error="ValueError", at=now)
    assert take_events("idea", IdeaEvent.objects.all(), to_all([neighbour.pk]), now=now) == 1


def test_an_outage_is_no_fault_of_an_event(idea_in, now):
    idea_in("SUBMITTED")

    def broken(events):
        raise OperationalError

    with pytest.raises(OperationalError):
        take_events("idea", IdeaEvent.objects.all(), broken, now=now)
    assert (SetAsideEvent.objects.count(), unmarked()) == (0, 1)


def test_the_database_itself_keeps_a_notification_from_being_written_twice(idea_in, resident, now):
    idea_in("ACCEPTED")
    take(now)
    IdeaEvent.objects.update(notified_at=None)
    take(now)
    assert resident.notifications.count() == 1
    assert Delivery.objects.count() == 1


def statements_of(table, now):
    """How many statements one batch takes, without those that begin and end its transaction."""
    with CaptureQueriesContext(connection) as queries:
        take_batch("idea", IdeaEvent.objects.all(), table, now=now)
    return len([query for query in queries if "SAVEPOINT" not in query["sql"]])


def test_without_events_one_query_is_asked(now):
    assert statements_of(idea_notices, now) == 1


@pytest.mark.parametrize("size", [3, 900])
def test_statements_do_not_grow_with_the_people(size, idea_in, now):
    idea_in("SUBMITTED")
    people = User.objects.bulk_create(ResidentFactory.build_batch(size, password="!"))
    table = to_all([user.pk for user in people])
    assert statements_of(table, now) == 9
    assert Notification.objects.count() == Delivery.objects.count() == size


def test_thousands_of_people_are_told_in_a_few_statements(idea_in, now):
    idea_in("SUBMITTED")
    people = User.objects.bulk_create(ResidentFactory.build_batch(2500, password="!"))
    take_events("idea", IdeaEvent.objects.all(), to_all([user.pk for user in people]), now=now)
    assert Notification.objects.count() == 2500


# What each person chose


def tell(person, now, **choice):
    if choice:
        NotificationChoice.objects.create(user=person, kind=NoticeKind.PROJECT_MOVED, **choice)
    message = Notice.PROJECT_BEGUN

    def table(events):
        for event in events:
            yield Message(event, [person.pk], message, "/projects/1/", {"title": "Benches"})

    take_events("idea", IdeaEvent.objects.all(), table, now=now)
    return {*Delivery.objects.values_list("channel", flat=True)}


@pytest.mark.parametrize("site", [True, False])
@pytest.mark.parametrize("sms", [True, False])
@pytest.mark.parametrize("email", [True, False])
def test_what_a_person_chose_is_what_they_get(site, sms, email, idea_in, now):
    person = ResidentFactory(email="me@example.org", email_confirmed_at=now)
    idea_in("SUBMITTED")
    sent = tell(person, now, site=site, sms=sms, email=email)
    assert sent == {channel for channel, on in ((Channel.SMS, sms), (Channel.EMAIL, email)) if on}
    assert Notification.objects.shown_to(person).exists() is site
    assert person.notifications.exists() is (site or sms or email)


def test_by_default_only_what_is_waited_for_comes_by_text_message(idea_in, outsider, now):
    assert Channel.SMS in default_channels(NoticeKind.IDEA_DECIDED)
    idea_in("SUBMITTED")
    assert tell(outsider, now) == set()
    assert outsider.notifications.get().on_site


def test_an_address_that_was_not_confirmed_gets_nothing(idea_in, now):
    person = ResidentFactory(email="me@example.org", phone_verified_at=None)
    idea_in("SUBMITTED")
    assert tell(person, now, sms=True, email=True) == set()


def test_accounts_that_were_closed_are_told_nothing(idea_in, now):
    person = ResidentFactory(is_active=False)
    idea_in("SUBMITTED")
    tell(person, now)
    assert not Notification.objects.exists()


def test_what_is_old_stays_on_the_site(idea_in, resident, now):
    idea_in("ACCEPTED")
    take(now + outbox.STALE + timedelta(minutes=1))
    assert resident.notifications.count() == 1
    assert not Delivery.objects.exists()


def test_nobody_rewrites_what_was_told(idea_in, now):
    idea_in("ACCEPTED")
    take(now)
    for change in ({"notice": Notice.IDEA_REJECTED}, {"at": now - timedelta(days=1)}, {"facts": {}}):
        with pytest.raises(DatabaseError, match="Cannot update"), transaction.atomic():
            Notification.objects.update(**change)
    assert Notification.objects.update(read_on=now.date()) == 1


# Several at once, and deaths


@pytest.mark.django_db(transaction=True)
def test_several_workers_at_once_tell_everything_once(idea_in, resident, now):
    for _ in range(5):
        idea_in("ACCEPTED")
    later = now + UNDO_TIME
    race(*[lambda: send_due_notifications(now=later)] * 4)
    send_due_notifications(now=later)
    assert resident.notifications.count() == 5
    assert Delivery.objects.count() == 5
    assert unmarked() == 0


def hold_notifications():
    """Nobody can write notifications until this transaction ends."""
    with connection.cursor() as cursor:
        cursor.execute("LOCK TABLE communities_notification IN SHARE MODE")


@pytest.mark.django_db(transaction=True)
def test_a_second_sender_leaves_at_once(idea_in, resident, now):
    idea_in("ACCEPTED")
    with transaction.atomic():
        hold_notifications()
        first = meanwhile(lambda: take(now))
        somebody_waits()
        second = meanwhile(lambda: take(now))
        assert second.result(SECONDS) == 0
    assert first.result(SECONDS) == 2
    assert resident.notifications.count() == 1


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_in_the_middle_loses_and_doubles_nothing(scene, resident, tmp_path):
    before = replace(scene, now=scene.now - UNDO_TIME)
    before.idea("ACCEPTED")
    before.idea("REJECTED")
    empty_queue()
    with worker(tmp_path / "first.log") as doomed, transaction.atomic():
        hold_notifications()
        send("proposals.tasks.notify")
        somebody_waits()
        doomed.kill()
        doomed.wait(SECONDS)
    assert Notification.objects.count() == 0
    assert unmarked() == 4
    empty_queue()
    with worker(tmp_path / "second.log"):
        send("proposals.tasks.notify")
        eventually(lambda: unmarked() == 0)
    assert resident.notifications.count() == 2


@pytest.mark.django_db(transaction=True)
def test_a_broker_killed_under_a_worker_loses_and_doubles_nothing(scene, resident, tmp_path):
    """What is in work is ended; what happens meanwhile waits in the database, for the worker that a supervisor starts."""
    before = replace(scene, now=scene.now - UNDO_TIME)
    before.idea("ACCEPTED")
    port = processes.free_port(0)
    url = f"redis://127.0.0.1:{port}/0"
    with worker(tmp_path / "first.log", url) as orphan:
        with broker(port) as doomed, transaction.atomic():
            hold_notifications()
            for _ in range(2):
                send("proposals.tasks.notify", url=url)
            somebody_waits()
            doomed.kill()
            doomed.wait(SECONDS)
        eventually(lambda: unmarked() == 0)
        before.idea("REJECTED")
        orphan.kill()
    assert unmarked() == 2
    with broker(port), worker(tmp_path / "second.log", url):
        for _ in range(2):
            send("proposals.tasks.notify", url=url)
        eventually(lambda: unmarked() == 0)
    told = resident.notifications.order_by("pk").values_list("notice", flat=True)
    assert list(told) == ["IDEA_ACCEPTED", "IDEA_REJECTED"]


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_events_wait_for_the_next_worker(scene, resident):
    url = current_app.conf.broker_url
    current_app.conf.broker_url = "redis://127.0.0.1:1/0"
    current_app._after_fork()
    try:
        with pytest.raises(BrokerUnreachable):
            notify.apply_async(retry=False)
        replace(scene, now=scene.now - UNDO_TIME).idea("ACCEPTED")
    finally:
        current_app.conf.broker_url = url
        current_app._after_fork()
    assert unmarked() == 2
    notify()
    assert resident.notifications.count() == 1
