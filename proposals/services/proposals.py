"""The verbs on proposals: join ideas, edit, submit, qualify, undo a joining."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.utils.translation import gettext

from communities.models import Community, User
from communities.refusal import Refused, refuse_if
from programmes.models import Category, Programme
from proposals.document import TABLES, BudgetItem, Rows, asks_for_money, completeness_of
from proposals.enums import PROPOSAL_TRANSITIONS, ConsolidationKind, ProposalRefusal, ProposalState
from proposals.models import Consolidation, Idea, Proposal, ProposalEvent
from proposals.rules import why_not_consolidate, why_not_edit_whole, why_not_move_proposal, why_not_place
from proposals.services.document import document_of, write
from proposals.services.ideas import consolidate_idea, release_idea


@dataclass(frozen=True, slots=True)
class ProposalText:
    """The document of a proposal, without its tables."""

    title: str
    community: Community
    category: Category
    site: str = ""
    starts_on: date | None = None
    ends_on: date | None = None
    team_name: str = ""
    team_type: str = ""
    summary: str = ""
    needs_analysis: str = ""
    target_group: str = ""
    direct_beneficiaries: int | None = None
    indirect_beneficiaries: int | None = None
    goal: str = ""
    plan: str = ""
    innovation: str = ""
    sustainability: str = ""
    capacity_building: str = ""
    risks: str = ""
    community_opinion: str = ""
    support_opinion: str = ""


@transaction.atomic
def consolidate(
    *,
    programme: Programme,
    ideas: Sequence[Idea],
    title: str,
    by: User,
    now: datetime,
    proposal: Proposal | None = None,
) -> Proposal:
    """Join accepted ideas into a proposal, a new one unless `proposal` is given.

    The first idea leads a new proposal: community and category are taken from it. Ideas keep their rows, authors and
    numbers. Raises `Refused`: no officer, wrong stage, no idea, an idea of another programme or not accepted (any more).
    """
    refuse_if(why_not_consolidate(by, programme, now))
    if not ideas:
        raise Refused(ProposalRefusal.NO_IDEA)
    if any(idea.programme_id != programme.pk for idea in ideas):
        raise Refused(ProposalRefusal.OTHER_PROGRAMME)
    if proposal is None:
        kinds = [ConsolidationKind.PRIMARY] + [ConsolidationKind.MERGED] * (len(ideas) - 1)
        proposal = Proposal.objects.create(
            programme=programme, community=ideas[0].community, category=ideas[0].category, title=title
        )
        _record(proposal, by=by, from_state="", to=ProposalState.DRAFT, now=now)
    else:
        _hold(proposal)
        refuse_if(why_not_edit_whole(by, proposal, now))
        kinds = [ConsolidationKind.MERGED] * len(ideas)
    for idea, kind in zip(ideas, kinds, strict=True):
        consolidate_idea(idea=idea, by=by, now=now, note=proposal.title)
        Consolidation.objects.create(proposal=proposal, idea=idea, kind=kind, created_by=by, created_at=now)
    return proposal


@transaction.atomic
def undo_consolidation(*, consolidation: Consolidation, by: User, now: datetime) -> None:
    """Give a joined idea back as accepted, while the proposal may still be edited. The row stays as history."""
    _hold(consolidation.proposal)
    refuse_if(why_not_edit_whole(by, consolidation.proposal, now))
    undone = Consolidation.objects.in_force().filter(pk=consolidation.pk).update(undone_at=now)
    if not undone:
        raise Refused(ProposalRefusal.WRONG_STATE)
    release_idea(idea=consolidation.idea, by=by, now=now, note=consolidation.proposal.title)


@transaction.atomic
def edit_proposal(
    *,
    proposal: Proposal,
    text: ProposalText,
    budget: Sequence[BudgetItem],
    revision: int,
    by: User,
    now: datetime,
    rows: Rows | None = None,
) -> Proposal:
    """Replace text and budget of a proposal that is still being written, and with `rows` its other tables.

    `revision` is the one the form was made from; if somebody saved since, the answer is `Refused(STALE)`.
    """
    place = why_not_place(proposal.programme, text.community, text.category)
    _hold(proposal)
    refuse_if(why_not_edit_whole(by, proposal, now) or place)
    if not Proposal.objects.filter(pk=proposal.pk, revision=revision).exists():
        raise Refused(ProposalRefusal.STALE)
    columns = {field.name: getattr(text, field.name) for field in fields(text)}
    tables = {} if rows is None else {name: getattr(rows, name) for name in TABLES}
    return write(proposal, columns, {**tables, "budget_lines": budget})


@transaction.atomic
def move_proposal(*, proposal: Proposal, to: ProposalState, by: User, now: datetime, note: str = "") -> Proposal:
    """Take a proposal one step on: into coaching, submitted, qualified, or back into coaching with a note.

    One that asks for no money, or whose document lacks something, cannot be submitted. Raises `Refused`.
    """
    _hold(proposal)
    refuse_if(why_not_move_proposal(by, proposal, to, now))
    if to == ProposalState.SUBMITTED:
        _refuse_unfinished(proposal)
    _move(proposal, to=to, by=by, now=now, note=note)
    return proposal


def _refuse_unfinished(proposal: Proposal) -> None:
    """Says all that is missing at once."""
    document = document_of(proposal)
    if not asks_for_money(document.rows):
        raise Refused(ProposalRefusal.NO_BUDGET)
    missing = [str(words) for section in completeness_of(document) for words in section.missing]
    if missing:
        raise Refused(ProposalRefusal.INCOMPLETE, missing=gettext(", ").join(missing))


def requested_amount(proposal: Proposal) -> Decimal:
    """What the budget asks of the office, in yuan."""
    counted: Any = Proposal.objects.with_requested_total().get(pk=proposal.pk)
    total: Decimal = counted.requested_total
    return total


def _hold(proposal: Proposal) -> None:
    """Read the state anew, and keep it until this transaction ends: nothing joins a proposal while it is qualified."""
    proposal.refresh_from_db(fields=["state"], from_queryset=Proposal.objects.select_for_update(no_key=True))


def _move(proposal: Proposal, *, to: ProposalState, by: User, now: datetime, note: str = "") -> None:
    """The one place where a proposal changes its state: compare, set, and leave an event."""
    old = ProposalState(proposal.state)
    if to not in PROPOSAL_TRANSITIONS[old]:
        raise Refused(ProposalRefusal.WRONG_STATE)
    if Proposal.objects.filter(pk=proposal.pk, state=old).update(state=to) != 1:
        raise Refused(ProposalRefusal.WRONG_STATE)
    proposal.state = to
    _record(proposal, by=by, from_state=old, to=to, now=now, note=note)


def _record(proposal: Proposal, *, by: User, from_state: str, to: ProposalState, now: datetime, note: str = "") -> None:
    ProposalEvent.objects.create(proposal=proposal, actor=by, from_state=from_state, to_state=to, note=note, at=now)
