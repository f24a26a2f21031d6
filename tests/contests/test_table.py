"""Who may do what, and when: every verb of contests, by the state of the contest and by role.

Each act asks the verb's own rule, or calls the verb where part of its rule stands there. That no verb is missing, and that
each asks the rule of its row, is read from the services. The stages of the calendar are in `test_rules`.
"""

from __future__ import annotations

import ast
import inspect
import pkgutil
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from importlib import import_module
from types import FunctionType
from typing import Any

import pytest
from django.db import transaction

from communities.models import Community
from communities.refusal import Refused
from communities.rules import Person
from contests import inviting_rules, pitch_rules, rules, services, voting_rules
from contests.agenda import SheetsIn
from contests.enums import ContestRefusal, ContestState, EntryStatus
from contests.models import (
    Assignment,
    BallotFlag,
    Contest,
    Entry,
    Invitation,
    Overruling,
    Panelist,
    PitchSession,
    PitchSlot,
    Recusal,
    ScoreSheet,
)
from contests.pitch_enums import PitchAct, PitchState
from contests.services.judging import save_sheet, submit_sheet
from contests.services.recusing import recuse
from contests.voting_enums import FlagState, VotingRefusal
from programmes.enums import StageKind
from proposals.models import Proposal
from tests.contests.test_rules import APPROVER_ONLY, ROLES, STREET_ONLY, only, qualified, vote
from tests.factories import ContestFactory, EntryFactory, PanelistFactory, ProgrammeFactory, VoterFactory
from tests.scenes import end_notice

R, V, C = ContestRefusal, VotingRefusal, ContestState

Line = Mapping[str, object]
"""Roles and states to the reason for which they may not; who or what is not named may."""


@dataclass(frozen=True, slots=True)
class Scene:
    """A contest in some state with one of each thing that is acted upon."""

    contest: Contest
    community: Community
    proposal: Proposal
    entry: Entry
    panelist: Panelist
    invitation: Invitation
    now: datetime


@dataclass(frozen=True, slots=True)
class Act:
    """`verbs`: all that ask this rule. `lines`: the first that names the role or the state says the reason."""

    verbs: str
    rule: str
    ask: Callable[[Scene, Person], object]
    lines: tuple[Line, ...]

    def expected(self, role: str, state: ContestState) -> object:
        return next((reason for line in self.lines if (reason := line.get(role) or line.get(state))), None)


def but(allowed: str, reason: object) -> Line:
    """The reason in all states except the `allowed` ones (with spaces between)."""
    return {state: reason for state in C if state not in allowed.split()}


def tried(verb: Callable[..., object], **given: object) -> object:
    """The reason for which the verb is refused, None if it is done; nothing of it stays."""
    with transaction.atomic():
        try:
            verb(**given)
        except Refused as refusal:
            return refusal.reason
        finally:
            transaction.set_rollback(True)
    return None


def lines_of(scene: Scene, *, voted: bool) -> tuple[Any, Any]:
    place = {"contest": scene.contest, "community": scene.community, "has_voted": voted}
    return VoterFactory.build(**place, user_id=1), VoterFactory.build(**place, user=None)


def flag_of(scene: Scene, state: FlagState) -> BallotFlag:
    return BallotFlag(contest=scene.contest, state=state)


def slot_of(scene: Scene, state: PitchState) -> PitchSlot:
    return PitchSlot(session=PitchSession(contest=scene.contest, state=state), entry=scene.entry, position=1)


def submitted(scene: Scene) -> ScoreSheet:
    return ScoreSheet(entry=scene.entry, panelist=scene.panelist, state="SUBMITTED")


KEEPERS = only("officer approver community_officer", V.NOT_AN_OFFICER)
STREET_GUARDS = only("officer approver", V.NOT_AN_OFFICER)
SETTLERS = only("approver", V.APPROVER_NEEDED)
ITS_EXPERT = only("expert", R.NOT_ASSIGNED)
INVITED = {**only("neighbour", R.OTHER_ACCOUNT), "anonymous": R.LOGIN_NEEDED}
VOTERS = {**only("resident neighbour other_resident", R.NOT_VERIFIED), "anonymous": R.LOGIN_NEEDED}
BY_APPROVER = {"officer": V.BOTH_VOTED, "community_officer": V.BOTH_VOTED}

LIFE = [
    Act(
        "enter_proposal",
        "why_not_enter",
        lambda s, by: rules.why_not_enter(by, s.contest, s.proposal, s.now),
        (STREET_ONLY, but("DRAFT", R.WRONG_STATE)),
    ),
    Act(
        "open_contest",
        "why_not_open",
        lambda s, by: rules.why_not_open(by, s.contest, s.now),
        (STREET_ONLY, but("DRAFT", R.WRONG_STATE)),
    ),
    Act(
        "close_contest",
        "why_not_close",
        lambda s, by: rules.why_not_close(by, s.contest, s.now),
        (STREET_ONLY, but("OPEN", R.WRONG_STATE), {"officer": R.CLOSES_EARLY}),
    ),
    Act(
        "request_tally",
        "why_not_tally",
        lambda s, by: rules.why_not_tally(by, s.contest, final=False),
        (STREET_ONLY, but("OPEN", R.WRONG_STATE)),
    ),
    Act(
        "request_tally",
        "why_not_tally",
        lambda s, by: rules.why_not_tally(by, s.contest, final=True),
        (STREET_ONLY, but("CLOSED TALLIED", R.WRONG_STATE)),
    ),
    Act(
        "propose_overruling withdraw_overruling",
        "why_not_overrule",
        lambda s, by: rules.why_not_overrule(by, s.contest),
        (STREET_ONLY, but("TALLIED", R.WRONG_STATE)),
    ),
    Act(
        "sign_overruling",
        "why_not_sign",
        lambda s, by: rules.why_not_sign(by, s.contest, Overruling(proposed_by_id=0)),
        (APPROVER_ONLY, but("TALLIED", R.WRONG_STATE)),
    ),
    Act(
        "publicise_result",
        "why_not_publicise",
        lambda s, by: rules.why_not_publicise(by, s.contest),
        (STREET_ONLY, but("TALLIED", R.WRONG_STATE)),
    ),
    Act(
        "confirm_result",
        "why_not_confirm",
        lambda s, by: rules.why_not_confirm(by, s.contest, None, s.now),
        (APPROVER_ONLY, but("PUBLICISED", R.WRONG_STATE)),
    ),
    Act(
        "pool_unfunded",
        "why_not_pool",
        lambda s, by: rules.why_not_pool(by, s.contest),
        (STREET_ONLY, but("CONFIRMED", R.WRONG_STATE)),
    ),
    Act(
        "withdraw_entry",
        "why_not_withdraw_entry",
        lambda s, by: rules.why_not_withdraw_entry(by, s.entry, s.contest),
        (STREET_ONLY, but("DRAFT OPEN CLOSED TALLIED", R.WRONG_STATE)),
    ),
    Act(
        "disqualify_entry",
        "why_not_disqualify_entry",
        lambda s, by: rules.why_not_disqualify_entry(by, s.entry, s.contest),
        (APPROVER_ONLY, but("DRAFT OPEN CLOSED TALLIED", R.WRONG_STATE)),
    ),
]

EXPERTS = [
    Act(
        "assign assign_evenly take_away assign_table",
        "why_not_assign",
        lambda s, by: rules.why_not_assign(by, s.contest),
        (STREET_ONLY, but("DRAFT OPEN", R.WRONG_STATE)),
    ),
    Act(
        "depart",
        "why_not_depart",
        lambda s, by: rules.why_not_depart(by, s.panelist, s.contest),
        (STREET_ONLY, but("OPEN", R.WRONG_STATE)),
    ),
    Act(
        "look_at_names",
        "why_not_look_at_names",
        lambda s, by: rules.why_not_look_at_names(by, s.contest),
        (STREET_ONLY, but("DRAFT OPEN", R.WRONG_STATE), dict.fromkeys(C, R.NOT_BLIND)),
    ),
    Act(
        "keep_out",
        "why_not_keep_out",
        lambda s, by: rules.why_not_keep_out(by, s.panelist, s.entry),
        (STREET_ONLY, but("DRAFT OPEN CLOSED", R.WRONG_STATE)),
    ),
    Act(
        "note_other_person",
        "why_not_clear_namesake",
        lambda s, by: rules.why_not_clear_namesake(by, s.panelist, s.entry),
        (STREET_ONLY, but("DRAFT OPEN", R.WRONG_STATE)),
    ),
    Act(
        "remind",
        "why_not_remind",
        lambda s, by: rules.why_not_remind(by, s.contest, s.now),
        (STREET_ONLY, but("OPEN", R.SCORING_CLOSED)),
    ),
    Act(
        "reopen_sheet",
        "why_not_reopen",
        lambda s, by: rules.why_not_reopen(by, submitted(s), s.now),
        (APPROVER_ONLY, but("OPEN", R.SCORING_CLOSED)),
    ),
    Act(
        "save_sheet",
        "why_not_score",
        lambda s, by: tried(save_sheet, panelist=s.panelist, entry=s.entry, points={}, comment="", by=by, now=s.now),
        (ITS_EXPERT, but("OPEN", R.SCORING_CLOSED)),
    ),
    Act(
        "submit_sheet",
        "why_not_score",
        lambda s, by: tried(submit_sheet, panelist=s.panelist, entry=s.entry, revision=0, by=by, now=s.now),
        (ITS_EXPERT, but("OPEN", R.SCORING_CLOSED)),
    ),
    Act(
        "recuse",
        "why_not_recuse",
        lambda s, by: tried(recuse, panelist=s.panelist, entry=s.entry, tie="ADVISER", by=by),
        (ITS_EXPERT, but("DRAFT OPEN CLOSED", R.SCORING_CLOSED)),
    ),
    Act(
        "invite",
        "why_not_invite",
        lambda s, by: inviting_rules.why_not_invite(by, s.contest),
        (STREET_ONLY, but("DRAFT OPEN", R.WRONG_STATE)),
    ),
    Act(
        "send_again withdraw_invitation",
        "why_not_end_invitation",
        lambda s, by: inviting_rules.why_not_end_invitation(by, s.invitation, s.contest),
        (STREET_ONLY, but("DRAFT OPEN", R.WRONG_STATE)),
    ),
    Act(
        "accept_invitation",
        "why_not_accept",
        lambda s, by: inviting_rules.why_not_accept(by, s.invitation, s.contest, s.now),
        (but("DRAFT OPEN", R.NO_LONGER_SOUGHT), INVITED),
    ),
    # Whoever holds the link.
    Act(
        "decline_invitation",
        "why_not_answer",
        lambda s, _by: inviting_rules.why_not_answer(s.invitation, s.contest, s.now),
        (but("DRAFT OPEN", R.NO_LONGER_SOUGHT),),
    ),
]

PITCHES = [
    Act(
        "plan_pitches",
        "why_not_plan_pitches",
        lambda s, by: pitch_rules.why_not_plan_pitches(by, s.contest, None, None),
        (STREET_ONLY, but("DRAFT OPEN", R.WRONG_STATE)),
    ),
    Act(
        "draw_order",
        "why_not_draw",
        lambda s, by: pitch_rules.why_not_draw(by, s.contest, slot_of(s, PitchState.PLANNED).session),
        (STREET_ONLY, but("OPEN", R.WRONG_STATE)),
    ),
    Act(
        "move_pitch",
        "why_not_move_pitch",
        lambda s, by: pitch_rules.why_not_move_pitch(by, s.contest, slot_of(s, PitchState.DRAWN), 2, [1, 2]),
        (STREET_ONLY, but("OPEN", R.WRONG_STATE)),
    ),
    Act(
        "run_pitches",
        "why_not_run_pitches",
        lambda s, by: pitch_rules.why_not_run_pitches(
            by, s.contest, slot_of(s, PitchState.DRAWN).session, PitchAct.START
        ),
        (STREET_ONLY, but("OPEN", R.WRONG_STATE)),
    ),
    Act(
        "reveal_score",
        "why_not_reveal",
        lambda s, by: pitch_rules.why_not_reveal(
            by, s.contest, slot_of(s, PitchState.ENDED), SheetsIn(1, 1), scored=True
        ),
        (STREET_ONLY, but("OPEN CLOSED TALLIED", R.WRONG_STATE)),
    ),
]

VOTE = [
    Act(
        "draw_up_roll enter_voter import_roster strike_voter issue_codes void_batch void_code reissue_code",
        "why_not_keep_roll",
        lambda s, by: voting_rules.why_not_keep_roll(by, s.contest, s.community),
        (KEEPERS, but("DRAFT OPEN", V.ROLL_CLOSED)),
    ),
    Act(
        "mark_paper_vote unmark_paper_vote",
        "why_not_mark_paper",
        lambda s, by: voting_rules.why_not_mark_paper(by, s.contest, s.community),
        (KEEPERS, but("DRAFT OPEN CLOSED", V.ROLL_CLOSED)),
    ),
    Act(
        "join_lines join_account",
        "why_not_join",
        lambda s, by: voting_rules.why_not_join(by, s.contest, *lines_of(s, voted=False)),
        (KEEPERS, but("DRAFT OPEN CLOSED", V.ROLL_CLOSED)),
    ),
    Act(
        "join_lines join_account",
        "why_not_join",
        lambda s, by: voting_rules.why_not_join(by, s.contest, *lines_of(s, voted=True)),
        (KEEPERS, but("DRAFT OPEN CLOSED", V.ROLL_CLOSED), BY_APPROVER),
    ),
    Act(
        "tell_apart",
        "why_not_tell_apart",
        lambda s, by: voting_rules.why_not_tell_apart(by, s.contest, s.community, s.now),
        (KEEPERS, but("DRAFT OPEN CLOSED", V.ROLL_CLOSED), {C.OPEN: V.VOTING_RUNS}),
    ),
    Act(
        "enter_sheet verify_sheet discard_sheet",
        "why_not_count_paper",
        lambda s, by: voting_rules.why_not_count_paper(by, s.contest, s.community, s.now),
        (KEEPERS, but("OPEN CLOSED", V.PAPER_CLOSED)),
    ),
    Act(
        "begin_help",
        "why_not_help",
        lambda s, by: voting_rules.why_not_help(by, s.contest, lines_of(s, voted=False)[1], s.now),
        (KEEPERS, but("DRAFT OPEN", V.ROLL_CLOSED), {C.DRAFT: R.VOTING_CLOSED}),
    ),
    Act(
        "cast_ballot",
        "why_not_vote",
        lambda s, by: vote(by, s.contest, s.now),
        (but("OPEN", R.VOTING_CLOSED), VOTERS),
    ),
    # Whoever has the paper in hand.
    Act(
        "open_code",
        "why_not_open_code",
        lambda s, _by: voting_rules.why_not_open_code(s.contest, s.now),
        ({C.DRAFT: R.VOTING_NOT_OPEN}, but("OPEN", R.VOTING_CLOSED)),
    ),
    Act(
        "propose_settlement",
        "why_not_propose",
        lambda s, by: voting_rules.why_not_propose(by, s.contest, flag_of(s, FlagState.OPEN)),
        (STREET_GUARDS, but("OPEN CLOSED TALLIED", V.FLAG_SETTLED)),
    ),
    Act(
        "propose_settlement",
        "why_not_propose",
        lambda s, by: voting_rules.why_not_propose(by, s.contest, flag_of(s, FlagState.PROPOSED)),
        (STREET_GUARDS, but("OPEN CLOSED TALLIED", V.FLAG_SETTLED), {"approver": V.FLAG_PROPOSED}),
    ),
    Act(
        "settle_flag",
        "why_not_settle",
        lambda s, by: voting_rules.why_not_settle(by, s.contest, flag_of(s, FlagState.PROPOSED)),
        (SETTLERS, but("OPEN CLOSED TALLIED", V.FLAG_SETTLED)),
    ),
]

TABLE = [*LIFE, *EXPERTS, *PITCHES, *VOTE]


@dataclass(frozen=True, slots=True)
class Odd:
    """What is acted upon is not as the act wants it, though who acts and the state would do."""

    what: str
    rules: str
    state: ContestState
    role: str
    make: Callable[[Scene], object]
    reason: object


def gone(scene: Scene) -> None:
    scene.entry.status = EntryStatus.WITHDRAWN
    scene.entry.save()


def recused(scene: Scene) -> None:
    Recusal.objects.create(panelist=scene.panelist, entry=scene.entry, ground="SAME_COMMUNITY")


def handed_in(scene: Scene) -> None:
    ScoreSheet.objects.create(panelist=scene.panelist, entry=scene.entry, state="SUBMITTED", submitted_at=scene.now)


def unassigned(scene: Scene) -> None:
    Assignment.objects.all().delete()


def imported(scene: Scene) -> None:
    scene.contest.source_sha256 = "0" * 64


def windows_past(scene: Scene) -> None:
    for end in ("scoring_closes_at", "voting_closes_at"):
        setattr(scene.contest, end, scene.now)
    scene.contest.save()


def expired(scene: Scene) -> None:
    scene.invitation.expires_at = scene.now


def seated(scene: Scene) -> None:
    PanelistFactory(contest=scene.contest, user=scene.invitation.user)


def of_another_year(scene: Scene) -> None:
    scene.proposal.programme = ProgrammeFactory()


def on_notice(scene: Scene) -> None:
    scene.contest.programme.stages.filter(kind=StageKind.PUBLICITY).update(closes_at=scene.now + timedelta(days=1))


OUT = "why_not_withdraw_entry why_not_disqualify_entry"
ODDITIES = [
    Odd("proposal of another year", "why_not_enter", C.DRAFT, "officer", of_another_year, R.NOT_QUALIFIED),
    Odd("entry that is out", OUT, C.OPEN, "approver", gone, R.ENTRY_OUT),
    Odd("record from elsewhere", OUT, C.TALLIED, "approver", imported, R.IMPORTED),
    Odd("record from elsewhere", "why_not_overrule why_not_publicise", C.TALLIED, "officer", imported, R.IMPORTED),
    Odd("record from elsewhere", "why_not_invite", C.DRAFT, "officer", imported, R.IMPORTED),
    Odd("time that is over", "why_not_close", C.OPEN, "officer", windows_past, None),
    Odd("time that is over", "why_not_score", C.OPEN, "expert", windows_past, R.SCORING_CLOSED),
    Odd("time that is over", "why_not_vote", C.OPEN, "resident", windows_past, R.VOTING_CLOSED),
    Odd("notice that runs", "why_not_confirm", C.PUBLICISED, "approver", on_notice, R.NOTICE_RUNS),
    Odd("entry that is out", "why_not_score why_not_recuse", C.OPEN, "expert", gone, R.NOT_ASSIGNED),
    Odd("entry of others", "why_not_score why_not_recuse", C.OPEN, "expert", unassigned, R.NOT_ASSIGNED),
    Odd("entry kept out of", "why_not_score why_not_recuse", C.OPEN, "expert", recused, R.RECUSED),
    Odd("sheet handed in", "why_not_score", C.OPEN, "expert", handed_in, R.SHEET_SUBMITTED),
    Odd("link that expired", "why_not_accept why_not_answer", C.OPEN, "neighbour", expired, R.INVITATION_EXPIRED),
    Odd("seat taken already", "why_not_accept", C.OPEN, "neighbour", seated, R.ON_PANEL),
]

# Functions that are told who acts and are no verb of their own: what they are instead.
PARTS = {
    "give": "of assign, assign_evenly and assign_table",
    "move": "of the verbs that lead a contest to its next state",
    "write_down": "of the verbs of the roll",
    "join_code": "of open_code",
    "own_line": "reads the line of who asks",
    "voter_of": "reads the line of who asks",
    "last_ballot": "reads the ballot of who asks",
    "turnout_of": "reads the votes of who asks",
}


@pytest.fixture
def scene(programme, communities, expert, neighbour, officer, now):
    end_notice(programme, now)
    contest = ContestFactory(programme=programme, rules_sha256="0" * 64)
    entry = EntryFactory(contest=contest)
    panelist = PanelistFactory(contest=contest, user=expert)
    Assignment.objects.create(panelist=panelist, entry=entry)
    invitation = Invitation(contest=contest, user=neighbour, expires_at=now + timedelta(days=1))
    return Scene(contest, communities[0], qualified(contest), entry, panelist, invitation, now)


@pytest.mark.parametrize("act", TABLE, ids=lambda act: act.verbs)
def test_state_role_act(act, scene, cast):
    people = {role: cast(role) for role in ROLES}
    for state in C:
        Contest.objects.filter(pk=scene.contest.pk).update(state=state)
        scene.contest.state = state
        for role, person in people.items():
            scene.entry.contest = scene.contest
            assert act.ask(scene, person) == act.expected(role, state), (state, role)


@pytest.mark.parametrize("odd", ODDITIES, ids=lambda odd: f"{odd.what}: {odd.rules}")
def test_what_is_acted_upon(odd, scene, cast):
    Contest.objects.filter(pk=scene.contest.pk).update(state=odd.state)
    scene.contest.state = odd.state
    scene.entry.contest = scene.contest
    acts = [act for act in TABLE if act.rule in odd.rules.split()]
    before = {act.verbs: act.ask(scene, cast(odd.role)) for act in acts}
    odd.make(scene)
    assert {act.rule for act in acts} == set(odd.rules.split())
    assert {act.verbs: act.ask(scene, cast(odd.role)) for act in acts} == dict.fromkeys(before, odd.reason)
    assert odd.reason not in before.values()


def verbs() -> Iterator[FunctionType]:
    """The public functions of the services that are told who acts."""
    for found in pkgutil.iter_modules(services.__path__):
        module = import_module(f"{services.__name__}.{found.name}")
        for name, function in inspect.getmembers(module, inspect.isfunction):
            here = function.__module__ == module.__name__ and not name.startswith("_")
            if here and "by" in inspect.signature(function).parameters:
                yield function


def asked(function: FunctionType) -> set[str]:
    """The rules that a function asks, itself or by the functions of its module that it calls."""
    module = inspect.getmodule(function)
    names, ahead = set(), [function.__name__]
    while ahead:
        name = ahead.pop()
        names.add(name)
        own = getattr(module, name, None)
        if inspect.isfunction(own) and own.__module__ == function.__module__:
            used = {node.id for node in ast.walk(ast.parse(inspect.getsource(own))) if isinstance(node, ast.Name)}
            ahead += used - names
    return {name for name in names if name.startswith("why_not_")}


def test_every_verb_is_in_the_table_and_asks_the_rule_that_stands_there():
    found = {function.__name__: function for function in verbs()}
    listed = {verb for act in TABLE for verb in act.verbs.split()}
    assert set(found) == listed | set(PARTS)
    assert not listed & set(PARTS)
    for act in TABLE:
        for verb in act.verbs.split():
            assert act.rule in asked(found[verb]), verb
