"""The verbs on projects, who may use them, and what the database holds."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal

import pgtrigger
import pytest
from django.db import IntegrityError, InternalError, transaction
from django.utils import timezone

from communities.refusal import Refused
from contests.enums import AwardState, ContestState
from contests.models import Award
from projects.enums import MilestoneState, ProjectRefusal, ProjectState
from projects.models import Milestone, Project, ProjectEvent
from projects.rules import why_not_approve, why_not_move, why_not_promise, why_not_reach
from projects.services import add_milestone, approve_projects, move_project, reach_milestone
from tests.constraints import constraints_of, triggers_of, violated
from tests.racing import race

R = ProjectRefusal

ROLES = (
    "anonymous",
    "superuser",
    "resident",
    "officer",
    "approver",
    "other_officer",
    "supervisor",
    "community_officer",
    "support_member",
    "expert",
)


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


@pytest.fixture
def contest(contest_in):
    return contest_in(ContestState.CONFIRMED)


@pytest.fixture
def project(contest, approver, now):
    return approve_projects(contest=contest, by=approver, now=now)[0]


@pytest.fixture
def milestone(project, officer):
    return add_milestone(
        project=project, title="Benches are up", due_on=timezone.localdate(), by=officer, now=timezone.now()
    )


# Rules


@pytest.mark.parametrize("role", ROLES)
def test_role_and_act(role, cast, contest, milestone):
    user = cast(role)
    officer = None if role in {"officer", "approver"} else R.NOT_AN_OFFICER
    assert why_not_approve(user, contest) == (None if role == "approver" else R.APPROVER_NEEDED)
    assert why_not_move(user, milestone.project, ProjectState.AGREED) == officer
    assert why_not_promise(user, milestone.project) == officer
    assert why_not_reach(user, milestone, timezone.localdate(), timezone.now()) == officer


@pytest.mark.parametrize("state", ContestState)
def test_projects_begin_when_the_result_is_confirmed(state, contest_in, approver, now):
    contest = contest_in(state)
    expected = None if state == ContestState.CONFIRMED else R.NOT_CONFIRMED
    assert why_not_approve(approver, contest) == expected
    if expected:
        with refused(expected):
            approve_projects(contest=contest, by=approver, now=now)


@pytest.mark.parametrize("state", [AwardState.RESERVE, AwardState.NOT_SELECTED, AwardState.CANCELLED])
def test_only_selected_entries_are_funded(state, contest, approver, now):
    Award.objects.filter(entry__contest=contest).update(state=state, amount=0)
    assert approve_projects(contest=contest, by=approver, now=now) == []


@pytest.mark.parametrize("state", ProjectState)
def test_milestones_belong_to_projects_that_have_not_ended(state, milestone, officer):
    milestone.project.state = state
    reason = R.WRONG_STATE if state in {ProjectState.COMPLETED, ProjectState.TERMINATED} else None
    assert why_not_promise(officer, milestone.project) == reason
    assert why_not_reach(officer, milestone, timezone.localdate(), timezone.now()) == reason


# Verbs


def test_selected_awards_become_projects(contest, approver, now):
    projects = approve_projects(contest=contest, by=approver, now=now)
    assert [(project.title, project.amount, project.state) for project in projects] == [
        ("Places to rest 1", Decimal("20000.00"), ProjectState.APPROVED),
        ("Places to rest 2", Decimal("22000.00"), ProjectState.APPROVED),
    ]
    for project in projects:
        assert (project.community, project.lead) == (project.award.entry.community, "Neighbours")
        [event] = project.events.all()
        assert (event.from_state, event.to_state, event.actor, event.at) == ("", ProjectState.APPROVED, approver, now)


def test_without_a_team_the_community_leads(contest, approver, now):
    entry = contest.entries.get(number="001")
    entry.proposal.team_name = ""
    with pgtrigger.ignore("proposals.Proposal:text_frozen"):
        entry.proposal.save()
    projects = approve_projects(contest=contest, by=approver, now=now)
    assert projects[0].lead == entry.community.name


def test_approving_twice_adds_nothing(contest, approver, now):
    first = approve_projects(contest=contest, by=approver, now=now)
    assert approve_projects(contest=contest, by=approver, now=now) == []
    assert Project.objects.count() == len(first)


@pytest.mark.django_db(transaction=True)
def test_two_clicks_approve_once(contest_in, approver, now):
    contest = contest_in(ContestState.CONFIRMED)
    outcomes = race(*[lambda: approve_projects(contest=contest, by=approver, now=now)] * 2)
    assert sorted(len(projects) for projects in outcomes) == [0, 2]
    assert Project.objects.count() == 2


def test_an_officer_does_not_approve(contest, officer, now):
    with refused(R.APPROVER_NEEDED):
        approve_projects(contest=contest, by=officer, now=now)
    assert not Project.objects.exists()


def test_a_project_is_taken_to_its_end(project, officer, now):
    path = [
        ProjectState.AGREED,
        ProjectState.IN_PROGRESS,
        ProjectState.MIDTERM,
        ProjectState.RECTIFYING,
        ProjectState.FINAL_REVIEW,
        ProjectState.COMPLETED,
    ]
    for state in path:
        move_project(project=project, to=state, by=officer, now=now, note=f"Now {state}.")
    assert [event.to_state for event in project.events.all()] == [ProjectState.APPROVED, *path]
    assert project.events.last().note == "Now COMPLETED."
    assert project not in Project.objects.under_way()
    with refused(R.WRONG_STATE):
        move_project(project=project, to=ProjectState.IN_PROGRESS, by=officer, now=now)


def test_strangers_move_nothing(project, other_officer, supervisor, now):
    for person in (other_officer, supervisor):
        with refused(R.NOT_AN_OFFICER):
            move_project(project=project, to=ProjectState.AGREED, by=person, now=now)
    assert project.events.count() == 1


def test_a_milestone_is_reached_once(milestone, officer):
    today = timezone.localdate()
    reached = reach_milestone(milestone=milestone, on=today, note="Three benches.", by=officer, now=timezone.now())
    assert (reached.state, reached.done_on, reached.note) == (MilestoneState.DONE, today, "Three benches.")
    with refused(R.MILESTONE_DONE):
        reach_milestone(milestone=reached, on=today, note="Again.", by=officer, now=timezone.now())
    stale = Milestone(pk=milestone.pk, project=milestone.project)
    with refused(R.MILESTONE_DONE):
        reach_milestone(milestone=stale, on=today, note="Again.", by=officer, now=timezone.now())
    assert Milestone.objects.get().note == "Three benches."


def test_strangers_promise_and_reach_nothing(project, milestone, other_officer):
    with refused(R.NOT_AN_OFFICER):
        add_milestone(
            project=project, title="More benches", due_on=timezone.localdate(), by=other_officer, now=timezone.now()
        )
    with refused(R.NOT_AN_OFFICER):
        reach_milestone(milestone=milestone, on=timezone.localdate(), note="", by=other_officer, now=timezone.now())
    assert Milestone.objects.get().state == MilestoneState.OPEN


def test_what_is_late_is_overdue(milestone, officer):
    today = timezone.localdate()
    assert not Milestone.objects.overdue(today).exists()
    tomorrow = today + timedelta(days=1)
    assert list(Milestone.objects.overdue(tomorrow)) == [milestone]
    reach_milestone(milestone=milestone, on=today, note="", by=officer, now=timezone.now())
    assert not Milestone.objects.overdue(tomorrow).exists()


def test_a_milestone_is_not_reached_on_a_day_ahead(milestone, officer, now):
    tomorrow = timezone.localdate(now) + timedelta(days=1)
    with refused(R.DATE_AHEAD):
        reach_milestone(milestone=milestone, on=tomorrow, note="", by=officer, now=now)
    assert Milestone.objects.get().state == MilestoneState.OPEN


def test_who_promised_and_who_reported_is_told(project, milestone, officer, approver, now):
    reach_milestone(milestone=milestone, on=timezone.localdate(now), note="", by=approver, now=now)
    told = project.events.exclude(reason="").values_list("actor", "reason", "from_state", "to_state", "note")
    state = project.state
    assert set(told) == {
        (officer.pk, "MILESTONE_PROMISED", state, state, milestone.title),
        (approver.pk, "MILESTONE_REACHED", state, state, milestone.title),
    }


def test_progress_counts_milestones(project, milestone, officer):
    add_milestone(project=project, title="Painted", due_on=timezone.localdate(), by=officer, now=timezone.now())
    reach_milestone(milestone=milestone, on=timezone.localdate(), note="", by=officer, now=timezone.now())
    counted = Project.objects.with_milestone_counts().get(pk=project.pk)
    assert (counted.milestones_done, counted.milestone_count) == (1, 2)


@pytest.mark.parametrize(
    ("role", "sees"), [("officer", True), ("approver", True), ("supervisor", True), ("other_officer", False)]
)
def test_the_office_sees_its_own_projects(role, sees, cast, project):
    assert (project in Project.objects.in_office_of(cast(role))) is sees


# What the database holds

BREACHES: dict[str, Callable[[], object]] = {
    "projects_project_amount_not_negative": lambda: Project.objects.update(amount=-1),
    "projects_milestone_done_dated": lambda: Milestone.objects.update(state=MilestoneState.DONE),
}


@pytest.mark.parametrize("name", BREACHES)
def test_the_database_refuses(name, milestone):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        BREACHES[name]()
    assert violated(caught.value) == name


def test_every_constraint_is_tested():
    assert set(BREACHES) == constraints_of("projects")


REWRITES: dict[str, Callable[[], object]] = {
    "projectevent.append_only": lambda: ProjectEvent.objects.update(note="Never said"),
    "projectevent.no_delete": lambda: ProjectEvent.objects.all().delete(),
}


@pytest.mark.parametrize("name", REWRITES)
def test_history_is_not_rewritten(name, project):
    with pytest.raises(InternalError, match="projects_projectevent"), transaction.atomic():
        REWRITES[name]()


def test_every_trigger_is_tested():
    assert set(REWRITES) == triggers_of("projects")


def test_an_open_milestone_has_no_date(milestone):
    with pytest.raises(IntegrityError, match="projects_milestone_done_dated"), transaction.atomic():
        Milestone.objects.update(done_on=timezone.localdate())
