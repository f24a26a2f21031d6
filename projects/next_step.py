"""The one thing that the front page asks a person to do today."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum

from communities.enums import OFFICE_ROLES, ResidencyState, Role
from communities.models import Residency, User
from communities.rules import Person
from contests.models import Contest, Entry, Panelist, Voter
from contests.rules import scores_now
from programmes.calendar import Line, may_now, open_until
from programmes.enums import Action
from programmes.models import Programme
from proposals.enums import IdeaState
from proposals.models import Idea, PolishRound


class StepKind(StrEnum):
    """What the big button does; the template has the words."""

    OFFICE = "OFFICE"
    DESK = "DESK"
    SCORE = "SCORE"
    VOTE = "VOTE"
    NAME_COMMUNITY = "NAME_COMMUNITY"
    REVISE_IDEA = "REVISE_IDEA"
    ANSWER_CHANGES = "ANSWER_CHANGES"
    SUBMIT_IDEA = "SUBMIT_IDEA"
    READ_ENTRIES = "READ_ENTRIES"
    READ_RESULT = "READ_RESULT"
    READ_IDEAS = "READ_IDEAS"


ACT_OF_STAGE = {
    StepKind.REVISE_IDEA: Action.REVISE_IDEA,
    StepKind.ANSWER_CHANGES: Action.EDIT_PROPOSAL,
    StepKind.SUBMIT_IDEA: Action.SUBMIT_IDEA,
}


@dataclass(frozen=True, slots=True)
class Step:
    """`contest`, `idea` or `polish_round` is what it is about; `until` the first moment at which it is too late, None for what
    is only read. `voted` is an open contest in which the person's ballot lies already; `pending` a community that has not
    verified the person yet.
    """

    kind: StepKind
    contest: Contest | None = None
    idea: Idea | None = None
    polish_round: PolishRound | None = None
    voted: Contest | None = None
    pending: Residency | None = None
    until: datetime | None = None


@dataclass(frozen=True, slots=True)
class Today:
    """What is going on in the programme; `voting` is a contest whose ballot is open, `decided` the latest result."""

    programme: Programme
    calendar: Sequence[Line]
    voting: Contest | None
    decided: Contest | None
    now: datetime


def next_step(user: Person, today: Today) -> Step:
    """No query for visitors; for others at most six. Work comes first, then the ballot, then one's own ideas."""
    step = _step_of(user, today)
    return replace(step, until=_until(step, today))


def _until(step: Step, today: Today) -> datetime | None:
    if act := ACT_OF_STAGE.get(step.kind):
        return open_until(today.calendar, act)
    if step.contest and step.kind in (StepKind.VOTE, StepKind.NAME_COMMUNITY):
        return step.contest.voting_closes_at
    return step.contest.scoring_closes_at if step.contest and step.kind == StepKind.SCORE else None


def _step_of(user: Person, today: Today) -> Step:
    if not isinstance(user, User):
        return Step(StepKind.VOTE, contest=today.voting) if today.voting else _at_leisure(today)
    if work := _work_of(user, today):
        return work
    residency = _residency_of(user, today) if today.voting else None
    voted = today.voting if residency and _has_voted(user, today) else None
    pending = residency if residency and residency.state == ResidencyState.PENDING else None
    if today.voting and residency is None:
        # Accounts with a password are those of experts and offices, who vote nowhere.
        if not user.phone_token:
            return Step(StepKind.READ_ENTRIES, contest=today.voting)
        return Step(StepKind.NAME_COMMUNITY, contest=today.voting)
    if today.voting and not voted and not pending:
        return Step(StepKind.VOTE, contest=today.voting)
    step = _revision(user, today) or _changes(user, today) or _at_leisure(today)
    if voted and step.kind in (StepKind.READ_RESULT, StepKind.READ_IDEAS):
        step = Step(StepKind.READ_ENTRIES, contest=voted)
    return replace(step, voted=voted, pending=pending)


def _work_of(user: User, today: Today) -> Step | None:
    """For people who come here to work: the office, the desk, or the entries that an expert has not scored yet."""
    roles = {Role(a.role) for a in user.appointments_today if a.subdistrict_id == today.programme.subdistrict_id}
    if roles & OFFICE_ROLES:
        return Step(StepKind.OFFICE)
    if roles:
        return Step(StepKind.DESK)
    for seat in Panelist.objects.of(user).filter(contest__programme=today.programme):
        if scores_now(seat.contest, today.now) and Entry.objects.unscored_by(seat).exists():
            return Step(StepKind.SCORE, contest=seat.contest)
    return None


def _residency_of(user: User, today: Today) -> Residency | None:
    """The verified one, else one that waits for verification."""
    found = Residency.objects.exclude(state=ResidencyState.REFUSED).select_related("community")
    named = found.filter(user=user, subdistrict=today.programme.subdistrict_id)
    return min(named, key=lambda residency: residency.state != ResidencyState.VERIFIED, default=None)


def _has_voted(user: User, today: Today) -> bool:
    return Voter.objects.filter(contest=today.voting, user=user, has_voted=True).exists()


def _revision(user: User, today: Today) -> Step | None:
    """An idea that the office gave back, as long as it may be handed in again."""
    if not may_now(today.calendar, Action.REVISE_IDEA):
        return None
    returned = Idea.objects.of(user).told().filter(programme=today.programme, state=IdeaState.RETURNED)
    idea = returned.order_by("submitted_at", "pk").first()
    return Step(StepKind.REVISE_IDEA, idea=idea) if idea else None


def _changes(user: User, today: Today) -> Step | None:
    """Changes to a proposal for which the person speaks, as long as they may be answered."""
    if not may_now(today.calendar, Action.EDIT_PROPOSAL):
        return None
    shown = PolishRound.objects.awaiting(user).filter(proposal__programme=today.programme)
    first = shown.select_related("proposal").order_by("presented_at", "pk").first()
    return Step(StepKind.ANSWER_CHANGES, polish_round=first) if first else None


def _at_leisure(today: Today) -> Step:
    if may_now(today.calendar, Action.SUBMIT_IDEA):
        return Step(StepKind.SUBMIT_IDEA)
    if today.decided:
        return Step(StepKind.READ_RESULT, contest=today.decided)
    return Step(StepKind.READ_IDEAS)
