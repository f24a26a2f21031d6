"""Inviting experts: who may, what is sent to whom, who may accept, and that an invitation is answered once."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.core import mail as outbox
from django.urls import reverse

from communities import privacy, sms
from communities.enums import DeliveryState
from communities.models import User
from communities.refusal import Refused
from contests.enums import ContestAct, ContestRefusal, InvitationState, RecusalGround
from contests.models import Expert, Invitation, InvitationMessage, Panelist
from contests.services.invitation_messages import send_due_invitations
from contests.services.inviting import (
    KEPT,
    Acceptance,
    Guest,
    accept_invitation,
    decline_invitation,
    forget_unanswered,
    hashed,
    invitation_of,
    invite,
    send_again,
    withdraw_invitation,
)
from contests.services.lifecycle import close_contest
from tests.browsing import english
from tests.factories import ResidentFactory, SubdistrictFactory, UserFactory
from tests.racing import race

R, S = ContestRefusal, InvitationState
NUMBER = "+8613900000077"
DAY = timedelta(days=1)


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


@pytest.fixture
def noon(now):
    """Text messages wait at night."""
    return now.replace(hour=4) + DAY


@pytest.fixture
def ask(contest_in, officer, noon):
    """`ask(**guest)`: an invitation to a draft's panel, by the number unless told otherwise."""

    def make(state="DRAFT", contest=None, expires_at=noon + 7 * DAY, by=officer, **guest):
        guest = {"name": "Ms Guest", "employer": "Guest House", "fields": ["CARE"], **guest}
        if "email" not in guest:
            guest.setdefault("phone", NUMBER)
        contest = contest or contest_in(state, entries=1)
        return invite(contest=contest, guest=Guest(**guest), expires_at=expires_at, by=by, now=noon)

    return make


def saying(employer="Guest House", community=None, consent=privacy.VERSION):
    return Acceptance(employer, community, consent)


def accept(invitation, by, now, **said):
    return accept_invitation(invitation=invitation, said=saying(**said), by=by, now=now)


@pytest.fixture
def guest(db):
    """Logs in with the number that is invited."""
    return ResidentFactory(display_name="", phone=NUMBER)


def token_in(text):
    return text.partition("/invitations/")[2].partition("/")[0]


# Who may ask whom


@pytest.mark.parametrize("state, allowed", [("DRAFT", True), ("OPEN", True), ("CLOSED", False)])
@pytest.mark.parametrize("who", ["officer", "approver", "other_officer", "supervisor", "expert", "resident"])
def test_stage_role_action(who, state, allowed, contest_in, cast, ask, officer, noon):
    contest, by = contest_in(state, entries=1), cast(who)
    waiting = Invitation.objects.create(
        contest=contest, name="A", email="a@example.org", invited_by=officer, invited_at=noon, expires_at=noon + DAY
    )
    acts = [
        lambda: ask(contest=contest, by=by),
        lambda: send_again(invitation=waiting, expires_at=noon + 2 * DAY, by=by, now=noon),
        lambda: withdraw_invitation(invitation=waiting, by=by, now=noon),
    ]
    for act in acts:
        if who not in {"officer", "approver"}:
            with refused(R.NOT_AN_OFFICER):
                act()
        elif not allowed:
            with refused(R.WRONG_STATE):
                act()
        else:
            act()
    assert Invitation.objects.filter(state=S.WITHDRAWN).exists() == (allowed and who in {"officer", "approver"})


def test_a_guest_is_reached_on_one_way_by_a_day_that_comes(ask, noon):
    with refused(R.WAY_MISSING):
        ask(phone="")
    with refused(R.WAY_MISSING):
        ask(phone=NUMBER, email="guest@example.org")
    for day in (noon, noon + 62 * DAY):
        with refused(R.EXPIRY_WRONG):
            ask(expires_at=day)


def test_nobody_is_asked_twice_nor_who_sits_there(ask, contest_in, expert, guest, noon):
    contest = contest_in("DRAFT", entries=1)
    invitation = ask(contest=contest)
    with refused(R.INVITED_ALREADY):
        ask(contest=contest)
    ask(contest=contest, email="Guest@Example.org")
    with refused(R.INVITED_ALREADY):
        ask(contest=contest, email="guest@example.org")
    with refused(R.ON_PANEL):
        ask(contest=contest, user=expert)
    accept(invitation, guest, noon)
    with refused(R.ON_PANEL):
        ask(contest=contest)


@pytest.mark.parametrize("role", ["officer", "supervisor"])
def test_nobody_of_the_office_is_offered_or_asked(role, cast, ask, contest_in, subdistrict, officer):
    contest, of_office, free = contest_in("DRAFT", entries=1), cast(role), UserFactory(display_name="Free Expert")
    for user in (of_office, free):
        Expert.objects.create(user=user, subdistrict=subdistrict, employer="House")
    page = english(officer).get(reverse("admin:contests_contest_do", args=[contest.pk, "invite"])).content.decode()
    offered = page.partition("<select")[2].partition("</select>")[0]
    assert "Free Expert" in offered
    assert str(of_office) not in offered
    assert f"who holds an office here does not judge: {of_office}." in page
    with refused(R.RUNS_CONTEST):
        ask(contest=contest, user=of_office)


# What is sent


def test_a_number_without_an_account_gets_a_link_of_which_only_the_hash_stays(ask, noon):
    invitation = ask()
    assert send_due_invitations(now=noon) == 1
    [message] = sms.shown_in_demo()
    assert message["phone"] == NUMBER
    token = token_in(message["text"])
    assert len(token) >= 32
    assert "Guest" not in message["text"]
    assert InvitationMessage.objects.get().token_hash == hashed(token)
    assert invitation_of(token) == invitation
    assert invitation_of(token[:-1]) is None
    assert not User.objects.with_phone(NUMBER).exists()
    assert NUMBER[3:] not in str(Invitation.objects.values().get())
    assert invitation.reached_at == "139****0077"


def test_an_address_gets_an_e_mail(ask, noon):
    invitation = ask(email="Guest@example.org")
    send_due_invitations(now=noon)
    [message] = outbox.outbox
    assert message.to == ["guest@example.org"]
    assert invitation_of(token_in(message.body)) == invitation
    assert invitation.reached_at == "gu***@example.org"


def test_text_messages_wait_for_the_morning(ask, noon):
    ask()
    assert send_due_invitations(now=noon.replace(hour=18)) == 0
    assert send_due_invitations(now=noon + DAY) == 1


def test_every_message_leads_to_the_invitation_until_it_is_taken_back(ask, officer, noon):
    invitation = ask()
    with refused(R.ON_ITS_WAY):
        send_again(invitation=invitation, expires_at=noon + 9 * DAY, by=officer, now=noon)
    send_due_invitations(now=noon)
    later = noon + 8 * DAY
    assert not invitation.is_awaited(later)
    assert send_again(invitation=invitation, expires_at=noon + 9 * DAY, by=officer, now=later).is_awaited(later)
    send_due_invitations(now=later)
    tokens = [token_in(message["text"]) for message in sms.shown_in_demo()]
    assert len(set(tokens)) == 2
    assert [invitation_of(token) for token in tokens] == [invitation] * 2
    withdraw_invitation(invitation=invitation, by=officer, now=later)
    assert [invitation_of(token) for token in tokens] == [None, None]
    assert Invitation.objects.get().phone_hash is None


def test_what_was_answered_meanwhile_is_not_sent(ask, noon):
    invitation = ask()
    decline_invitation(invitation=invitation, answer="", by=None, now=noon)
    assert send_due_invitations(now=noon) == 0
    assert InvitationMessage.objects.get().state == DeliveryState.FAILED
    assert sms.shown_in_demo() == []


# The answer


def test_accepting_makes_the_seat_the_place_in_the_pool_and_the_recusals(ask, guest, communities, noon):
    invitation = ask(state="OPEN")
    seat = accept(invitation, guest, noon, community=communities[0])
    assert (seat.contest, seat.user, seat.code) == (invitation.contest, guest, "E05")
    invitation.refresh_from_db()
    assert (invitation.state, invitation.user, invitation.ended_at) == (S.ACCEPTED, guest, noon)
    assert (invitation.phone, invitation.email, invitation.phone_hash) == ("", "", None)
    assert invitation.consent_version == privacy.VERSION
    guest.refresh_from_db()
    assert guest.display_name == "Ms Guest"
    assert (guest.expert.employer, guest.expert.community, guest.expert.fields) == (
        "Guest House",
        communities[0],
        ["CARE"],
    )
    assert seat.recusals.get().ground == RecusalGround.SAME_COMMUNITY
    event = invitation.contest.events.get(reason=ContestAct.INVITATION_ACCEPTED)
    assert (event.actor, event.note) == (guest, f"№ {invitation.pk} E05")


def test_who_was_in_the_pool_keeps_the_name_and_the_fields(ask, subdistrict, noon):
    user = UserFactory(username="pooled", display_name="Pooled")
    Expert.objects.create(user=user, subdistrict=subdistrict, fields=["ENVIRONMENT"])
    accept(ask(user=user), user, noon, employer="New House")
    user.refresh_from_db()
    assert user.display_name == "Pooled"
    assert (user.expert.employer, user.expert.fields) == ("New House", ["ENVIRONMENT", "CARE"])


def test_what_an_expert_leaves_blank_stays_as_another_office_wrote_it(ask, communities, noon):
    user = UserFactory(username="pooled")
    Expert.objects.create(
        user=user, subdistrict=SubdistrictFactory(), employer="Old House", community=communities[0], fields=[]
    )
    accept(ask(user=user), user, noon, employer=" ")
    user.refresh_from_db()
    assert (user.expert.employer, user.expert.community) == ("Old House", communities[0])


@pytest.mark.parametrize(
    "way, who, reason",
    [
        ("phone", "guest", None),
        ("phone", "anonymous", R.LOGIN_NEEDED),
        ("phone", "resident", R.OTHER_ACCOUNT),
        ("phone", "officer", R.OTHER_ACCOUNT),
        ("phone", "expert", R.OTHER_ACCOUNT),
        ("email", "resident", None),
        ("email", "unverified", R.OTHER_ACCOUNT),
        ("email", "support_member", None),
        ("email", "officer", R.RUNS_CONTEST),
        ("email", "supervisor", R.RUNS_CONTEST),
        ("email", "expert", R.ON_PANEL),
        ("account", "outsider", None),
        ("account", "guest", R.OTHER_ACCOUNT),
    ],
)
def test_the_link_alone_opens_no_account(way, who, reason, cast, ask, guest, noon):
    ways = {"phone": {}, "email": {"email": "guest@example.org"}, "account": {"user": cast("outsider")}}
    invitation = ask(**ways[way])
    by = cast(who)
    if reason is None:
        assert accept(invitation, by, noon).user == by
    else:
        with refused(reason):
            accept(invitation, by, noon)
        assert not Panelist.objects.filter(contest=invitation.contest, code="E05").exists()


def test_a_number_that_was_never_confirmed_is_nobodys(ask, noon):
    unconfirmed = ResidentFactory(phone=NUMBER, phone_verified_at=None)
    with refused(R.OTHER_ACCOUNT):
        accept(ask(), unconfirmed, noon)


def test_nobody_joins_without_consent(ask, guest, noon):
    with refused(R.CONSENT_NEEDED):
        accept(ask(), guest, noon, consent="2000-01-01")


@pytest.mark.parametrize("answer", ["accept", "decline"])
@pytest.mark.parametrize(
    "how, reason",
    [
        ("accepted", R.INVITATION_OVER),
        ("declined", R.INVITATION_OVER),
        ("withdrawn", R.INVITATION_OVER),
        ("expired", R.INVITATION_EXPIRED),
        ("closed", R.NO_LONGER_SOUGHT),
    ],
)
def test_an_invitation_is_answered_once_and_in_time(how, reason, answer, ask, guest, officer, noon):
    invitation, at = ask(state="OPEN" if how == "closed" else "DRAFT"), noon
    if how == "accepted":
        accept(invitation, guest, noon)
    elif how == "declined":
        decline_invitation(invitation=invitation, answer=" No time. ", by=None, now=noon)
        invitation.refresh_from_db()
        assert (invitation.state, invitation.answer, invitation.phone_token) == (S.DECLINED, "No time.", "")
    elif how == "withdrawn":
        withdraw_invitation(invitation=invitation, by=officer, now=noon)
    elif how == "expired":
        at = invitation.expires_at
    else:
        close_contest(contest=invitation.contest, by=officer, now=invitation.contest.voting_closes_at)
    with refused(reason):
        if answer == "accept":
            accept(invitation, guest, at)
        else:
            decline_invitation(invitation=invitation, answer="", by=None, now=at)


def test_who_never_answers_is_forgotten(ask, noon):
    invitation = ask()
    kept_until = invitation.expires_at + KEPT
    assert forget_unanswered(now=kept_until - timedelta(seconds=1)) == 0
    assert forget_unanswered(now=kept_until) == 1
    invitation.refresh_from_db()
    assert (invitation.state, invitation.phone_token, invitation.ended_at) == (S.LAPSED, "", kept_until)


# Races


@pytest.mark.django_db(transaction=True)
def test_two_clicks_make_one_seat(ask, guest, noon):
    invitation = ask()
    outcomes = race(*[lambda: accept(invitation, guest, noon)] * 3)
    assert [type(outcome) for outcome in outcomes].count(Panelist) == 1
    assert {outcome.reason for outcome in outcomes if isinstance(outcome, Refused)} == {R.INVITATION_OVER}
    assert Panelist.objects.filter(user=guest).count() == 1


@pytest.mark.django_db(transaction=True)
def test_of_accepting_declining_and_taking_back_at_once_one_holds(ask, guest, officer, noon):
    invitation = ask()
    outcomes = race(
        lambda: accept(invitation, guest, noon),
        lambda: decline_invitation(invitation=invitation, answer="", by=None, now=noon),
        lambda: withdraw_invitation(invitation=invitation, by=officer, now=noon),
    )
    assert len([outcome for outcome in outcomes if isinstance(outcome, Refused)]) == 2
    invitation.refresh_from_db()
    assert Panelist.objects.filter(user=guest).exists() == (invitation.state == S.ACCEPTED)


@pytest.mark.django_db(transaction=True)
def test_two_officers_at_once_invite_once(ask, contest_in, approver):
    contest = contest_in("DRAFT", entries=1)
    outcomes = race(lambda: ask(contest=contest), lambda: ask(contest=contest, by=approver))
    assert len([outcome for outcome in outcomes if isinstance(outcome, Refused)]) == 1
    assert Invitation.objects.count() == InvitationMessage.objects.count() == 1
