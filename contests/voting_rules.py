"""Why not? The rules of the public vote's verbs: the roll, household codes, ballots."""

from __future__ import annotations

from datetime import datetime

from communities.models import Community
from communities.rules import Person, is_community_officer, is_street_approver, is_street_officer
from contests.enums import ContestRefusal, ContestState
from contests.models import BallotFlag, Contest, Voter
from contests.rules import votes_now
from contests.voting_enums import FlagState, VoteWay, VotingRefusal


def why_not_keep_roll(user: Person, contest: Contest, community: Community) -> VotingRefusal | None:
    """Officers of the community and of the street keep the roll until the contest closes."""
    here = community.subdistrict_id == contest.programme.subdistrict_id
    if not here or not (is_community_officer(user, community) or is_street_officer(user, community.subdistrict_id)):
        return VotingRefusal.NOT_AN_OFFICER
    open_still = contest.state in {ContestState.DRAFT, ContestState.OPEN} and not contest.is_imported
    return None if open_still else VotingRefusal.ROLL_CLOSED


def why_not_mark_paper(user: Person, contest: Contest, community: Community) -> VotingRefusal | None:
    """Who signed the printed roll is marked by who keeps it, and still while the papers are counted after closing."""
    refusal = why_not_keep_roll(user, contest, community)
    return None if refusal == VotingRefusal.ROLL_CLOSED and marks_paper(contest) else refusal


def why_not_join(user: Person, contest: Contest, own: Voter, other: Voter) -> VotingRefusal | None:
    """An account's line and another's, of one community, become one; where that voids a ballot an approver does it.

    Still after closing: only then all who voted on two ways are known.
    """
    if refusal := why_not_mark_paper(user, contest, own.community):
        return refusal
    if own.user_id is None or other.user_id is not None or own.community_id != other.community_id:
        return VotingRefusal.NOT_TWO_LINES
    if own.struck_by_id is not None or other.struck_by_id is not None:
        return VotingRefusal.STRUCK
    approved = is_street_approver(user, contest.programme.subdistrict_id)
    return VotingRefusal.BOTH_VOTED if own.has_voted and other.has_voted and not approved else None


def why_not_tell_apart(user: Person, contest: Contest, community: Community, now: datetime) -> VotingRefusal | None:
    """Who keeps the roll says that voters are not those of the accounts, between the last ballot and the final tally."""
    if refusal := why_not_mark_paper(user, contest, community):
        return refusal
    return None if is_over(contest, now) else VotingRefusal.VOTING_RUNS


def marks_paper(contest: Contest) -> bool:
    states = {ContestState.DRAFT, ContestState.OPEN, ContestState.CLOSED}
    return contest.state in states and not contest.is_imported


def why_not_count_paper(user: Person, contest: Contest, community: Community, now: datetime) -> VotingRefusal | None:
    """Paper is counted until the final tally, by officers of the community and of the street.

    Where counts are hidden, nothing of it is seen or entered while a ballot may still come.
    """
    here = community.subdistrict_id == contest.programme.subdistrict_id
    if not here or not (is_community_officer(user, community) or is_street_officer(user, community.subdistrict_id)):
        return VotingRefusal.NOT_AN_OFFICER
    counting = contest.state in {ContestState.OPEN, ContestState.CLOSED} and not contest.is_imported
    if not counting:
        return VotingRefusal.PAPER_CLOSED
    return VotingRefusal.COUNTS_HIDDEN if hides_paper(contest, now) else None


def hides_paper(contest: Contest, now: datetime) -> bool:
    """Whether the figures of a counting sheet would tell now what nobody is to know before voting is over."""
    return contest.counts_hidden and not is_over(contest, now)


def why_not_help(user: Person, contest: Contest, voter: Voter, now: datetime) -> ContestRefusal | VotingRefusal | None:
    """Officers help whoever of their community has not voted yet, so that nobody's ballot is ever shown to them."""
    if refusal := why_not_keep_roll(user, contest, voter.community):
        return refusal
    if not votes_now(contest, now):
        return ContestRefusal.VOTING_CLOSED if is_over(contest, now) else ContestRefusal.VOTING_NOT_OPEN
    if voter.struck_by_id is not None:
        return VotingRefusal.STRUCK
    return VotingRefusal.VOTED_ALREADY if voter.has_voted else None


def why_not_guard(user: Person, contest: Contest) -> VotingRefusal | None:
    """The street office looks after the box, until the result is on public notice."""
    if not is_street_officer(user, contest.programme.subdistrict_id):
        return VotingRefusal.NOT_AN_OFFICER
    watched = {ContestState.OPEN, ContestState.CLOSED, ContestState.TALLIED}
    return None if contest.state in watched else VotingRefusal.FLAG_SETTLED


def why_not_propose(user: Person, contest: Contest, flag: BallotFlag) -> VotingRefusal | None:
    """Who could settle what somebody proposed first says that they do not agree: one of their own they could not settle."""
    if refusal := why_not_guard(user, contest):
        return refusal
    if flag.state == FlagState.SETTLED:
        return VotingRefusal.FLAG_SETTLED
    return VotingRefusal.FLAG_PROPOSED if why_not_settle(user, contest, flag) is None else None


def why_not_settle(user: Person, contest: Contest, flag: BallotFlag) -> VotingRefusal | None:
    """An approver settles what somebody else proposed."""
    if not is_street_approver(user, contest.programme.subdistrict_id) or user.pk == flag.proposed_by_id:
        return VotingRefusal.APPROVER_NEEDED
    if flag.state == FlagState.SETTLED:
        return VotingRefusal.FLAG_SETTLED
    return why_not_guard(user, contest) if flag.state == FlagState.PROPOSED else VotingRefusal.FLAG_NOT_PROPOSED


def why_not_open_code(contest: Contest, now: datetime) -> ContestRefusal | None:
    """A code may be opened before voting begins, and not after it is over."""
    if contest.state == ContestState.DRAFT:
        return ContestRefusal.VOTING_NOT_OPEN
    return ContestRefusal.VOTING_CLOSED if is_over(contest, now) else None


def why_not_vote(
    contest: Contest, voter: Voter | None, now: datetime, *, known: bool
) -> ContestRefusal | VotingRefusal | None:
    """Voters are on the roll, and the window is the contest's own; `known`: somebody is logged in."""
    if is_over(contest, now):
        return ContestRefusal.VOTING_CLOSED
    if not votes_now(contest, now):
        return ContestRefusal.VOTING_NOT_OPEN
    if voter is None:
        return ContestRefusal.NOT_VERIFIED if known else ContestRefusal.LOGIN_NEEDED
    if voter.struck_by_id is not None:
        return VotingRefusal.STRUCK
    return VotingRefusal.VOTED_ON_PAPER if voter.way == VoteWay.PAPER else None


def is_over(contest: Contest, now: datetime) -> bool:
    """Whether no ballot can come any more."""
    closes = contest.voting_closes_at
    return contest.state != ContestState.OPEN or closes is None or now >= closes
