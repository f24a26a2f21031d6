"""The verbs of inviting experts: the office asks somebody by a link, they accept or decline, once.

The link's token is drawn when the message is sent and kept as a hash, so that nobody who reads the tables or sends the
message again learns it. Every message that was sent leads to the same invitation until its day.
"""

from __future__ import annotations

import secrets
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from hashlib import sha256
from re import fullmatch

from django.db import IntegrityError, transaction

from communities import phones, privacy
from communities.enums import Channel
from communities.models import Community, User
from communities.refusal import Refused, refuse_if
from contests import locks
from contests.enums import ContestAct, ContestRefusal, InvitationState
from contests.inviting_rules import why_not_accept, why_not_answer, why_not_end_invitation, why_not_invite, why_not_sit
from contests.models import Contest, ContestEvent, Expert, Invitation, InvitationMessage, Panelist
from contests.services.recusing import detect_recusals

MOST_DAYS = 60
# An invitation that has expired can be sent again for so long; then the number or address is forgotten.
KEPT = timedelta(days=30)
FORGOTTEN = {"phone_token": "", "phone_hash": None, "email": ""}


@dataclass(frozen=True, slots=True)
class Guest:
    """Who is invited, and how they are reached: by a number (E.164) or an address, not both.

    `user` is their account, if the office chose them from its pool.
    """

    name: str
    phone: str = ""
    email: str = ""
    employer: str = ""
    fields: list[str] = field(default_factory=list)
    user: User | None = None


@dataclass(frozen=True, slots=True)
class Acceptance:
    """What somebody who joins the panel says of themselves; `consent` is the version of the notice agreed to."""

    employer: str
    community: Community | None
    consent: str


@transaction.atomic
def invite(*, contest: Contest, guest: Guest, expires_at: datetime, by: User, now: datetime) -> Invitation:
    """Ask somebody to judge in the contest; the message goes out within moments, text messages not at night.

    Raises `Refused`: no officer, a closed contest, no one way to reach them, a day too near or too far, or somebody
    who is asked or on the panel already, or of the office.
    """
    contest = locks.share(contest)
    refuse_if(why_not_invite(by, contest) or why_not_sit(guest.user, contest))
    _check_expiry(expires_at, now)
    email = guest.email.strip().lower()
    if bool(guest.phone) == bool(email):
        raise Refused(ContestRefusal.WAY_MISSING)
    if _sits(contest, guest):
        raise Refused(ContestRefusal.ON_PANEL)
    invitation = Invitation(
        contest=contest,
        user=guest.user,
        name=guest.name.strip(),
        employer=guest.employer.strip(),
        fields=guest.fields,
        phone_token=phones.encrypt(guest.phone) if guest.phone else "",
        phone_hash=phones.keyed_hash(guest.phone) if guest.phone else None,
        email=email,
        invited_by=by,
        invited_at=now,
        expires_at=expires_at,
    )
    try:
        with transaction.atomic():
            invitation.save()
    except IntegrityError as error:
        raise Refused(ContestRefusal.INVITED_ALREADY) from error
    _send_message(invitation, now)
    _note(contest, ContestAct.EXPERT_INVITED, invitation, by, now)
    return invitation


@transaction.atomic
def send_again(*, invitation: Invitation, expires_at: datetime, by: User, now: datetime) -> Invitation:
    """Send another link to the same number or address, with another day to answer by. Raises `Refused`."""
    contest = locks.share(invitation.contest)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    refuse_if(why_not_end_invitation(by, invitation, contest))
    _check_expiry(expires_at, now)
    Invitation.objects.filter(pk=invitation.pk).update(expires_at=expires_at)
    _send_message(invitation, now)
    _note(contest, ContestAct.INVITATION_SENT_AGAIN, invitation, by, now)
    invitation.expires_at = expires_at
    return invitation


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: User, now: datetime) -> None:
    """Take an invitation back: its links lead nowhere any more. Raises `Refused`."""
    contest = locks.share(invitation.contest)
    invitation.refresh_from_db()
    refuse_if(why_not_end_invitation(by, invitation, contest))
    _end(invitation, InvitationState.WITHDRAWN, now)
    _note(contest, ContestAct.INVITATION_WITHDRAWN, invitation, by, now)


@transaction.atomic
def accept_invitation(*, invitation: Invitation, said: Acceptance, by: User, now: datetime) -> Panelist:
    """Join the panel: the account gets a seat and a place in the office's pool, and what ties them is noted.

    Raises `Refused`: answered, expired, for another account, without consent, or one of the office.
    """
    contest = locks.exclude_others(invitation.contest)
    invitation = Invitation.objects.select_for_update().get(pk=invitation.pk)
    refuse_if(why_not_accept(by, invitation, contest, now))
    if said.consent != privacy.VERSION:
        raise Refused(ContestRefusal.CONSENT_NEEDED)
    _end(invitation, InvitationState.ACCEPTED, now, user=by, consent_version=said.consent)
    if not by.display_name:
        User.objects.filter(pk=by.pk, display_name="").update(display_name=invitation.name)
    _keep_in_pool(invitation, contest, said, by)
    seat = seat_expert(seat=Panelist(contest=contest, user=by, code=_next_code(contest)))
    _note(contest, ContestAct.INVITATION_ACCEPTED, invitation, by, now, seat.code)
    return seat


@transaction.atomic
def seat_expert(*, seat: Panelist) -> Panelist:
    """Keep a new seat, or in a draft a changed one, and note what ties its expert to entries.

    Seats that the office gives by hand come here too. Raises `Refused`: one of the office.
    """
    refuse_if(why_not_sit(seat.user, seat.contest))
    seat.save()
    detect_recusals(contest=seat.contest, panelists=[seat])
    return seat


@transaction.atomic
def decline_invitation(*, invitation: Invitation, answer: str, by: User | None, now: datetime) -> None:
    """Say no, with or without a reason; the link suffices. Raises `Refused`: answered, expired, or too late."""
    contest = locks.share(invitation.contest)
    invitation.refresh_from_db()
    refuse_if(why_not_answer(invitation, contest, now))
    _end(invitation, InvitationState.DECLINED, now, answer=answer.strip())
    _note(contest, ContestAct.INVITATION_DECLINED, invitation, by, now)


def invitation_of(token: str) -> Invitation | None:
    """The invitation to which a link leads, unless it was taken back."""
    rows = Invitation.objects.select_related("contest__programme__subdistrict", "user")
    return rows.exclude(state=InvitationState.WITHDRAWN).filter(messages__token_hash=hashed(token)).first()


def forget_unanswered(*, now: datetime) -> int:
    """End what nobody will answer any more, and with it forget the number or address; returns how many."""
    return Invitation.objects.over(now - KEPT).update(state=InvitationState.LAPSED, ended_at=now, **FORGOTTEN)


def hashed(token: str) -> str:
    """64 hex digits by which a link is found; a token is drawn at random, so no key is needed."""
    return sha256(token.encode()).hexdigest()


def draw_token() -> str:
    return secrets.token_urlsafe(24)


def _check_expiry(expires_at: datetime, now: datetime) -> None:
    if not now < expires_at <= now + timedelta(days=MOST_DAYS + 1):
        raise Refused(ContestRefusal.EXPIRY_WRONG, most=MOST_DAYS)


def _sits(contest: Contest, guest: Guest) -> bool:
    """Whether the account, or the account with the number, is on the panel."""
    seats = contest.panelists.all()
    if guest.user is not None:
        return seats.filter(user=guest.user).exists()
    return bool(guest.phone) and seats.filter(user__in=User.objects.with_phone(guest.phone)).exists()


def _send_message(invitation: Invitation, now: datetime) -> None:
    channel = Channel.SMS if invitation.phone_token else Channel.EMAIL
    try:
        with transaction.atomic():
            InvitationMessage.objects.create(invitation=invitation, channel=channel, due_at=now)
    except IntegrityError as error:
        raise Refused(ContestRefusal.ON_ITS_WAY) from error


def _end(invitation: Invitation, state: InvitationState, now: datetime, **values: object) -> None:
    """Compare and set: an invitation ends once; the number or address goes with it."""
    waiting = Invitation.objects.filter(pk=invitation.pk, state=InvitationState.OPEN)
    if waiting.update(state=state, ended_at=now, **FORGOTTEN, **values) != 1:
        raise Refused(ContestRefusal.INVITATION_OVER)


def _keep_in_pool(invitation: Invitation, contest: Contest, said: Acceptance, by: User) -> None:
    """What the expert says of themselves holds; fields of work are added to those the office knows.

    What they leave blank stays as an office wrote it: conflicts are found by it.
    """
    expert, _new = Expert.objects.get_or_create(user=by, defaults={"subdistrict": contest.programme.subdistrict})
    expert.employer = said.employer.strip() or expert.employer
    expert.community = said.community or expert.community
    expert.fields = list(dict.fromkeys([*expert.fields, *invitation.fields]))
    expert.save()


def _next_code(contest: Contest) -> str:
    """E01, E02 and so on, after the highest that is taken."""
    codes = contest.panelists.values_list("code", flat=True)
    return f"E{max((int(code[1:]) for code in codes if fullmatch('E[0-9]{1,9}', code)), default=0) + 1:02}"


def _note(
    contest: Contest, act: ContestAct, invitation: Invitation, by: User | None, now: datetime, code: str = ""
) -> None:
    """The event names the invitation by its number and never by a name: events are kept for ever."""
    ContestEvent.objects.create(
        contest=contest,
        actor=by,
        from_state=contest.state,
        to_state=contest.state,
        reason=act,
        note=f"№ {invitation.pk} {code}".strip(),
        at=now,
    )
