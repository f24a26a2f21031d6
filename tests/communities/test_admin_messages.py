"""The office's pages of what could not be told or delivered: seen on the first page, tried again by hand."""

from __future__ import annotations

import pytest
from django.utils import timezone

from communities.enums import Channel, CommunityRefusal, DeliveryState
from communities.models import Delivery, Notification, SetAsideEvent
from communities.refusal import Refused
from communities.rules import why_not_send_again
from communities.services.delivery import deliver_due, send_again
from tests.browsing import english, text

DELIVERIES = "/admin/communities/delivery/"
EVENTS = "/admin/communities/setasideevent/"
FAILED = "Text messages and e-mails that could not be delivered"
ASIDE = "Events that nobody could be told of"


def failed(user, now, **fields) -> Delivery:
    row = Notification.objects.create(
        recipient=user,
        notice="IDEA_REJECTED",
        kind="IDEA_DECIDED",
        facts={"title": "Benches for Grandmother Wang"},
        link="/ideas/1/",
        source="idea",
        event=Notification.objects.count() + 1,
        at=now,
    )
    values = {"state": DeliveryState.FAILED, "attempts": 5, "last_error": "ConnectionError", "due_at": now} | fields
    return Delivery.objects.create(notification=row, channel=Channel.SMS, **values)


@pytest.fixture
def aside(now):
    return SetAsideEvent.objects.create(source="idea", event=7, happened_at=now, error="ValueError", at=now)


def waiting_of(reader):
    """Title → count on the office's first page."""
    return {str(item.title): item.count for item in reader.get("/admin/").context["waiting"]}


def test_the_first_page_says_what_did_not_arrive(officer, other_officer, resident, neighbour, aside, now):
    assert FAILED not in waiting_of(english(officer))
    for user in (resident, neighbour):
        failed(user, now)
    failed(resident, now, state=DeliveryState.WAITING)
    found = waiting_of(english(officer))
    assert (found[FAILED], found[ASIDE]) == (2, 1)
    assert FAILED not in waiting_of(english(other_officer))


def test_the_list_names_whom_without_the_number_or_the_words(officer, resident, now):
    failed(resident, now)
    page = text(english(officer).get(f"{DELIVERIES}?state__exact=FAILED"))
    assert resident.masked_phone in page
    assert "ConnectionError" in page
    assert resident.phone not in page
    assert "Grandmother" not in page


def test_what_was_sent_is_on_no_page(officer, resident, now):
    sent = failed(resident, now, state=DeliveryState.SENT, sent_at=now)
    reader = english(officer)
    assert list(reader.get(DELIVERIES).context["cl"].queryset) == []
    assert reader.get(f"{DELIVERIES}{sent.pk}/change/").status_code == 302


def test_an_office_sees_its_own_people_only(other_officer, resident, now):
    failed(resident, now)
    assert list(english(other_officer).get(DELIVERIES).context["cl"].queryset) == []


def test_the_list_is_narrowed_down_to_those_who_live_in_a_community(
    officer, resident, other_resident, communities, now
):
    there, _here = failed(other_resident, now), failed(resident, now)
    home = other_resident.residencies.get().community
    found = english(officer).get(DELIVERIES, {"community": home.pk}).context["cl"].queryset
    assert list(found) == [there]


@pytest.mark.parametrize("rows", [1, 3])
def test_a_list_costs_the_same_for_many(rows, officer, resident, now, django_assert_num_queries):
    for _ in range(rows):
        failed(resident, now)
    reader = english(officer)
    with django_assert_num_queries(6):
        reader.get(DELIVERIES)


def test_sent_again_from_the_list(officer, resident, now):
    rows = [failed(resident, now), failed(resident, now)]
    answer = english(officer).post(
        DELIVERIES, {"action": "try_again", "_selected_action": [row.pk for row in rows]}, follow=True
    )
    assert "Being sent again: 2." in text(answer)
    assert {*Delivery.objects.values_list("state", "attempts", "last_error")} == {("WAITING", 0, "")}


def test_sent_again_it_arrives(officer, resident, now):
    noon = timezone.localtime(now).replace(hour=12)
    send_again(delivery=failed(resident, now), by=officer, now=noon)
    assert deliver_due(now=noon) == 1


R = CommunityRefusal


@pytest.mark.parametrize(
    ("role", "reason"),
    [
        ("anonymous", R.NOT_AN_OFFICER),
        ("resident", R.NOT_AN_OFFICER),
        ("community_officer", R.NOT_AN_OFFICER),
        ("supervisor", R.NOT_AN_OFFICER),
        ("other_officer", R.NOT_AN_OFFICER),
        ("officer", None),
        ("approver", None),
    ],
)
def test_who_sends_again(role, reason, cast, resident, now):
    assert why_not_send_again(cast(role), failed(resident, now)) == reason


def test_what_is_on_its_way_is_not_begun_anew(officer, resident, now):
    row = failed(resident, now)
    send_again(delivery=row, by=officer, now=now)
    with pytest.raises(Refused) as refused:
        send_again(delivery=row, by=officer, now=now)
    assert refused.value.reason == R.NOT_GIVEN_UP


def test_an_event_is_put_back_from_the_list(officer, aside):
    reader = english(officer)
    assert "ValueError" in text(reader.get(EVENTS))
    reader.post(EVENTS, {"action": "tell_again", "_selected_action": [aside.pk]})
    assert not SetAsideEvent.objects.exists()


@pytest.mark.parametrize(("page", "name"), [(DELIVERIES, "try_again"), (EVENTS, "tell_again")])
def test_who_only_reads_tries_nothing_again(page, name, supervisor, resident, aside, now):
    row = failed(resident, now) if page == DELIVERIES else aside
    reader = english(supervisor)
    assert reader.get(page).status_code == 200
    reader.post(page, {"action": name, "_selected_action": [row.pk]})
    assert Delivery.objects.filter(state=DeliveryState.FAILED).exists() == (page == DELIVERIES)
    assert SetAsideEvent.objects.exists()
