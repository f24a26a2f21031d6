"""Reads of the photos of ideas."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Q

from communities.querysets import scope_of

if TYPE_CHECKING:
    from communities.models import User
    from proposals.models import IdeaPhoto


class IdeaPhotoQuerySet(models.QuerySet["IdeaPhoto"]):
    def shown(self) -> IdeaPhotoQuerySet:
        """Without those that an officer took down."""
        return self.filter(taken_down_at__isnull=True)

    def visible_to(self, user: User | AnonymousUser) -> IdeaPhotoQuerySet:
        """Of the ideas that one may see: what is shown, and for officers of the scope what was taken down too."""
        if not user.is_authenticated:
            return self.shown()
        scope = scope_of(user)
        return self.filter(
            Q(taken_down_at__isnull=True)
            | Q(idea__programme__subdistrict__in=scope.subdistricts)
            | Q(idea__community__in=scope.communities)
        )

    def to_be_drawn(self, before: datetime) -> IdeaPhotoQuerySet:
        """Without a small picture although added before then, and not known to be unreadable."""
        return self.filter(thumbnail="", unreadable_at__isnull=True, added_at__lt=before)
