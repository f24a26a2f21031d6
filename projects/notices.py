"""Who is told what by which event of a project: the authors of the ideas that it came from."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from communities.notice_kinds import Notice
from communities.notices import Message
from projects.enums import ProjectAct, ProjectState
from projects.models import Project, ProjectEvent
from proposals.money import yuan
from proposals.notices import authors_of

STATE_NOTICES: dict[ProjectState, Notice] = {
    ProjectState.APPROVED: Notice.PROJECT_APPROVED,
    ProjectState.AGREED: Notice.PROJECT_AGREED,
    ProjectState.IN_PROGRESS: Notice.PROJECT_BEGUN,
    ProjectState.MIDTERM: Notice.PROJECT_MIDTERM,
    ProjectState.RECTIFYING: Notice.PROJECT_RECTIFYING,
    ProjectState.FINAL_REVIEW: Notice.PROJECT_FINAL_REVIEW,
    ProjectState.COMPLETED: Notice.PROJECT_COMPLETED,
    ProjectState.SUSPENDED: Notice.PROJECT_SUSPENDED,
    ProjectState.TERMINATED: Notice.PROJECT_TERMINATED,
}


def project_notices(events: Sequence[ProjectEvent]) -> Iterator[Message]:
    """Every step and every milestone that was reached; a promise alone is no news."""
    projects = Project.objects.select_related("award__entry").in_bulk({event.project_id for event in events})
    authors = authors_of({project.award.entry.proposal_id for project in projects.values()})
    for event in events:
        notice = _notice(event)
        if notice is not None:
            project = projects[event.project_id]
            facts = {"title": project.title, "amount": yuan(project.amount)}
            if notice == Notice.MILESTONE_REACHED:
                facts["milestone"] = event.note
            elif event.note:
                facts["note"] = event.note
            people = authors[project.award.entry.proposal_id]
            yield Message(event, people, notice, project.get_absolute_url(), facts)


def _notice(event: ProjectEvent) -> Notice | None:
    if event.reason:
        return Notice.MILESTONE_REACHED if event.reason == ProjectAct.MILESTONE_REACHED else None
    return STATE_NOTICES[ProjectState(event.to_state)]
