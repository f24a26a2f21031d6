"""Invitations to a panel, and the messages that bring them."""

from __future__ import annotations

from datetime import datetime

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communities import phones
from communities.enums import Channel, DeliveryState
from communities.models import Outgoing
from contests.enums import InvitationState
from contests.models.contest import Contest
from contests.querysets import InvitationMessageQuerySet, InvitationQuerySet

OPEN = Q(state=InvitationState.OPEN)
NO_PHONE = Q(phone_token="", phone_hash__isnull=True)
BY_PHONE = ~Q(phone_token="") & Q(phone_hash__isnull=False, email="")
BY_EMAIL = NO_PHONE & ~Q(email="")


class Invitation(models.Model):
    """Somebody is asked to judge in a contest, by mobile number or e-mail, until a day.

    `user` is the account for which it is meant, where the office chose one from its pool; else whoever accepted it.
    The number or address is kept only as long as an answer is awaited.
    """

    contest = models.ForeignKey(
        Contest, on_delete=models.CASCADE, related_name="invitations", verbose_name=_("contest")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="invitations",
        verbose_name=_("user"),
    )
    name = models.CharField(_("name"), max_length=20)
    employer = models.CharField(_("employer"), max_length=80, blank=True)
    fields = ArrayField(models.CharField(max_length=30), verbose_name=_("fields of work"), default=list, blank=True)
    phone_token = models.TextField(_("phone, encrypted"), blank=True, editable=False)
    phone_hash = models.CharField(_("phone, keyed hash"), max_length=64, null=True, editable=False)
    email = models.EmailField(_("e-mail address"), blank=True)
    state = models.CharField(_("state"), max_length=10, choices=InvitationState.choices, default=InvitationState.OPEN)
    invited_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("invited by")
    )
    invited_at = models.DateTimeField(_("invited at"))
    expires_at = models.DateTimeField(_("answer until"))
    ended_at = models.DateTimeField(_("answered at"), null=True, blank=True)
    answer = models.CharField(_("answer"), max_length=200, blank=True)
    # Which wording of the privacy notice whoever accepted has agreed to.
    consent_version = models.CharField(_("privacy notice agreed to"), max_length=20, blank=True)

    objects = InvitationQuerySet.as_manager()

    class Meta:
        verbose_name = _("invitation of an expert")
        verbose_name_plural = _("invitations of experts")
        ordering = ["pk"]
        constraints = [
            models.CheckConstraint(
                condition=(OPEN & (BY_PHONE | BY_EMAIL)) | (~OPEN & NO_PHONE & Q(email="")),
                name="contests_invitation_reached_while_open",
                violation_error_message=_("Give either a mobile number or an e-mail address."),
            ),
            models.CheckConstraint(
                condition=(OPEN & Q(ended_at__isnull=True)) | (~OPEN & Q(ended_at__isnull=False)),
                name="contests_invitation_end_dated",
                violation_error_message=_("Only an invitation that is over has an end."),
            ),
            models.CheckConstraint(
                condition=~Q(state=InvitationState.ACCEPTED) | (Q(user__isnull=False) & ~Q(consent_version="")),
                name="contests_invitation_accepted_by_somebody",
                violation_error_message=_("Whoever accepts has an account and agrees to the privacy notice."),
            ),
            models.UniqueConstraint(
                fields=["contest", "phone_hash"],
                condition=OPEN,
                name="contests_invitation_phone_once",
                violation_error_message=_("An invitation to this number waits for an answer already."),
            ),
            models.UniqueConstraint(
                fields=["contest", "email"],
                condition=OPEN & ~Q(email=""),
                name="contests_invitation_email_once",
                violation_error_message=_("An invitation to this address waits for an answer already."),
            ),
            models.UniqueConstraint(
                fields=["contest", "user"],
                condition=OPEN,
                name="contests_invitation_user_once",
                violation_error_message=_("An invitation to this expert waits for an answer already."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} – {self.contest}"

    @property
    def phone(self) -> str:
        """The number in E.164 form, empty if there is none."""
        return phones.decrypt(self.phone_token) if self.phone_token else ""

    @property
    def reached_at(self) -> str:
        """Number or address as it may be shown: `138****1234`, `li***@example.org`; empty once the answer is there."""
        if self.phone_token:
            return phones.mask(self.phone)
        name, at, domain = self.email.partition("@")
        return f"{name[:2]}***{at}{domain}" if self.email else ""

    def is_awaited(self, now: datetime) -> bool:
        """Whether it can still be answered."""
        return self.state == InvitationState.OPEN and now < self.expires_at


class InvitationMessage(Outgoing):
    """An invitation on its way. The link's token is drawn when it is sent; only its hash stays here."""

    invitation = models.ForeignKey(
        Invitation, on_delete=models.CASCADE, related_name="messages", verbose_name=_("invitation of an expert")
    )
    token_hash = models.CharField(_("token, hashed"), max_length=64, null=True, unique=True, editable=False)

    objects = InvitationMessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message with an invitation")
        verbose_name_plural = _("messages with invitations")
        ordering = ["pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["invitation"],
                condition=Q(state=DeliveryState.WAITING),
                name="contests_invitationmessage_one_waiting",
                violation_error_message=_("A message with this invitation is on its way already."),
            ),
            models.CheckConstraint(
                condition=Q(channel__in=[Channel.EMAIL, Channel.SMS]),
                name="contests_invitationmessage_leaves_the_site",
                violation_error_message=_("Only text messages and e-mails are delivered."),
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.SENT, sent_at__isnull=False)
                | (~Q(state=DeliveryState.SENT) & Q(sent_at__isnull=True)),
                name="contests_invitationmessage_sent_dated",
                violation_error_message=_("What was sent has a date, and nothing else."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.invitation} ({self.channel})"
