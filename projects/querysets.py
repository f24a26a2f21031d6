"""Reads of projects in the office's own words."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import models
from django.db.models import Count, OuterRef, Q, Subquery

from communities.fulltext import SearchableQuerySet
from communities.querysets import scope_of
from projects.enums import ENDED_STATES, MilestoneState

if TYPE_CHECKING:
    from communities.models import User
    from projects.models import Milestone, Project


class ProjectQuerySet(SearchableQuerySet["Project"]):
    NEWEST_FIRST = ("-approved_at", "pk")

    def under_way(self) -> ProjectQuerySet:
        return self.exclude(state__in=sorted(ENDED_STATES))

    def in_office_of(self, user: User) -> ProjectQuerySet:
        """What the admin shows: projects of the sub-districts for which the person works or supervises."""
        return self.filter(community__subdistrict__in=scope_of(user).subdistricts)

    def with_page_parts(self) -> ProjectQuerySet:
        return self.select_related("community", "award__entry__contest", "award__entry__category")

    def with_milestone_counts(self) -> ProjectQuerySet:
        """Adds `milestone_count` and `milestones_done`, by subqueries: a page of a long list counts its own only."""
        own = self.model.objects.filter(pk=OuterRef("pk")).order_by().values("pk")
        every, done = Count("milestones"), Count("milestones", filter=Q(milestones__state=MilestoneState.DONE))
        return self.annotate(
            milestone_count=Subquery(own.annotate(n=every).values("n")),
            milestones_done=Subquery(own.annotate(n=done).values("n")),
        )


class MilestoneQuerySet(models.QuerySet["Milestone"]):
    def overdue(self, on: date) -> MilestoneQuerySet:
        return self.filter(state=MilestoneState.OPEN, due_on__lt=on)
