"""Why not? One function for each verb on projects: a reason, or None when it may be done."""

from __future__ import annotations

from datetime import date, datetime

from django.utils import timezone

from communities.rules import Person, is_street_approver, is_street_officer
from contests.enums import ContestState
from contests.models import Contest
from projects.enums import ENDED_STATES, PROJECT_TRANSITIONS, MilestoneState, ProjectRefusal, ProjectState
from projects.models import Milestone, Project


def why_not_approve(user: Person, contest: Contest) -> ProjectRefusal | None:
    """An approver turns the awards of a confirmed contest into projects."""
    if not is_street_approver(user, contest.programme.subdistrict_id):
        return ProjectRefusal.APPROVER_NEEDED
    return None if contest.state == ContestState.CONFIRMED else ProjectRefusal.NOT_CONFIRMED


def why_not_move(user: Person, project: Project, to: ProjectState) -> ProjectRefusal | None:
    if not is_street_officer(user, project.community.subdistrict_id):
        return ProjectRefusal.NOT_AN_OFFICER
    return None if to in PROJECT_TRANSITIONS[ProjectState(project.state)] else ProjectRefusal.WRONG_STATE


def why_not_promise(user: Person, project: Project) -> ProjectRefusal | None:
    """Milestones belong to projects that have not ended."""
    if not is_street_officer(user, project.community.subdistrict_id):
        return ProjectRefusal.NOT_AN_OFFICER
    return ProjectRefusal.WRONG_STATE if project.state in ENDED_STATES else None


def why_not_reach(user: Person, milestone: Milestone, on: date, now: datetime) -> ProjectRefusal | None:
    if refusal := why_not_promise(user, milestone.project):
        return refusal
    if milestone.state == MilestoneState.DONE:
        return ProjectRefusal.MILESTONE_DONE
    return ProjectRefusal.DATE_AHEAD if on > timezone.localdate(now) else None
