"""Why not? One function for each verb on ideas and proposals: a reason, or None when it may be done."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime

from communities import privacy
from communities.models import Community, User
from communities.querysets import scope_of
from communities.rules import Person, is_community_officer, is_street_officer, verified_residency
from programmes.enums import Action
from programmes.models import Accompaniment, Category, Programme
from programmes.rules import permits
from proposals.enums import (
    IDEA_OPEN_STATES,
    IDEA_SECONDED_STATES,
    IDEA_TRANSITIONS,
    PROPOSAL_EDITABLE_STATES,
    PROPOSAL_OPEN_STATES,
    PROPOSAL_TRANSITIONS,
    ConsolidationKind,
    IdeaState,
    ProposalRefusal,
    ProposalState,
)
from proposals.models import Consolidation, Idea, IdeaClaim, IdeaPhoto, Proposal, Screening

MAX_CLAIMS = 5
MAX_DRAFTS = 10
# Of each field: far more than the form takes, and little enough that drafts fill no disk.
DRAFT_LENGTH = 5000


def why_not_place(programme: Programme, community: Community, category: Category) -> ProposalRefusal | None:
    """Community and category are those of the programme."""
    fits = community.subdistrict_id == programme.subdistrict_id and category.programme_id == programme.pk
    return None if fits else ProposalRefusal.OTHER_PLACE


def why_not_submit_idea(user: Person, programme: Programme, now: datetime) -> ProposalRefusal | None:
    if not isinstance(user, User) or not user.is_active:
        return ProposalRefusal.LOGIN_NEEDED
    if user.phone_verified_at is None:
        return ProposalRefusal.PHONE_UNVERIFIED
    if not permits(programme, Action.SUBMIT_IDEA, now):
        return ProposalRefusal.STAGE_CLOSED
    return None


def why_not_keep_draft(
    user: Person, typed: Mapping[str, str], *, is_new: bool, idea: Idea | None = None
) -> ProposalRefusal | None:
    """At any time of the year, so that nothing is lost when the collection closes while somebody writes.

    Of an `idea` that is revised whoever speaks for it keeps drafts, until it is handed in again.
    """
    if not isinstance(user, User) or not user.is_active:
        return ProposalRefusal.LOGIN_NEEDED
    if refused := _why_not_draft_of(user, idea):
        return refused
    if any(len(text) > DRAFT_LENGTH for text in typed.values()):
        return ProposalRefusal.DRAFT_TOO_LONG
    if is_new and user.idea_drafts.count() >= MAX_DRAFTS:
        return ProposalRefusal.TOO_MANY_DRAFTS
    return None


def _why_not_draft_of(user: User, idea: Idea | None) -> ProposalRefusal | None:
    if idea is None:
        return None if user.phone_verified_at else ProposalRefusal.PHONE_UNVERIFIED
    if not speaks_for(user, idea):
        return ProposalRefusal.NOT_YOURS
    writing = idea.state in {IdeaState.DRAFT, IdeaState.RETURNED}
    return None if writing else ProposalRefusal.ALREADY_HANDED_IN


def serves(user: Person, community: Community) -> bool:
    """Whether the person works for the residents of the community: as its officer, or in its street office."""
    return is_community_officer(user, community) or is_street_officer(user, community.subdistrict_id)


def why_not_enter_idea(
    user: Person, programme: Programme, community: Community, now: datetime
) -> ProposalRefusal | None:
    """Officers write down what residents bring on paper, by telephone or to a meeting."""
    if not serves(user, community):
        return ProposalRefusal.NOT_YOUR_COMMUNITY
    return None if permits(programme, Action.SUBMIT_IDEA, now) else ProposalRefusal.STAGE_CLOSED


def is_author(user: Person, idea: Idea) -> bool:
    return isinstance(user, User) and idea.author_id == user.pk


def speaks_for(user: Person, idea: Idea) -> bool:
    """The author; and officers for an idea that was entered for somebody who never used the site."""
    if is_author(user, idea) or idea.entered_by_id is None:
        return is_author(user, idea)
    follows = idea.author is not None and idea.author.phone_verified_at is not None
    return not follows and serves(user, idea.community)


def why_not_revise_idea(user: Person, idea: Idea, now: datetime) -> ProposalRefusal | None:
    """Authors finish their drafts while ideas are collected, and answer a return while ideas are screened."""
    if not speaks_for(user, idea):
        return ProposalRefusal.NOT_YOURS
    if idea.state == IdeaState.DRAFT:
        return why_not_submit_idea(user, idea.programme, now)
    if idea.state == IdeaState.SUBMITTED:
        return ProposalRefusal.BEING_SCREENED
    if idea.state != IdeaState.RETURNED:
        return ProposalRefusal.WRONG_STATE
    return None if permits(idea.programme, Action.REVISE_IDEA, now) else ProposalRefusal.STAGE_CLOSED


def why_not_mend_idea(user: Person, idea: Idea, now: datetime) -> ProposalRefusal | None:
    """Authors put right what waits for screening, until an officer has said what they think of that text."""
    if not speaks_for(user, idea):
        return ProposalRefusal.NOT_YOURS
    if idea.state != IdeaState.SUBMITTED:
        return ProposalRefusal.WRONG_STATE
    if Screening.objects.opinion_of(idea) is not None:
        return ProposalRefusal.BEING_SCREENED
    return None if permits(idea.programme, Action.REVISE_IDEA, now) else ProposalRefusal.STAGE_CLOSED


def why_not_withdraw_idea(user: Person, idea: Idea) -> ProposalRefusal | None:
    if not speaks_for(user, idea):
        return ProposalRefusal.NOT_YOURS
    if IdeaState.WITHDRAWN not in IDEA_TRANSITIONS[IdeaState(idea.state)]:
        return ProposalRefusal.WRONG_STATE
    return None


def why_not_claim(user: Person, idea: Idea) -> ProposalRefusal | None:
    """Who holds the receipt of an idea without an author may say that it is theirs."""
    if not isinstance(user, User) or not user.is_active:
        return ProposalRefusal.LOGIN_NEEDED
    if user.phone_verified_at is None:
        return ProposalRefusal.PHONE_UNVERIFIED
    if idea.author_id is not None:
        return ProposalRefusal.HAS_AUTHOR
    waiting = IdeaClaim.objects.for_officers().filter(user=user).count()
    return ProposalRefusal.TOO_MANY_CLAIMS if waiting >= MAX_CLAIMS else None


def why_not_decide_claim(user: Person, claim: IdeaClaim) -> ProposalRefusal | None:
    """Officers of the community or the street decide, once, and never for themselves."""
    if claim.user_id == user.pk or not serves(user, claim.idea.community):
        return ProposalRefusal.NOT_YOUR_COMMUNITY
    if claim.offered_by_id is not None:
        return ProposalRefusal.OFFERED_TO_SOMEBODY
    return None if claim.accepted is None else ProposalRefusal.CLAIM_DECIDED


def why_not_answer_offer(user: Person, offer: IdeaClaim) -> ProposalRefusal | None:
    """Whoever logs in with the number that an officer wrote down says once whether the idea is theirs."""
    if not isinstance(user, User) or not user.is_active:
        return ProposalRefusal.LOGIN_NEEDED
    if offer.offered_by_id is None or offer.user_id != user.pk:
        return ProposalRefusal.OFFERED_TO_SOMEBODY
    if user.phone_verified_at is None:
        return ProposalRefusal.PHONE_UNVERIFIED
    if offer.accepted is not None:
        return ProposalRefusal.OFFER_ANSWERED
    return ProposalRefusal.WRONG_STATE if offer.idea.state == IdeaState.WITHDRAWN else None


def why_not_consent(version: str) -> ProposalRefusal | None:
    """Consent to an earlier notice is none."""
    return None if version == privacy.VERSION else ProposalRefusal.CONSENT_NEEDED


def why_not_show_name(user: Person, idea: Idea, *, shown: bool) -> ProposalRefusal | None:
    """The separate consent is taken back as easily as it is given, in every state of the idea."""
    if not speaks_for(user, idea):
        return ProposalRefusal.NOT_YOURS
    named = idea.contributor_name or (idea.author and idea.author.display_name)
    return ProposalRefusal.NO_NAME if shown and not named else None


def why_not_change_photos(user: Person, idea: Idea) -> ProposalRefusal | None:
    """Until the office decides; what an officer looked at for a first opinion is what the second officer finds."""
    if not speaks_for(user, idea):
        return ProposalRefusal.NOT_YOURS
    if idea.state not in IDEA_OPEN_STATES:
        return ProposalRefusal.WRONG_STATE
    looked_at = idea.state == IdeaState.SUBMITTED and Screening.objects.opinion_of(idea) is not None
    return ProposalRefusal.BEING_SCREENED if looked_at else None


def why_not_take_down_photo(user: Person, photo: IdeaPhoto) -> ProposalRefusal | None:
    """For faces, number plates and whatever the law forbids, at any time: by officers of the community or the street."""
    if not serves(user, photo.idea.community):
        return ProposalRefusal.NOT_YOUR_COMMUNITY
    return ProposalRefusal.PHOTO_TAKEN_DOWN if photo.taken_down_at else None


def why_not_second(user: Person, idea: Idea, now: datetime) -> ProposalRefusal | None:
    """An idea that is offered to somebody counts as theirs until they say that it is not."""
    if not isinstance(user, User) or not user.is_active:
        return ProposalRefusal.LOGIN_NEEDED
    offered = idea.author_id is None and idea.claims.offers().waiting().filter(user=user).exists()
    if idea.author_id == user.pk or offered:
        return ProposalRefusal.OWN_SECONDED
    if verified_residency(user, idea.programme.subdistrict) is None:
        return ProposalRefusal.NOT_A_RESIDENT
    return _why_not_counting(idea, now)


def why_not_take_back_seconding(user: Person, idea: Idea, now: datetime) -> ProposalRefusal | None:
    """Whoever seconded may think again, wherever they live by now."""
    if not isinstance(user, User) or not user.is_active:
        return ProposalRefusal.LOGIN_NEEDED
    return _why_not_counting(idea, now)


def _why_not_counting(idea: Idea, now: datetime) -> ProposalRefusal | None:
    """What counted towards a decision stays as it was."""
    counts = idea.state in IDEA_SECONDED_STATES
    if not counts and idea.shown_state not in IDEA_SECONDED_STATES:
        return ProposalRefusal.WRONG_STATE
    if not permits(idea.programme, Action.SECOND_IDEA, now):
        return ProposalRefusal.STAGE_CLOSED
    return None if counts else ProposalRefusal.BEING_DECIDED


def why_not_consolidate(user: Person, programme: Programme, now: datetime) -> ProposalRefusal | None:
    if not is_street_officer(user, programme.subdistrict_id):
        return ProposalRefusal.NOT_AN_OFFICER
    return None if permits(programme, Action.CONSOLIDATE, now) else ProposalRefusal.STAGE_CLOSED


def why_not_join_into(user: Person, proposal: Proposal, now: datetime) -> ProposalRefusal | None:
    """Ideas join a proposal as long as it is being written."""
    if refused := why_not_consolidate(user, proposal.programme, now):
        return refused
    if proposal.state in PROPOSAL_EDITABLE_STATES:
        return None
    return ProposalRefusal.JUDGED if proposal.state == ProposalState.QUALIFIED else ProposalRefusal.WRONG_STATE


def why_not_undo_joining(user: Person, proposal: Proposal, now: datetime) -> ProposalRefusal | None:
    """The office gives joined ideas back until a contest with the proposal opens."""
    if not is_street_officer(user, proposal.programme.subdistrict_id):
        return ProposalRefusal.NOT_AN_OFFICER
    if proposal.sealed_at is not None:
        return ProposalRefusal.JUDGED
    if proposal.state not in PROPOSAL_OPEN_STATES:
        return ProposalRefusal.WRONG_STATE
    return None if permits(proposal.programme, Action.UNDO_JOINING, now) else ProposalRefusal.STAGE_CLOSED


def why_not_answer_naming(user: Person, joined: Consolidation) -> ProposalRefusal | None:
    """Whoever speaks for an idea says whether its author is named on the page of the proposal it joined, at any time."""
    if not speaks_for(user, joined.idea):
        return ProposalRefusal.NOT_YOURS
    return ProposalRefusal.WRONG_STATE if joined.undone_at or joined.ended_at else None


def accompanies(user: Person, proposal: Proposal) -> bool:
    """Whether the person works today for an organisation that accompanies the proposal's community in its year."""
    organisations = scope_of(user).organisations if isinstance(user, User) else []
    accompaniments = Accompaniment.objects.in_force().filter(
        programme=proposal.programme_id, community=proposal.community_id
    )
    return bool(organisations) and accompaniments.filter(organisation__in=organisations).exists()


def why_not_edit_proposal(user: Person, proposal: Proposal, now: datetime) -> ProposalRefusal | None:
    """The office writes drafts too; the accompanying organisation only what is being polished."""
    if not is_street_officer(user, proposal.programme.subdistrict_id):
        if not accompanies(user, proposal):
            return ProposalRefusal.NOT_AN_OFFICER
        if proposal.state == ProposalState.DRAFT:
            return ProposalRefusal.NOT_COACHING
    if proposal.state not in PROPOSAL_EDITABLE_STATES:
        return ProposalRefusal.JUDGED if proposal.state == ProposalState.QUALIFIED else ProposalRefusal.WRONG_STATE
    return None if permits(proposal.programme, Action.EDIT_PROPOSAL, now) else ProposalRefusal.STAGE_CLOSED


def lead_of(proposal: Proposal) -> User | None:
    """Who speaks for the proposal: the person named, else the author of the leading idea, if that idea has one."""
    if proposal.lead is not None:
        return proposal.lead
    leading = proposal.consolidations.of_the_record().filter(kind=ConsolidationKind.PRIMARY)
    primary = leading.select_related("idea__author").first()
    return primary.idea.author if primary else None


def leads(user: Person, proposal: Proposal) -> bool:
    return isinstance(user, User) and user.is_active and lead_of(proposal) == user


def why_not_edit_whole(user: Person, proposal: Proposal, now: datetime) -> ProposalRefusal | None:
    """Where it belongs and which ideas are part of it is for the office alone."""
    if not is_street_officer(user, proposal.programme.subdistrict_id):
        return ProposalRefusal.NOT_AN_OFFICER
    return why_not_edit_proposal(user, proposal, now)


def why_not_withdraw_proposal(user: Person, proposal: Proposal) -> ProposalRefusal | None:
    """The lead or the office, at any time but while it takes part in a contest."""
    if not leads(user, proposal) and not is_street_officer(user, proposal.programme.subdistrict_id):
        return ProposalRefusal.NOT_THE_LEAD
    state = ProposalState(proposal.state)
    if ProposalState.WITHDRAWN not in PROPOSAL_TRANSITIONS[state]:
        return ProposalRefusal.WRONG_STATE
    return ProposalRefusal.IN_A_CONTEST if is_in_a_contest(proposal) else None


def is_in_a_contest(proposal: Proposal) -> bool:
    """Only what is qualified enters one; what comes into the pool afterwards has its result."""
    qualified = proposal.state == ProposalState.QUALIFIED
    return qualified and Proposal.objects.in_a_contest().filter(pk=proposal.pk).exists()


def why_not_move_proposal(user: Person, proposal: Proposal, to: ProposalState, now: datetime) -> ProposalRefusal | None:
    """For the steps DRAFT → COACHING → SUBMITTED → QUALIFIED, or back to COACHING.

    A qualified proposal is pooled, or withdrawn while it takes part in no contest. Its lead hands it in, or the
    accompanying organisation that has polished it; every other step is the office's.
    """
    if to == ProposalState.WITHDRAWN:
        return why_not_withdraw_proposal(user, proposal)
    hands_in = to == ProposalState.SUBMITTED
    works = is_street_officer(user, proposal.programme.subdistrict_id)
    if not works and not (hands_in and (accompanies(user, proposal) or leads(user, proposal))):
        return ProposalRefusal.NOT_AN_OFFICER
    state = ProposalState(proposal.state)
    judged = state == ProposalState.QUALIFIED and to != ProposalState.POOLED
    if judged or to not in PROPOSAL_TRANSITIONS[state]:
        return ProposalRefusal.WRONG_STATE
    if to == ProposalState.POOLED:
        # After the contest, whatever stage that is.
        return None
    return None if permits(proposal.programme, Action.QUALIFY_PROPOSAL, now) else ProposalRefusal.STAGE_CLOSED
