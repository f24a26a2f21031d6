"""The office's pages of people and places: verification, accounts, appointments, scope."""

from __future__ import annotations

import pytest
from django.urls import reverse
from django.utils.html import escape

from communities.enums import CommunityRefusal, ResidencyState, Role, VerificationMethod
from communities.models import Appointment, Residency, User
from communities.services.people import name_community
from tests.factories import AppointmentFactory, CommunityFactory, ResidencyFactory, UserFactory

RESIDENCIES = "/admin/communities/residency/"
USERS = "/admin/communities/user/"
APPOINTMENTS = "/admin/communities/appointment/"


@pytest.fixture
def claim(outsider, communities):
    """A residency that waits for verification."""
    return name_community(community=communities[0], by=outsider)


def do_url(residency, verb):
    return reverse("admin:communities_residency_do", args=[residency.pk, verb])


def stored(residency):
    return Residency.objects.get(pk=residency.pk)


def test_verifying_one_residency(client, officer, claim):
    client.force_login(officer)
    assert client.get(do_url(claim, "verify")).status_code == 200
    client.post(do_url(claim, "verify"), {"method": "ROSTER"})
    assert stored(claim).state == ResidencyState.VERIFIED
    assert stored(claim).method == VerificationMethod.ROSTER
    assert stored(claim).decided_by == officer


def test_verifying_needs_a_method(client, officer, claim):
    client.force_login(officer)
    assert client.post(do_url(claim, "verify")).context["form"].errors.keys() == {"method"}
    assert stored(claim).state == ResidencyState.PENDING


def test_refusing_one_residency(client, officer, claim):
    client.force_login(officer)
    client.post(do_url(claim, "refuse"))
    assert stored(claim).state == ResidencyState.REFUSED


def test_the_first_decision_stands(client, officer, claim):
    client.force_login(officer)
    client.post(do_url(claim, "refuse"))
    response = client.post(do_url(claim, "verify"), {"method": "ROSTER"})
    assert escape(str(CommunityRefusal.RESIDENCY_DECIDED.label)) in response.content.decode()
    assert stored(claim).state == ResidencyState.REFUSED


@pytest.mark.parametrize(
    "name, state, method",
    [
        ("on_roster", ResidencyState.VERIFIED, VerificationMethod.ROSTER),
        ("in_person", ResidencyState.VERIFIED, VerificationMethod.IN_PERSON),
        ("by_household_code", ResidencyState.VERIFIED, VerificationMethod.HOUSEHOLD_CODE),
        ("refuse", ResidencyState.REFUSED, ""),
    ],
)
def test_deciding_several_in_the_list(client, officer, claim, communities, name, state, method):
    other = name_community(community=communities[1], by=UserFactory())
    client.force_login(officer)
    client.post(RESIDENCIES, {"action": name, "_selected_action": [claim.pk, other.pk]})
    assert [(row.state, row.method) for row in (stored(claim), stored(other))] == [(state, method)] * 2


def test_one_refusal_in_the_list_does_not_hold_up_the_others(client, officer, claim, resident, communities):
    moved = name_community(community=communities[1], by=resident)
    client.force_login(officer)
    data = {"action": "on_roster", "_selected_action": [claim.pk, moved.pk]}
    page = client.post(RESIDENCIES, data, follow=True).content.decode()
    assert escape(str(CommunityRefusal.OTHER_RESIDENCY.label)) in page
    assert stored(claim).state == ResidencyState.VERIFIED
    assert stored(moved).state == ResidencyState.PENDING


@pytest.mark.parametrize("who, status", [("supervisor", 403), ("resident", 403), ("other_officer", 404)])
def test_who_may_not_verify(client, request, claim, who, status):
    client.force_login(request.getfixturevalue(who))
    assert client.post(do_url(claim, "verify"), {"method": "ROSTER"}).status_code == status
    assert stored(claim).state == ResidencyState.PENDING


def test_a_supervisor_has_no_list_actions(client, supervisor, claim):
    client.force_login(supervisor)
    client.post(RESIDENCIES, {"action": "on_roster", "_selected_action": [claim.pk]})
    assert stored(claim).state == ResidencyState.PENDING


def test_phones_are_masked_everywhere(client, officer, claim):
    user = claim.user
    client.force_login(officer)
    for url in (
        USERS,
        RESIDENCIES,
        reverse("admin:communities_user_change", args=[user.pk]),
        reverse("admin:communities_residency_change", args=[claim.pk]),
    ):
        page = client.get(url).content.decode()
        assert user.masked_phone in page
        assert user.phone.removeprefix("+86") not in page


def test_an_officer_appoints_nobody(client, officer, subdistrict):
    client.force_login(officer)
    data = {"user": officer.pk, "role": Role.STREET_APPROVER, "subdistrict": subdistrict.pk, "starts_on": "2026-01-01"}
    assert client.post(f"{APPOINTMENTS}add/", data).status_code == 403
    own = officer.appointments.get()
    assert client.post(f"{APPOINTMENTS}{own.pk}/change/", {**data, "user": officer.pk}).status_code == 403
    assert not Appointment.objects.filter(role=Role.STREET_APPROVER).exists()


def test_an_officer_changes_no_account(client, officer, approver):
    client.force_login(officer)
    assert client.get(f"{USERS}add/").status_code == 403
    assert client.post(f"{USERS}{officer.pk}/change/", {"username": "x", "is_superuser": "on"}).status_code == 403
    assert client.post(f"{USERS}{approver.pk}/password/", {"password1": "taken-over-1"}).status_code == 403
    officer.refresh_from_db()
    assert not officer.is_superuser


def test_an_installer_makes_accounts_and_appointments(client, subdistrict):
    client.force_login(User.objects.create_superuser("installer", "long enough for all"))
    password = "a-panel-of-7-experts"
    usable = {"usable_password": "true", "password1": password, "password2": password}
    response = client.post(f"{USERS}add/", {"username": "officer9", "display_name": "Officer", **usable})
    made = User.objects.get(username="officer9")
    assert response.url == f"{USERS}{made.pk}/change/"
    assert made.check_password(password)
    data = {"user": made.pk, "role": "STREET_OFFICER", "subdistrict": subdistrict.pk, "starts_on": "2026-01-01"}
    client.post(f"{APPOINTMENTS}add/", data)
    assert made.appointments.get().role == Role.STREET_OFFICER


def test_an_officer_says_how_the_office_is_reached_and_no_more(client, officer, supervisor, subdistrict):
    page = reverse("admin:communities_subdistrict_change", args=[subdistrict.pk])
    data = {"name": "Elsewhere", "code": "110105999", "office": "Office for communities", "telephone": "010-0000 0000"}
    client.force_login(officer)
    assert client.post(page, {**data, "telephone": "ask"}).context["adminform"].form.errors.keys() == {"telephone"}
    client.post(page, data)
    name = subdistrict.name
    subdistrict.refresh_from_db()
    assert (subdistrict.name, subdistrict.office, subdistrict.telephone) == (name, data["office"], data["telephone"])
    client.force_login(supervisor)
    assert client.post(page, data).status_code == 403


def test_lists_end_at_the_sub_district(client, officer, other_officer, resident, expert):
    elsewhere = ResidencyFactory(community=CommunityFactory()).user
    client.force_login(officer)
    names = {user.username for user in client.get(USERS).context["cl"].result_list}
    # Experts have neither phone nor residency and may be called by any office.
    assert {resident.username, officer.username, expert.username} <= names
    assert elsewhere.username not in names
    shown = client.get(APPOINTMENTS).context["cl"].result_list
    assert {appointment.user for appointment in shown} == {officer}


def test_choices_end_at_the_sub_district(client, officer, communities):
    elsewhere = CommunityFactory()
    client.force_login(officer)
    form = client.get("/admin/communities/organisation/add/").context["adminform"].form
    assert set(form.fields["community"].queryset) == set(communities)
    data = {
        "subdistrict": communities[0].subdistrict_id,
        "kind": "SUPPORT",
        "name": "Helpers",
        "community": elsewhere.pk,
    }
    response = client.post("/admin/communities/organisation/add/", data)
    assert response.context["adminform"].form.errors.keys() == {"community"}


@pytest.mark.parametrize("page, queries", [("residency", 6), ("user", 6), ("appointment", 8), ("community", 6)])
def test_lists_make_as_many_queries_for_many_rows_as_for_few(
    client, officer, subdistrict, django_assert_num_queries, page, queries
):
    def more(count):
        for _number in range(count):
            community = CommunityFactory(subdistrict=subdistrict)
            residency = ResidencyFactory(community=community)
            AppointmentFactory(user=residency.user, role=Role.SUPERVISOR, subdistrict=subdistrict)

    url = f"/admin/communities/{page}/"
    client.force_login(officer)
    more(3)
    client.get(url)
    with django_assert_num_queries(queries):
        client.get(url)
    more(27)
    with django_assert_num_queries(queries):
        response = client.get(url)
    assert len(response.context["cl"].result_list) >= 30


def test_the_office_is_closed_to_others(client, resident, expert, community_officer):
    for user in (resident, expert, community_officer):
        client.force_login(user)
        assert client.get("/admin/").status_code == 403
        assert client.get(reverse("admin:login")).status_code == 403


def test_nothing_is_deleted(client, officer, claim):
    client.force_login(officer)
    assert client.post(f"{RESIDENCIES}{claim.pk}/delete/", {"post": "yes"}).status_code == 403
    assert stored(claim)


def test_the_first_page_tells_who_waits_for_verification(client, officer, other_officer, claim):
    url = f"{RESIDENCIES}?state__exact=PENDING"
    for user, count in ((officer, 1), (other_officer, 0)):
        client.force_login(user)
        waiting = {item.url: item for item in client.get("/admin/").context["waiting"]}
        assert waiting[url].count == count


def test_nobody_gives_themselves_a_password_of_a_resident(client, resident):
    client.force_login(UserFactory(is_superuser=True))
    page = reverse("admin:auth_user_password_change", args=[resident.pk])
    typed = {"password1": "opens your ballot", "password2": "opens your ballot", "usable_password": "true"}
    assert client.post(page, typed).status_code == 403
    assert not User.objects.get(pk=resident.pk).has_usable_password()
    assert "../password/" not in client.get(f"{USERS}{resident.pk}/change/").content.decode()


def test_the_installer_gives_an_expert_a_password(client, db):
    client.force_login(UserFactory(is_superuser=True))
    expert = UserFactory()
    page = reverse("admin:auth_user_password_change", args=[expert.pk])
    typed = {"password1": "new for the judge", "password2": "new for the judge", "usable_password": "true"}
    assert "../password/" in client.get(f"{USERS}{expert.pk}/change/").content.decode()
    assert client.post(page, typed).status_code == 302
    assert User.objects.get(pk=expert.pk).check_password("new for the judge")


@pytest.mark.parametrize(
    "query", ["phone_hash__startswith=a", "password__startswith=a", "is_active__exact=%00", "username=officer"]
)
def test_a_list_is_narrowed_down_by_its_own_filters_only(client, officer, query):
    client.force_login(officer)
    assert client.get(f"{USERS}?{query}").status_code == 400
    assert client.get(f"{USERS}?is_active__exact=1").status_code == 200


def found(client, page, **query):
    return {row.pk for row in client.get(page, query).context["cl"].result_list}


def test_people_are_found_by_where_they_live_and_by_role(client, officer, approver, resident, communities):
    other = ResidencyFactory(community=communities[1]).user
    ResidencyFactory(community=communities[1], state=ResidencyState.PENDING, method="", decided_at=None)
    client.force_login(officer)
    assert found(client, USERS, community=communities[1].pk) == {other.pk}
    assert found(client, USERS, role=Role.STREET_APPROVER) == {approver.pk}
    assert found(client, USERS, community="nowhere") == set()


def test_nobody_finds_out_where_people_live_or_work_elsewhere(client, officer, resident, expert):
    elsewhere = ResidencyFactory(community=CommunityFactory(name="Elsewhere"), user=resident).community
    AppointmentFactory(user=expert, role=Role.SUPERVISOR, subdistrict=elsewhere.subdistrict)
    client.force_login(officer)
    assert "Elsewhere" not in client.get(USERS).content.decode()
    assert found(client, USERS, community=elsewhere.pk) == set()
    assert found(client, USERS, role=Role.SUPERVISOR) == set()
