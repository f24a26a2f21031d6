"""Why not? On writing a proposal: opinions, rounds of polishing, its lead, reasons, and a later year."""

from __future__ import annotations

from datetime import datetime

from communities.models import User
from communities.rules import Person, is_community_officer, is_street_officer
from programmes.enums import Action
from programmes.models import Category
from programmes.rules import permits
from proposals import pledge
from proposals.document_enums import OPINIONS, DocumentSection
from proposals.enums import (
    PROPOSAL_EDITABLE_STATES,
    PROPOSAL_EXITS,
    PROPOSAL_OPINION_STATES,
    ProposalReason,
    ProposalRefusal,
    ProposalState,
)
from proposals.models import PolishRound, Proposal
from proposals.rules import accompanies, is_in_a_contest, leads, why_not_edit_proposal, why_not_move_proposal


def why_not_give_opinion(
    user: Person, proposal: Proposal, section: DocumentSection, now: datetime
) -> ProposalRefusal | None:
    """Everyone their own, and the office what it was told on paper."""
    is_committee = section == DocumentSection.COMMUNITY_OPINION and is_community_officer(user, proposal.community)
    is_support = section == DocumentSection.SUPPORT_OPINION and accompanies(user, proposal)
    if not (is_committee or is_support or is_street_officer(user, proposal.programme.subdistrict_id)):
        return ProposalRefusal.NOT_YOUR_OPINION
    if proposal.state not in PROPOSAL_OPINION_STATES:
        return ProposalRefusal.JUDGED if proposal.state == ProposalState.QUALIFIED else ProposalRefusal.WRONG_STATE
    return None if permits(proposal.programme, Action.EDIT_PROPOSAL, now) else ProposalRefusal.STAGE_CLOSED


def why_not_write_section(
    user: Person, proposal: Proposal, section: DocumentSection, now: datetime
) -> ProposalRefusal | None:
    if section in OPINIONS:
        return why_not_give_opinion(user, proposal, section, now)
    return why_not_edit_proposal(user, proposal, now)


def why_not_present_round(user: Person, proposal: Proposal, now: datetime) -> ProposalRefusal | None:
    """Whoever polishes shows what they changed, while it is being polished."""
    if refusal := why_not_edit_proposal(user, proposal, now):
        return refusal
    return None if proposal.state == ProposalState.COACHING else ProposalRefusal.NOT_COACHING


def why_not_answer_round(
    user: Person, proposal: Proposal, polish_round: PolishRound, now: datetime
) -> ProposalRefusal | None:
    """The lead answers; the office may write down the answer of a lead who does not use the site."""
    if not leads(user, proposal) and not is_street_officer(user, proposal.programme.subdistrict_id):
        return ProposalRefusal.NOT_THE_LEAD
    if polish_round.presented_at is None or polish_round.answered_at is not None:
        return ProposalRefusal.ROUND_ANSWERED
    if proposal.state != ProposalState.COACHING:
        return ProposalRefusal.WRONG_STATE
    return None if permits(proposal.programme, Action.EDIT_PROPOSAL, now) else ProposalRefusal.STAGE_CLOSED


def why_not_name_lead(user: Person, proposal: Proposal, lead: User) -> ProposalRefusal | None:
    if not is_street_officer(user, proposal.programme.subdistrict_id):
        return ProposalRefusal.NOT_AN_OFFICER
    if proposal.state not in PROPOSAL_OPINION_STATES | PROPOSAL_EDITABLE_STATES:
        return ProposalRefusal.WRONG_STATE
    authors = proposal.consolidations.in_force().filter(idea__author=lead)
    return None if authors.exists() else ProposalRefusal.NO_AUTHOR


def why_not_keep_in_pool(user: Person, proposal: Proposal, now: datetime) -> ProposalRefusal | None:
    """The office, at any time of the year; what is in a contest waits for its result."""
    if refusal := why_not_move_proposal(user, proposal, ProposalState.POOLED, now):
        return refusal
    return ProposalRefusal.IN_A_CONTEST if is_in_a_contest(proposal) else None


def why_not_reenter(user: Person, proposal: Proposal, category: Category, now: datetime) -> ProposalRefusal | None:
    """The office, from the pool, into a later year in which proposals are made."""
    later, earlier = category.programme, proposal.programme
    if not is_street_officer(user, earlier.subdistrict_id):
        return ProposalRefusal.NOT_AN_OFFICER
    if proposal.state != ProposalState.POOLED:
        return ProposalRefusal.NOT_POOLED
    if later.subdistrict_id != earlier.subdistrict_id or later.year <= earlier.year:
        return ProposalRefusal.NO_LATER_YEAR
    return None if permits(later, Action.CONSOLIDATE, now) else ProposalRefusal.STAGE_CLOSED


def why_not_pledge(version: str) -> ProposalRefusal | None:
    """Nothing is handed in without the lead's word; a promise of an earlier wording is none."""
    return None if version == pledge.VERSION else ProposalRefusal.PLEDGE_NEEDED


def why_not_say_why(
    proposal: Proposal, to: ProposalState, reason: ProposalReason | None, note: str
) -> ProposalRefusal | None:
    """Nothing is given back, withdrawn or disqualified without a reason and a word."""
    backwards = proposal.state == ProposalState.SUBMITTED and to == ProposalState.COACHING
    if not backwards and to not in PROPOSAL_EXITS:
        return None
    return None if reason and note.strip() else ProposalRefusal.WHY_NEEDED
