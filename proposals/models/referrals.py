"""Ideas that others take over."""

from __future__ import annotations

import pgtrigger
from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from proposals.enums import Disposition
from proposals.models.screening import Screening
from proposals.screening_querysets import ReferralQuerySet

RECEIVER_LENGTH = 60
REPLY_LENGTH = 500


class Referral(models.Model):
    """Who takes an idea over that the contest does not carry out (转办), how, and what they answered.

    Everyone may read receiver, way and answer; contact and note stay in the office.
    """

    screening = models.OneToOneField(
        Screening, on_delete=models.PROTECT, related_name="referral", verbose_name=_("screening")
    )
    disposition = models.CharField(_("what happens to it"), max_length=20, choices=Disposition.choices)
    receiver = models.CharField(_("receiver"), max_length=RECEIVER_LENGTH)
    contact = models.CharField(_("contact at the receiver"), max_length=60, blank=True)
    note = models.CharField(_("note to the receiver"), max_length=200, blank=True)
    reply = models.TextField(_("answer"), blank=True, validators=[MaxLengthValidator(REPLY_LENGTH)])
    replied_on = models.DateField(_("answered on"), null=True, blank=True)
    recorded_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("answer entered by"),
    )

    objects = ReferralQuerySet.as_manager()

    class Meta:
        verbose_name = _("referral")
        verbose_name_plural = _("referrals")
        ordering = ["pk"]
        triggers = [
            pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
            pgtrigger.ReadOnly(name="append_only", exclude=["reply", "replied_on", "recorded_by"]),
        ]
        constraints = [
            models.CheckConstraint(
                condition=~Q(receiver=""),
                name="proposals_referral_receiver_named",
                violation_error_message=_("Say who takes the idea over."),
            ),
            models.CheckConstraint(
                condition=Q(reply="", replied_on__isnull=True, recorded_by__isnull=True)
                | ~Q(reply="") & Q(replied_on__isnull=False, recorded_by__isnull=False),
                name="proposals_referral_answer_whole",
                violation_error_message=_("An answer has its words, its day and who entered it."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.screening.idea} – {self.receiver}"
