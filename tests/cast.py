"""The fixed cast: one person of each kind, whose rows have the same keys in every test (see `tests.replays`)."""

from __future__ import annotations

from enum import IntEnum, auto

import pytest
from django.contrib.auth.models import AnonymousUser

from communities.enums import Role
from communities.models import Community, Organisation, Subdistrict, User
from tests.factories import (
    AppointmentFactory,
    ResidencyFactory,
    ResidentFactory,
    SubdistrictFactory,
    UserFactory,
)
from tests.replays import FIXED, RECORDER


class Person(IntEnum):
    """The fixed keys of the cast: of the account, and of the residency or appointment that it has."""

    RESIDENT = FIXED
    NEIGHBOUR = auto()
    OTHER_RESIDENT = auto()
    OUTSIDER = auto()
    UNVERIFIED = auto()
    SUPERUSER = auto()
    OFFICER = auto()
    APPROVER = auto()
    OTHER_OFFICER = auto()
    OTHER_APPROVER = auto()
    SUPERVISOR = auto()
    COMMUNITY_OFFICER = auto()
    SUPPORT_MEMBER = auto()
    EXPERT = auto()
    RECUSED_EXPERT = auto()
    EXPERT_2 = auto()
    EXPERT_3 = auto()


def _by_phone(person: Person, **fields: object) -> User:
    name = person.name.replace("_", " ").capitalize()
    return ResidentFactory(
        pk=person, username=f"r-{person:012}", phone=f"+8613800{person:06}", display_name=name, **fields
    )


def _resident(person: Person, community: Community) -> User:
    return RECORDER.bring(person, lambda: ResidencyFactory(pk=person, user=_by_phone(person), community=community).user)


def _by_name(person: Person, **fields: object) -> User:
    name = person.name.replace("_", "-").lower()
    return UserFactory(pk=person, username=name, **{"display_name": name.capitalize(), **fields})


def _appointed(person: Person, role: Role, subdistrict: Subdistrict, **scope: object) -> User:
    return RECORDER.bring(
        person,
        lambda: AppointmentFactory(pk=person, user=_by_name(person), role=role, subdistrict=subdistrict, **scope).user,
    )


@pytest.fixture
def resident(communities: list[Community]) -> User:
    """Verified in community A."""
    return _resident(Person.RESIDENT, communities[0])


@pytest.fixture
def neighbour(communities: list[Community]) -> User:
    """Verified in community A, as `resident` is."""
    return _resident(Person.NEIGHBOUR, communities[0])


@pytest.fixture
def other_resident(communities: list[Community]) -> User:
    """Verified in community B."""
    return _resident(Person.OTHER_RESIDENT, communities[1])


@pytest.fixture
def outsider(db: None) -> User:
    """Logged in by phone, but a resident of nowhere."""
    return RECORDER.bring(Person.OUTSIDER, lambda: _by_phone(Person.OUTSIDER))


@pytest.fixture
def unverified(db: None) -> User:
    """Has an account by phone, but never typed the code."""
    return RECORDER.bring(Person.UNVERIFIED, lambda: _by_phone(Person.UNVERIFIED, phone_verified_at=None))


@pytest.fixture
def superuser(db: None) -> User:
    """For installation only: holds no office."""
    return RECORDER.bring(Person.SUPERUSER, lambda: _by_name(Person.SUPERUSER, is_superuser=True))


@pytest.fixture
def anonymous() -> AnonymousUser:
    return AnonymousUser()


@pytest.fixture
def officer(subdistrict: Subdistrict) -> User:
    return _appointed(Person.OFFICER, Role.STREET_OFFICER, subdistrict)


@pytest.fixture
def approver(subdistrict: Subdistrict) -> User:
    return _appointed(Person.APPROVER, Role.STREET_APPROVER, subdistrict)


@pytest.fixture
def other_officer(db: None) -> User:
    """Officer and approver of another sub-district."""
    elsewhere = RECORDER.bring(
        "elsewhere", lambda: SubdistrictFactory(pk=FIXED + 1, code="110105998", name="Elsewhere")
    )
    user = _appointed(Person.OTHER_OFFICER, Role.STREET_OFFICER, elsewhere)
    RECORDER.bring(
        Person.OTHER_APPROVER,
        lambda: AppointmentFactory(
            pk=Person.OTHER_APPROVER, user=user, role=Role.STREET_APPROVER, subdistrict=elsewhere
        ),
    )
    return user


@pytest.fixture
def supervisor(subdistrict: Subdistrict) -> User:
    return _appointed(Person.SUPERVISOR, Role.SUPERVISOR, subdistrict)


@pytest.fixture
def community_officer(subdistrict: Subdistrict, communities: list[Community]) -> User:
    """Officer of community A."""
    return _appointed(Person.COMMUNITY_OFFICER, Role.COMMUNITY_OFFICER, subdistrict, community=communities[0])


@pytest.fixture
def support_member(subdistrict: Subdistrict, support_organisation: Organisation) -> User:
    """Member of the organisation that accompanies community A."""
    return _appointed(Person.SUPPORT_MEMBER, Role.SUPPORT_MEMBER, subdistrict, organisation=support_organisation)


def _expert(person: Person) -> User:
    return RECORDER.bring(person, lambda: _by_name(person, display_name=person.name.replace("_", " ").capitalize()))


@pytest.fixture
def expert(db: None) -> User:
    """On the panel of every contest of `contest_in`, with the code E01."""
    return _expert(Person.EXPERT)


@pytest.fixture
def expert_2(db: None) -> User:
    """On the panel with the code E02."""
    return _expert(Person.EXPERT_2)


@pytest.fixture
def expert_3(db: None) -> User:
    """On the panel with the code E03."""
    return _expert(Person.EXPERT_3)


@pytest.fixture
def recused_expert(db: None) -> User:
    """On the panel with the code E04; keeps out of entry 001 once the contest is open."""
    return _expert(Person.RECUSED_EXPERT)
