"""Reads of claims to ideas on paper, and of offers of such ideas."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.db import models

from proposals.enums import IdeaState

if TYPE_CHECKING:
    from communities.models import User
    from proposals.models import IdeaClaim


class IdeaClaimQuerySet(models.QuerySet["IdeaClaim"]):
    def waiting(self) -> IdeaClaimQuerySet:
        """Nobody has decided yet."""
        return self.filter(accepted__isnull=True)

    def offers(self) -> IdeaClaimQuerySet:
        """The office asks whether the idea is theirs, because their number came with it."""
        return self.filter(offered_by__isnull=False)

    def for_officers(self) -> IdeaClaimQuerySet:
        """Residents say that the idea is theirs, and an officer has not decided yet."""
        return self.waiting().filter(offered_by__isnull=True)

    def offered_to(self, user: User) -> IdeaClaimQuerySet:
        """Ideas with the person's number of which they have not said yet whether they are theirs."""
        return self.offers().waiting().filter(user=user).exclude(idea__state=IdeaState.WITHDRAWN)
