"""What the database holds of people and places, gone around forms and verbs."""

from collections.abc import Callable
from contextlib import nullcontext
from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.utils import timezone

from communities.enums import ResidencyState, Role
from communities.models import (
    Appointment,
    Delivery,
    Notification,
    NotificationChoice,
    ResidencyEvent,
    SetAsideEvent,
    User,
)
from communities.notice_kinds import Notice
from tests.constraints import constraints_of, triggers_of, violated
from tests.factories import (
    AppointmentFactory,
    CommunityFactory,
    OrganisationFactory,
    ResidencyFactory,
    ResidentFactory,
    SubdistrictFactory,
    UserFactory,
)

pytestmark = pytest.mark.django_db


def organisation_twice() -> None:
    first = OrganisationFactory()
    OrganisationFactory(subdistrict=first.subdistrict, name=first.name)


def verified_twice() -> None:
    first = ResidencyFactory()
    ResidencyFactory(user=first.user, community=CommunityFactory(subdistrict=first.subdistrict))


def named_twice() -> None:
    first = ResidencyFactory(state=ResidencyState.PENDING)
    ResidencyFactory(user=first.user, community=first.community, state=ResidencyState.PENDING)


def told(**fields: object) -> Notification:
    row = {"notice": "IDEA_ACCEPTED", "kind": "IDEA_DECIDED", "link": "/ideas/1/", "source": "idea", "event": 1}
    return Notification.objects.create(**{"recipient": UserFactory(), "at": timezone.now()} | row | fields)


def told_twice() -> None:
    first = told()
    told(recipient=first.recipient)


def delivered(**fields: object) -> None:
    Delivery.objects.create(**{"notification": told(), "channel": "SMS"} | fields)


def delivered_twice() -> None:
    row = told()
    delivered(notification=row)
    delivered(notification=row)


def chosen_twice() -> None:
    user = UserFactory()
    for _ in range(2):
        NotificationChoice.objects.create(user=user, kind="IDEA_JOINED")


def set_aside_twice() -> None:
    at = timezone.now()
    for _ in range(2):
        SetAsideEvent.objects.create(source="idea", event=1, happened_at=at, error="ValueError", at=at)


def appointed_twice() -> None:
    first = AppointmentFactory()
    AppointmentFactory(user=first.user, subdistrict=first.subdistrict)


BREACHES: dict[str, Callable[[], object]] = {
    "communities_subdistrict_code_9_digits": lambda: SubdistrictFactory(code="11010502"),
    "communities_subdistrict_telephones": lambda: SubdistrictFactory(telephone="ask at the door"),
    "communities_community_code_12_digits": lambda: CommunityFactory(code="11010502600x"),
    "communities_organisation_name_once": organisation_twice,
    "communities_user_phone_whole": lambda: ResidentFactory(phone_token=""),
    "communities_user_phone_or_password": lambda: ResidentFactory(password="opens somebody else's account"),
    "communities_user_email_confirmed": lambda: UserFactory(email_confirmed_at=timezone.now()),
    "communities_notification_once": told_twice,
    "communities_notification_link_stays_here": lambda: told(link="//elsewhere.example/"),
    "communities_notificationchoice_once": chosen_twice,
    "communities_notificationchoice_kept_on_site": lambda: NotificationChoice.objects.create(
        user=UserFactory(), kind="SCORING", site=False
    ),
    "communities_delivery_once": delivered_twice,
    "communities_delivery_leaves_the_site": lambda: delivered(channel="SITE"),
    "communities_delivery_sent_dated": lambda: delivered(state="SENT"),
    "communities_setasideevent_once": set_aside_twice,
    "communities_residency_one_verified": verified_twice,
    "communities_residency_once": named_twice,
    "communities_residency_decision_dated": lambda: ResidencyFactory(decided_at=None),
    "communities_appointment_scope_of_role": lambda: AppointmentFactory(role=Role.COMMUNITY_OFFICER),
    "communities_appointment_ends_after_start": lambda: AppointmentFactory(
        ends_on=timezone.localdate() - timedelta(days=61)
    ),
    "communities_appointment_once": appointed_twice,
}


@pytest.mark.parametrize("name", BREACHES)
def test_the_database_refuses(name: str) -> None:
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        BREACHES[name]()
    assert violated(caught.value) == name


def test_every_constraint_is_tested() -> None:
    assert set(BREACHES) == constraints_of("communities")
    assert set(REWRITES) == triggers_of("communities")


def residency_event() -> ResidencyEvent:
    return ResidencyEvent.objects.create(residency=ResidencyFactory(), to_state=ResidencyState.VERIFIED)


REWRITES: dict[str, Callable[[], object]] = {
    "notification.append_only": lambda: told() and Notification.objects.update(notice="IDEA_REJECTED"),
    "residencyevent.append_only": lambda: residency_event() and ResidencyEvent.objects.update(note="Never said"),
    "residencyevent.no_delete": lambda: residency_event().delete(),
}


@pytest.mark.parametrize("name", REWRITES)
def test_what_was_said_is_not_rewritten(name: str) -> None:
    with pytest.raises(DatabaseError, match=r"Cannot (update|delete)"), transaction.atomic():
        REWRITES[name]()


def test_a_sentence_that_is_mended_makes_no_migration() -> None:
    *_, options = Notification._meta.get_field("notice").deconstruct()
    assert "choices" not in options
    assert max(map(len, Notice.values)) <= options["max_length"]


def test_of_an_event_only_the_telling_is_noted() -> None:
    residency_event()
    assert ResidencyEvent.objects.update(notified_at=timezone.now()) == 1


@pytest.mark.parametrize(
    ("role", "community", "organisation", "allowed"),
    [
        (Role.STREET_OFFICER, False, False, True),
        (Role.STREET_APPROVER, False, False, True),
        (Role.SUPERVISOR, False, False, True),
        (Role.COMMUNITY_OFFICER, True, False, True),
        (Role.SUPPORT_MEMBER, False, True, True),
        (Role.STREET_OFFICER, True, False, False),
        (Role.STREET_APPROVER, False, True, False),
        (Role.SUPERVISOR, True, False, False),
        (Role.COMMUNITY_OFFICER, False, False, False),
        (Role.COMMUNITY_OFFICER, True, True, False),
        (Role.COMMUNITY_OFFICER, False, True, False),
        (Role.SUPPORT_MEMBER, False, False, False),
        (Role.SUPPORT_MEMBER, True, True, False),
        (Role.SUPPORT_MEMBER, True, False, False),
    ],
)
def test_a_role_has_its_own_scope(role: Role, community: bool, organisation: bool, allowed: bool) -> None:
    scope = {
        "community": CommunityFactory() if community else None,
        "organisation": OrganisationFactory() if organisation else None,
    }
    refused = pytest.raises(IntegrityError, match="communities_appointment_scope_of_role")
    with nullcontext() if allowed else refused, transaction.atomic():
        AppointmentFactory(role=role, **scope)


def test_a_refused_residency_may_be_named_again() -> None:
    first = ResidencyFactory(state=ResidencyState.REFUSED)
    again = ResidencyFactory(user=first.user, community=first.community, state=ResidencyState.PENDING)
    assert again.pk != first.pk


def test_one_verified_residency_in_each_subdistrict() -> None:
    first = ResidencyFactory()
    elsewhere = ResidencyFactory(user=first.user)
    assert elsewhere.subdistrict_id != first.subdistrict_id


def test_an_appointment_that_ended_may_be_held_again() -> None:
    today = timezone.localdate()
    first = AppointmentFactory(ends_on=today)
    AppointmentFactory(user=first.user, subdistrict=first.subdistrict)
    assert first.user.appointments.count() == 2


@pytest.mark.parametrize(
    ("starts", "ends", "in_force"), [(-1, 1, True), (0, 0, True), (0, None, True), (1, None, False), (-2, -1, False)]
)
def test_appointments_hold_on_both_their_days(starts: int, ends: int | None, in_force: bool) -> None:
    today = timezone.localdate()
    AppointmentFactory(
        starts_on=today + timedelta(days=starts), ends_on=None if ends is None else today + timedelta(days=ends)
    )
    assert Appointment.objects.in_force(today).exists() is in_force


@pytest.mark.parametrize(
    ("role", "staff"),
    [(Role.STREET_OFFICER, True), (Role.STREET_APPROVER, True), (Role.SUPERVISOR, True), (Role.SUPPORT_MEMBER, False)],
)
def test_who_enters_the_office(role: Role, staff: bool) -> None:
    organisation = OrganisationFactory() if role == Role.SUPPORT_MEMBER else None
    assert AppointmentFactory(role=role, organisation=organisation).user.is_staff is staff


def test_an_office_of_the_past_opens_nothing() -> None:
    yesterday = timezone.localdate() - timedelta(days=1)
    assert AppointmentFactory(ends_on=yesterday).user.is_staff is False


def test_an_account_shows_its_name_and_never_its_number() -> None:
    user = ResidentFactory(display_name="", phone="+8613800001234")
    assert str(user) == user.username
    assert user.masked_phone == "138****1234"
    assert "13800001234" not in user.phone_token + user.phone_hash + user.username


def test_accounts_without_a_phone_have_no_number() -> None:
    user = UserFactory()
    assert (user.phone, user.masked_phone, user.phone_hash) == ("", "", None)
    assert UserFactory().phone_hash is None


def test_a_superuser_has_a_password_and_no_office() -> None:
    user = User.objects.create_superuser("root", "a long enough password")
    assert user.is_staff
    assert user.check_password("a long enough password")
    assert user.appointments_today == []
