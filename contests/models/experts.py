"""The pool from which the office chooses its panels."""

from __future__ import annotations

from django.conf import settings
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from communities.models import Community, Subdistrict
from contests.querysets import ExpertQuerySet


class Expert(models.Model):
    """What the office knows of somebody who judges: for whom they work, where they live, what they know about.

    `fields` are codes of categories, which stay the same from year to year.
    """

    user = models.OneToOneField(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="expert", verbose_name=_("user")
    )
    subdistrict = models.ForeignKey(
        Subdistrict, on_delete=models.PROTECT, related_name="experts", verbose_name=_("sub-district")
    )
    employer = models.CharField(_("employer"), max_length=80, blank=True)
    community = models.ForeignKey(
        Community,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("lives in"),
    )
    fields = ArrayField(models.CharField(max_length=30), verbose_name=_("fields of work"), default=list, blank=True)

    objects = ExpertQuerySet.as_manager()

    class Meta:
        verbose_name = _("expert of the pool")
        verbose_name_plural = _("pool of experts")
        ordering = ["user__username"]

    def __str__(self) -> str:
        return str(self.user)
