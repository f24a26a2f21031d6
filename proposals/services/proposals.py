"""The verbs on proposals: edit, submit, qualify."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, fields
from datetime import date, datetime
from decimal import Decimal

from django.db import transaction
from django.utils.translation import gettext

from communities.models import Community, User
from communities.refusal import Refused, refuse_if
from programmes.models import Category
from proposals.caps import allowance_of
from proposals.document import TABLES, BudgetItem, Rows, asks_for_money, completeness_of
from proposals.enums import (
    PROPOSAL_ASKING_STATES,
    PROPOSAL_EXITS,
    PROPOSAL_TRANSITIONS,
    ProposalReason,
    ProposalRefusal,
    ProposalState,
    RoundStep,
)
from proposals.models import Consolidation, Idea, Proposal, ProposalEvent
from proposals.money import yuan
from proposals.receipts import project_number
from proposals.rules import why_not_edit_whole, why_not_move_proposal, why_not_place
from proposals.services.document import begin_round, document_of, hold_stored, unseen_changes, write
from proposals.services.ideas import release_idea
from proposals.writing_rules import why_not_name_lead, why_not_pledge, why_not_say_why


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
    stored = hold_stored(proposal)
    refuse_if(why_not_edit_whole(by, stored, now) or place)
    if stored.revision != revision:
        raise Refused(ProposalRefusal.STALE)
    begin_round(stored, now)
    columns = {field.name: getattr(text, field.name) for field in fields(text)}
    tables = {} if rows is None else {name: getattr(rows, name) for name in TABLES}
    return write(stored, columns, {**tables, "budget_lines": budget})


@transaction.atomic
def move_proposal(
    *,
    proposal: Proposal,
    to: ProposalState,
    by: User,
    now: datetime,
    note: str = "",
    reason: ProposalReason | None = None,
    pledge: str = "",
) -> Proposal:
    """Take a proposal one step on: into coaching, submitted, qualified; or, with a reason and a note, back or out.

    The authors of its ideas hear of it with the reason; the note stays between the office and those who write. One that
    asks for no money or for more than the caps of its year, or whose document lacks something, cannot be submitted.
    With `pledge`, the wording in force, the lead promises what the statement of integrity says: by themselves, or on paper
    that `by` keeps. Given back it is promised anew.
    With its qualification it gets its number. With its end its ideas are free for another one, unless a contest with it
    had opened: what was judged stays as it was. Raises `Refused`.
    """
    hold(proposal)
    refuse_if(why_not_move_proposal(by, proposal, to, now) or why_not_say_why(proposal, to, reason, note))
    if to == ProposalState.SUBMITTED:
        _refuse_unfinished(proposal)
        refuse_if(why_not_pledge(pledge))
    if to in PROPOSAL_ASKING_STATES:
        _hold_community(proposal)
        _refuse_excess(proposal)
    if to == ProposalState.QUALIFIED:
        _give_number(proposal)
    if to == ProposalState.SUBMITTED:
        _keep_pledge(proposal, version=pledge, at=now, by=by)
    elif to == ProposalState.COACHING:
        _keep_pledge(proposal, version="", at=None, by=None)
    move(proposal, to=to, by=by, now=now, note=note, reason=reason or "")
    if to in PROPOSAL_EXITS and proposal.sealed_at is None:
        _free_ideas(proposal, by=by, now=now)
    return proposal


def _free_ideas(proposal: Proposal, *, by: User, now: datetime) -> None:
    """The ideas are accepted again; that they were part of the proposal stays on record. Needs the proposal held."""
    joined = Consolidation.objects.in_force().filter(proposal=proposal)
    ideas = list(Idea.objects.filter(pk__in=joined.values("idea")).order_by("pk"))
    joined.update(ended_at=now)
    for idea in ideas:
        release_idea(idea=idea, by=by, now=now, note=proposal.title)


def _refuse_unfinished(proposal: Proposal) -> None:
    """Says all that is missing at once."""
    document = document_of(proposal)
    if proposal.rounds.waiting().exists() or unseen_changes(proposal, document):
        raise Refused(ProposalRefusal.ROUND_UNANSWERED)
    if not asks_for_money(document.rows):
        raise Refused(ProposalRefusal.NO_BUDGET)
    missing = [str(words) for section in completeness_of(document) for words in section.missing]
    if missing:
        raise Refused(ProposalRefusal.INCOMPLETE, missing=gettext(", ").join(missing))


def _keep_pledge(proposal: Proposal, *, version: str, at: datetime | None, by: User | None) -> None:
    proposal.pledge_version, proposal.pledged_at, proposal.pledged_by = version, at, by
    proposal.save(update_fields=["pledge_version", "pledged_at", "pledged_by"])


def _hold_community(proposal: Proposal) -> None:
    """One after the other: neither the sum nor the numbers of a community are counted twice at a time."""
    Community.objects.select_for_update(no_key=True).get(pk=proposal.community_id)


def _refuse_excess(proposal: Proposal) -> None:
    """Says by how much it is too much. Needs the community held."""
    allowance = allowance_of(proposal)
    asked = yuan(allowance.asked)
    if allowance.left_of_project is not None and allowance.left_of_project < 0:
        cap, over = yuan(allowance.project_cap or Decimal(0)), yuan(-allowance.left_of_project)
        raise Refused(ProposalRefusal.OVER_PROJECT_CAP, asked=asked, cap=cap, over=over)
    if allowance.left_of_community is not None and allowance.left_of_community < 0:
        raise Refused(
            ProposalRefusal.OVER_COMMUNITY_CAP,
            asked=asked,
            community=proposal.community,
            others=yuan(allowance.others),
            cap=yuan(allowance.community_cap or Decimal(0)),
            over=yuan(-allowance.left_of_community),
        )


def _give_number(proposal: Proposal) -> None:
    """The next one of the community's year, as WJ-034-2018-01; a proposal keeps its own. Needs the community held."""
    if proposal.number:
        return
    numbered = Proposal.objects.filter(programme=proposal.programme_id, community=proposal.community_id)
    proposal.number = project_number(
        proposal.programme.number_prefix,
        proposal.community.code,
        proposal.programme.year,
        numbered.exclude(number="").count() + 1,
    )
    Proposal.objects.filter(pk=proposal.pk).update(number=proposal.number)


@transaction.atomic
def name_lead(*, proposal: Proposal, lead: User, by: User, now: datetime) -> Proposal:
    """The office names who speaks for the proposal: one of the authors of its ideas. Raises `Refused`."""
    hold(proposal)
    refuse_if(why_not_name_lead(by, proposal, lead))
    Proposal.objects.filter(pk=proposal.pk).update(lead=lead)
    proposal.lead = lead
    state = ProposalState(proposal.state)
    ProposalEvent.objects.create(
        proposal=proposal,
        actor=by,
        from_state=state,
        to_state=state,
        reason=RoundStep.LEAD_NAMED,
        note=str(lead),
        at=now,
    )
    return proposal


def requested_amount(proposal: Proposal) -> Decimal:
    """What the budget asks of the office, in yuan."""
    return Proposal.objects.filter(pk=proposal.pk).requested_sum()


def hold(proposal: Proposal) -> None:
    """Read the state anew, and keep it until this transaction ends: nothing joins a proposal while it is qualified."""
    proposal.refresh_from_db(
        fields=["state", "number", "sealed_at"], from_queryset=Proposal.objects.select_for_update(no_key=True)
    )


def move(proposal: Proposal, *, to: ProposalState, by: User, now: datetime, note: str = "", reason: str = "") -> None:
    """The one place where a proposal changes its state: compare, set, and leave an event."""
    old = ProposalState(proposal.state)
    if to not in PROPOSAL_TRANSITIONS[old]:
        raise Refused(ProposalRefusal.WRONG_STATE)
    if Proposal.objects.filter(pk=proposal.pk, state=old).update(state=to) != 1:
        raise Refused(ProposalRefusal.WRONG_STATE)
    proposal.state = to
    record(proposal, by=by, from_state=old, to=to, now=now, note=note, reason=reason)


def record(
    proposal: Proposal,
    *,
    by: User,
    from_state: str,
    to: ProposalState,
    now: datetime,
    note: str = "",
    reason: str = "",
) -> None:
    ProposalEvent.objects.create(
        proposal=proposal, actor=by, from_state=from_state, to_state=to, reason=reason, note=note, at=now
    )
