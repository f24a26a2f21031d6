"""Reads of the decisions about ideas: screenings, to whom ideas were referred, and the wording of reasons."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.apps import apps
from django.db import models
from django.db.models import Exists, F, OuterRef

from communities.querysets import scope_of
from proposals.enums import IdeaState, ScreeningDecision

if TYPE_CHECKING:
    from communities.models import User
    from proposals.models import Idea, ReasonWording, Referral, Screening


class ScreeningQuerySet(models.QuerySet["Screening"]):
    def decisions(self) -> ScreeningQuerySet:
        """Without first opinions, which moved nothing, and without what was taken back."""
        # By a join that finds nothing the planner would expect a single row of ten thousand.
        taken_back = apps.get_model("proposals", "IdeaEvent").objects.filter(undoes=OuterRef("event"))
        return self.filter(~Exists(taken_back), is_opinion=False)

    def undoable_by(self, user: User, now: datetime) -> ScreeningQuerySet:
        """The person's own decisions that nobody has been told of yet, the latest first."""
        mine = self.decisions().filter(officer=user, event__not_before__gt=now, event__notified_at__isnull=True)
        return mine.filter(idea__state=F("event__to_state")).select_related("idea", "event").order_by("-at", "-pk")

    def accepting(self) -> ScreeningQuerySet:
        return self.decisions().filter(decision=ScreeningDecision.ACCEPT)

    def opinion_of(self, idea: Idea) -> Screening | None:
        """The first opinion of the text as it is now, whoever gave it."""
        found = self.filter(idea=idea, revision=idea.revision, is_opinion=True)
        return found.select_related("officer").first()


class ReferralQuerySet(models.QuerySet["Referral"]):
    def in_force(self) -> ReferralQuerySet:
        """Of decisions; not of first opinions, nor of what was taken back."""
        return self.filter(screening__is_opinion=False, screening__event__undone_by__isnull=True)

    def in_office_of(self, user: User) -> ReferralQuerySet:
        return self.filter(screening__idea__programme__subdistrict__in=scope_of(user).subdistricts)

    def unanswered(self) -> ReferralQuerySet:
        """Those that wait for their receiver; of withdrawn ideas nobody does."""
        return self.in_force().filter(replied_on__isnull=True, screening__idea__state=IdeaState.REFERRED)


class ReasonWordingQuerySet(models.QuerySet["ReasonWording"]):
    def of_subdistrict(self, subdistrict_id: int) -> ReasonWordingQuerySet:
        return self.filter(subdistrict=subdistrict_id)

    def in_office_of(self, user: User) -> ReasonWordingQuerySet:
        return self.filter(subdistrict__in=scope_of(user).subdistricts)

    def texts(self) -> dict[str, str]:
        """Text by reason."""
        return dict(self.order_by().values_list("reason", "text"))
