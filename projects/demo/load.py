"""Loads the demo: a real sub-district with invented contents, placed around today so that every page has work.

Everything goes through the verbs that people use, at the moments at which they would have used them; so the demo is
also a test of the whole line.
"""

from __future__ import annotations

import random
from collections.abc import Mapping
from datetime import datetime
from typing import Any

from django.db import transaction

from communities.models import User
from contests.enums import RunKind
from contests.models import Contest
from contests.services.lifecycle import close_contest, confirm_result, publicise_result
from contests.services.tally import carry_out, request_tally
from programmes.models import Programme
from projects.demo.contest import count_paper, draft_contest, draw_pitches, open_with, score_entries, vote
from projects.demo.inboxes import fill_inboxes
from projects.demo.people import Cast, make_cast
from projects.demo.remarks import make_remarks
from projects.demo.source import Clock, clock, read
from projects.demo.year import make_ideas, make_programme, make_proposal
from projects.enums import MilestoneState, ProjectState
from projects.models import Project
from projects.services import add_milestone, approve_projects, move_project, reach_milestone
from proposals.services.words import count_words

# Shares of a day: windows open at nine and close at six.
MORNING, EVENING = 9 / 24, 18 / 24


def is_loaded() -> bool:
    """Whether the demo's accounts exist; an import of a contest of the same sub-district does not make them."""
    return User.objects.filter(username__in=read("people")["staff"]).exists()


@transaction.atomic
def load(now: datetime, *, empty: bool) -> Programme:
    """Load this year's programme and, unless `empty`, its contents and last year's; all of it or nothing."""
    at = clock(now)
    cast = make_cast(at, with_residents=not empty)
    source = read("programme")
    programme = make_programme(cast, source, at(0).year, at)
    if not empty:
        _last_year(cast, source["last_year"], at)
        _this_year(cast, programme, at)
        fill_inboxes(now)
        count_words()
    return programme


def _this_year(cast: Cast, programme: Programme, at: Clock) -> Contest:
    """Ideas in every state, proposals in every state, and a contest that is being scored and voted on today."""
    draw = random.Random("this year")
    ideas = make_ideas(cast, programme, read("ideas")["idea"], at)
    make_remarks(cast, ideas, read("remarks")["remark"])
    entered = []
    for row in read("proposals")["proposal"]:
        joined = [ideas[key] for key in row["ideas"]]
        proposal = make_proposal(cast, programme, row, joined, -12, at)
        if row.get("entry"):
            entered.append(proposal)
    windows = {
        "scoring_opens_at": at(-9 + MORNING),
        "scoring_closes_at": at(8 + EVENING),
        "voting_opens_at": at(-8 + MORNING),
        "voting_closes_at": at(9 + EVENING),
    }
    contest = draft_contest(programme, read("contest"), windows)
    contest = open_with(cast, contest, entered, entered=at(-10.5), now=at(-9.5))
    draw_pitches(cast, contest, read("contest")["pitch"], starts_at=at(1 + MORNING), now=at(-3))
    score_entries(contest, draw, at(-2), leave=0.25)
    vote(cast, contest, draw, at(-1 + MORNING), turnout=0.7)
    return contest


def _last_year(cast: Cast, source: Mapping[str, Any], at: Clock) -> None:
    """A contest that went all the way, and its projects under way."""
    draw = random.Random("last year")
    programme = make_programme(cast, source, at(0).year - 1, at)
    rows = read("last_year")["proposal"]
    ideas = make_ideas(cast, programme, [_source_idea(number, row) for number, row in enumerate(rows)], at)
    proposals = [make_proposal(cast, programme, row, [ideas[row["key"]]], -315, at) for row in rows]
    windows = {
        "scoring_opens_at": at(-292 + MORNING),
        "scoring_closes_at": at(-275 + EVENING),
        "voting_opens_at": at(-290 + MORNING),
        "voting_closes_at": at(-275 + EVENING),
    }
    contest = draft_contest(programme, read("contest")["last_year"], windows)
    contest = open_with(cast, contest, proposals, entered=at(-300), now=at(-292.5))
    score_entries(contest, draw, at(-280), leave=0)
    vote(cast, contest, draw, at(-279 + MORNING), turnout=0.8)
    count_paper(cast, contest, at(-276))
    contest = close_contest(contest=contest, by=cast.officer, now=at(-274))
    run = request_tally(contest=contest, kind=RunKind.FINAL, by=cast.officer, now=at(-273))
    carry_out(run=run, now=at(-273))
    contest.refresh_from_db()
    publicise_result(contest=contest, by=cast.officer, now=at(-268))
    contest = confirm_result(contest=contest, by=cast.approver, now=at(-259))
    milestones = {proposal.pk: row["milestones"] for proposal, row in zip(proposals, rows, strict=True)}
    for project in approve_projects(contest=contest, by=cast.approver, now=at(-258)):
        _carry_on(cast, project, milestones[project.award.entry.proposal_id], at)


def _source_idea(number: int, row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        **row["source_idea"],
        "key": row["key"],
        "community": row["community"],
        "category": row["category"],
        "state": "CONSOLIDATED",
        "days_ago": 337 + number,
        "verdicts": ["PASS", "PASS", "PASS"],
    }


def _carry_on(cast: Cast, project: Project, milestones: list[dict[str, Any]], at: Clock) -> None:
    """Milestones as the text tells them, and the state that they amount to."""
    for row in milestones:
        due = at(row["due_days"]).date()
        milestone = add_milestone(project=project, title=row["title"], due_on=due, by=cast.officer, now=at(-257))
        if row["state"] == MilestoneState.DONE:
            reach_milestone(milestone=milestone, on=due, note=row["note"], by=cast.officer, now=at(row["due_days"]))
    done = project.milestones.filter(state=MilestoneState.DONE).count()
    path = [ProjectState.AGREED, ProjectState.IN_PROGRESS]
    if done >= len(milestones) - 1:
        path.append(ProjectState.MIDTERM)
    if done == len(milestones):
        path.append(ProjectState.FINAL_REVIEW)
    for step, state in enumerate(path):
        move_project(project=project, to=state, by=cast.officer, now=at(-250 + step * 60))
