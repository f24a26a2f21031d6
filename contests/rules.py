"""Why not? One function for each verb on contests: a reason, or None when it may be done."""

from __future__ import annotations

from datetime import datetime

from communities.rules import Person, is_street_approver, is_street_officer
from contests.enums import CONTEST_TRANSITIONS, ContestRefusal, ContestState, EntryStatus, SheetState
from contests.models import Contest, Entry, Overruling, Panelist, ScoreSheet
from contests.voting_enums import VotingRefusal
from programmes.enums import Action, StageKind
from programmes.rules import permits
from proposals.enums import ProposalState
from proposals.models import Proposal

MAY_LEAVE = frozenset({ContestState.DRAFT, ContestState.OPEN, ContestState.CLOSED, ContestState.TALLIED})
"""While entries can be taken out of a contest."""
MAY_KEEP_OUT = frozenset({ContestState.DRAFT, ContestState.OPEN, ContestState.CLOSED})
"""While an expert can still be kept out of an entry: until the final tally has counted their sheet."""


def scores_now(contest: Contest, now: datetime) -> bool:
    """Whether the contest's scoring window is open."""
    return contest.state == ContestState.OPEN and within(contest.scoring_opens_at, contest.scoring_closes_at, now)


def votes_now(contest: Contest, now: datetime) -> bool:
    """Whether the contest's voting window is open."""
    return contest.state == ContestState.OPEN and within(contest.voting_opens_at, contest.voting_closes_at, now)


def ended_early(contest: Contest, now: datetime) -> datetime | None:
    """When the office closed the voting, as long as the announced window would still be open."""
    if contest.state in {ContestState.DRAFT, ContestState.OPEN}:
        return None
    if not within(contest.voting_opens_at, contest.voting_closes_at, now):
        return None
    closing = contest.events.filter(to_state=ContestState.CLOSED).exclude(from_state=ContestState.CLOSED).last()
    return closing.at if closing else None


def within(opens: datetime | None, closes: datetime | None, now: datetime) -> bool:
    return opens is not None and closes is not None and opens <= now < closes


def why_not_run_contest(user: Person, contest: Contest) -> ContestRefusal | None:
    if not is_street_officer(user, contest.programme.subdistrict_id):
        return ContestRefusal.NOT_AN_OFFICER
    return None


def why_not_enter(user: Person, contest: Contest, proposal: Proposal, now: datetime) -> ContestRefusal | None:
    """Qualified proposals of the programme are entered until the contest opens."""
    if refusal := why_not_run_contest(user, contest):
        return refusal
    if contest.state != ContestState.DRAFT:
        return ContestRefusal.WRONG_STATE
    if proposal.programme_id != contest.programme_id or proposal.state != ProposalState.QUALIFIED:
        return ContestRefusal.NOT_QUALIFIED
    return None if permits(contest.programme, Action.ENTER_CONTEST, now) else ContestRefusal.STAGE_CLOSED


def why_not_assign(user: Person, contest: Contest) -> ContestRefusal | None:
    """Who judges what is settled before the contest closes."""
    if refusal := why_not_run_contest(user, contest):
        return refusal
    return None if contest.state in {ContestState.DRAFT, ContestState.OPEN} else ContestRefusal.WRONG_STATE


def why_not_look_at_names(user: Person, contest: Contest) -> ContestRefusal | None:
    """The office looks at the names in what is judged blind before, or while, experts read it."""
    if refusal := why_not_assign(user, contest):
        return refusal
    return None if contest.is_blind else ContestRefusal.NOT_BLIND


def why_not_depart(user: Person, panelist: Panelist, contest: Contest) -> ContestRefusal | None:
    """The office notes that an expert drops out, once. In a draft it takes the seat off the panel instead."""
    if refusal := why_not_run_contest(user, contest):
        return refusal
    if contest.state != ContestState.OPEN:
        return ContestRefusal.WRONG_STATE
    return ContestRefusal.EXPERT_LEFT if hasattr(panelist, "departure") else None


def why_not_open(user: Person, contest: Contest, now: datetime) -> ContestRefusal | None:
    if refusal := why_not_run_contest(user, contest) or _wrong_state(contest, ContestState.OPEN):
        return refusal
    if _lacks_windows(contest):
        return ContestRefusal.WINDOWS_MISSING
    return None if permits(contest.programme, Action.RUN_CONTEST, now) else ContestRefusal.STAGE_CLOSED


def unready(contest: Contest) -> list[ContestRefusal]:
    """What a draft lacks before it can open, its rules aside."""
    found = {
        ContestRefusal.WINDOWS_MISSING: _lacks_windows(contest),
        ContestRefusal.NO_CRITERIA: not contest.criteria.exists(),
        ContestRefusal.NO_ENTRIES: not contest.entries.taking_part().exists(),
    }
    return [reason for reason, lacks in found.items() if lacks]


def closes_early(contest: Contest, now: datetime) -> bool:
    """Whether somebody could still score or vote, now or later, if the contest stayed open."""
    ends = (contest.scoring_closes_at, contest.voting_closes_at)
    return any(end is not None and now < end for end in ends)


def why_not_close(user: Person, contest: Contest, now: datetime) -> ContestRefusal | None:
    """Any officer closes it once its windows are over; before, nobody but an approver cuts them short."""
    if refusal := why_not_run_contest(user, contest) or _wrong_state(contest, ContestState.CLOSED):
        return refusal
    cuts_short = closes_early(contest, now) and not is_street_approver(user, contest.programme.subdistrict_id)
    return ContestRefusal.CLOSES_EARLY if cuts_short else None


def why_not_tally(user: Person | None, contest: Contest, *, final: bool) -> ContestRefusal | VotingRefusal | None:
    """Live runs belong to an open contest that shows its counts, final ones to a closed one until its result is public.

    `user` is None for the clock and the command line, which are not persons with a role.
    """
    if user is not None and (refusal := why_not_run_contest(user, contest)):
        return refusal
    wanted = {ContestState.CLOSED, ContestState.TALLIED} if final else {ContestState.OPEN}
    if contest.state not in wanted:
        return ContestRefusal.WRONG_STATE
    return None if final or not contest.counts_hidden else VotingRefusal.COUNTS_HIDDEN


def why_not_decide(contest: Contest) -> ContestRefusal | None:
    """Decisions are taken between the final tally and its public notice; an imported contest is only a record."""
    if contest.is_imported:
        return ContestRefusal.IMPORTED
    return None if contest.state == ContestState.TALLIED else ContestRefusal.WRONG_STATE


def why_not_overrule(user: Person, contest: Contest) -> ContestRefusal | None:
    """Also for taking an unsigned proposal back."""
    return why_not_run_contest(user, contest) or why_not_decide(contest)


def why_not_sign(user: Person, contest: Contest, overruling: Overruling) -> ContestRefusal | None:
    """An approver signs what somebody else proposed."""
    if not is_street_approver(user, contest.programme.subdistrict_id) or user.pk == overruling.proposed_by_id:
        return ContestRefusal.APPROVER_NEEDED
    return ContestRefusal.OVERRULING_SIGNED if overruling.signed_at is not None else why_not_decide(contest)


def why_not_publicise(user: Person, contest: Contest) -> ContestRefusal | None:
    return why_not_run_contest(user, contest) or why_not_decide(contest)


def why_not_confirm(user: Person, contest: Contest, publicised_by: int | None, now: datetime) -> ContestRefusal | None:
    """An approver confirms what somebody else put on public notice, once the calendar's time for objections is over."""
    if not is_street_approver(user, contest.programme.subdistrict_id) or user.pk == publicised_by:
        return ContestRefusal.APPROVER_NEEDED
    if refusal := _wrong_state(contest, ContestState.CONFIRMED):
        return refusal
    on_notice = contest.programme.stages.filter(kind=StageKind.PUBLICITY, closes_at__gt=now).exists()
    return ContestRefusal.NOTICE_RUNS if on_notice else None


def why_not_pool(user: Person, contest: Contest) -> ContestRefusal | None:
    """What got no money is kept for another year once the result cannot change any more."""
    if refusal := why_not_run_contest(user, contest):
        return refusal
    return None if contest.state == ContestState.CONFIRMED else ContestRefusal.WRONG_STATE


def why_not_withdraw_entry(user: Person, entry: Entry, contest: Contest) -> ContestRefusal | None:
    """Until the result is on public notice the office takes an entry out for those who applied; then awards are cancelled."""
    return why_not_run_contest(user, contest) or _why_not_leave(entry, contest)


def why_not_disqualify_entry(user: Person, entry: Entry, contest: Contest) -> ContestRefusal | None:
    """Against the will of those who applied an approver takes it out."""
    if not is_street_approver(user, contest.programme.subdistrict_id):
        return ContestRefusal.APPROVER_NEEDED
    return _why_not_leave(entry, contest)


def _why_not_leave(entry: Entry, contest: Contest) -> ContestRefusal | None:
    if contest.is_imported:
        return ContestRefusal.IMPORTED
    if contest.state not in MAY_LEAVE:
        return ContestRefusal.WRONG_STATE
    return None if entry.status == EntryStatus.IN else ContestRefusal.ENTRY_OUT


def why_not_open_entry(panelist: Panelist, entry: Entry) -> ContestRefusal | None:
    """Whether an expert may see an entry as something to judge: assigned, and not recused."""
    if entry.contest_id != panelist.contest_id or entry.status != EntryStatus.IN:
        return ContestRefusal.NOT_ASSIGNED
    if not entry.assignments.filter(panelist=panelist).exists():
        return ContestRefusal.NOT_ASSIGNED
    if entry.recusals.filter(panelist=panelist).exists():
        return ContestRefusal.RECUSED
    return None


def why_not_keep_out(user: Person, panelist: Panelist, entry: Entry) -> ContestRefusal | None:
    """The office keeps an expert of the same contest out of an entry until the final tally, also of what was judged."""
    if refusal := why_not_run_contest(user, entry.contest):
        return refusal
    if entry.contest.state not in MAY_KEEP_OUT:
        return ContestRefusal.WRONG_STATE
    return None if panelist.contest_id == entry.contest_id else ContestRefusal.NOT_ASSIGNED


def why_not_clear_namesake(user: Person, panelist: Panelist, entry: Entry) -> ContestRefusal | None:
    """Whether an expert is another person is said as long as the office shares entries out."""
    return why_not_assign(user, entry.contest) or why_not_keep_out(user, panelist, entry)


def why_not_recuse(panelist: Panelist, entry: Entry) -> ContestRefusal | None:
    """A conflict is declared before an entry is looked at, or after it was scored; nothing is after the final tally."""
    if refusal := why_not_open_entry(panelist, entry):
        return refusal
    return None if entry.contest.state in MAY_KEEP_OUT else ContestRefusal.SCORING_CLOSED


def why_not_score(panelist: Panelist, entry: Entry, sheet: ScoreSheet | None, now: datetime) -> ContestRefusal | None:
    if refusal := why_not_open_entry(panelist, entry):
        return refusal
    if not scores_now(entry.contest, now):
        return ContestRefusal.SCORING_CLOSED
    if sheet is not None and sheet.state == SheetState.SUBMITTED:
        return ContestRefusal.SHEET_SUBMITTED
    return None


def why_not_preside(seat: Panelist, contest: Contest) -> ContestRefusal | None:
    """The chair looks at the others' scores without being led by them: afterwards. `seat` comes `with_progress`."""
    if not seat.is_chair:
        return ContestRefusal.NOT_CHAIR
    if hasattr(seat, "departure"):
        return ContestRefusal.LEFT_PANEL
    if contest.state != ContestState.OPEN:
        return None
    done = seat.submitted_count >= seat.assigned_count  # type: ignore[attr-defined]
    return None if done and contest.shows_scores else ContestRefusal.OWN_SHEETS_FIRST


def why_not_remind(user: Person, contest: Contest, now: datetime) -> ContestRefusal | None:
    """The office reminds experts while they can score."""
    if refusal := why_not_run_contest(user, contest):
        return refusal
    return None if scores_now(contest, now) else ContestRefusal.SCORING_CLOSED


def why_not_reopen(user: Person, sheet: ScoreSheet, now: datetime) -> ContestRefusal | None:
    """An approver reopens a submitted sheet of somebody else, while its expert still has time to hand it in again."""
    contest = sheet.entry.contest
    if not is_street_approver(user, contest.programme.subdistrict_id) or user.pk == sheet.panelist.user_id:
        return ContestRefusal.APPROVER_NEEDED
    if refusal := why_not_score(sheet.panelist, sheet.entry, None, now):
        return refusal
    return None if sheet.state == SheetState.SUBMITTED else ContestRefusal.NOT_SUBMITTED


def _lacks_windows(contest: Contest) -> bool:
    windows = (contest.scoring_opens_at, contest.scoring_closes_at, contest.voting_opens_at, contest.voting_closes_at)
    return None in windows


def _wrong_state(contest: Contest, to: ContestState) -> ContestRefusal | None:
    return None if to in CONTEST_TRANSITIONS[ContestState(contest.state)] else ContestRefusal.WRONG_STATE
