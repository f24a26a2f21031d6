"""Why not? stage × role × act, state × act, and the moments of scoring and voting."""

from __future__ import annotations

from datetime import timedelta

import pytest

from communities.rules import verified_residency
from contests.enums import ContestRefusal, ContestState, EntryStatus
from contests.models import Assignment, Contest, Recusal, ScoreSheet, Voter
from contests.rules import (
    scores_now,
    votes_now,
    why_not_assign,
    why_not_close,
    why_not_confirm,
    why_not_enter,
    why_not_open,
    why_not_open_entry,
    why_not_publicise,
    why_not_score,
    why_not_tally,
)
from contests.voting_rules import why_not_vote
from programmes.enums import StageKind
from programmes.models import Stage
from proposals.enums import ProposalState
from tests.factories import ContestFactory, EntryFactory, PanelistFactory, ProposalFactory, StageFactory
from tests.scenes import end_notice

R, S, C = ContestRefusal, StageKind, ContestState

ROLES = (
    "anonymous",
    "superuser",
    "outsider",
    "resident",
    "neighbour",
    "other_resident",
    "officer",
    "approver",
    "other_officer",
    "supervisor",
    "community_officer",
    "support_member",
    "expert",
)


def only(allowed: str, reason: ContestRefusal) -> dict[str, ContestRefusal | None]:
    """Reasons by role when only the `allowed` ones (named with spaces between) may."""
    return {role: None if role in allowed.split() else reason for role in ROLES}


STREET_ONLY = only("officer approver", R.NOT_AN_OFFICER)
EARLY = {**STREET_ONLY, "officer": R.CLOSES_EARLY}
APPROVER_ONLY = only("approver", R.APPROVER_NEEDED)
VOTERS_ONLY = {**only("resident neighbour other_resident", R.NOT_VERIFIED), "anonymous": R.LOGIN_NEEDED}


def vote(user, contest, now):
    enrolled = verified_residency(user, contest.programme.subdistrict)
    voter = Voter(contest=contest, user=user) if enrolled else None
    return why_not_vote(contest, voter, now, known=user.is_authenticated)


# act: (call, state of the contest, stages in which it is permitted or None for any, reason by role).
ACTS = {
    "assign": (lambda user, contest, now: why_not_assign(user, contest), C.DRAFT, None, STREET_ONLY),
    "enter": (
        lambda user, contest, now: why_not_enter(user, contest, qualified(contest), now),
        C.DRAFT,
        {S.PROPOSAL_INCUBATION, S.CONTEST},
        STREET_ONLY,
    ),
    "open": (why_not_open, C.DRAFT, {S.CONTEST}, STREET_ONLY),
    "close": (why_not_close, C.OPEN, None, EARLY),
    "live": (lambda user, contest, now: why_not_tally(user, contest, final=False), C.OPEN, None, STREET_ONLY),
    "final": (lambda user, contest, now: why_not_tally(user, contest, final=True), C.CLOSED, None, STREET_ONLY),
    "again": (lambda user, contest, now: why_not_tally(user, contest, final=True), C.TALLIED, None, STREET_ONLY),
    "publicise": (lambda user, contest, now: why_not_publicise(user, contest), C.TALLIED, None, STREET_ONLY),
    "confirm": (
        lambda user, contest, now: why_not_confirm(user, contest, None, now),
        C.PUBLICISED,
        set(S) - {S.PUBLICITY},
        APPROVER_ONLY,
    ),
    "vote": (vote, C.OPEN, None, VOTERS_ONLY),
}


def qualified(contest: Contest):
    return ProposalFactory.build(programme=contest.programme, state=ProposalState.QUALIFIED)


@pytest.mark.parametrize("act", ACTS)
def test_stage_role_act(act, programme_in, cast, now):
    why_not, state, permitted, reasons = ACTS[act]
    contest = ContestFactory(programme=programme_in(), state=state, rules_sha256="0" * 64)
    stage = StageFactory(programme=contest.programme)
    for kind in StageKind:
        Stage.objects.filter(pk=stage.pk).update(kind=kind)
        open_now = permitted is None or kind in permitted
        shut = R.NOTICE_RUNS if act == "confirm" else R.STAGE_CLOSED
        for role in ROLES:
            expected = reasons[role] or (None if open_now else shut)
            assert why_not(cast(role), contest, now) == expected, (kind, role)


# act: the states in which it may be done; elsewhere `reason`.
STATES = {
    "assign": ({C.DRAFT, C.OPEN}, R.WRONG_STATE),
    "enter": ({C.DRAFT}, R.WRONG_STATE),
    "open": ({C.DRAFT}, R.WRONG_STATE),
    "close": ({C.OPEN}, R.WRONG_STATE),
    "live": ({C.OPEN}, R.WRONG_STATE),
    "final": ({C.CLOSED, C.TALLIED}, R.WRONG_STATE),
    "publicise": ({C.TALLIED}, R.WRONG_STATE),
    "confirm": ({C.PUBLICISED}, R.WRONG_STATE),
}


@pytest.mark.parametrize("state", ContestState)
@pytest.mark.parametrize("act", STATES)
def test_state_and_act(act, state, programme, approver, now):
    allowed, reason = STATES[act]
    end_notice(programme, now)
    contest = ContestFactory(programme=programme, state=state, rules_sha256="0" * 64)
    assert ACTS[act][0](approver, contest, now) == (None if state in allowed else reason)


@pytest.mark.parametrize("state", ContestState)
def test_scoring_and_voting_belong_to_an_open_contest(state, programme, resident, now):
    entry, panelist = assigned(programme, state)
    assert why_not_score(panelist, entry, None, now) == (None if state == C.OPEN else R.SCORING_CLOSED)
    assert vote(resident, entry.contest, now) == (None if state == C.OPEN else R.VOTING_CLOSED)


@pytest.mark.parametrize(
    ("seconds", "within", "reason"),
    [(-1, False, R.VOTING_NOT_OPEN), (0, True, None), (59, True, None), (60, False, R.VOTING_CLOSED)],
)
def test_windows_are_open_from_their_first_moment_and_closed_at_their_last(
    seconds, within, reason, programme, resident, now
):
    window = {"scoring_opens_at": now, "scoring_closes_at": now + timedelta(minutes=1)}
    contest = ContestFactory(programme=programme, state=C.OPEN, rules_sha256="0" * 64, **window)
    then = now + timedelta(seconds=seconds)
    assert scores_now(contest, then) is within
    assert votes_now(contest, then) is within
    assert vote(resident, contest, then) == reason
    assert Contest.objects.voting_now(then).exists() is within


@pytest.mark.parametrize("name", ["scoring_opens_at", "scoring_closes_at", "voting_opens_at", "voting_closes_at"])
def test_a_contest_opens_with_all_its_windows(name, programme, officer, now):
    contest = ContestFactory(programme=programme)
    assert why_not_open(officer, contest, now) is None
    setattr(contest, name, None)
    assert why_not_open(officer, contest, now) == R.WINDOWS_MISSING


def test_without_a_window_nothing_is_open(programme, resident, now):
    contest = ContestFactory(
        programme=programme, state=C.OPEN, rules_sha256="0" * 64, scoring_opens_at=None, scoring_closes_at=None
    )
    assert not scores_now(contest, now)
    assert vote(resident, contest, now) == R.VOTING_CLOSED


@pytest.mark.parametrize("state", ProposalState)
def test_only_qualified_proposals_are_entered(state, programme, officer, now):
    proposal = ProposalFactory(programme=programme, state=state)
    expected = None if state == ProposalState.QUALIFIED else R.NOT_QUALIFIED
    assert why_not_enter(officer, ContestFactory(programme=programme), proposal, now) == expected


def test_proposals_of_another_programme_are_not_entered(programme, programme_in, officer, now):
    proposal = ProposalFactory(programme=programme_in(), state=ProposalState.QUALIFIED)
    assert why_not_enter(officer, ContestFactory(programme=programme), proposal, now) == R.NOT_QUALIFIED


def test_who_put_it_on_notice_does_not_confirm_it(programme_in, approver, now):
    contest = ContestFactory(programme=programme_in(), state=C.PUBLICISED, rules_sha256="0" * 64)
    assert why_not_confirm(approver, contest, approver.pk, now) == R.APPROVER_NEEDED
    assert why_not_confirm(approver, contest, approver.pk + 1, now) is None


@pytest.mark.parametrize(("opens", "closes", "reason"), [(1, 7, R.NOTICE_RUNS), (-6, 1, R.NOTICE_RUNS), (-7, 0, None)])
def test_nothing_is_confirmed_before_the_public_notice_ends(opens, closes, reason, programme_in, approver, now):
    programme = programme_in()
    notice = {"opens_at": now + timedelta(days=opens), "closes_at": now + timedelta(days=closes)}
    StageFactory(programme=programme, kind=StageKind.PUBLICITY, **notice)
    contest = ContestFactory(programme=programme, state=C.PUBLICISED, rules_sha256="0" * 64)
    assert why_not_confirm(approver, contest, None, now) == reason


def test_once_its_windows_are_over_any_officer_closes_it(programme, officer, now):
    ends = {"scoring_closes_at": now - timedelta(days=1), "voting_closes_at": now}
    contest = ContestFactory(programme=programme, state=C.OPEN, rules_sha256="0" * 64, **ends)
    assert why_not_close(officer, contest, now - timedelta(seconds=1)) == R.CLOSES_EARLY
    assert why_not_close(officer, contest, now) is None


def test_the_clock_asks_without_a_role(programme):
    contest = ContestFactory(programme=programme, state=C.OPEN, rules_sha256="0" * 64)
    assert why_not_tally(None, contest, final=False) is None
    assert why_not_tally(None, contest, final=True) == R.WRONG_STATE


# Experts


def assigned(programme, state=C.OPEN):
    contest = ContestFactory(programme=programme, state=state, rules_sha256="0" * 64)
    entry, panelist = EntryFactory(contest=contest), PanelistFactory(contest=contest)
    Assignment.objects.create(panelist=panelist, entry=entry)
    return entry, panelist


def test_an_expert_scores_what_is_assigned(programme, now):
    entry, panelist = assigned(programme)
    assert why_not_open_entry(panelist, entry) is None
    other = EntryFactory(contest=entry.contest)
    assert why_not_open_entry(panelist, other) == R.NOT_ASSIGNED
    assert why_not_score(panelist, other, None, now) == R.NOT_ASSIGNED


def test_an_expert_of_another_contest_scores_nothing(programme):
    entry, _ = assigned(programme)
    _, stranger = assigned(programme)
    Assignment.objects.create(panelist=stranger, entry=entry)
    assert why_not_open_entry(stranger, entry) == R.NOT_ASSIGNED


@pytest.mark.parametrize("status", [EntryStatus.WITHDRAWN, EntryStatus.DISQUALIFIED])
def test_entries_out_of_the_contest_are_not_scored(status, programme):
    entry, panelist = assigned(programme)
    entry.status = status
    assert why_not_open_entry(panelist, entry) == R.NOT_ASSIGNED


def test_a_recused_expert_keeps_out(programme, now):
    entry, panelist = assigned(programme)
    Recusal.objects.create(panelist=panelist, entry=entry, ground="DECLARED")
    assert why_not_open_entry(panelist, entry) == R.RECUSED
    assert why_not_score(panelist, entry, None, now) == R.RECUSED


@pytest.mark.parametrize(("state", "reason"), [("DRAFT", None), ("SUBMITTED", R.SHEET_SUBMITTED)])
def test_a_submitted_sheet_is_fixed(state, reason, programme, now):
    entry, panelist = assigned(programme)
    assert why_not_score(panelist, entry, ScoreSheet(entry=entry, panelist=panelist, state=state), now) == reason
