"""The verbs on projects: turn awards into projects, take a project on, reach a milestone."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from communities.models import User
from communities.refusal import Refused, refuse_if
from communities.services.outbox import take_events
from contests.models import Award, Contest
from projects.enums import PROJECT_TRANSITIONS, MilestoneState, ProjectAct, ProjectRefusal, ProjectState
from projects.models import Milestone, Project, ProjectEvent
from projects.notices import project_notices
from projects.rules import why_not_approve, why_not_move, why_not_promise, why_not_reach


@transaction.atomic
def approve_projects(*, contest: Contest, by: User, now: datetime) -> list[Project]:
    """Every selected award of a confirmed contest becomes a project; those that have one are left as they are.

    Returns the new projects. Raises `Refused`.
    """
    # Two approvers at once: the second waits here, and then sees the projects of the first.
    contest = (
        Contest.objects.select_for_update(of=("self",), no_key=True).select_related("programme").get(pk=contest.pk)
    )
    refuse_if(why_not_approve(by, contest))
    awards = Award.objects.selected().filter(entry__contest=contest, project__isnull=True)
    return [_approve(award, by, now) for award in awards.select_related("entry__proposal", "entry__community")]


@transaction.atomic
def move_project(*, project: Project, to: ProjectState, by: User, now: datetime, note: str = "") -> Project:
    """Take a project to another state of its table. Raises `Refused`."""
    refuse_if(why_not_move(by, project, to))
    _move(project, to=to, by=by, now=now, note=note)
    return project


@transaction.atomic
def add_milestone(*, project: Project, title: str, due_on: date, by: User, now: datetime) -> Milestone:
    """Promise something for a day. Raises `Refused`: no officer, or the project has ended."""
    refuse_if(why_not_promise(by, project))
    milestone = Milestone.objects.create(project=project, title=title, due_on=due_on)
    _record(milestone, ProjectAct.MILESTONE_PROMISED, by=by, now=now)
    return milestone


@transaction.atomic
def reach_milestone(*, milestone: Milestone, on: date, note: str, by: User, now: datetime) -> Milestone:
    """A milestone was reached on a day that is not ahead; kept is the first report. Raises `Refused`."""
    refuse_if(why_not_reach(by, milestone, on, now))
    reached = Milestone.objects.filter(pk=milestone.pk, state=MilestoneState.OPEN).update(
        state=MilestoneState.DONE, done_on=on, note=note
    )
    if not reached:
        raise Refused(ProjectRefusal.MILESTONE_DONE)
    _record(milestone, ProjectAct.MILESTONE_REACHED, by=by, now=now)
    milestone.refresh_from_db()
    return milestone


def send_due_notifications(*, now: datetime) -> int:
    """Tell authors how the projects from their ideas go on; returns how many events were taken."""
    return take_events("project", ProjectEvent.objects.all(), project_notices, now=now)


def _approve(award: Award, by: User, now: datetime) -> Project:
    entry = award.entry
    project = Project.objects.create(
        award=award,
        title=entry.title,
        community=entry.community,
        lead=entry.proposal.team_name or entry.community.name,
        amount=award.amount,
        approved_at=now,
    )
    ProjectEvent.objects.create(project=project, actor=by, to_state=ProjectState.APPROVED, at=now)
    return project


def _move(project: Project, *, to: ProjectState, by: User, now: datetime, note: str = "") -> None:
    """The one place where a project changes its state: compare, set, and leave an event."""
    old = ProjectState(project.state)
    if to not in PROJECT_TRANSITIONS[old]:
        raise Refused(ProjectRefusal.WRONG_STATE)
    if Project.objects.filter(pk=project.pk, state=old).update(state=to) != 1:
        raise Refused(ProjectRefusal.WRONG_STATE)
    project.state = to
    ProjectEvent.objects.create(project=project, actor=by, from_state=old, to_state=to, note=note, at=now)


def _record(milestone: Milestone, act: ProjectAct, *, by: User, now: datetime) -> None:
    """An event that changes no state: who promised or reported what."""
    project = milestone.project
    ProjectEvent.objects.create(
        project=project,
        actor=by,
        from_state=project.state,
        to_state=project.state,
        reason=act,
        note=milestone.title,
        at=now,
    )
