"""Earlier versions of ideas that nobody but the office reads any more."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from communities.history import UNALTERABLE

WITHHOLDING_LENGTH = 200


class WithheldVersion(models.Model):
    """An officer took an earlier version out of sight, for good; the version itself stays, for whoever has to look.

    The row is the event: who, when, and the reason that everyone reads in place of the text.
    """

    version = models.ForeignKey(
        "proposals.IdeaVersion", on_delete=models.PROTECT, related_name="withholdings", verbose_name=_("version")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("withheld by")
    )
    at = models.DateTimeField(_("when"))
    reason = models.CharField(_("reason"), max_length=WITHHOLDING_LENGTH)

    class Meta:
        verbose_name = _("withheld version")
        verbose_name_plural = _("withheld versions")
        ordering = ["at", "pk"]
        triggers = UNALTERABLE
        constraints = [
            models.UniqueConstraint(
                fields=["version"],
                name="proposals_withheldversion_once",
                violation_error_message=_("This version is withheld already."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="proposals_withheldversion_says_why",
                violation_error_message=_("Say why; everyone reads it."),
            ),
        ]

    def __str__(self) -> str:
        return self.reason
