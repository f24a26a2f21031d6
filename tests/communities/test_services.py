"""The verbs on people and places, and what races between them leave."""

import pytest
from django.db import transaction

from communities.enums import CommunityRefusal, ResidencyState, VerificationMethod
from communities.models import Residency, User
from communities.refusal import Refused, refuse_if
from communities.services.people import confirm_phone, decide_residency, name_community, register_resident
from tests.factories import ResidencyFactory
from tests.racing import SECONDS, meanwhile, race, somebody_waits

PHONE = "+8613800001234"
R = CommunityRefusal


def verify(residency, by, now, *, verified=True):
    method = VerificationMethod.ROSTER if verified else None
    return decide_residency(residency=residency, verified=verified, method=method, by=by, now=now)


def test_a_number_has_one_account(db):
    first = register_resident(phone=PHONE)
    assert register_resident(phone=PHONE) == first
    assert register_resident(phone="+8613800001235") != first
    assert first.phone == PHONE
    assert first.phone_verified_at is None
    assert not first.has_usable_password()


def test_the_first_time_of_verification_is_kept(db, now):
    user = register_resident(phone=PHONE)
    confirm_phone(user=user, now=now)
    confirm_phone(user=user, now=now.replace(year=now.year + 1))
    user.refresh_from_db()
    assert user.phone_verified_at == now


@pytest.mark.django_db(transaction=True)
def test_two_first_logins_at_once_make_one_account():
    accounts = race(*[lambda: register_resident(phone=PHONE)] * 4)
    assert len({user.pk for user in accounts}) == 1
    assert User.objects.count() == 1


def test_naming_a_community_waits_for_an_officer(outsider, communities):
    residency = name_community(community=communities[0], by=outsider)
    assert (residency.state, residency.subdistrict) == (ResidencyState.PENDING, communities[0].subdistrict)
    assert list(Residency.objects.awaiting_verification()) == [residency]
    assert name_community(community=communities[0], by=outsider) == residency


def test_a_refused_resident_may_ask_again(outsider, communities, officer, now):
    first = name_community(community=communities[0], by=outsider)
    verify(first, officer, now, verified=False)
    again = name_community(community=communities[0], by=outsider)
    assert again.pk != first.pk
    assert again.state == ResidencyState.PENDING


def test_naming_the_verified_community_again_gives_the_verified_residency(resident, communities):
    assert name_community(community=communities[0], by=resident).state == ResidencyState.VERIFIED


def test_a_decision_says_who_how_and_when(outsider, communities, community_officer, now):
    residency = verify(name_community(community=communities[0], by=outsider), community_officer, now)
    residency.refresh_from_db()
    assert (residency.state, residency.method) == (ResidencyState.VERIFIED, VerificationMethod.ROSTER)
    assert (residency.decided_by, residency.decided_at) == (community_officer, now)


def test_a_refused_residency_has_no_method(outsider, communities, officer, now):
    residency = verify(name_community(community=communities[0], by=outsider), officer, now, verified=False)
    assert (residency.state, residency.method) == (ResidencyState.REFUSED, "")


def test_the_first_decision_stands(outsider, communities, officer, approver, now):
    residency = name_community(community=communities[0], by=outsider)
    verify(residency, officer, now)
    with pytest.raises(Refused) as refusal:
        verify(residency, approver, now, verified=False)
    assert refusal.value.reason == R.RESIDENCY_DECIDED
    residency.refresh_from_db()
    assert (residency.state, residency.decided_by) == (ResidencyState.VERIFIED, officer)


def test_a_resident_of_one_community_is_refused_in_another(resident, communities, officer, now):
    second = name_community(community=communities[1], by=resident)
    with pytest.raises(Refused) as refusal:
        verify(second, officer, now)
    assert refusal.value.reason == R.OTHER_RESIDENCY
    second.refresh_from_db()
    assert second.state == ResidencyState.PENDING
    assert verify(second, officer, now, verified=False).state == ResidencyState.REFUSED


def test_a_residency_in_another_subdistrict_is_no_obstacle(resident, other_officer, now):
    elsewhere = ResidencyFactory(
        user=resident,
        community__subdistrict=other_officer.appointments_today[0].subdistrict,
        state=ResidencyState.PENDING,
    )
    assert verify(elsewhere, other_officer, now).state == ResidencyState.VERIFIED


def test_strangers_decide_nothing(outsider, communities, other_officer, now):
    residency = name_community(community=communities[0], by=outsider)
    with pytest.raises(Refused) as refusal:
        verify(residency, other_officer, now)
    assert refusal.value.reason == R.NOT_AN_OFFICER
    residency.refresh_from_db()
    assert residency.state == ResidencyState.PENDING


@pytest.mark.django_db(transaction=True)
def test_two_officers_decide_at_once(outsider, communities, officer, approver, now):
    residency = name_community(community=communities[0], by=outsider)
    outcomes = race(
        lambda: verify(residency, officer, now),
        lambda: verify(residency, approver, now, verified=False),
    )
    [refusal] = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    [decided] = [outcome for outcome in outcomes if isinstance(outcome, Residency)]
    assert refusal.reason == R.RESIDENCY_DECIDED
    residency.refresh_from_db()
    assert (residency.state, residency.decided_by) == (decided.state, decided.decided_by)


@pytest.mark.django_db(transaction=True)
def test_two_communities_verified_at_once_leave_one(outsider, communities, officer, approver, now):
    first, second = (name_community(community=community, by=outsider) for community in communities[:2])
    with transaction.atomic():
        verify(first, officer, now)
        late = meanwhile(lambda: verify(second, approver, now))
        somebody_waits()
    with pytest.raises(Refused) as refusal:
        late.result(SECONDS)
    assert refusal.value.reason == R.OTHER_RESIDENCY
    assert Residency.objects.verified().get(user=outsider) == first
    second.refresh_from_db()
    assert second.state == ResidencyState.PENDING


def test_a_refusal_carries_its_reason_and_says_it_with_its_facts():
    with pytest.raises(Refused) as refusal:
        refuse_if(R.RESIDENCY_DECIDED)
    assert refusal.value.reason == R.RESIDENCY_DECIDED
    assert str(refusal.value) == str(R.RESIDENCY_DECIDED.label)
    refuse_if(None)
