"""Answers to ideas without an account, which somebody has to carry to whoever gave the idea."""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from communities.history import UNALTERABLE
from proposals.models.ideas import IdeaEvent


class ToldInPerson(models.Model):
    """An officer has told a resident without an account what was decided: on the telephone, or with a paper."""

    event = models.OneToOneField(
        IdeaEvent, on_delete=models.PROTECT, related_name="told_in_person", verbose_name=_("answer")
    )
    by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("told by")
    )
    at = models.DateTimeField(_("told at"))

    class Meta:
        verbose_name = _("answer told in person")
        verbose_name_plural = _("answers told in person")
        ordering = ["-at", "-pk"]
        triggers = UNALTERABLE

    def __str__(self) -> str:
        return f"{self.event} – {self.by}"
