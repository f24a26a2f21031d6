"""The page behind the link, from the message to the seat, and what the office sees of its invitations."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.urls import reverse
from django.utils import timezone

from communities import sms
from communities.models import User
from contests.enums import InvitationState
from contests.models import Expert, Invitation, InvitationMessage, Panelist
from contests.services.inviting import Guest, hashed, invite
from tests.browsing import english, shown, text
from tests.factories import ResidentFactory, UserFactory

NUMBER = "+8613900000077"
TOKEN = "a-token-of-the-tests"


def invited(contest, officer, now, **guest):
    guest = {"name": "Ms Guest", "employer": "Guest House", **({} if "email" in guest else {"phone": NUMBER}), **guest}
    expires_at = now + timedelta(days=7)
    row = invite(contest=contest, guest=Guest(**guest), expires_at=expires_at, by=officer, now=now)
    InvitationMessage.objects.filter(invitation=row).update(token_hash=hashed(TOKEN), state="SENT", sent_at=now)
    return row


@pytest.fixture
def contest(contest_in):
    return contest_in("DRAFT", entries=1)


URL = "/invitations/" + TOKEN + "/"


def test_the_page_says_who_invites_to_what_until_when_and_asks_to_log_in(contest, officer, now):
    invitation = invited(contest, officer, now)
    page = text(english().get(URL))
    assert "Street office of Sub-district" in page
    assert contest.name in page
    assert "Ms Guest" in page
    assert "139****0077" in page
    assert NUMBER[3:] not in page
    assert "You keep out of every entry to which you are tied" in page
    assert f"{reverse('account_request_login_code')}?next={URL}" in page
    assert "I accept and join the panel" not in page
    assert invitation.state == InvitationState.OPEN


def test_from_the_message_to_the_seat_without_an_account(contest, officer, now):
    invited(contest, officer, now)
    client = english()
    client.post(reverse("account_request_login_code"), {"phone": NUMBER[3:], "next": URL})
    code = "".join(c for c in sms.shown_in_demo()[0]["text"] if c.isdigit())[:6]
    response = client.post(reverse("account_confirm_login_code"), {"code": code, "next": URL})
    assert response.url == URL
    assert "I accept and join the panel" in text(client.get(URL))
    page = text(client.post(URL, {"employer": "Guest House", "consent": "on"}, follow=True))
    seat = Panelist.objects.get(user=User.objects.with_phone(NUMBER).get())
    assert f"You are on the panel now, as {seat.code}." in page
    assert "This invitation has been accepted." in page
    assert len([row for row in Panelist.objects.filter(contest=contest) if row.code == seat.code]) == 1
    # A second click, from a page that was open before.
    page = text(client.post(URL, {"employer": "Guest House", "consent": "on"}))
    assert "This invitation has been accepted." in page


def test_without_consent_nothing_is_lost(contest, officer, now):
    invited(contest, officer, now)
    page = text(english(ResidentFactory(phone=NUMBER)).post(URL, {"employer": "Another House"}))
    assert "Another House" in page
    assert "Without your consent to the privacy notice you cannot join the panel." in page
    assert not Panelist.objects.filter(code="E05").exists()


def test_another_account_is_asked_to_log_out(contest, officer, resident, now):
    invited(contest, officer, now)
    page = text(english(resident).get(URL))
    assert "this invitation is for another account" in page
    assert "I accept and join the panel" not in page
    page = text(english(resident).post(URL, {"employer": "x", "consent": "on"}))
    assert "This invitation is for somebody else" in page


def test_the_office_is_told_that_it_does_not_judge(contest, officer, now):
    invited(contest, officer, now, email="guest@example.org")
    assert "does not judge in its contests" in text(english(officer).get(URL))


def test_declining_needs_no_account(contest, officer, now):
    invitation = invited(contest, officer, now)
    page = text(english().post(URL, {"decline": "1", "answer": "Abroad in May"}, follow=True))
    assert "You have declined" in page
    invitation.refresh_from_db()
    assert (invitation.state, invitation.answer) == (InvitationState.DECLINED, "Abroad in May")
    page = text(english(officer).get(reverse("admin:contests_contest_change", args=[contest.pk])))
    assert "Abroad in May" in page
    assert "Invite somebody else from the pool." in page


def test_a_link_that_is_unknown_or_taken_back_says_so(db):
    response = english().get("/invitations/nothing/")
    assert response.status_code == 410
    assert "This link leads nowhere" in text(response)


def test_an_expired_invitation_is_seen_by_both_sides(contest, officer, now):
    invited(contest, officer, now)
    Invitation.objects.update(expires_at=timezone.now() - timedelta(minutes=1))
    page = text(english().get(URL))
    assert "This invitation has expired." in page
    assert "I cannot this time" not in page
    client = english(officer)
    assert "Send it again with another day" in text(
        client.get(reverse("admin:contests_contest_change", args=[contest.pk]))
    )
    assert "Invitations to panels that expired without an answer" in text(client.get(reverse("admin:index")))


@pytest.mark.parametrize("count", [1, 3])
def test_the_page_costs_the_same_for_any_number(count, contest, officer, now, django_assert_num_queries):
    invited(contest, officer, now)
    for number in range(count - 1):
        invite(
            contest=contest,
            guest=Guest("Other", phone=f"+861390000010{number}"),
            expires_at=now + timedelta(days=1),
            by=officer,
            now=now,
        )
    with django_assert_num_queries(1):
        english().get(URL)


# The office


def do(contest, verb):
    return reverse("admin:contests_contest_do", args=[contest.pk, verb])


def test_the_office_invites_somebody_new(contest, officer):
    day = timezone.localdate() + timedelta(days=5)
    form = {"name": "Ms Guest", "phone": NUMBER[3:], "fields_of_work": ["CARE"], "expires_on": day.isoformat()}
    page = text(english(officer).post(do(contest, "invite"), form, follow=True))
    assert "Invited: Ms Guest." in page
    assert "139****0077" in page
    assert NUMBER[3:] not in page
    row = Invitation.objects.get()
    assert timezone.localtime(row.expires_at - timedelta(seconds=1)).date() == day
    assert (row.phone, row.fields) == (NUMBER, ["CARE"])


def test_the_office_picks_from_the_pool(contest, officer, subdistrict, now):
    user = UserFactory(username="pooled", display_name="Pooled", email="p@example.org", email_confirmed_at=now)
    expert = Expert.objects.create(user=user, subdistrict=subdistrict, employer="House of Pools", fields=["CARE"])
    client, day = english(officer), (timezone.localdate() + timedelta(days=5)).isoformat()
    assert shown("Pooled (House of Pools)") in text(client.get(do(contest, "invite")))
    client.post(do(contest, "invite"), {"expert": expert.pk, "expires_on": day})
    row = Invitation.objects.get()
    assert (row.user, row.name, row.employer, row.email, row.fields) == (
        user,
        "Pooled",
        "House of Pools",
        "p@example.org",
        ["CARE"],
    )


@pytest.mark.parametrize(
    "form, error",
    [
        ({}, "Choose somebody from the pool, or write the name."),
        ({"name": "Ms Guest"}, "Give either a mobile number or an e-mail address."),
        ({"name": "Ms Guest", "phone": "123"}, "Please type the 11 digits of a mobile number."),
        ({"name": "Ms Guest", "phone": NUMBER[3:], "expires_on": "2020-01-01"}, "Choose a day from tomorrow on"),
    ],
)
def test_what_is_missing_is_said_and_what_was_typed_is_kept(form, error, contest, officer):
    form = {"employer": "Typed House", "expires_on": "2020-01-01", **form}
    page = text(english(officer).post(do(contest, "invite"), form))
    assert shown(error) in page
    assert "Typed House" in page
    assert not Invitation.objects.exists()


def test_the_office_sends_again_and_takes_back(contest, officer, now):
    row = invited(contest, officer, now)
    client, day = english(officer), (timezone.localdate() + timedelta(days=20)).isoformat()
    page = text(client.post(do(contest, "invite-again"), {"invitation": row.pk, "expires_on": day}, follow=True))
    assert "A new link goes to 139****0077." in page
    assert row.messages.count() == 2
    page = text(client.post(do(contest, "uninvite"), {"invitation": row.pk}, follow=True))
    assert "The invitation is taken back" in page
    assert english().get(URL).status_code == 410


def test_an_expert_with_a_number_stays_in_the_form_of_the_panel(contest, officer, subdistrict):
    judge = ResidentFactory(display_name="By number")
    Expert.objects.create(user=judge, subdistrict=subdistrict)
    page = text(english(officer).get(reverse("admin:contests_contest_change", args=[contest.pk])))
    assert "By number" in page
    assert "By number" in text(english(officer).get(reverse("admin:contests_expert_changelist")))
