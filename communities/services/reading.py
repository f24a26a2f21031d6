"""The verbs of those who read: mark as read, choose what is told where, give and confirm an e-mail address."""

from __future__ import annotations

from collections.abc import Mapping
from collections.abc import Set as AbstractSet
from datetime import datetime, timedelta

from django.conf import settings
from django.core import signing
from django.core.cache import cache
from django.core.mail import EmailMessage
from django.db import transaction
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import override

from communities.enums import Channel, CommunityRefusal, Language
from communities.models import Notification, NotificationChoice, User
from communities.notice_kinds import KEPT_ON_SITE, NoticeKind
from communities.refusal import Refused

SALT = "communities.email"
VALID = timedelta(days=3)
# Requests to confirm an address that one account may send in a day: nobody's letter box is filled from here.
MAILS_A_DAY = 5
DAY = 24 * 3600


def mark_read(*, notification: Notification, by: User, now: datetime) -> None:
    """One's own notification has been opened; kept is the first day."""
    Notification.objects.unread().filter(pk=notification.pk, recipient=by).update(read_on=timezone.localdate(now))


def mark_all_read(*, by: User, now: datetime) -> int:
    """Everything that the site shows this person has been read; returns how many were unread."""
    return Notification.objects.shown_to(by).unread().update(read_on=timezone.localdate(now))


@transaction.atomic
def choose(*, channels: Mapping[NoticeKind, AbstractSet[Channel]], language: Language, by: User) -> None:
    """Keep what a person wants to be told where, and the language of what leaves the house.

    Kinds that always stay on the site do so whatever was chosen.
    """
    rows = [
        NotificationChoice(
            user=by,
            kind=kind,
            site=Channel.SITE in wanted or kind in KEPT_ON_SITE,
            sms=Channel.SMS in wanted,
            email=Channel.EMAIL in wanted,
        )
        for kind, wanted in channels.items()
    ]
    NotificationChoice.objects.bulk_create(
        rows, update_conflicts=True, unique_fields=["user", "kind"], update_fields=["site", "sms", "email"]
    )
    User.objects.filter(pk=by.pk).update(language=language)


def set_email(*, email: str, by: User) -> None:
    """Take down an address and send it the request to confirm it; an empty one is forgotten.

    Raises `Refused` when the account has asked too often today, and whatever the mail server raises; either way the
    address that was there before stays.
    """
    if email:
        key = f"email-requests-{by.pk}"
        cache.add(key, 0, DAY)
        if cache.incr(key) > MAILS_A_DAY:
            raise Refused(CommunityRefusal.TOO_MANY_MAILS)
    with transaction.atomic():
        User.objects.filter(pk=by.pk).update(email=email, email_confirmed_at=None)
        if email:
            _ask_to_confirm(by, email)


def confirm_email(*, token: str, now: datetime) -> bool:
    """The link in the e-mail was followed; returns whether it was still good: signed here, in time, same address."""
    claim = address_in(token)
    if claim is None:
        return False
    user, email = claim
    return User.objects.filter(pk=user, email=email).update(email_confirmed_at=now) == 1


def address_in(token: str) -> tuple[int, str] | None:
    """Account and address of a link to confirm; None for one that is damaged or too old."""
    try:
        user, email = signing.loads(token, salt=SALT, max_age=VALID)
    except signing.BadSignature:
        return None
    return user, email


def _ask_to_confirm(user: User, email: str) -> None:
    token = signing.dumps([user.pk, email], salt=SALT)
    link = settings.SITE_ADDRESS + reverse("confirm_email", args=[token])
    with override(user.language):
        text = _(
            "Somebody gave this address on our site, to get news there. If it was you, confirm it within three days: "
            "%(link)s\n\nIf it was not you, do nothing; you will hear no more from us."
        ) % {"link": link}
        subject = ": ".join([_("Golden ideas"), _("Please confirm your address")])
        EmailMessage(subject=subject, body=text, to=[email]).send()
