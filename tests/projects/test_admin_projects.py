"""The office's pages of projects: awards that wait, states, milestones."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.html import escape

from projects.enums import MilestoneState, ProjectRefusal, ProjectState
from projects.models import Milestone, Project
from projects.services import approve_projects

LIST = "/admin/projects/project/"
AWARDS = "/admin/projects/project/awards/"


@pytest.fixture
def contest(contest_in):
    return contest_in("CONFIRMED")


@pytest.fixture
def project(contest, approver, now):
    return approve_projects(contest=contest, by=approver, now=now)[0]


def approve_url(contest):
    return reverse("admin:projects_project_approve", args=[contest.pk])


def do_url(project, verb):
    return reverse("admin:projects_project_do", args=[project.pk, verb])


def stored(project):
    return Project.objects.get(pk=project.pk)


def test_awards_of_a_confirmed_contest_become_projects_once(client, approver, contest):
    client.force_login(approver)
    page = client.get(AWARDS)
    waiting = [row["count"] for row in page.context["contests"]]
    assert client.post(approve_url(contest)).url == LIST
    assert [Project.objects.count()] == waiting
    client.post(approve_url(contest))
    assert [Project.objects.count()] == waiting
    assert not client.get(AWARDS).context["contests"]


def test_an_officer_does_not_approve(client, officer, contest):
    client.force_login(officer)
    response = client.post(approve_url(contest), follow=True)
    assert escape(str(ProjectRefusal.APPROVER_NEEDED.label)) in response.content.decode()
    assert not Project.objects.exists()


@pytest.mark.parametrize("who, status", [("supervisor", 403), ("resident", 403), ("other_officer", 404)])
def test_who_may_not_approve(client, request, contest, who, status):
    client.force_login(request.getfixturevalue(who))
    assert client.post(approve_url(contest)).status_code == status
    assert not Project.objects.exists()


def test_approving_is_a_post_for_a_confirmed_contest(client, approver, contest_in, contest):
    client.force_login(approver)
    assert client.get(approve_url(contest)).status_code == 405
    assert client.post(approve_url(contest_in("PUBLICISED"))).status_code == 404
    assert not Project.objects.exists()


def test_through_the_states(client, officer, project):
    client.force_login(officer)
    for verb, state in (
        ("agreed", ProjectState.AGREED),
        ("in-progress", ProjectState.IN_PROGRESS),
        ("midterm", ProjectState.MIDTERM),
        ("rectifying", ProjectState.RECTIFYING),
        ("final-review", ProjectState.FINAL_REVIEW),
        ("completed", ProjectState.COMPLETED),
    ):
        client.post(do_url(project, verb), {"note": "As agreed."})
        assert stored(project).state == state
    assert project.events.count() == 7


def test_a_step_that_does_not_fit_is_refused(client, officer, project):
    client.force_login(officer)
    response = client.post(do_url(project, "midterm"), follow=True)
    assert escape(str(ProjectRefusal.WRONG_STATE.label)) in response.content.decode()
    assert stored(project).state == ProjectState.APPROVED


def test_suspending_needs_a_note(client, officer, project):
    client.force_login(officer)
    assert client.post(do_url(project, "suspended")).context["form"].errors.keys() == {"note"}
    client.post(do_url(project, "suspended"), {"note": "The path is being dug up."})
    assert stored(project).state == ProjectState.SUSPENDED


def test_milestones_are_promised_and_reached(client, officer, project):
    client.force_login(officer)
    client.post(do_url(project, "add-milestone"), {"title": "Benches stand", "due_on": "2030-05-01"})
    milestone = project.milestones.get()
    assert milestone.due_on == date(2030, 5, 1)
    report = {"milestone": milestone.pk, "on": "2024-04-20", "note": "Three benches."}
    client.post(do_url(project, "reach-milestone"), report)
    milestone.refresh_from_db()
    assert (milestone.state, milestone.done_on) == (MilestoneState.DONE, date(2024, 4, 20))
    assert client.post(do_url(project, "reach-milestone"), report).context["form"].errors.keys() == {"milestone"}


@pytest.mark.parametrize("who, status", [("supervisor", 403), ("resident", 403), ("other_officer", 404)])
def test_who_may_not_press(client, request, project, who, status):
    client.force_login(request.getfixturevalue(who))
    assert client.post(do_url(project, "agreed")).status_code == status
    assert stored(project).state == ProjectState.APPROVED


def test_the_first_page_leads_to_awards_and_overdue_projects(client, approver, contest, now):
    client.force_login(approver)
    waiting = {item.url: item.count for item in client.get("/admin/").context["waiting"]}
    assert waiting[AWARDS] > 0
    project = approve_projects(contest=contest, by=approver, now=now)[0]
    Milestone.objects.create(project=project, title="Late", due_on=timezone.localdate() - timedelta(days=1))
    waiting = {item.url: item.count for item in client.get("/admin/").context["waiting"]}
    assert waiting[AWARDS] == 0
    overdue = f"{LIST}?milestones=overdue"
    late = {item.url: item.count for item in client.get("/admin/").context["overdue"]}
    assert late == {overdue: 1}
    assert [row.pk for row in client.get(overdue).context["cl"].result_list] == [project.pk]


def test_the_list_makes_as_many_queries_for_many_projects_as_for_few(
    client, approver, contest_in, now, django_assert_num_queries
):
    client.force_login(approver)
    approve_projects(contest=contest_in("CONFIRMED", entries=3, budget=None), by=approver, now=now)
    client.get(LIST)
    with django_assert_num_queries(7):
        client.get(LIST)
    approve_projects(contest=contest_in("CONFIRMED", entries=9, budget=None), by=approver, now=now)
    with django_assert_num_queries(7):
        response = client.get(LIST)
    assert len(response.context["cl"].result_list) == 12


def test_the_first_page_makes_as_many_queries_for_much_as_for_little(
    client, officer, contest_in, idea_in, django_assert_num_queries
):
    client.force_login(officer)
    client.get("/admin/")
    with django_assert_num_queries(36):
        client.get("/admin/")
    contest_in("CLOSED")
    for number in range(5):
        idea_in("SUBMITTED", title=f"Benches {number}")
    with django_assert_num_queries(36):
        client.get("/admin/")
