"""The pages of messages: one's own only, read when opened, and told where one wants."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail, signing
from django.urls import reverse
from django.utils import timezone
from time_machine import travel

from communities.enums import Channel, Language
from communities.models import Notification, NotificationChoice
from communities.notice_kinds import EXPERTS_KINDS, KEPT_ON_SITE, OFFICE_KINDS, RESIDENTS_KINDS, NoticeKind
from communities.refusal import Refused
from communities.services import reading
from tests.browsing import english, shown, text

pytestmark = pytest.mark.django_db

LIST, SETTINGS = "notifications", "notification_settings"


def told(user, event=1, **fields):
    row = {
        "recipient": user,
        "notice": "IDEA_ACCEPTED",
        "kind": "IDEA_DECIDED",
        "facts": {"title": f"Benches {event}"},
        "link": "/ideas/",
        "source": "idea",
        "event": event,
        "at": timezone.now(),
    }
    return Notification.objects.create(**row | fields)


@pytest.mark.parametrize("name", [LIST, SETTINGS])
def test_messages_need_a_log_in(name):
    assert english().get(reverse(name)).status_code == 302


@pytest.mark.parametrize("rows", [1, 3])
def test_the_list_is_fetched_in_few_queries(rows, resident, django_assert_num_queries):
    for event in range(rows):
        told(resident, event)
    client = english(resident)
    with django_assert_num_queries(5):
        page = text(client.get(reverse(LIST)))
    assert page.count("Your idea “Benches") == rows


def test_nobody_reads_what_others_are_told(resident, neighbour):
    row = told(neighbour)
    client = english(resident)
    assert "Benches 1" not in text(client.get(reverse(LIST)))
    assert client.get(reverse("notification", args=[row.pk])).status_code == 404
    client.post(reverse("mark_all_read"))
    row.refresh_from_db()
    assert row.read_on is None


def test_a_message_is_read_when_it_is_opened(resident):
    row = told(resident)
    client = english(resident)
    assert "unread-message" in text(client.get(reverse(LIST)))
    assert client.get(reverse("notification", args=[row.pk])).url == "/ideas/"
    row.refresh_from_db()
    assert row.read_on == timezone.localdate()
    assert "unread-message" not in text(client.get(reverse(LIST)))


def test_the_first_day_of_reading_is_kept(resident, now):
    row = told(resident)
    reading.mark_read(notification=row, by=resident, now=now - timedelta(days=3))
    reading.mark_read(notification=row, by=resident, now=now)
    row.refresh_from_db()
    assert row.read_on == timezone.localdate(now - timedelta(days=3))


def test_all_are_marked_as_read(resident):
    told(resident, 1)
    told(resident, 2)
    client = english(resident)
    page = text(client.post(reverse("mark_all_read"), follow=True))
    assert "unread-message" not in page
    assert "Mark all as read" not in page
    assert not Notification.objects.unread().exists()


def test_unread_messages_are_found(resident):
    told(resident, 1, read_on=timezone.localdate())
    told(resident, 2)
    page = text(english(resident).get(reverse(LIST), {"unread": "1"}))
    assert "Benches 2" in page
    assert "Benches 1" not in page


def test_what_is_not_wanted_on_the_site_is_not_shown(resident):
    told(resident, on_site=False)
    assert "Nobody has written to you yet" in text(english(resident).get(reverse(LIST)))


def test_the_bell_counts_for_its_person_only(resident, neighbour):
    told(resident, 1)
    told(resident, 2)
    for user, count in ((resident, 2), (neighbour, 0)):
        assert english(user).get(reverse(LIST)).context["unread_count"] == count
    assert english().get(reverse("offline")).context["unread_count"] == 0


def test_long_lists_have_pages(resident):
    for event in range(25):
        told(resident, event)
    page = text(english(resident).get(reverse(LIST), {"page": "2"}))
    assert page.count("Your idea “Benches") == 5
    assert "25 messages" in page


# Settings


def ticked(**boxes):
    return {"language": "en", **boxes}


def test_everyone_chooses_among_what_can_concern_them(resident, expert, officer):
    for user, kinds in ((resident, RESIDENTS_KINDS), (expert, EXPERTS_KINDS), (officer, OFFICE_KINDS)):
        form = english(user).get(reverse(SETTINGS)).context["form"]
        assert list(form.kinds) == list(kinds)
        assert (Channel.SMS in form.channels) is bool(user.phone_token)


def test_a_choice_is_kept_and_shown(resident):
    client = english(resident)
    response = client.post(reverse(SETTINGS), ticked(**{"PROJECT_MOVED-SMS": "on"}), follow=True)
    assert "Your choice is saved" in text(response)
    choice = NotificationChoice.objects.get(user=resident, kind=NoticeKind.PROJECT_MOVED)
    assert choice.channels == {Channel.SMS}
    resident.refresh_from_db()
    assert resident.language == Language.ENGLISH
    form = response.context["form"]
    assert form["PROJECT_MOVED-SMS"].initial is True
    assert form["PROJECT_MOVED-SITE"].initial is False


def test_what_dates_hang_on_stays_on_the_site(resident):
    client = english(resident)
    client.post(reverse(SETTINGS), ticked())
    for kind in KEPT_ON_SITE & set(RESIDENTS_KINDS):
        assert NotificationChoice.objects.get(user=resident, kind=kind).channels == {Channel.SITE}
    assert "always stay on the site" in text(client.get(reverse(SETTINGS)))


def test_a_channel_that_is_not_offered_stays_as_it_was(resident, settings):
    settings.EMAIL_OFFERED = False
    client = english(resident)
    assert reverse("set_email") not in text(client.get(reverse(SETTINGS)))
    client.post(reverse(SETTINGS), ticked())
    assert NotificationChoice.objects.get(user=resident, kind=NoticeKind.IDEA_JOINED).channels == {Channel.EMAIL}


def test_elders_decide_about_one_kind_on_each_screen(resident):
    client = english(resident, elder=True)
    page = text(client.get(reverse(SETTINGS)))
    assert "<table" not in page
    assert page.count('class="step"') == len(RESIDENTS_KINDS) + 1
    for place, kind in enumerate(RESIDENTS_KINDS, 1):
        screen = page.partition(f'id="step-{place}"')[2].partition("</section>")[0]
        assert shown(kind.label) in screen
        assert f'name="{kind}-SITE"' in screen
    # The button that saves belongs to no screen, so that one change needs no walk to the last.
    assert "Save my choice" in page.partition('id="step-1"')[2].partition("</form>")[0].rpartition("</section>")[2]
    client.post(reverse(SETTINGS), ticked(**{"PROJECT_MOVED-SMS": "on"}))
    choice = NotificationChoice.objects.get(user=resident, kind=NoticeKind.PROJECT_MOVED)
    assert choice.channels == {Channel.SMS}


def test_a_language_that_does_not_exist_is_refused(resident):
    english(resident).post(reverse(SETTINGS), {"language": "xx"})
    assert not NotificationChoice.objects.exists()


@pytest.mark.parametrize("rows", [1, 3])
def test_the_settings_are_fetched_in_few_queries(rows, resident, django_assert_num_queries):
    for kind in list(NoticeKind)[:rows]:
        NotificationChoice.objects.create(user=resident, kind=kind)
    client = english(resident)
    with django_assert_num_queries(5):
        client.get(reverse(SETTINGS))


# The e-mail address


def link_in_mail():
    [message] = mail.outbox
    return next(word for word in message.body.split() if "/my/email/" in word).partition("/my/")[2]


def test_an_address_counts_once_it_was_confirmed(resident):
    client = english(resident)
    page = text(client.post(reverse("set_email"), {"email": "me@example.org"}, follow=True))
    assert "waits for you to confirm" in page
    path = "/my/" + link_in_mail()
    assert "Yes, confirm" in text(english().get(path))
    resident.refresh_from_db()
    assert resident.email_confirmed_at is None
    assert "is confirmed" in text(english().post(path))
    resident.refresh_from_db()
    assert (resident.email, resident.email_confirmed_at is not None) == ("me@example.org", True)
    assert "you have confirmed it" in text(client.get(reverse(SETTINGS)))


def test_a_link_is_good_for_three_days(resident):
    english(resident).post(reverse("set_email"), {"email": "me@example.org"})
    path = "/my/" + link_in_mail()
    with travel(timezone.now() + timedelta(days=3, minutes=1)):
        response = english().post(path)
    assert response.status_code == 410
    resident.refresh_from_db()
    assert resident.email_confirmed_at is None


def test_a_link_for_an_address_that_was_replaced_confirms_nothing(resident, now):
    token = signing.dumps([resident.pk, "old@example.org"], salt=reading.SALT)
    reading.set_email(email="new@example.org", by=resident)
    assert reading.confirm_email(token=token, now=now) is False
    assert reading.confirm_email(token=token + "x", now=now) is False
    assert english().get(reverse("confirm_email", args=["nothing"])).status_code == 410


def test_another_address_has_to_be_confirmed_anew(resident, now):
    resident.email, resident.email_confirmed_at = "old@example.org", now
    resident.save()
    reading.set_email(email="new@example.org", by=resident)
    resident.refresh_from_db()
    assert (resident.email, resident.email_confirmed_at) == ("new@example.org", None)
    reading.set_email(email="", by=resident)
    resident.refresh_from_db()
    assert resident.email == ""
    assert len(mail.outbox) == 1


def test_nobodys_letter_box_is_filled_from_here(resident):
    for _ in range(reading.MAILS_A_DAY):
        reading.set_email(email="me@example.org", by=resident)
    with pytest.raises(Refused):
        reading.set_email(email="other@example.org", by=resident)
    page = text(english(resident).post(reverse("set_email"), {"email": "other@example.org"}, follow=True))
    assert "often today" in page
    resident.refresh_from_db()
    assert resident.email == "me@example.org"


def test_what_is_no_address_is_refused(resident):
    page = text(english(resident).post(reverse("set_email"), {"email": "nothing"}, follow=True))
    assert "That is no e-mail address" in page
    assert mail.outbox == []


def test_a_mail_server_that_is_away_changes_nothing(resident, settings):
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1
    page = text(english(resident).post(reverse("set_email"), {"email": "me@example.org"}, follow=True))
    assert "could not be sent" in page
    resident.refresh_from_db()
    assert resident.email == ""
