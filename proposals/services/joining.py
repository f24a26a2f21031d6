"""The verbs on joining (统筹): ideas become part of a proposal, are given back, and bring their authors' names."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.db import models, transaction

from communities.models import User
from communities.refusal import Refused, refuse_if
from communities.waiting import moment
from programmes.models import Programme
from proposals.enums import (
    PROPOSAL_EDITABLE_STATES,
    ConsolidationKind,
    IdeaState,
    ProposalRefusal,
    ProposalState,
)
from proposals.models import Consolidation, Idea, Proposal
from proposals.querysets import ConsolidationQuerySet
from proposals.rules import (
    why_not_answer_naming,
    why_not_consolidate,
    why_not_join_into,
    why_not_undo_joining,
)
from proposals.services.ideas import consolidate_idea, release_idea
from proposals.services.proposals import hold, move, record

UNTOUCHED = 1
"""The revision of a proposal whose document nobody has saved."""


@transaction.atomic
def consolidate(
    *,
    programme: Programme,
    ideas: Sequence[Idea],
    title: str,
    by: User,
    now: datetime,
    proposal: Proposal | None = None,
    note: str = "",
) -> Proposal:
    """Join accepted ideas into a proposal, a new one unless `proposal` is given.

    The first idea leads a new proposal: community and category are taken from it. Ideas keep their rows, authors and
    numbers; each joining keeps the office's `note`. Of two officers who join the same idea the second is told who was
    first. Raises `Refused`: no officer, wrong stage, no idea, an idea of another programme or not accepted (any more).
    """
    refuse_if(why_not_consolidate(by, programme, now))
    if not ideas:
        raise Refused(ProposalRefusal.NO_IDEA)
    if any(idea.programme_id != programme.pk for idea in ideas):
        raise Refused(ProposalRefusal.OTHER_PROGRAMME)
    if proposal is not None:
        hold(proposal)
        refuse_if(why_not_join_into(by, proposal, now))
    _hold_accepted(ideas)
    if proposal is None:
        kinds = [ConsolidationKind.PRIMARY] + [ConsolidationKind.MERGED] * (len(ideas) - 1)
        proposal = Proposal.objects.create(
            programme=programme, community=ideas[0].community, category=ideas[0].category, title=title
        )
        record(proposal, by=by, from_state="", to=ProposalState.DRAFT, now=now)
    else:
        kinds = [ConsolidationKind.MERGED] * len(ideas)
    for idea, kind in zip(ideas, kinds, strict=True):
        consolidate_idea(idea=idea, by=by, now=now, note=proposal.title)
        Consolidation.objects.create(proposal=proposal, idea=idea, kind=kind, note=note, created_by=by, created_at=now)
    return proposal


@transaction.atomic
def undo_consolidation(*, consolidation: Consolidation, by: User, now: datetime) -> None:
    """Give one joined idea back as accepted, until a contest with the proposal opens. The row stays as history.

    Raises `Refused`: besides what `why_not_undo_joining` says, if it leads others, or was the last idea of a proposal
    that is handed in.
    """
    _undo(consolidation.proposal, Consolidation.objects.filter(pk=consolidation.pk), by=by, now=now)


@transaction.atomic
def undo_joining(*, consolidation: Consolidation, by: User, now: datetime) -> list[Idea]:
    """Take back a whole act of joining: every idea that came into the proposal with this one is given back.

    A proposal that the act made, and in which nobody has written since, is withdrawn. Then everything is as it was
    before, and the history says what was done and undone. Raises `Refused` as `undo_consolidation` does.
    """
    proposal = consolidation.proposal
    ideas = _undo(proposal, Consolidation.objects.of_one_act(consolidation), by=by, now=now)
    untouched = Proposal.objects.filter(pk=proposal.pk, state=ProposalState.DRAFT, revision=UNTOUCHED).exists()
    if untouched and not _joined(proposal).exists():
        move(proposal, to=ProposalState.WITHDRAWN, by=by, now=now)
    return ideas


@transaction.atomic
def answer_naming(*, consolidation: Consolidation, named: bool, by: User, now: datetime) -> None:
    """The author says whether the proposal's page names them as a contributor; they may change their mind."""
    refuse_if(why_not_answer_naming(by, consolidation))
    in_force = Consolidation.objects.in_force().filter(pk=consolidation.pk)
    if not in_force.update(named=named, answered_at=now):
        raise Refused(ProposalRefusal.WRONG_STATE)


def seal(proposals: models.QuerySet[Proposal], *, now: datetime) -> None:
    """A contest with these opens: which ideas are behind them is fixed. Called in the transaction that opens it."""
    proposals.filter(sealed_at__isnull=True).update(sealed_at=now)


def _undo(proposal: Proposal, asked_for: ConsolidationQuerySet, *, by: User, now: datetime) -> list[Idea]:
    """Give back what is asked for as far as it is in force."""
    hold(proposal)
    refuse_if(why_not_undo_joining(by, proposal, now))
    joined = asked_for.in_force().select_related("idea")
    leaving = list(joined.order_by("idea"))
    if not leaving:
        raise Refused(ProposalRefusal.WRONG_STATE)
    stays = _joined(proposal).exclude(pk__in=[row.pk for row in leaving]).exists()
    if stays and any(row.kind == ConsolidationKind.PRIMARY for row in leaving):
        raise Refused(ProposalRefusal.LEADS_OTHERS)
    if not stays and proposal.state not in PROPOSAL_EDITABLE_STATES:
        raise Refused(ProposalRefusal.LAST_IDEA)
    Consolidation.objects.filter(pk__in=[row.pk for row in leaving]).update(undone_at=now)
    for row in leaving:
        release_idea(idea=row.idea, by=by, now=now, note=proposal.title)
    return [row.idea for row in leaving]


def _joined(proposal: Proposal) -> models.QuerySet[Consolidation]:
    return Consolidation.objects.in_force().filter(proposal=proposal)


def _hold_accepted(ideas: Sequence[Idea]) -> None:
    """Keep the ideas until this transaction ends, in one order for everybody, and refuse those that went elsewhere."""
    pks = {idea.pk for idea in ideas}
    for idea in Idea.objects.select_for_update(no_key=True).filter(pk__in=pks).order_by("pk"):
        if idea.state == IdeaState.CONSOLIDATED:
            raise _joined_already(idea)
        if idea.state != IdeaState.ACCEPTED:
            raise Refused(ProposalRefusal.WRONG_STATE)


def _joined_already(idea: Idea) -> Refused:
    """The refusal that tells who was first."""
    first = Consolidation.objects.in_force().select_related("created_by", "proposal").filter(idea=idea).first()
    if first is None:
        return Refused(ProposalRefusal.WRONG_STATE)
    return Refused(
        ProposalRefusal.JOINED_ALREADY,
        who=first.created_by,
        idea=idea,
        proposal=first.proposal,
        when=moment(first.created_at),
    )
