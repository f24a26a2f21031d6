"""Tables of what people are told: the notification, what each person wants to hear where, and what leaves the house."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from communities.enums import Channel, DeliveryState
from communities.notice_kinds import KEPT_ON_SITE, NoticeKind
from communities.querysets import DeliveryQuerySet, NotificationQuerySet


class Notification(models.Model):
    """One person is told one thing that happened; `source` and `event` name the row of the history it comes from.

    Stored are the sentence's code and its facts; `communities.notices` makes the sentence in the reader's language.
    `read_on` is a day and no moment: the minute in which somebody opened “you can vote” would stand beside the minute
    of a ballot.
    """

    recipient = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notifications", verbose_name=_("recipient")
    )
    # No choices: the sentences would stand in the migrations, and each mended word would ask for one.
    notice = models.CharField(_("sentence"), max_length=30)
    kind = models.CharField(_("kind"), max_length=20, choices=NoticeKind.choices)
    facts = models.JSONField(_("facts"), default=dict)
    link = models.CharField(_("link"), max_length=200)
    source = models.CharField(_("source"), max_length=40)
    event = models.BigIntegerField(_("event"))
    on_site = models.BooleanField(_("shown on the site"), default=True)
    at = models.DateTimeField(_("when"))
    created_at = models.DateTimeField(_("created at"), default=timezone.now)
    read_on = models.DateField(_("read on"), null=True, blank=True)

    objects = NotificationQuerySet.as_manager()

    class Meta:
        verbose_name = _("notification")
        verbose_name_plural = _("notifications")
        ordering = ["-at", "-pk"]
        indexes = [
            # The list of one person, newest first.
            models.Index(fields=["recipient", "-at", "-id"], name="communities_notification_list"),
            # The number beside the bell.
            models.Index(
                fields=["recipient"],
                condition=Q(read_on__isnull=True, on_site=True),
                name="communities_notif_unread",
            ),
        ]
        triggers = [pgtrigger.ReadOnly(name="append_only", exclude=["read_on"])]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "event", "recipient", "link"],
                name="communities_notification_once",
                violation_error_message=_("This person has been told already."),
            ),
            models.CheckConstraint(
                condition=Q(link__startswith="/") & ~Q(link__startswith="//"),
                name="communities_notification_link_stays_here",
                violation_error_message=_("A notification leads to a page of this site."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.recipient} – {self.notice}"


class NotificationChoice(models.Model):
    """Where a person wants to be told things of a kind; without a row the kind's defaults hold."""

    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="notification_choices", verbose_name=_("user")
    )
    kind = models.CharField(_("kind"), max_length=20, choices=NoticeKind.choices)
    site = models.BooleanField(Channel.SITE.label, default=True)
    sms = models.BooleanField(Channel.SMS.label, default=False)
    email = models.BooleanField(Channel.EMAIL.label, default=True)

    class Meta:
        verbose_name = _("choice of notifications")
        verbose_name_plural = _("choices of notifications")
        ordering = ["user", "kind"]
        constraints = [
            models.UniqueConstraint(
                fields=["user", "kind"],
                name="communities_notificationchoice_once",
                violation_error_message=_("There is one choice for each kind."),
            ),
            models.CheckConstraint(
                condition=Q(site=True) | ~Q(kind__in=sorted(KEPT_ON_SITE)),
                name="communities_notificationchoice_kept_on_site",
                violation_error_message=_("This kind always stays on the site."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.get_kind_display()}"

    @property
    def channels(self) -> frozenset[Channel]:
        wanted = {Channel.SITE: self.site, Channel.SMS: self.sms, Channel.EMAIL: self.email}
        return frozenset(channel for channel, chosen in wanted.items() if chosen)


class Outgoing(models.Model):
    """Something on its way out of the house, by text message or e-mail.

    `attempts` counts how often somebody took it up; taking it up moves `due_at` on, so that a row whose worker died
    becomes due again by itself.
    """

    channel = models.CharField(_("channel"), max_length=5, choices=Channel.choices)
    state = models.CharField(_("state"), max_length=7, choices=DeliveryState.choices, default=DeliveryState.WAITING)
    attempts = models.PositiveSmallIntegerField(_("attempts"), default=0)
    due_at = models.DateTimeField(_("due"), default=timezone.now)
    sent_at = models.DateTimeField(_("sent at"), null=True, blank=True)
    last_error = models.CharField(_("last error"), max_length=80, blank=True)

    class Meta:
        abstract = True


class Delivery(Outgoing):
    """A notification on its way to the person's telephone or letter box."""

    notification = models.ForeignKey(
        Notification, on_delete=models.CASCADE, related_name="deliveries", verbose_name=_("notification")
    )

    objects = DeliveryQuerySet.as_manager()

    class Meta:
        verbose_name = _("delivery")
        verbose_name_plural = _("deliveries")
        ordering = ["pk"]
        indexes = [
            # What is due; rows that were sent are not in it.
            models.Index(fields=["due_at"], condition=Q(state=DeliveryState.WAITING), name="communities_delivery_due"),
            # What was given up, for the office.
            models.Index(fields=["id"], condition=Q(state=DeliveryState.FAILED), name="communities_delivery_failed"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["notification", "channel"],
                name="communities_delivery_once",
                violation_error_message=_("This goes out on this way already."),
            ),
            models.CheckConstraint(
                condition=Q(channel__in=[Channel.EMAIL, Channel.SMS]),
                name="communities_delivery_leaves_the_site",
                violation_error_message=_("Only text messages and e-mails are delivered."),
            ),
            models.CheckConstraint(
                condition=Q(state=DeliveryState.SENT, sent_at__isnull=False)
                | (~Q(state=DeliveryState.SENT) & Q(sent_at__isnull=True)),
                name="communities_delivery_sent_dated",
                violation_error_message=_("What was sent has a date, and nothing else."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.notification} ({self.channel})"


class SetAsideEvent(models.Model):
    """A row of the history that could not be told to anybody: those behind it went on without it.

    `source` and `event` name it as in `Notification`. The event waits again as soon as this row is gone.
    """

    source = models.CharField(_("source"), max_length=40)
    event = models.BigIntegerField(_("event"))
    happened_at = models.DateTimeField(_("when"))
    error = models.CharField(_("last error"), max_length=80)
    at = models.DateTimeField(_("set aside at"))

    class Meta:
        verbose_name = _("event that could not be told")
        verbose_name_plural = _("events that could not be told")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["source", "event"],
                name="communities_setasideevent_once",
                violation_error_message=_("This event has been set aside already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.source} {self.event}"
