"""The way of an idea: what it was joined into, how that fared in the contest, and what was built from it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import F, OuterRef, Subquery

from communities.models import User
from contests.enums import AwardState, EntryStatus
from contests.models import Award, Entry
from contests.sentences import sentence
from projects.enums import ENDED_STATES, ProjectState
from projects.models import Project, ProjectEvent
from proposals.enums import ProposalState
from proposals.models import Consolidation, Idea, Proposal, ProposalEvent

DONE, NOW, STOPPED, FUTURE = "done", "now", "stopped", "future"
ENDED = frozenset({ProposalState.WITHDRAWN, ProposalState.DISQUALIFIED})


@dataclass(frozen=True, slots=True)
class Journey:
    """What a person may see of the way through one proposal; a step that was not reached is empty.

    `entry` is the latest one, with its contest, and its award if there is one. Each step is done, now, stopped (it
    ended there) or future.
    """

    ideas: list[Idea]
    proposal: Proposal
    joined_at: datetime | None
    qualified_at: datetime | None
    entry: Entry | None
    project: Project | None
    ended_at: datetime | None

    @property
    def award(self) -> Award | None:
        return getattr(self.entry, "award", None)

    @property
    def reason(self) -> str:
        """Why the entry was selected or not, as it is said on the page of the result."""
        if self.award is None:
            return ""
        return self.award.overruling.reason if self.award.overruling else sentence(self.award.result)

    @property
    def lost(self) -> bool:
        """Whether nothing is built from it, because another decision was made or the entry left the contest."""
        if self.award is not None:
            return self.award.state in {AwardState.NOT_SELECTED, AwardState.CANCELLED}
        return self.entry is not None and self.entry.status != EntryStatus.IN

    @property
    def proposal_step(self) -> str:
        if self.proposal.state in ENDED:
            return STOPPED
        return DONE if self.entry else NOW

    @property
    def entry_step(self) -> str:
        if self.entry is None:
            return FUTURE
        if self.lost:
            return STOPPED
        return DONE if self.award else NOW

    @property
    def project_step(self) -> str:
        if self.project is None:
            return FUTURE
        if self.project.state == ProjectState.TERMINATED:
            return STOPPED
        return DONE if self.project.state == ProjectState.COMPLETED else NOW

    @property
    def evaluation_step(self) -> str:
        """Whether what was built has been evaluated; while the final evaluation runs, the way is there."""
        if self.project is None:
            return FUTURE
        steps = {
            ProjectState.FINAL_REVIEW: NOW,
            ProjectState.COMPLETED: DONE,
            ProjectState.TERMINATED: STOPPED,
        }
        return steps.get(ProjectState(self.project.state), FUTURE)


def journey_of(proposal: Proposal, user: User | AnonymousUser) -> Journey:
    """Four queries, however many ideas there are; the day on which a project ended comes with the project."""
    joined = Idea.objects.visible_to(user).filter(consolidations__in=Consolidation.objects.behind(proposal))
    ideas: list[Any] = list(joined.annotate(joined_at=F("consolidations__created_at")).order_by("submitted_at", "pk"))
    qualified = ProposalEvent.objects.filter(proposal=proposal, to_state=ProposalState.QUALIFIED)
    parts = ("contest", "award__result", "award__overruling")
    entries = Entry.objects.visible_to(user).filter(proposal=proposal).select_related(*parts)
    entry = entries.order_by("-contest__created_at", "-pk").first()
    ends = ProjectEvent.objects.filter(project=OuterRef("pk"), to_state__in=ENDED_STATES).order_by("at", "pk")
    dated = Project.objects.annotate(ended_at=Subquery(ends.values("at")[:1]))
    project: Any = dated.filter(award__entry=entry).first() if entry is not None else None
    return Journey(
        ideas=ideas,
        proposal=proposal,
        joined_at=min((idea.joined_at for idea in ideas), default=None),
        qualified_at=qualified.order_by("at").values_list("at", flat=True).first(),
        entry=entry,
        project=project,
        ended_at=project.ended_at if project else None,
    )
