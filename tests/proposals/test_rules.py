"""Why not? stage × role × act, and state × act, for ideas and proposals."""

from __future__ import annotations

import pytest

from programmes.enums import StageKind
from programmes.models import Stage
from proposals.enums import (
    IdeaState,
    ProposalRefusal,
    ProposalState,
    ScreeningDecision,
    ScreeningReason,
    Verdict,
)
from proposals.models import Consolidation, IdeaPhoto
from proposals.rules import (
    why_not_answer_naming,
    why_not_consolidate,
    why_not_edit_proposal,
    why_not_edit_whole,
    why_not_enter_idea,
    why_not_join_into,
    why_not_mend_idea,
    why_not_move_proposal,
    why_not_revise_idea,
    why_not_second,
    why_not_submit_idea,
    why_not_take_down_photo,
    why_not_undo_joining,
    why_not_withdraw_idea,
)
from proposals.screening_rules import why_not_decide, why_not_screen
from tests.factories import AppointmentFactory, IdeaFactory, ProposalFactory, StageFactory

R, S, P = ProposalRefusal, StageKind, ProposalState

ROLES = (
    "anonymous",
    "superuser",
    "unverified",
    "outsider",
    "resident",
    "neighbour",
    "officer",
    "approver",
    "other_officer",
    "supervisor",
    "community_officer",
    "support_member",
    "expert",
)


def only(allowed: str, reason: ProposalRefusal) -> dict[str, ProposalRefusal | None]:
    """Reasons by role when only the `allowed` ones (named with spaces between) may."""
    return {role: None if role in allowed.split() else reason for role in ROLES}


STREET_ONLY = only("officer approver", R.NOT_AN_OFFICER)

# act: (call, stages in which it is permitted or None for any, reason by role while they are open).
# The idea of each call is `resident`'s.
ACTS = {
    "submit an idea": (
        lambda user, it, now: why_not_submit_idea(user, it["programme"], now),
        {S.IDEA_COLLECTION},
        {**only("outsider resident neighbour", R.PHONE_UNVERIFIED), "anonymous": R.LOGIN_NEEDED},
    ),
    "enter an idea for a resident": (
        lambda user, it, now: why_not_enter_idea(user, it["programme"], it["submitted"].community, now),
        {S.IDEA_COLLECTION},
        only("officer approver community_officer", R.NOT_YOUR_COMMUNITY),
    ),
    "finish a draft": (
        lambda user, it, now: why_not_revise_idea(user, it["draft"], now),
        {S.IDEA_COLLECTION},
        only("resident", R.NOT_YOURS),
    ),
    "revise a returned idea": (
        lambda user, it, now: why_not_revise_idea(user, it["returned"], now),
        {S.IDEA_COLLECTION, S.SCREENING},
        only("resident", R.NOT_YOURS),
    ),
    "mend an idea": (
        lambda user, it, now: why_not_mend_idea(user, it["submitted"], now),
        {S.IDEA_COLLECTION, S.SCREENING},
        only("resident", R.NOT_YOURS),
    ),
    "withdraw an idea": (
        lambda user, it, now: why_not_withdraw_idea(user, it["submitted"]),
        None,
        only("resident", R.NOT_YOURS),
    ),
    "take a photo down": (
        lambda user, it, now: why_not_take_down_photo(user, IdeaPhoto(idea=it["submitted"])),
        None,
        only("officer approver community_officer", R.NOT_YOUR_COMMUNITY),
    ),
    "second an idea": (
        lambda user, it, now: why_not_second(user, it["submitted"], now),
        {S.IDEA_COLLECTION, S.SCREENING, S.PROPOSAL_INCUBATION},
        {**only("neighbour", R.NOT_A_RESIDENT), "anonymous": R.LOGIN_NEEDED, "resident": R.OWN_SECONDED},
    ),
    "screen an idea": (
        lambda user, it, now: why_not_screen(user, it["submitted"], now),
        {S.IDEA_COLLECTION, S.SCREENING, S.PROPOSAL_INCUBATION},
        STREET_ONLY,
    ),
    "join ideas": (
        lambda user, it, now: why_not_consolidate(user, it["programme"], now),
        {S.SCREENING, S.PROPOSAL_INCUBATION},
        STREET_ONLY,
    ),
    "join ideas into a proposal": (
        lambda user, it, now: why_not_join_into(user, it["proposal"], now),
        {S.SCREENING, S.PROPOSAL_INCUBATION},
        STREET_ONLY,
    ),
    "undo a joining": (
        lambda user, it, now: why_not_undo_joining(user, it["proposal"], now),
        {S.SCREENING, S.PROPOSAL_INCUBATION, S.CONTEST},
        STREET_ONLY,
    ),
    "say whether one is named": (
        lambda user, it, now: why_not_answer_naming(user, Consolidation(idea=it["submitted"])),
        None,
        only("resident", R.NOT_YOURS),
    ),
    "edit a proposal": (
        lambda user, it, now: why_not_edit_proposal(user, it["proposal"], now),
        {S.PROPOSAL_INCUBATION},
        only("officer approver support_member", R.NOT_AN_OFFICER),
    ),
    "write the whole of a proposal": (
        lambda user, it, now: why_not_edit_whole(user, it["proposal"], now),
        {S.PROPOSAL_INCUBATION},
        STREET_ONLY,
    ),
    "qualify a proposal": (
        lambda user, it, now: why_not_move_proposal(user, it["handed in"], P.QUALIFIED, now),
        {S.PROPOSAL_INCUBATION},
        STREET_ONLY,
    ),
    "give a proposal back": (
        lambda user, it, now: why_not_move_proposal(user, it["handed in"], P.COACHING, now),
        {S.PROPOSAL_INCUBATION},
        STREET_ONLY,
    ),
    "disqualify a proposal": (
        lambda user, it, now: why_not_move_proposal(user, it["handed in"], P.DISQUALIFIED, now),
        {S.PROPOSAL_INCUBATION},
        STREET_ONLY,
    ),
    "withdraw a proposal": (
        lambda user, it, now: why_not_move_proposal(user, it["proposal"], P.WITHDRAWN, now),
        None,
        only("officer approver resident", R.NOT_THE_LEAD),
    ),
    "hand a proposal in": (
        lambda user, it, now: why_not_move_proposal(user, it["proposal"], P.SUBMITTED, now),
        {S.PROPOSAL_INCUBATION},
        only("officer approver support_member", R.NOT_AN_OFFICER),
    ),
}


@pytest.fixture
def things(programme_in, communities, resident, now):
    """Things of a programme without any open stage."""
    programme = programme_in()
    of = {"programme": programme, "community": communities[0], "category": programme.categories.first()}
    return {
        "programme": programme,
        "draft": IdeaFactory(**of, author=resident),
        "returned": IdeaFactory(**of, author=resident, state=IdeaState.RETURNED, submitted_at=now),
        "submitted": IdeaFactory(**of, author=resident, state=IdeaState.SUBMITTED, submitted_at=now),
        "proposal": ProposalFactory(**of, state=P.COACHING, lead=resident),
        "handed in": ProposalFactory(**of, state=P.SUBMITTED, lead=resident),
    }


@pytest.mark.parametrize("act", ACTS)
def test_stage_role_act(act, things, cast, now):
    why_not, permitted, reasons = ACTS[act]
    stage = StageFactory(programme=things["programme"])
    for kind in StageKind:
        Stage.objects.filter(pk=stage.pk).update(kind=kind)
        open_now = permitted is None or kind in permitted
        for role in ROLES:
            expected = reasons[role] or (None if open_now else R.STAGE_CLOSED)
            assert why_not(cast(role), things, now) == expected, (kind, role)


REVISABLE = {IdeaState.DRAFT: None, IdeaState.RETURNED: None, IdeaState.SUBMITTED: R.BEING_SCREENED}
SCREENABLE = {IdeaState.SUBMITTED: None}
FINAL = {IdeaState.CONSOLIDATED: R.WRONG_STATE, IdeaState.WITHDRAWN: R.WRONG_STATE}


@pytest.mark.parametrize("state", IdeaState)
def test_state_and_act_of_an_idea(state, idea_in, resident, officer, now):
    idea = idea_in(state)
    assert why_not_revise_idea(resident, idea, now) == REVISABLE.get(state, R.WRONG_STATE)
    assert why_not_screen(officer, idea, now) == SCREENABLE.get(state, R.WRONG_STATE)
    assert why_not_withdraw_idea(resident, idea) == FINAL.get(state)


@pytest.mark.parametrize(
    ("state", "edit", "onwards"),
    [
        (P.DRAFT, None, {P.COACHING, P.WITHDRAWN}),
        (P.COACHING, None, {P.SUBMITTED, P.WITHDRAWN}),
        (P.SUBMITTED, R.WRONG_STATE, {P.COACHING, P.QUALIFIED, P.DISQUALIFIED, P.WITHDRAWN}),
        (P.QUALIFIED, R.JUDGED, {P.POOLED}),
        (P.POOLED, R.WRONG_STATE, {P.QUALIFIED, P.WITHDRAWN}),
        (P.WITHDRAWN, R.WRONG_STATE, set()),
        (P.DISQUALIFIED, R.WRONG_STATE, set()),
    ],
)
def test_state_and_act_of_a_proposal(state, edit, onwards, programme, officer, now):
    proposal = ProposalFactory(programme=programme, state=state)
    assert why_not_edit_proposal(officer, proposal, now) == edit
    assert {to for to in P if why_not_move_proposal(officer, proposal, to, now) is None} == onwards


@pytest.mark.parametrize(
    ("state", "edit", "onwards"),
    [
        (P.DRAFT, R.NOT_COACHING, set()),
        (P.COACHING, None, {P.SUBMITTED}),
        (P.SUBMITTED, R.WRONG_STATE, set()),
        (P.QUALIFIED, R.JUDGED, set()),
        (P.POOLED, R.WRONG_STATE, set()),
    ],
)
def test_state_and_act_of_the_accompanying_organisation(
    state, edit, onwards, programme, communities, support_member, now
):
    accompanied, other = (
        ProposalFactory(programme=programme, community=community, state=state) for community in communities[:2]
    )
    assert why_not_edit_proposal(support_member, accompanied, now) == edit
    assert {to for to in P if why_not_move_proposal(support_member, accompanied, to, now) is None} == onwards
    assert why_not_edit_proposal(support_member, other, now) == R.NOT_AN_OFFICER
    assert {to for to in P if why_not_move_proposal(support_member, other, to, now) is None} == set()


def test_nobody_screens_their_own_idea(idea_in, resident, subdistrict, django_user_model, now):
    AppointmentFactory(user=resident, subdistrict=subdistrict)
    author = django_user_model.objects.get(pk=resident.pk)
    assert why_not_screen(author, idea_in(IdeaState.SUBMITTED), now) == R.OWN_IDEA


def test_a_closed_account_submits_nothing(resident, programme, now):
    resident.is_active = False
    assert why_not_submit_idea(resident, programme, now) == R.LOGIN_NEEDED


PASS, DOUBT, FAIL = Verdict.PASS, Verdict.DOUBT, Verdict.FAIL


@pytest.mark.parametrize(
    ("decision", "verdicts", "reason", "note", "expected"),
    [
        (ScreeningDecision.ACCEPT, (PASS, PASS, PASS), None, "", None),
        (ScreeningDecision.ACCEPT, (DOUBT, DOUBT, DOUBT), None, "", None),
        (ScreeningDecision.ACCEPT, (FAIL, PASS, PASS), None, "", R.CRITERION_FAILED),
        (ScreeningDecision.ACCEPT, (PASS, FAIL, PASS), None, "", R.CRITERION_FAILED),
        (ScreeningDecision.ACCEPT, (PASS, PASS, FAIL), None, "Well done.", R.CRITERION_FAILED),
        *(
            (decision, verdicts, reason, note, expected)
            for decision in ScreeningDecision
            if decision != ScreeningDecision.ACCEPT
            for verdicts in [(PASS, PASS, PASS), (FAIL, FAIL, FAIL)]
            for reason, note, expected in [
                (ScreeningReason.UNCLEAR, "Where is it?", None),
                (None, "Where is it?", R.REASON_NEEDED),
                (ScreeningReason.UNCLEAR, "", R.REASON_NEEDED),
                (ScreeningReason.UNCLEAR, " \n", R.REASON_NEEDED),
                (None, "", R.REASON_NEEDED),
            ]
        ),
    ],
)
def test_the_parts_of_a_screening_agree(decision, verdicts, reason, note, expected):
    assert why_not_decide(decision, verdicts, reason, note, "The property company") == expected


@pytest.mark.parametrize(
    ("receiver", "expected"), [("The property company", None), ("", R.RECEIVER_NEEDED), (" ", R.RECEIVER_NEEDED)]
)
def test_nobody_is_referred_nowhere(receiver, expected):
    decided = why_not_decide(ScreeningDecision.REFER, (PASS,) * 3, ScreeningReason.UNCLEAR, "Elsewhere.", receiver)
    assert decided == expected
