"""A support organisation is replaced in the middle of the year: the old one loses sight at once, the log stays."""

from __future__ import annotations

import pytest
from django.urls import reverse

from communities.enums import OrganisationKind, Role
from communities.refusal import Refused
from programmes.enums import ProgrammeRefusal
from programmes.models import Accompaniment
from programmes.rules import why_not_hand_over
from programmes.services import hand_over
from proposals.models import Proposal
from proposals.rules import accompanies
from proposals.services.coaching import note_coaching
from tests.browsing import english, text
from tests.factories import AppointmentFactory, OrganisationFactory, UserFactory
from tests.racing import race

R = ProgrammeRefusal


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


@pytest.fixture
def accompaniment(programme):
    """Of community A, by the support organisation."""
    return programme.accompaniments.get()


@pytest.fixture
def successor(subdistrict):
    return OrganisationFactory(subdistrict=subdistrict, name="Successor")


@pytest.fixture
def new_member(successor, subdistrict):
    user = UserFactory(username="new-member")
    AppointmentFactory(user=user, role=Role.SUPPORT_MEMBER, subdistrict=subdistrict, organisation=successor)
    return user


def test_the_year_remembers_both(accompaniment, successor, officer, now):
    after = hand_over(accompaniment=accompaniment, to=successor, by=officer, now=now)
    before = Accompaniment.objects.get(pk=accompaniment.pk)
    assert (before.ended_at, before.ended_by, after.ended_at) == (now, officer, None)
    assert (after.organisation, after.community) == (successor, before.community)
    assert list(Accompaniment.objects.in_force()) == [after]


def test_the_old_one_loses_sight_and_its_log_stays(
    accompaniment, successor, officer, support_member, new_member, proposal_in, now
):
    proposal = proposal_in("COACHING")
    note_coaching(proposal=proposal, held_on=now.date(), text="Priced the benches.", by=support_member, now=now)
    url = reverse("proposal_writing", args=[proposal.pk])
    assert english(support_member).get(url).status_code == 200
    assert english(new_member).get(url).status_code == 404
    hand_over(accompaniment=accompaniment, to=successor, by=officer, now=now)
    assert english(support_member).get(url).status_code == 404
    for listed in (Proposal.objects.visible_to, Proposal.objects.written_by, Proposal.objects.at_desk_of):
        assert list(listed(support_member)) == []
        assert list(listed(new_member)) == [proposal]
    assert [accompanies(user, proposal) for user in (support_member, new_member)] == [False, True]
    page = text(english(new_member).get(url))
    assert "Priced the benches." in page
    assert "Support organisation" in page
    noted = note_coaching(proposal=proposal, held_on=now.date(), text="Took over.", by=new_member, now=now)
    assert noted.organisation == successor


def test_it_comes_back_to_the_first_one(accompaniment, successor, support_organisation, officer, support_member, now):
    between = hand_over(accompaniment=accompaniment, to=successor, by=officer, now=now)
    hand_over(accompaniment=between, to=support_organisation, by=officer, now=now)
    assert Accompaniment.objects.count() == 3
    assert Accompaniment.objects.in_force().get().organisation == support_organisation


def test_once(accompaniment, successor, officer, now):
    hand_over(accompaniment=Accompaniment.objects.get(pk=accompaniment.pk), to=successor, by=officer, now=now)
    with refused(R.HANDED_OVER):
        hand_over(accompaniment=accompaniment, to=successor, by=officer, now=now)


@pytest.mark.django_db(transaction=True)
def test_two_officers_hand_over_once(accompaniment, successor, subdistrict, officer, approver, now):
    third = OrganisationFactory(subdistrict=subdistrict, name="Third")
    outcomes = race(
        *[
            lambda to=to, by=by: hand_over(
                accompaniment=Accompaniment.objects.get(pk=accompaniment.pk), to=to, by=by, now=now
            )
            for to, by in ((successor, officer), (third, approver))
        ]
    )
    [refusal] = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert refusal.reason == R.HANDED_OVER
    assert Accompaniment.objects.in_force().count() == 1


@pytest.mark.parametrize(
    ("role", "reason"),
    [
        ("anonymous", R.NOT_AN_OFFICER),
        ("superuser", R.NOT_AN_OFFICER),
        ("resident", R.NOT_AN_OFFICER),
        ("officer", None),
        ("approver", None),
        ("other_officer", R.NOT_AN_OFFICER),
        ("supervisor", R.NOT_AN_OFFICER),
        ("community_officer", R.NOT_AN_OFFICER),
        ("support_member", R.NOT_AN_OFFICER),
    ],
)
def test_who_hands_over(role, reason, cast, accompaniment, successor):
    assert why_not_hand_over(cast(role), accompaniment, successor) == reason


def test_to_another_support_organisation_of_the_same_sub_district(accompaniment, subdistrict, officer):
    others = [
        accompaniment.organisation,
        OrganisationFactory(subdistrict=subdistrict, kind=OrganisationKind.PROPERTY_COMPANY),
        OrganisationFactory(),
    ]
    for organisation in others:
        assert why_not_hand_over(officer, accompaniment, organisation) == R.NOT_SUPPORT


def test_the_button(client, officer, programme, accompaniment, successor):
    client.force_login(officer)
    url = reverse("admin:programmes_programme_do", args=[programme.pk, "hand-over"])
    assert "Successor" in text(client.get(url))
    client.post(url, {"accompaniment": accompaniment.pk, "to": successor.pk})
    assert programme.accompaniments.in_force().get().organisation == successor
    page = text(client.get(reverse("admin:programmes_programme_change", args=[programme.pk])))
    assert "Support organisation" in page
    assert "Successor" in page


def test_public_pages_name_the_present_one(programme, accompaniment, successor, officer, now):
    hand_over(accompaniment=accompaniment, to=successor, by=officer, now=now)
    for url in (
        reverse("programme_detail", args=[programme.pk]),
        reverse("community_detail", args=[accompaniment.community_id]),
    ):
        page = text(english().get(url))
        assert reverse("organisation_detail", args=[successor.pk]) in page
        assert reverse("organisation_detail", args=[accompaniment.organisation_id]) not in page
