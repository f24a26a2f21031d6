"""Reads of what is written around a proposal: its papers, and the rounds of its polishing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models

from proposals.enums import ProposalState

if TYPE_CHECKING:
    from communities.models import User
    from proposals.models import Attachment, PolishRound


class AttachmentQuerySet(models.QuerySet["Attachment"]):
    def visible_to(self, user: User | AnonymousUser) -> AttachmentQuerySet:
        """To those who have to do with the proposal, whatever its state: papers hold names and numbers of people."""
        if not user.is_authenticated:
            return self.none()
        proposals = apps.get_model("proposals", "Proposal").objects.known_to(user)
        return self.filter(proposal__in=proposals.values("pk"))


class PolishRoundQuerySet(models.QuerySet["PolishRound"]):
    def under_way(self) -> PolishRoundQuerySet:
        return self.filter(answered_at__isnull=True)

    def waiting(self) -> PolishRoundQuerySet:
        """Shown to the lead, who has not answered yet."""
        return self.under_way().filter(presented_at__isnull=False)

    def awaiting(self, user: User) -> PolishRoundQuerySet:
        """What waits for the answer of this person, who leads a proposal that is being polished."""
        led = apps.get_model("proposals", "Proposal").objects.led_by(user).filter(state=ProposalState.COACHING)
        return self.waiting().filter(proposal__in=led.values("pk"))
