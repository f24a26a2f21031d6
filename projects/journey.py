"""The way of an idea: what it was joined into, how that fared in the contest, and what was built from it."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib.auth.models import AnonymousUser

from communities.models import User
from contests.models import Entry
from projects.models import Project
from proposals.models import Idea, Proposal


@dataclass(frozen=True, slots=True)
class Journey:
    """What a person may see of the way through one proposal; a step that was not reached is empty.

    `entry` is the latest one, with its contest, and its award if there is one.
    """

    ideas: list[Idea]
    proposal: Proposal
    entry: Entry | None
    project: Project | None

    @property
    def decided(self) -> bool:
        return self.entry is not None and hasattr(self.entry, "award")


def journey_of(proposal: Proposal, user: User | AnonymousUser) -> Journey:
    """Three queries, however many ideas there are."""
    joined = proposal.consolidations.in_force().values("idea")
    entries = Entry.objects.visible_to(user).filter(proposal=proposal).select_related("contest", "award__result")
    entry = entries.order_by("-contest__created_at", "-pk").first()
    project = Project.objects.filter(award__entry=entry).first() if entry is not None else None
    return Journey(
        ideas=list(Idea.objects.visible_to(user).filter(pk__in=joined).order_by("submitted_at", "pk")),
        proposal=proposal,
        entry=entry,
        project=project,
    )
