"""Reads of questions and answers about ideas, and of what readers report."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from communities.enums import STREET_ROLES
from communities.querysets import scope_of
from proposals.remark_enums import RemarkState

if TYPE_CHECKING:
    from communities.models import User
    from proposals.models import Remark, RemarkReport


class RemarkQuerySet(models.QuerySet["Remark"]):
    def questions(self) -> RemarkQuerySet:
        return self.filter(question__isnull=True)

    def released(self) -> RemarkQuerySet:
        return self.filter(state=RemarkState.RELEASED)

    def waiting(self) -> RemarkQuerySet:
        """For an officer to release."""
        return self.filter(state=RemarkState.PENDING)

    def reported(self) -> RemarkQuerySet:
        """Shown, although somebody says that they should not be."""
        return self.filter(reports__settled_at__isnull=True, reports__isnull=False).distinct()

    def visible_to(self, user: User | AnonymousUser) -> RemarkQuerySet:
        """Under ideas that the person may see: what is released, what they wrote, and what residents they serve wrote."""
        ideas = apps.get_model("proposals", "Idea").objects.visible_to(user).order_by().values("pk")
        shown = Q(state=RemarkState.RELEASED)
        if user.is_authenticated:
            scope = scope_of(user)
            offices = Q(idea__programme__subdistrict__in=scope.in_roles(STREET_ROLES))
            shown |= Q(author=user) | Q(idea__community__in=scope.communities) | offices
        return self.filter(shown, idea__in=ideas)

    def in_office_of(self, user: User) -> RemarkQuerySet:
        return self.filter(idea__programme__subdistrict__in=scope_of(user).subdistricts)


class RemarkReportQuerySet(models.QuerySet["RemarkReport"]):
    def waiting(self) -> RemarkReportQuerySet:
        """No officer has looked at it yet."""
        return self.filter(settled_at__isnull=True)
