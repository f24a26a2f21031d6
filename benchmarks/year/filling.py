"""A year with so many ideas and what became of them, written in bulk: the same every time.

Of ten ideas four wait, three are part of a proposal, and the rest is answered. Each was handed in and has an event of every
step since; what is decided was screened, one in ten of them by two officers; five residents second an idea on average. A
fifth as many proposals hold the joined ideas, one in ten is still being written. A tenth as many entries, twenty at
least, stand in a contest whose result is public, and each is a project. As many voters as ideas are on its roll.
`RESIDENT` has a fair share of it all: three ideas in a hundred, and what is told of them.
"""

from __future__ import annotations

import random
import re
from collections.abc import Iterator, Sequence
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import pgtrigger
from django.db import connection, transaction

from communities.enums import OrganisationKind, ResidencyState, Role, VerificationMethod
from communities.models import Appointment, Community, Notification, Organisation, Residency, Subdistrict, User
from communities.notice_kinds import Notice, NoticeKind
from contests.enums import ContestState, RunKind, RunState
from contests.models import Award, Contest, ContestCommunity, Entry, Result, TallyRun, Voter
from contests.voting_enums import RollSource, VoteWay
from programmes.enums import StageKind
from programmes.models import Accompaniment, Category, Programme, Stage
from projects.demo.source import read
from projects.models import Milestone, Project
from proposals.enums import ConsolidationKind, IdeaState, ProposalState, ScreeningDecision, ScreeningReason, Verdict
from proposals.models import (
    BudgetLine,
    Consolidation,
    Idea,
    IdeaEvent,
    Proposal,
    Screening,
    Seconding,
)

OFFICER, RESIDENT, SUPPORT = "officer", "r0", "support"
COMMUNITIES = 22
STATES = (
    (IdeaState.SUBMITTED,) * 8
    + (IdeaState.CONSOLIDATED,) * 6
    + (IdeaState.ACCEPTED,) * 2
    + (IdeaState.REFERRED, IdeaState.RETURNED, IdeaState.REJECTED, IdeaState.WITHDRAWN)
)
DECISIONS = {
    IdeaState.CONSOLIDATED: ScreeningDecision.ACCEPT,
    IdeaState.ACCEPTED: ScreeningDecision.ACCEPT,
    IdeaState.REFERRED: ScreeningDecision.REFER,
    IdeaState.RETURNED: ScreeningDecision.RETURN,
    IdeaState.REJECTED: ScreeningDecision.REJECT,
}
NOW = datetime(2026, 6, 1, tzinfo=UTC)

TEXTS = read("ideas")["idea"]
TITLES = [idea["title"] for idea in TEXTS]
SENTENCES = [
    sentence
    for idea in TEXTS
    for text in (idea["problem"], idea["solution"])
    for sentence in re.findall("[^。]+。", text)
]


def fill(size: int) -> None:
    """Write a year with so many ideas. More than half of all are of the first community."""
    draw = random.Random(size)
    year = _year()
    officer = _appointed(year)
    people = User.objects.bulk_create(User(username=f"r{n}", display_name=f"R{n}") for n in range(max(5, size // 5)))
    with pgtrigger.ignore(), transaction.atomic():
        ideas = _ideas(year, people, size, draw)
        _screened(ideas, officer, draw)
        _seconded(ideas, people, draw)
        proposals = _proposals(year, size // 5, draw)
        _joined(ideas, proposals, officer)
        contest = _judged(year, proposals[: max(20, size // 10)], draw)
        _on_the_roll(contest, people, size, draw)
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")


def text(draw: random.Random) -> str:
    return "".join(draw.sample(SENTENCES, 3))


def _year() -> Programme:
    street = Subdistrict.objects.create(code="100000000", name="Bench")
    Community.objects.bulk_create(
        Community(subdistrict=street, code=f"1000000000{n:02}", name=f"C{n}", registered_population=5000)
        for n in range(COMMUNITIES)
    )
    year = Programme.objects.create(subdistrict=street, year=2026, title="Bench")
    Category.objects.bulk_create(Category(programme=year, code=f"K{n}", name=f"K{n}", position=n) for n in range(5))
    whole_year = {"opens_at": NOW - timedelta(days=120), "closes_at": NOW + timedelta(days=36500)}
    Stage.objects.create(programme=year, kind=StageKind.SCREENING, **whole_year)
    return year


def _appointed(year: Programme) -> User:
    """An officer, and somebody of the organisation that accompanies a third of the communities."""
    officer, helper = User.objects.create_user(OFFICER), User.objects.create_user(SUPPORT)
    support = Organisation.objects.create(subdistrict=year.subdistrict, kind=OrganisationKind.SUPPORT, name="Support")
    since = {"subdistrict": year.subdistrict, "starts_on": NOW.date()}
    Appointment.objects.create(user=officer, role=Role.STREET_OFFICER, **since)
    Appointment.objects.create(user=helper, role=Role.SUPPORT_MEMBER, organisation=support, **since)
    for place in year.subdistrict.communities.order_by("code")[: COMMUNITIES // 3]:
        Accompaniment.objects.create(programme=year, organisation=support, community=place)
    return officer


def _placed(year: Programme, draw: random.Random) -> Iterator[dict[str, Any]]:
    """Where something belongs, again and again."""
    places, kinds = list(year.subdistrict.communities.order_by("code")), list(year.categories.all())
    while True:
        community = draw.choice(places[: draw.choice((1, COMMUNITIES))])
        yield {"programme": year, "community": community, "category": draw.choice(kinds)}


def _ideas(year: Programme, people: Sequence[User], size: int, draw: random.Random) -> list[Idea]:
    where = _placed(year, draw)
    ideas = Idea.objects.bulk_create(
        Idea(
            **next(where),
            author=people[0] if draw.random() < 0.03 else draw.choice(people),
            title=draw.choice(TITLES),
            problem=text(draw),
            solution=text(draw),
            state=draw.choice(STATES),
            submitted_at=NOW - timedelta(minutes=n),
        )
        for n in range(size)
    )
    handed_in = {"from_state": IdeaState.DRAFT, "to_state": IdeaState.SUBMITTED}
    IdeaEvent.objects.bulk_create(
        IdeaEvent(idea=idea, actor=idea.author, at=NOW - timedelta(minutes=n), notified_at=NOW, **handed_in)
        for n, idea in enumerate(ideas)
    )
    return ideas


def _screened(ideas: Sequence[Idea], officer: User, draw: random.Random) -> None:
    """What the office decided, with the events, and what the authors were told."""
    decided = [idea for idea in ideas if idea.state in DECISIONS]
    reached = {idea: IdeaState.ACCEPTED if idea.state == IdeaState.CONSOLIDATED else idea.state for idea in decided}
    events = IdeaEvent.objects.bulk_create(
        IdeaEvent(
            idea=idea, actor=officer, from_state=IdeaState.SUBMITTED, to_state=reached[idea], at=NOW, notified_at=NOW
        )
        for idea in decided
    )
    passed = dict.fromkeys(("public_benefit", "sustainability", "capacity_building"), Verdict.PASS)
    made = {"officer": officer, "at": NOW, "revision": 1}
    Screening.objects.bulk_create(
        Screening(
            idea=event.idea,
            decision=DECISIONS[IdeaState(event.idea.state)],
            reason="" if reached[event.idea] == IdeaState.ACCEPTED else ScreeningReason.GOV_DUTY,
            event=event,
            **passed,
            **made,
        )
        for event in events
    )
    doubted = passed | {"public_benefit": Verdict.DOUBT, "decision": ScreeningDecision.ACCEPT, "is_opinion": True}
    Screening.objects.bulk_create(Screening(idea=idea, **doubted, **made) for idea in decided if draw.random() < 0.1)
    told = {"notice": Notice.IDEA_ACCEPTED, "kind": NoticeKind.IDEA_DECIDED, "source": "proposals.ideaevent", "at": NOW}
    Notification.objects.bulk_create(
        Notification(
            recipient=event.idea.author,
            facts={"title": event.idea.title},
            link=event.idea.get_absolute_url(),
            event=event.pk,
            **told,
        )
        for event in events
    )


def _seconded(ideas: Sequence[Idea], people: Sequence[User], draw: random.Random) -> None:
    """From nobody to ten residents for an idea."""
    Seconding.objects.bulk_create(
        Seconding(idea=idea, user=person, at=NOW)
        for idea in ideas
        for person in draw.sample(people, min(len(people), draw.randint(0, 10)))
        if person.pk != idea.author_id
    )


def _proposals(year: Programme, size: int, draw: random.Random) -> list[Proposal]:
    """The last tenth of them is still being written."""
    where, written = _placed(year, draw), size - size // 10
    proposals = Proposal.objects.bulk_create(
        Proposal(
            **next(where),
            title=draw.choice(TITLES),
            summary=text(draw),
            plan=text(draw),
            state=ProposalState.QUALIFIED if n < written else ProposalState.COACHING,
        )
        for n in range(size)
    )
    lines = [{"item": f"I{n}", "unit_price": 100 + n, "quantity": n + 1} for n in range(5)]
    BudgetLine.objects.bulk_create(BudgetLine(proposal=proposal, **line) for proposal in proposals for line in lines)
    return proposals


def _joined(ideas: Sequence[Idea], proposals: Sequence[Proposal], officer: User) -> None:
    """The ideas that are part of a proposal, dealt out like cards; the first of each leads."""
    joined = [idea for idea in ideas if idea.state == IdeaState.CONSOLIDATED]
    into = [proposals[n % len(proposals)] for n in range(len(joined))]
    Consolidation.objects.bulk_create(
        Consolidation(
            proposal=proposal,
            idea=idea,
            kind=ConsolidationKind.PRIMARY if n < len(proposals) else ConsolidationKind.MERGED,
            created_by=officer,
            created_at=NOW + timedelta(minutes=n),
        )
        for n, (idea, proposal) in enumerate(zip(joined, into, strict=True))
    )
    moved = {"from_state": IdeaState.ACCEPTED, "to_state": IdeaState.CONSOLIDATED, "notified_at": NOW}
    IdeaEvent.objects.bulk_create(IdeaEvent(idea=idea, actor=officer, at=NOW, **moved) for idea in joined)


def _judged(year: Programme, proposals: Sequence[Proposal], draw: random.Random) -> Contest:
    """A contest whose result is public, and a project of each entry."""
    contest = Contest.objects.create(
        programme=year,
        name="Bench",
        seed="bench",
        budget=1_000_000,
        state=ContestState.PUBLICISED,
        rules_sha256="0" * 64,
        opened_at=NOW,
    )
    ContestCommunity.objects.bulk_create(
        ContestCommunity(contest=contest, community=place, name=place.name, registered_population=5000)
        for place in year.subdistrict.communities.all()
    )
    entries = Entry.objects.bulk_create(
        Entry(
            contest=contest,
            proposal=proposal,
            number=f"{n + 1:03}",
            title=proposal.title,
            community=proposal.community,
            category=proposal.category,
            requested_amount=1000,
        )
        for n, proposal in enumerate(proposals)
    )
    run = TallyRun.objects.create(
        contest=contest,
        kind=RunKind.FINAL,
        state=RunState.DONE,
        requested_at=NOW,
        finished_at=NOW,
        results_sha256="0" * 64,
        counts={"valid_ballots": len(entries)},
    )
    results = Result.objects.bulk_create(_result(run, entry, rank, draw) for rank, entry in enumerate(entries, 1))
    awards = Award.objects.bulk_create(
        Award(entry=result.entry, result=result, state="SELECTED", amount=1000, created_at=NOW) for result in results
    )
    _funded(awards)
    return contest


def _result(run: TallyRun, entry: Entry, rank: int, draw: random.Random) -> Result:
    score = Decimal(10_000 - rank) / 100
    return Result(
        run=run,
        entry=entry,
        rank=rank,
        sheets=5,
        sheet_scores=[str(score)] * 5,
        trimmed=True,
        expert_score=score,
        votes=draw.randint(0, 500),
        offline_votes=0,
        public_score=score,
        final_score=score,
        amount=1000,
        decision="SELECTED",
        reason="BY_RANK",
    )


def _funded(awards: Sequence[Award]) -> None:
    projects = Project.objects.bulk_create(
        Project(
            award=award,
            title=award.entry.title,
            community=award.entry.community,
            lead="Team",
            amount=1000,
            approved_at=NOW - timedelta(minutes=n),
        )
        for n, award in enumerate(awards)
    )
    Milestone.objects.bulk_create(
        Milestone(project=project, title=f"M{n}", due_on=NOW.date()) for project in projects for n in range(4)
    )


def _on_the_roll(contest: Contest, people: Sequence[User], size: int, draw: random.Random) -> None:
    """Residents with an account, and for the rest lines that the committees entered; more than half has voted."""
    places = list(contest.programme.subdistrict.communities.order_by("code"))
    verified = {"state": ResidencyState.VERIFIED, "method": VerificationMethod.ROSTER, "decided_at": NOW}
    homes = Residency.objects.bulk_create(
        Residency(user=person, community=place, subdistrict=place.subdistrict, **verified)
        for person in people
        for place in [draw.choice(places)]
    )
    lines = [Voter(contest=contest, user=home.user, community=home.community) for home in homes]
    lines += [
        Voter(contest=contest, community=draw.choice(places), source=RollSource.ROSTER, reference=f"{n:05}")
        for n in range(size - len(lines))
    ]
    for line in lines:
        line.has_voted = line.is_adult = draw.random() < 0.6
        line.way = VoteWay.ONLINE if line.has_voted else VoteWay.NONE
    Voter.objects.bulk_create(lines)
