"""Who someone is: small predicates on appointments and residencies that all rules are made of."""

from __future__ import annotations

from django.contrib.auth.models import AnonymousUser

from communities import names
from communities.enums import STREET_ROLES, CommunityRefusal, DeliveryState, ResidencyState, Role
from communities.models import Community, Delivery, Residency, Subdistrict, User
from communities.querysets import scope_of

Person = User | AnonymousUser


def holds(user: Person, subdistrict: Subdistrict | int, *roles: Role) -> bool:
    """Whether the person holds one of the roles in this sub-district today, whatever the narrower scope."""
    pk = subdistrict if isinstance(subdistrict, int) else subdistrict.pk
    return isinstance(user, User) and any(a.role in roles and a.subdistrict_id == pk for a in user.appointments_today)


def is_street_officer(user: Person, subdistrict: Subdistrict | int) -> bool:
    """Officer or approver of the street office: both may run the work."""
    return holds(user, subdistrict, *STREET_ROLES)


def is_street_approver(user: Person, subdistrict: Subdistrict | int) -> bool:
    return holds(user, subdistrict, Role.STREET_APPROVER)


def is_community_officer(user: Person, community: Community) -> bool:
    return isinstance(user, User) and any(
        a.role == Role.COMMUNITY_OFFICER and a.community_id == community.pk for a in user.appointments_today
    )


def verified_residency(user: Person, subdistrict: Subdistrict) -> Residency | None:
    """The person's one verified residency in the sub-district, if any."""
    if not isinstance(user, User):
        return None
    return Residency.objects.verified().filter(user=user, subdistrict=subdistrict).select_related("community").first()


def why_not_verify(user: Person, residency: Residency) -> CommunityRefusal | None:
    """Officers of the community or the street verify, once, and never themselves."""
    if residency.user_id == user.pk or not (
        is_community_officer(user, residency.community) or is_street_officer(user, residency.subdistrict_id)
    ):
        return CommunityRefusal.NOT_AN_OFFICER
    if residency.state != ResidencyState.PENDING:
        return CommunityRefusal.RESIDENCY_DECIDED
    return None


def why_not_mend_messages(user: Person) -> CommunityRefusal | None:
    """What could not be told or delivered is tried again by street offices."""
    mends = isinstance(user, User) and scope_of(user).in_roles(STREET_ROLES)
    return None if mends else CommunityRefusal.NOT_AN_OFFICER


def why_not_send_again(user: Person, delivery: Delivery) -> CommunityRefusal | None:
    """Street officers, for the people of their sub-district and once it was given up."""
    streets = scope_of(user).in_roles(STREET_ROLES) if isinstance(user, User) else []
    if not User.objects.known_to(streets).filter(notifications__deliveries=delivery).exists():
        return CommunityRefusal.NOT_AN_OFFICER
    return None if delivery.state == DeliveryState.FAILED else CommunityRefusal.NOT_GIVEN_UP


def why_not_rename(user: User, name: str) -> CommunityRefusal | None:
    """Residents choose the name they show, or none. It stands on public pages, so nothing in it may identify them."""
    if not user.phone_token:
        return CommunityRefusal.NAMED_BY_OFFICE
    return why_not_name(name)


def why_not_name(name: str) -> CommunityRefusal | None:
    """For a name that `names.tidied` has been over."""
    checks = {
        CommunityRefusal.NAME_LONG: len(name) > names.LENGTH,
        CommunityRefusal.NAME_HIDDEN: names.has_hidden_characters(name),
        CommunityRefusal.NAME_NUMBER: names.has_number(name),
        CommunityRefusal.NAME_EMPTY: bool(name) and not names.is_visible(name),
    }
    return next((reason for reason, refused in checks.items() if refused), None)
