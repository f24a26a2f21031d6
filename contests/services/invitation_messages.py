"""Invitations leave the house, to somebody who may have no account: by the number or address alone."""

from __future__ import annotations

from datetime import datetime
from functools import partial

from django.conf import settings
from django.core.mail import EmailMessage
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import override

from communities import sms
from communities.enums import Channel, Language
from communities.services.delivery import AT_ONCE, Unreachable, attempt, ways_out
from communities.waiting import until
from contests.models import Invitation, InvitationMessage
from contests.services.inviting import draw_token, hashed


def send_due_invitations(*, now: datetime) -> int:
    """Hand over what is due, up to `AT_ONCE`; returns how many were sent."""
    due = InvitationMessage.objects.due(now).by(*ways_out(now))
    rows = due.select_related("invitation__contest__programme__subdistrict", "invitation__user")
    every = InvitationMessage.objects.all()
    return sum(attempt(row=row, rows=every, send=partial(_send, row, now), now=now) for row in rows[:AT_ONCE])


def _send(message: InvitationMessage, now: datetime) -> None:
    """Draw the token, keep its hash, and send the link. A second attempt draws another: the first may have been lost."""
    invitation = message.invitation
    if not invitation.is_awaited(now):
        raise Unreachable
    token = draw_token()
    InvitationMessage.objects.filter(pk=message.pk).update(token_hash=hashed(token))
    link = settings.SITE_ADDRESS + reverse("invitation", args=[token])
    with override(invitation.user.language if invitation.user else Language.CHINESE):
        if message.channel == Channel.SMS:
            sms.send(invitation.phone, sms_text(invitation, link))
        else:
            _mail(invitation, link).send()


def sms_text(invitation: Invitation, link: str) -> str:
    """Short, and without a name: a text message lights up on a table for all to see."""
    text = _(
        "[%(site)s] The street office of %(subdistrict)s invites you to judge in its contest. Please answer by %(until)s: %(link)s"
    )
    return text % {
        "site": _("Golden ideas"),
        "subdistrict": invitation.contest.programme.subdistrict,
        "until": until(invitation.expires_at),
        "link": link,
    }


def _mail(invitation: Invitation, link: str) -> EmailMessage:
    body = _(
        "Dear %(name)s,\n\nThe street office of %(subdistrict)s invites you to judge in the contest “%(contest)s”. What is asked of you stands on "
        "the page behind this link, where you can accept or decline until %(until)s:\n\n%(link)s\n\nThe link is meant for "
        "you alone; please do not pass it on. If you do nothing, it expires, and your address is deleted a month later."
    ) % {
        "name": invitation.name,
        "subdistrict": invitation.contest.programme.subdistrict,
        "contest": invitation.contest.name,
        "until": until(invitation.expires_at),
        "link": link,
    }
    subject = ": ".join([_("Golden ideas"), _("Invitation to a panel of experts")])
    return EmailMessage(subject=subject, body=body, to=[invitation.email])
