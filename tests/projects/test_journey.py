"""The way of an idea: what is done, what is now, where it ended, and why; and the bars of scores beside it."""

from __future__ import annotations

import re
from decimal import Decimal

import pytest
from django.contrib.auth.models import AnonymousUser
from django.template import Context, Template
from django.urls import reverse
from django.utils.timezone import localdate

from contests.enums import AwardState, ContestState
from contests.models import Contest, Result
from contests.ruleset import Ruleset
from contests.sentences import sentence
from projects.enums import ProjectState
from projects.journey import DONE, FUTURE, NOW, STOPPED, journey_of
from projects.models import Project
from projects.services import approve_projects, move_project
from proposals.enums import ProposalState
from tests.browsing import english, shown, text

P = ProjectState
BAR = Template("{% load points %}{% score_bar result rules %}")


def entry_of(contest, state):
    return contest.entries.filter(award__state=state).first()


def steps(entry, user):
    journey = journey_of(entry.proposal, user)
    return journey.proposal_step, journey.entry_step, journey.project_step, journey.evaluation_step


def test_entry_that_waits_for_its_judges(contest_in, resident):
    entry = contest_in(ContestState.OPEN).entries.first()
    assert steps(entry, resident) == (DONE, NOW, FUTURE, FUTURE)


def test_proposal_that_is_in_no_contest_and_one_that_left(proposal_in, resident):
    assert journey_of(proposal_in(ProposalState.QUALIFIED), resident).proposal_step == NOW
    gone = proposal_in(ProposalState.DISQUALIFIED)
    assert journey_of(gone, resident).proposal_step == STOPPED


def test_entry_that_won_is_built(contest_in, approver, now, resident):
    contest = contest_in(ContestState.CONFIRMED, budget=None)
    approve_projects(contest=contest, by=approver, now=now)
    entry = entry_of(contest, AwardState.SELECTED)
    assert steps(entry, resident) == (DONE, DONE, NOW, FUTURE)
    project = Project.objects.filter(award=entry.award)
    for state, step in ((ProjectState.COMPLETED, DONE), (ProjectState.TERMINATED, STOPPED)):
        project.update(state=state)
        assert steps(entry, resident)[2:] == (step, step)
    project.update(state=ProjectState.FINAL_REVIEW)
    assert steps(entry, resident)[2:] == (NOW, NOW)


@pytest.mark.parametrize(
    "path",
    [[P.AGREED, P.IN_PROGRESS, P.MIDTERM, P.FINAL_REVIEW, P.COMPLETED], [P.TERMINATED]],
    ids=["completed", "terminated"],
)
def test_way_ends_with_the_evaluation(path, contest_in, approver, now, resident):
    contest = contest_in(ContestState.CONFIRMED, budget=None)
    approve_projects(contest=contest, by=approver, now=now)
    entry = entry_of(contest, AwardState.SELECTED)
    assert journey_of(entry.proposal, resident).ended_at is None
    for state in path:
        move_project(project=entry.award.project, to=state, by=approver, now=now)
    assert journey_of(entry.proposal, resident).ended_at == now
    last = text(english().get(entry.proposal.get_absolute_url())).partition('id="journey"')[2].partition("</ol>")[0]
    last = last.rpartition("<li")[2]
    assert "Evaluated" in last
    assert shown(path[-1].label) in last
    assert f'datetime="{localdate(now)}"' in last


def test_entry_that_lost_says_why(contest_in, resident):
    entry = entry_of(contest_in(ContestState.CONFIRMED, budget=Decimal(1)), AwardState.NOT_SELECTED)
    assert steps(entry, resident) == (DONE, STOPPED, FUTURE, FUTURE)
    way = text(english().get(entry.proposal.get_absolute_url())).partition('id="journey"')[2]
    assert shown(sentence(entry.award.result)) in way
    assert "Nothing is built from it this time." in way


def test_steps_are_dated_by_what_happened(contest_in, resident):
    entry = contest_in(ContestState.OPEN).entries.first()
    journey = journey_of(entry.proposal, resident)
    assert journey.joined_at == entry.proposal.consolidations.get().created_at
    assert journey.qualified_at == entry.proposal.events.get(to_state=ProposalState.QUALIFIED).at


def test_way_costs_four_queries(contest_in, django_assert_num_queries):
    proposal = contest_in(ContestState.CONFIRMED).entries.first().proposal
    with django_assert_num_queries(4):
        assert journey_of(proposal, AnonymousUser()).reason


def bar(expert, public, rules):
    final = None if expert is None else Decimal(expert) * rules.expert_weight + Decimal(public) * rules.public_weight
    result = Result(
        expert_score=None if expert is None else Decimal(expert),
        public_score=None if public is None else Decimal(public),
        final_score=final,
    )
    return BAR.render(Context({"result": result, "rules": rules}))


@pytest.mark.parametrize(
    ("expert", "public", "first", "second"),
    [("91.30", "63.64", "73.04", "12.728"), ("100.00", "100.00", "80", "20"), ("0.00", "0.00", "0", "0")],
)
def test_bar_is_drawn_to_scale(expert, public, first, second):
    drawn = bar(expert, public, Ruleset())
    assert re.findall(r'class="by-\w+" x="([\d.]+)" y="0" width="([\d.]+)"', drawn) == [("0", first), (first, second)]


def test_bar_takes_the_weights_of_its_contest_and_is_left_out_without_scores():
    weights = Contest(expert_weight=Decimal("0.5"), public_weight=Decimal("0.5"))
    assert 'width="25"' in bar("50", "100", weights)
    assert 'width="50"' in bar("50", "100", weights)
    assert "svg" not in bar(None, None, Ruleset())


def test_result_shows_a_bar_for_each_scored_entry(contest_in):
    contest = contest_in(ContestState.CONFIRMED)
    page = text(english().get(reverse("contest_result", args=[contest.pk])))
    scored = contest.runs.filter(kind="FINAL").last().results.exclude(final_score=None).count()
    assert scored > 0
    assert page.count('class="score-bar"') == scored
