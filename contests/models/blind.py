"""What the office looked at before an entry is judged blind."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from contests.models.contest import Entry


class BlindCheck(models.Model):
    """Somebody of the office looked at where applicants are named in what experts read, and says why it may stand.

    `found` holds the keys of the places, one a line; what is named elsewhere later is looked at anew. `papers` are the digests of the
    attachments that name nobody: experts read these and no other ones.
    """

    entry = models.OneToOneField(Entry, on_delete=models.CASCADE, related_name="blind_check", verbose_name=_("entry"))
    found = models.TextField(_("names found"), blank=True)
    reason = models.CharField(_("reason"), max_length=300)
    papers = models.JSONField(default=list, blank=True, editable=False)
    looked_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("looked at by")
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("look at the names in an entry")
        verbose_name_plural = _("looks at the names in entries")
        constraints = [
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="contests_blindcheck_reasoned",
                violation_error_message=_("Say why."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.entry}: {self.reason}"
