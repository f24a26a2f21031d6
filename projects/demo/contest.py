"""The demo's contests: panel, sheets and ballots. All scores and votes are drawn by a fixed seed and mean nothing."""

from __future__ import annotations

import random
import re
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from contests.archive.rules_file import RULE_KEYS
from contests.models import Contest, Criterion, Entry, OfflineCount, Panelist
from contests.services.assigning import assign
from contests.services.judging import rubric, save_sheet
from contests.services.lifecycle import enter_proposal, open_contest
from contests.services.pitching import draw_order, plan_pitches
from contests.services.voting import cast_ballot
from programmes.models import Programme
from projects.demo.people import Cast
from projects.demo.source import read
from proposals.models import Proposal

Draw = random.Random
# "High:", "middle:" and "low:" at the beginning of a sentence, and the share of the points that each stands for.
GRADE = re.compile(r"(?:^|(?<=\u3002)).\uff1a")
GRADES = (Decimal("0.9"), Decimal("0.7"), Decimal("0.4"))

BETWEEN_BALLOTS = timedelta(minutes=4)


def draft_contest(programme: Programme, source: Mapping[str, Any], windows: Mapping[str, datetime]) -> Contest:
    """A contest in draft with its rubric, by rules of the form that an archive has."""
    rules = {key.field: key.value.parse(source[key.section][key.name]) for key in RULE_KEYS}
    rules["tie_order"] = [tie.value for tie in rules["tie_order"]]
    contest = Contest.objects.create(programme=programme, name=source["contest"]["name"], **rules, **windows)
    Criterion.objects.bulk_create(
        Criterion(
            contest=contest,
            code=row["code"],
            name=row["name"],
            anchors=_anchors(row["guidance"], Decimal(row["max_points"])),
            max_points=row["max_points"],
            position=position,
        )
        for position, row in enumerate(source["criteria"], 1)
    )
    return contest


def _anchors(guidance: str, maximum: Decimal) -> str:
    """What much, middling and little is, as three lines with points of the criterion's own maximum."""
    meanings = GRADE.split(guidance)[1:]
    return "\n".join(
        f"{(2 * share * maximum).to_integral_value() / 2} {meaning}"
        for share, meaning in zip(GRADES, meanings, strict=True)
    )


def open_with(cast: Cast, contest: Contest, proposals: Iterable[Proposal], entered: datetime, now: datetime) -> Contest:
    """Enter the proposals, seat the panel, assign everyone everything, and open; who lives where keeps out."""
    for proposal in proposals:
        enter_proposal(contest=contest, proposal=proposal, by=cast.officer, now=entered)
    panel = [
        Panelist.objects.create(contest=contest, user=expert, code=f"E{number:02}")
        for number, expert in enumerate(cast.experts, 1)
    ]
    assign(contest=contest, panelists=panel, entries=contest.entries.all(), by=cast.officer)
    return open_contest(contest=contest, by=cast.officer, now=now)


def draw_pitches(cast: Cast, contest: Contest, source: Mapping[str, Any], starts_at: datetime, now: datetime) -> None:
    """Plan the session in which the entries are presented, and draw their order."""
    plan_pitches(contest=contest, **source, starts_at=starts_at, by=cast.officer, now=now)
    draw_order(contest=contest, by=cast.officer, now=now)


def score_entries(contest: Contest, draw: Draw, now: datetime, *, leave: float) -> None:
    """Experts submit sheets for their entries; `leave` is the share of sheets that is still to do."""
    merit = {entry.pk: draw.uniform(0.55, 0.93) for entry in contest.entries.order_by("number")}
    reason = read("people")["panel"]["reason"]
    for panelist in contest.panelists.select_related("user").order_by("code"):
        severity = draw.uniform(-0.05, 0.05)
        for entry in Entry.objects.unscored_by(panelist).select_related("contest").order_by("number"):
            criteria = rubric(entry)
            points = {
                criterion.pk: _half_points(criterion.max_points, merit[entry.pk] + severity + draw.uniform(-0.09, 0.09))
                for criterion in criteria
            }
            few = {criterion.pk: reason for criterion in criteria if points[criterion.pk] < criterion.remark_below}
            if panelist.user is not None and draw.random() >= leave:
                save_sheet(
                    panelist=panelist,
                    entry=entry,
                    points=points,
                    remarks=few,
                    comment="",
                    submit=True,
                    by=panelist.user,
                    now=now,
                )


def _half_points(maximum: Decimal, share: float) -> Decimal:
    return Decimal(round(float(maximum) * min(1.0, max(0.0, share)) * 2)) / 2


def vote(cast: Cast, contest: Contest, draw: Draw, now: datetime, *, turnout: float) -> None:
    """Residents vote, one every few minutes from `now` on: often for their own community, else for what is popular."""
    entries = list(contest.entries.taking_part().order_by("number"))
    appeal = [draw.uniform(0.2, 2.0) ** 2 for _ in entries]
    neighbours = [resident for residents in cast.residents.values() for resident in residents]
    for number, resident in enumerate(neighbours):
        if draw.random() > turnout:
            continue
        community = resident.residencies.verified().get().community_id
        weights = [
            weight * (6 if entry.community_id == community else 1)
            for entry, weight in zip(entries, appeal, strict=True)
        ]
        count = draw.randint(contest.min_choices, contest.max_choices)
        chosen = {entry.pk for entry in draw.choices(entries, weights, k=count)}
        cast_ballot(contest=contest, entries=chosen, by=resident, now=now + number * BETWEEN_BALLOTS)


def count_paper(cast: Cast, contest: Contest, now: datetime) -> None:
    """Two counting sheets from the residents' committees, entered and verified by two persons."""
    for entry, votes, sheet in zip(
        contest.entries.order_by("number"), (7, 12, 5), ("A-01", "A-01", "B-01"), strict=False
    ):
        OfflineCount.objects.create(
            entry=entry, sheet=sheet, votes=votes, entered_by=cast.officer, verified_by=cast.approver, verified_at=now
        )
