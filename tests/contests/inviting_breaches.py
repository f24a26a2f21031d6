"""Rows of invitations that the database refuses, by the name of the constraint; `test_models` tries each."""

from __future__ import annotations

from collections.abc import Callable

from contests.models import Contest, Invitation, InvitationMessage
from tests.factories import ContestFactory
from tests.scenes import Scene


def invitation(scene: Scene, of: Contest | None = None, **columns: object) -> Invitation:
    of = of or ContestFactory(programme=scene.programme)
    reached = {"phone_token": "encrypted", "phone_hash": "0" * 64}
    times = {"invited_at": scene.now, "expires_at": scene.now}
    return Invitation.objects.create(
        **{"contest": of, "name": "Guest", "invited_by": scene.officer, **reached, **times, **columns}
    )


def two_invitations(scene: Scene, *columns: dict[str, object]) -> None:
    of = ContestFactory(programme=scene.programme)
    for own in columns:
        invitation(scene, of, **own)


def message(scene: Scene, of: Invitation | None = None, **columns: object) -> None:
    InvitationMessage.objects.create(**{"invitation": of or invitation(scene), "channel": "SMS", **columns})


def two_messages(scene: Scene) -> None:
    of = invitation(scene)
    for _ in range(2):
        message(scene, of)


BY_EMAIL = {"phone_token": "", "phone_hash": None, "email": "guest@example.org"}
NOWHERE = {"phone_token": "", "phone_hash": None}

INVITING_BREACHES: dict[str, Callable[[Scene], object]] = {
    "contests_invitation_reached_while_open": lambda scene: invitation(scene, **NOWHERE),
    "contests_invitation_end_dated": lambda scene: invitation(scene, ended_at=scene.now),
    "contests_invitation_accepted_by_somebody": lambda scene: invitation(
        scene, **NOWHERE, state="ACCEPTED", ended_at=scene.now
    ),
    "contests_invitation_phone_once": lambda scene: two_invitations(scene, {}, {}),
    "contests_invitation_email_once": lambda scene: two_invitations(scene, BY_EMAIL, BY_EMAIL),
    "contests_invitation_user_once": lambda scene: two_invitations(
        scene, {"user": scene.author}, {"user": scene.author, **BY_EMAIL}
    ),
    "contests_invitationmessage_one_waiting": two_messages,
    "contests_invitationmessage_leaves_the_site": lambda scene: message(scene, channel="SITE"),
    "contests_invitationmessage_sent_dated": lambda scene: message(scene, state="SENT"),
}
