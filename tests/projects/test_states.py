"""Every pair of states of a project: what the table allows leaves one event, the rest changes nothing."""

from decimal import Decimal

import pytest

from communities.refusal import Refused
from contests.models import Award
from projects.enums import PROJECT_TRANSITIONS, ProjectRefusal, ProjectState
from projects.models import Project
from projects.rules import why_not_move
from projects.services import _move


@pytest.fixture
def project_at(contest_in, now):
    def project_at(state):
        entry = contest_in("CONFIRMED", entries=1).entries.get()
        award = Award.objects.get(entry=entry)
        return Project.objects.create(
            award=award,
            title="Places to rest",
            community=entry.community,
            lead="Neighbours",
            amount=Decimal(1),
            state=state,
            approved_at=now,
        )

    return project_at


@pytest.mark.parametrize("old", ProjectState)
def test_a_project_moves_as_its_table_says(old, project_at, officer, now):
    project = project_at(old)
    for new in ProjectState:
        Project.objects.filter(pk=project.pk).update(state=old)
        project.refresh_from_db()
        before = project.events.count()
        if new in PROJECT_TRANSITIONS[old]:
            assert why_not_move(officer, project, new) is None
            _move(project, to=new, by=officer, now=now, note="A word.")
            assert project.state == new
            assert project.events.count() == before + 1
            event = project.events.last()
            assert (event.from_state, event.to_state, event.actor, event.note) == (old, new, officer, "A word.")
            assert event.at == now
        else:
            assert why_not_move(officer, project, new) == ProjectRefusal.WRONG_STATE
            with pytest.raises(Refused) as refusal:
                _move(project, to=new, by=officer, now=now)
            assert refusal.value.reason == ProjectRefusal.WRONG_STATE
            assert project.state == old
            assert project.events.count() == before
        assert Project.objects.get(pk=project.pk).state == project.state


def test_a_project_that_moved_meanwhile_stays_where_it_is(project_at, officer, now):
    project = project_at(ProjectState.APPROVED)
    Project.objects.filter(pk=project.pk).update(state=ProjectState.TERMINATED)
    with pytest.raises(Refused):
        _move(project, to=ProjectState.AGREED, by=officer, now=now)
    assert Project.objects.get(pk=project.pk).state == ProjectState.TERMINATED
    assert not project.events.exists()


def test_the_table_knows_every_state():
    assert set(PROJECT_TRANSITIONS) == set(ProjectState)


def test_from_everywhere_but_the_end_a_project_may_be_stopped():
    ends = {ProjectState.COMPLETED, ProjectState.TERMINATED}
    assert {state for state, after in PROJECT_TRANSITIONS.items() if not after} == ends
    for state in set(ProjectState) - ends:
        assert ProjectState.TERMINATED in PROJECT_TRANSITIONS[state]
