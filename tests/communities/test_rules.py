"""Who is who, and who may verify residents."""

import pytest

from communities.enums import CommunityRefusal, ResidencyState, Role
from communities.models import User
from communities.rules import (
    holds,
    is_community_officer,
    is_street_approver,
    is_street_officer,
    verified_residency,
    why_not_verify,
)
from tests.factories import AppointmentFactory, ResidencyFactory

R = CommunityRefusal

# role: street officer, street approver, community officer of A, verified resident; all in the sub-district.
WHO_IS_WHO = {
    "anonymous": (False, False, False, False),
    "superuser": (False, False, False, False),
    "outsider": (False, False, False, False),
    "resident": (False, False, False, True),
    "other_resident": (False, False, False, True),
    "officer": (True, False, False, False),
    "approver": (True, True, False, False),
    "other_officer": (False, False, False, False),
    "supervisor": (False, False, False, False),
    "community_officer": (False, False, True, False),
    "support_member": (False, False, False, False),
    "expert": (False, False, False, False),
}


@pytest.mark.parametrize("role", WHO_IS_WHO)
def test_who_is_who(role, cast, subdistrict, communities):
    user = cast(role)
    assert (
        is_street_officer(user, subdistrict),
        is_street_approver(user, subdistrict),
        is_community_officer(user, communities[0]),
        verified_residency(user, subdistrict) is not None,
    ) == WHO_IS_WHO[role]


def test_an_officer_of_one_community_is_none_of_another(community_officer, communities):
    assert not is_community_officer(community_officer, communities[1])


def test_a_role_is_held_in_a_subdistrict_given_by_row_or_id(officer, other_officer, subdistrict):
    assert holds(officer, subdistrict, Role.STREET_OFFICER)
    assert holds(officer, subdistrict.pk, Role.SUPERVISOR, Role.STREET_OFFICER)
    assert not holds(officer, subdistrict, Role.SUPERVISOR)
    assert not holds(other_officer, subdistrict, *Role)


def test_only_a_verified_residency_counts(outsider, communities, subdistrict):
    ResidencyFactory(user=outsider, community=communities[0], state=ResidencyState.PENDING)
    ResidencyFactory(user=outsider, community=communities[1], state=ResidencyState.REFUSED)
    assert verified_residency(outsider, subdistrict) is None
    verified = ResidencyFactory(user=outsider, community=communities[2])
    assert verified_residency(outsider, subdistrict) == verified


# role × community of the resident: why not?
VERIFY = {
    "anonymous": (R.NOT_AN_OFFICER, R.NOT_AN_OFFICER),
    "superuser": (R.NOT_AN_OFFICER, R.NOT_AN_OFFICER),
    "outsider": (R.NOT_AN_OFFICER, R.NOT_AN_OFFICER),
    "resident": (R.NOT_AN_OFFICER, R.NOT_AN_OFFICER),
    "officer": (None, None),
    "approver": (None, None),
    "other_officer": (R.NOT_AN_OFFICER, R.NOT_AN_OFFICER),
    "supervisor": (R.NOT_AN_OFFICER, R.NOT_AN_OFFICER),
    "community_officer": (None, R.NOT_AN_OFFICER),
    "support_member": (R.NOT_AN_OFFICER, R.NOT_AN_OFFICER),
    "expert": (R.NOT_AN_OFFICER, R.NOT_AN_OFFICER),
}


@pytest.mark.parametrize("role", VERIFY)
def test_who_may_verify_a_resident(role, cast, communities):
    reasons = tuple(
        why_not_verify(cast(role), ResidencyFactory(community=community, state=ResidencyState.PENDING))
        for community in communities[:2]
    )
    assert reasons == VERIFY[role]


@pytest.mark.parametrize(
    ("state", "reason"),
    [
        (ResidencyState.PENDING, None),
        (ResidencyState.VERIFIED, R.RESIDENCY_DECIDED),
        (ResidencyState.REFUSED, R.RESIDENCY_DECIDED),
    ],
)
def test_a_residency_is_decided_once(state, reason, officer, communities):
    assert why_not_verify(officer, ResidencyFactory(community=communities[0], state=state)) == reason


def test_nobody_verifies_themselves(resident: User, communities, subdistrict):
    AppointmentFactory(user=resident, subdistrict=subdistrict)
    own = ResidencyFactory(user=resident, community=communities[1], state=ResidencyState.PENDING)
    assert why_not_verify(User.objects.get(pk=resident.pk), own) == R.NOT_AN_OFFICER
