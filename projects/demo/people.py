"""The demo's place and people: sub-district, communities, organisations, accounts."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password

from communities.enums import HousingType, OrganisationKind, Role, VerificationMethod
from communities.models import Appointment, Community, Organisation, Residency, Subdistrict, User
from communities.services.people import confirm_phone, decide_residency, name_community, register_resident
from contests.models import Expert
from projects.demo.source import Clock, read

# Appointments began before the first day that the demo tells of.
FIRST_DAY = -500


@dataclass(frozen=True, slots=True)
class Cast:
    """Everyone the demo needs, by user name or community code."""

    subdistrict: Subdistrict
    communities: dict[str, Community]
    organisations: dict[str, Organisation]
    staff: dict[str, User]
    experts: list[User]
    residents: dict[str, list[User]]

    @property
    def officer(self) -> User:
        return self.staff["officer"]

    @property
    def approver(self) -> User:
        return self.staff["approver"]


def make_cast(at: Clock, *, with_residents: bool) -> Cast:
    """Make the place and its accounts; residents only where there are contents to attribute to them."""
    subdistrict, communities = _place()
    organisations = {
        entry["name"]: Organisation.objects.create(
            subdistrict=subdistrict, kind=OrganisationKind.SUPPORT, name=entry["name"]
        )
        for entry in read("programme")["support_organisation"]
    }
    people = read("people")
    experts = [_account(name, shown) for name, shown in people["experts"].items()]
    cast = Cast(subdistrict, communities, organisations, {}, experts, {code: [] for code in communities})
    _pool(cast, people["pool"])
    for name, entry in people["staff"].items():
        cast.staff[name] = _staff(cast, name, entry, at)
    if with_residents:
        _residents(cast, at)
        _newcomers(cast, at)
    return cast


def _place() -> tuple[Subdistrict, dict[str, Community]]:
    source = read("subdistrict")
    subdistrict, _ = Subdistrict.objects.update_or_create(
        code=source["code"],
        defaults={"name": source["name"], "district": source["district"], **source["contact"]},
    )
    communities = {}
    for row in source["community"]:
        communities[row["code"]], _ = Community.objects.update_or_create(
            code=row["code"],
            defaults={
                "subdistrict": subdistrict,
                "name": row["name"],
                "housing_type": HousingType(row["housing_type"]),
                "registered_population": row["registered_population"],
                "households": row["households"],
            },
        )
    return subdistrict, communities


def _staff(cast: Cast, name: str, entry: dict[str, str], at: Clock) -> User:
    user = _account(name, entry["display_name"])
    Appointment.objects.create(
        user=user,
        role=Role(entry["role"]),
        subdistrict=cast.subdistrict,
        community=cast.communities.get(entry.get("community", "")),
        organisation=cast.organisations.get(entry.get("organisation", "")),
        starts_on=at(FIRST_DAY).date(),
    )
    return user


def _pool(cast: Cast, source: dict[str, dict[str, Any]]) -> None:
    Expert.objects.bulk_create(
        Expert(
            user=expert,
            subdistrict=cast.subdistrict,
            employer=source[expert.username]["employer"],
            community=cast.communities.get(source[expert.username].get("community", "")),
            fields=source[expert.username]["fields"],
        )
        for expert in cast.experts
    )


def _account(name: str, shown: str) -> User:
    return User.objects.create(username=name, display_name=shown, password=_hashed(settings.DEMO_PASSWORD))


@cache
def _hashed(password: str) -> str:
    """All accounts of the demo have the one password; hashing it for each of them would take seconds."""
    return make_password(password)


def phone_of(number: int) -> str:
    """The telephone of a made-up resident; a dozen of them to a series, as many numbers of one look like stuffing."""
    source = read("people")["residents"]
    phone: str = source["phone"].format(number=number, series=(number - 1) // source["series"])
    return phone


def _residents(cast: Cast, at: Clock) -> None:
    """Verified residents, dealt out over the communities in turn."""
    source, now = read("people")["residents"], at(FIRST_DAY + 1)
    codes = list(cast.communities)
    for number in range(1, source["count"] + 1):
        code = codes[(number - 1) % len(codes)]
        user = register_resident(phone=phone_of(number))
        user.date_joined = at(-400)
        user.display_name = source["display_name"].format(number=number)
        user.save(update_fields=["date_joined", "display_name"])
        confirm_phone(user=user, now=now)
        residency = name_community(community=cast.communities[code], by=user)
        decide_residency(residency=residency, verified=True, method=VerificationMethod.ROSTER, by=cast.officer, now=now)
        user.refresh_from_db()
        cast.residents[code].append(user)


def _newcomers(cast: Cast, at: Clock) -> None:
    """Residents who have named their community these days, and wait for its officer."""
    source = read("people")["newcomers"]
    for number, (code, day) in enumerate(source["named"], source["first"]):
        user = register_resident(phone=phone_of(number))
        User.objects.filter(pk=user.pk).update(display_name=source["display_name"].format(number=number))
        confirm_phone(user=user, now=at(day))
        residency = name_community(community=cast.communities[code], by=user)
        Residency.objects.filter(pk=residency.pk).update(created_at=at(day))
