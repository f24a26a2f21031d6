"""The words in which an office explains its reasons to residents."""

from __future__ import annotations

from django.core.validators import MaxLengthValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from communities.models import Subdistrict
from proposals.enums import ScreeningDecision, ScreeningReason
from proposals.screening_querysets import ReasonWordingQuerySet

REFERRAL = (ScreeningDecision.REFER.value, _("Passed on, for whatever reason"))


class ReasonWording(models.Model):
    """What residents of a sub-district read when an idea is turned away for a reason, or passed on; else `proposals.wording` has it."""

    subdistrict = models.ForeignKey(
        Subdistrict, on_delete=models.PROTECT, related_name="reason_wordings", verbose_name=_("sub-district")
    )
    reason = models.CharField(_("reason"), max_length=20, choices=[*ScreeningReason.choices, REFERRAL])
    text = models.TextField(
        _("message to the resident"),
        validators=[MaxLengthValidator(500)],
        help_text=_(
            "Say what the reason means and whom to turn to; the officer can change it for each idea. In the words of a "
            "referral {} stands for the receiver."
        ),
    )

    objects = ReasonWordingQuerySet.as_manager()

    class Meta:
        verbose_name = _("wording of a reason")
        verbose_name_plural = _("wordings of reasons")
        ordering = ["subdistrict", "reason"]
        constraints = [
            models.UniqueConstraint(
                fields=["subdistrict", "reason"],
                name="proposals_reasonwording_once",
                violation_error_message=_("This reason has its wording already; change that one."),
            )
        ]

    def __str__(self) -> str:
        return str(self.get_reason_display())
