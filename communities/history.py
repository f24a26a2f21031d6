"""The event row that every change of state leaves.

One row is three things: the history that people read, the outbox for notifications (`notified_at` is empty until one is
sent), and a source for statistics.
"""

from collections.abc import Iterable
from functools import reduce
from operator import or_

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

# For rows that nobody changes or removes.
UNALTERABLE = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]
# For events, of which only the sending of a notification is noted later.
APPEND_ONLY = [
    pgtrigger.Protect(name="no_delete", operation=pgtrigger.Delete),
    pgtrigger.ReadOnly(name="append_only", exclude=["notified_at"]),
]


def any_changes(names: Iterable[str]) -> pgtrigger.Q:
    """The condition of a trigger: an update that changes any of these fields."""
    return reduce(or_, (pgtrigger.Q(**{f"old__{name}__df": pgtrigger.F(f"new__{name}")}) for name in names))


class Event(models.Model):
    """Who changed what from which state to which, why and when; the database lets nobody rewrite it."""

    actor = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("who"),
    )
    from_state = models.CharField(_("from"), max_length=20, blank=True)
    to_state = models.CharField(_("to"), max_length=20)
    reason = models.CharField(_("reason"), max_length=40, blank=True)
    note = models.TextField(_("note"), blank=True)
    at = models.DateTimeField(_("when"), default=timezone.now)
    notified_at = models.DateTimeField(_("notified at"), null=True, blank=True)

    class Meta:
        abstract = True
        ordering = ["at", "pk"]

    def __str__(self) -> str:
        return f"{self.from_state} → {self.to_state}"
