"""Verbs on people and places."""

from __future__ import annotations

import secrets
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import Q

from communities import names, phones
from communities.enums import CommunityRefusal, ResidencyState, VerificationMethod
from communities.models import Community, Residency, ResidencyEvent, User
from communities.refusal import Refused, refuse_if
from communities.rules import why_not_rename, why_not_verify


def register_resident(*, phone: str) -> User:
    """The account of this phone number (E.164), made now if it is new.

    Two first log-ins at once end with one account: the hash of a number is unique.
    """
    if user := User.objects.with_phone(phone).first():
        return user
    try:
        with transaction.atomic():
            return User.objects.create_user(
                username=f"r-{secrets.token_hex(6)}",
                phone_token=phones.encrypt(phone),
                phone_hash=phones.keyed_hash(phone),
            )
    except IntegrityError:
        return User.objects.with_phone(phone).get()


def confirm_phone(*, user: User, now: datetime) -> None:
    """The person has typed the code sent to the number; kept is the first time."""
    User.objects.filter(pk=user.pk, phone_verified_at__isnull=True).update(phone_verified_at=now)
    user.refresh_from_db(fields=["phone_verified_at"])


def name_community(*, community: Community, by: User) -> Residency:
    """A resident says where they live; verification is an officer's act. Saying it twice changes nothing."""
    try:
        with transaction.atomic():
            residency = Residency.objects.create(user=by, subdistrict=community.subdistrict, community=community)
            ResidencyEvent.objects.create(residency=residency, actor=by, to_state=ResidencyState.PENDING)
            return residency
    except IntegrityError:
        return Residency.objects.exclude(state=ResidencyState.REFUSED).get(user=by, community=community)


def rename(*, name: str, by: User) -> User:
    """A resident chooses the name that others read, or none. Earlier names are not kept: nothing refers to them.

    Raises `Refused`: too long, hidden characters, a number in it, or an account that the office names.
    """
    name = names.tidied(name)
    refuse_if(why_not_rename(by, name))
    User.objects.filter(pk=by.pk).update(display_name=name)
    by.display_name = name
    return by


def log_out_everywhere(*, by: User) -> User:
    """End every log-in of a person who logs in by phone; the caller keeps the session of this moment alive.

    Sessions are bound to the stored password. Such accounts have an unusable one, random and never typed, so a new one
    harms nothing. Raises `Refused` for accounts with a password, which belongs to the person.
    """
    if not by.phone_token:
        raise Refused(CommunityRefusal.PASSWORD_ACCOUNT)
    by.set_unusable_password()
    by.save(update_fields=["password"])
    return by


@transaction.atomic
def decide_residency(
    *, residency: Residency, verified: bool, method: VerificationMethod | None, by: User, now: datetime
) -> Residency:
    """An officer verifies or refuses a residency; the first decision stands.

    Raises `Refused`: no officer of the community, decided already, or verified in another community.
    """
    residency = Residency.objects.select_for_update().get(pk=residency.pk)
    refuse_if(why_not_verify(by, residency))
    others = Residency.objects.verified().filter(user=residency.user_id, subdistrict=residency.subdistrict_id)
    if verified and others.filter(~Q(pk=residency.pk)).exists():
        raise Refused(CommunityRefusal.OTHER_RESIDENCY)
    residency.state = ResidencyState.VERIFIED if verified else ResidencyState.REFUSED
    residency.method = method or ""
    residency.decided_by = by
    residency.decided_at = now
    try:
        with transaction.atomic():
            residency.save()
    except IntegrityError as error:
        # An officer of the other community was faster.
        raise Refused(CommunityRefusal.OTHER_RESIDENCY) from error
    ResidencyEvent.objects.create(
        residency=residency, actor=by, from_state=ResidencyState.PENDING, to_state=residency.state, at=now
    )
    return residency
