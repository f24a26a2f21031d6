"""Why not? For invitations to a panel: who may send them, and who may answer."""

from __future__ import annotations

from datetime import datetime

from communities.enums import OFFICE_ROLES
from communities.models import User
from communities.rules import Person, holds
from contests.enums import ContestRefusal, ContestState, InvitationState
from contests.models import Contest, Invitation
from contests.rules import why_not_assign

SEEKS_EXPERTS = frozenset({ContestState.DRAFT, ContestState.OPEN})


def why_not_invite(user: Person, contest: Contest) -> ContestRefusal | None:
    """The office invites as long as it may share entries out."""
    if contest.is_imported:
        return ContestRefusal.IMPORTED
    return why_not_assign(user, contest)


def why_not_end_invitation(user: Person, invitation: Invitation, contest: Contest) -> ContestRefusal | None:
    """The office sends again or takes back what nobody has answered, expired or not."""
    if refusal := why_not_invite(user, contest):
        return refusal
    return None if invitation.state == InvitationState.OPEN else ContestRefusal.INVITATION_OVER


def why_not_answer(invitation: Invitation, contest: Contest, now: datetime) -> ContestRefusal | None:
    """Whoever holds the link may decline, without an account."""
    if invitation.state != InvitationState.OPEN:
        return ContestRefusal.INVITATION_OVER
    if not invitation.is_awaited(now):
        return ContestRefusal.INVITATION_EXPIRED
    return None if contest.state in SEEKS_EXPERTS else ContestRefusal.NO_LONGER_SOUGHT


def why_not_accept(user: Person, invitation: Invitation, contest: Contest, now: datetime) -> ContestRefusal | None:
    """The link alone opens no account: whoever accepts is logged in, as the one who was invited.

    That is the account the office chose; else the one with the confirmed number to which the invitation went. A link
    that came by e-mail may be taken up by any account, for nobody else got it.
    """
    if refusal := why_not_answer(invitation, contest, now):
        return refusal
    if not isinstance(user, User):
        return ContestRefusal.LOGIN_NEEDED
    if not _is_meant(user, invitation):
        return ContestRefusal.OTHER_ACCOUNT
    if refusal := why_not_sit(user, contest):
        return refusal
    return ContestRefusal.ON_PANEL if contest.panelists.filter(user=user).exists() else None


def why_not_sit(user: User | None, contest: Contest) -> ContestRefusal | None:
    """Whoever runs or supervises the contest reads everything in it and so does not judge, whoever gives the seat."""
    runs = user is not None and holds(user, contest.programme.subdistrict_id, *OFFICE_ROLES)
    return ContestRefusal.RUNS_CONTEST if runs else None


def _is_meant(user: User, invitation: Invitation) -> bool:
    if invitation.user_id is not None:
        return user.pk == invitation.user_id
    if invitation.phone_hash is not None:
        return user.phone_hash == invitation.phone_hash and user.phone_verified_at is not None
    return user.phone_verified_at is not None or not user.phone_token
