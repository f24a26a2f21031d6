"""Why not? stage × role × act, and state × act, for ideas and proposals."""

from __future__ import annotations

import io

import pytest
from django.utils.timezone import localdate
from PIL import Image

from communities import privacy
from communities.refusal import Refused
from programmes.enums import StageKind
from programmes.models import Stage
from proposals import pledge
from proposals.document_enums import DocumentSection
from proposals.enums import (
    ConsolidationKind,
    Disposition,
    IdeaChannel,
    IdeaState,
    ProposalReason,
    ProposalRefusal,
    ProposalState,
    ScreeningDecision,
    ScreeningReason,
    Verdict,
)
from proposals.handing import why_not_hand_over
from proposals.models import Consolidation, IdeaClaim, IdeaEvent, IdeaPhoto, PolishRound, Referral, Screening
from proposals.receipts import receipt
from proposals.rules import (
    why_not_answer_naming,
    why_not_answer_offer,
    why_not_change_photos,
    why_not_claim,
    why_not_consent,
    why_not_consolidate,
    why_not_decide_claim,
    why_not_edit_proposal,
    why_not_edit_whole,
    why_not_enter_idea,
    why_not_join_into,
    why_not_keep_draft,
    why_not_mend_idea,
    why_not_move_proposal,
    why_not_place,
    why_not_revise_idea,
    why_not_second,
    why_not_show_name,
    why_not_submit_idea,
    why_not_take_back_seconding,
    why_not_take_down_photo,
    why_not_undo_joining,
    why_not_withdraw_idea,
    why_not_withdraw_proposal,
)
from proposals.screening_rules import (
    UNDO_TIME,
    why_not_answer_opinion,
    why_not_answer_referral,
    why_not_call_duplicate,
    why_not_close,
    why_not_decide,
    why_not_decide_late,
    why_not_screen,
    why_not_undo_screening,
)
from proposals.services.attachments import add_attachment, remove_attachment
from proposals.writing_rules import (
    why_not_answer_round,
    why_not_give_opinion,
    why_not_keep_in_pool,
    why_not_name_lead,
    why_not_pledge,
    why_not_present_round,
    why_not_reenter,
    why_not_say_why,
    why_not_write_section,
)
from tests.factories import AppointmentFactory, CommunityFactory, IdeaFactory, ProposalFactory, StageFactory

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
IN_OFFICES = only("officer approver community_officer", R.NOT_YOUR_COMMUNITY)
ITS_AUTHOR = only("resident", R.NOT_YOURS)
WRITERS = only("officer approver support_member", R.NOT_AN_OFFICER)
BY_PHONE = {**only("outsider resident neighbour", R.PHONE_UNVERIFIED), "anonymous": R.LOGIN_NEEDED}


def why_refused(verb, **options) -> ProposalRefusal | None:
    """For verbs whose rule is another one's: what they say."""
    try:
        verb(**options)
    except Refused as refused:
        return refused.reason
    return None


def drawing():
    picture = io.BytesIO()
    Image.new("RGB", (8, 8), "grey").save(picture, "PNG")
    picture.seek(0)
    return picture


# act: (call, stages in which it is permitted or None for any, reason by role while they are open).
# The idea of each call is `resident`'s.
ACTS = {
    "submit an idea": (
        lambda user, it, now: why_not_submit_idea(user, it["programme"], now),
        {S.IDEA_COLLECTION},
        BY_PHONE,
    ),
    "keep a draft": (
        lambda user, it, now: why_not_keep_draft(user, {"title": "Benches"}, is_new=True),
        None,
        BY_PHONE,
    ),
    "keep a draft of an idea that is revised": (
        lambda user, it, now: why_not_keep_draft(user, {}, is_new=False, idea=it["returned"]),
        None,
        {**ITS_AUTHOR, "anonymous": R.LOGIN_NEEDED},
    ),
    "enter an idea for a resident": (
        lambda user, it, now: why_not_enter_idea(user, it["programme"], it["submitted"].community, now),
        {S.IDEA_COLLECTION},
        IN_OFFICES,
    ),
    "finish a draft": (
        lambda user, it, now: why_not_revise_idea(user, it["draft"], now),
        {S.IDEA_COLLECTION},
        ITS_AUTHOR,
    ),
    "revise a returned idea": (
        lambda user, it, now: why_not_revise_idea(user, it["returned"], now),
        {S.IDEA_COLLECTION, S.SCREENING},
        ITS_AUTHOR,
    ),
    "mend an idea": (
        lambda user, it, now: why_not_mend_idea(user, it["submitted"], now),
        {S.IDEA_COLLECTION, S.SCREENING},
        ITS_AUTHOR,
    ),
    "withdraw an idea": (
        lambda user, it, now: why_not_withdraw_idea(user, it["submitted"]),
        None,
        ITS_AUTHOR,
    ),
    "say that an idea without an author is one's own": (
        lambda user, it, now: why_not_claim(user, it["entered"]),
        None,
        BY_PHONE,
    ),
    "decide whose an idea is": (
        lambda user, it, now: why_not_decide_claim(user, it["claim"]),
        None,
        IN_OFFICES,
    ),
    "say whether an offered idea is one's own": (
        lambda user, it, now: why_not_answer_offer(user, it["offer"]),
        None,
        {**only("resident", R.OFFERED_TO_SOMEBODY), "anonymous": R.LOGIN_NEEDED},
    ),
    "show one's name": (
        lambda user, it, now: why_not_show_name(user, it["submitted"], shown=True),
        None,
        ITS_AUTHOR,
    ),
    "add or remove a photo": (
        lambda user, it, now: why_not_change_photos(user, it["submitted"]),
        None,
        ITS_AUTHOR,
    ),
    "take a photo down": (
        lambda user, it, now: why_not_take_down_photo(user, IdeaPhoto(idea=it["submitted"])),
        None,
        IN_OFFICES,
    ),
    "second an idea": (
        lambda user, it, now: why_not_second(user, it["submitted"], now),
        {S.IDEA_COLLECTION, S.SCREENING, S.PROPOSAL_INCUBATION},
        {**only("neighbour", R.NOT_A_RESIDENT), "anonymous": R.LOGIN_NEEDED, "resident": R.OWN_SECONDED},
    ),
    "take a seconding back": (
        lambda user, it, now: why_not_take_back_seconding(user, it["submitted"], now),
        {S.IDEA_COLLECTION, S.SCREENING, S.PROPOSAL_INCUBATION},
        {**dict.fromkeys(ROLES), "anonymous": R.LOGIN_NEEDED},
    ),
    "screen an idea": (
        lambda user, it, now: why_not_screen(user, it["submitted"], now),
        {S.IDEA_COLLECTION, S.SCREENING, S.PROPOSAL_INCUBATION},
        STREET_ONLY,
    ),
    "take a screening back": (
        lambda user, it, now: why_not_undo_screening(user, it["screening"], now),
        {S.IDEA_COLLECTION, S.SCREENING, S.PROPOSAL_INCUBATION},
        {**only("officer", R.NOT_AN_OFFICER), "approver": R.NOT_YOUR_DECISION},
    ),
    "answer a first opinion": (
        lambda user, it, now: why_not_answer_opinion(user, it["screening"], it["screening"].pk),
        None,
        {**dict.fromkeys(ROLES), "officer": R.COLLEAGUE_DECIDES},
    ),
    "close what was left over": (
        lambda user, it, now: why_not_close(user, it["left over"], now),
        None,
        STREET_ONLY,
    ),
    "tell somebody without an account": (
        lambda user, it, now: why_not_hand_over(user, it["answer"], now),
        None,
        IN_OFFICES,
    ),
    "close what may still be revised": (
        lambda user, it, now: why_not_close(user, it["returned"], now),
        None,
        {**STREET_ONLY, "officer": R.NOT_OVER_YET, "approver": R.NOT_OVER_YET},
    ),
    "answer for a receiver": (
        lambda user, it, now: why_not_answer_referral(user, it["referral"], localdate(now), now),
        None,
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
        ITS_AUTHOR,
    ),
    "edit a proposal": (
        lambda user, it, now: why_not_edit_proposal(user, it["proposal"], now),
        {S.PROPOSAL_INCUBATION},
        WRITERS,
    ),
    "write the whole of a proposal": (
        lambda user, it, now: why_not_edit_whole(user, it["proposal"], now),
        {S.PROPOSAL_INCUBATION},
        STREET_ONLY,
    ),
    "write a section": (
        lambda user, it, now: why_not_write_section(user, it["proposal"], DocumentSection.SUMMARY, now),
        {S.PROPOSAL_INCUBATION},
        WRITERS,
    ),
    "give the committee's opinion": (
        lambda user, it, now: why_not_give_opinion(user, it["proposal"], DocumentSection.COMMUNITY_OPINION, now),
        {S.PROPOSAL_INCUBATION},
        only("officer approver community_officer", R.NOT_YOUR_OPINION),
    ),
    "give the organisation's opinion": (
        lambda user, it, now: why_not_give_opinion(user, it["proposal"], DocumentSection.SUPPORT_OPINION, now),
        {S.PROPOSAL_INCUBATION},
        only("officer approver support_member", R.NOT_YOUR_OPINION),
    ),
    "add a paper": (
        lambda user, it, now: why_refused(
            add_attachment, proposal=it["proposal"], file=drawing(), name="yard.png", by=user, now=now
        ),
        {S.PROPOSAL_INCUBATION},
        WRITERS,
    ),
    "remove a paper": (
        lambda user, it, now: why_refused(remove_attachment, proposal=it["proposal"], digest="0", by=user, now=now),
        {S.PROPOSAL_INCUBATION},
        WRITERS,
    ),
    "show changes to the lead": (
        lambda user, it, now: why_not_present_round(user, it["proposal"], now),
        {S.PROPOSAL_INCUBATION},
        WRITERS,
    ),
    "answer changes": (
        lambda user, it, now: why_not_answer_round(user, it["proposal"], PolishRound(presented_at=now), now),
        {S.PROPOSAL_INCUBATION},
        only("officer approver resident", R.NOT_THE_LEAD),
    ),
    "name the lead": (
        lambda user, it, now: why_not_name_lead(user, it["proposal"], it["joined"].author),
        None,
        STREET_ONLY,
    ),
    "begin to polish": (
        lambda user, it, now: why_not_move_proposal(user, it["begun"], P.COACHING, now),
        {S.PROPOSAL_INCUBATION},
        STREET_ONLY,
    ),
    "pool a proposal": (
        lambda user, it, now: why_not_move_proposal(user, it["qualified"], P.POOLED, now),
        None,
        STREET_ONLY,
    ),
    "keep a proposal in the pool": (
        lambda user, it, now: why_not_keep_in_pool(user, it["qualified"], now),
        None,
        STREET_ONLY,
    ),
    "enter a proposal of the pool again": (
        lambda user, it, now: why_not_reenter(user, it["pooled"], it["submitted"].category, now),
        {S.SCREENING, S.PROPOSAL_INCUBATION},
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
        lambda user, it, now: why_not_withdraw_proposal(user, it["proposal"]),
        None,
        only("officer approver resident", R.NOT_THE_LEAD),
    ),
    "withdraw a qualified proposal that is in no contest": (
        lambda user, it, now: why_not_withdraw_proposal(user, it["qualified"]),
        None,
        only("officer approver", R.NOT_THE_LEAD),
    ),
    "hand a proposal in": (
        lambda user, it, now: why_not_move_proposal(user, it["proposal"], P.SUBMITTED, now),
        {S.PROPOSAL_INCUBATION},
        only("officer approver support_member resident", R.NOT_AN_OFFICER),
    ),
}


@pytest.fixture
def things(programme_in, communities, resident, officer, now):
    """Things of a programme without any open stage, and of one whose stages are over."""
    earlier, programme = programme_in(S.SCREENING), programme_in()
    earlier.stages.update(closes_at=now)
    of = {"programme": programme, "community": communities[0], "category": programme.categories.first()}
    of_earlier = {**of, "programme": earlier, "category": earlier.categories.first()}
    in_hand = {"author": resident, "submitted_at": now}
    entered = {"author": None, "channel": IdeaChannel.PAPER, "entered_by": officer, "receipt": receipt("26003", 1)}
    entered |= {"submitted_at": now}
    made = {
        "programme": programme,
        "draft": IdeaFactory(**of, author=resident),
        "returned": IdeaFactory(**of, **in_hand, state=IdeaState.RETURNED),
        "submitted": IdeaFactory(**of, **in_hand, state=IdeaState.SUBMITTED),
        "entered": IdeaFactory(**of, **entered, state=IdeaState.SUBMITTED),
        "left over": IdeaFactory(**of_earlier, **in_hand, state=IdeaState.RETURNED),
        "joined": IdeaFactory(**of, **in_hand, state=IdeaState.CONSOLIDATED),
        "begun": ProposalFactory(**of, state=P.DRAFT),
        "proposal": ProposalFactory(**of, state=P.COACHING, lead=resident),
        "handed in": ProposalFactory(**of, state=P.SUBMITTED, lead=resident),
        "qualified": ProposalFactory(**of, state=P.QUALIFIED),
        "pooled": ProposalFactory(**of_earlier, state=P.POOLED),
    }
    referred = IdeaFactory(**of, **in_hand, state=IdeaState.REFERRED)
    step = {"from_state": IdeaState.SUBMITTED, "to_state": IdeaState.REFERRED, "actor": officer, "at": now}
    screening = Screening.objects.create(
        idea=referred,
        event=IdeaEvent.objects.create(idea=referred, **step, not_before=now + UNDO_TIME),
        officer=officer,
        **dict.fromkeys(("public_benefit", "sustainability", "capacity_building"), Verdict.FAIL),
        decision=ScreeningDecision.REFER,
        reason=ScreeningReason.GOV_DUTY,
        at=now,
    )
    help_of = {"disposition": Disposition.STREET_DEPARTMENT, "receiver": "City management"}
    claimant = IdeaClaim(idea=made["entered"], user=resident, at=now)
    offer = IdeaClaim(idea=made["entered"], user=resident, offered_by=officer, at=now)
    joining = {"kind": ConsolidationKind.PRIMARY, "created_by": officer, "created_at": now}
    Consolidation.objects.create(proposal=made["proposal"], idea=made["joined"], **joining)
    referral = Referral.objects.create(screening=screening, **help_of)
    accepted = {"from_state": IdeaState.SUBMITTED, "to_state": IdeaState.ACCEPTED}
    made["answer"] = IdeaEvent.objects.create(idea=made["entered"], **accepted, actor=officer, at=now)
    return {**made, "claim": claimant, "offer": offer, "screening": screening, "referral": referral}


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


# Of rules that ask nobody who they are: (call, reason).
WHY = (ProposalReason.OTHER, "The team moved away.")
PARTS = {
    "a place of the year": (
        lambda it, now: why_not_place(it["programme"], it["submitted"].community, it["submitted"].category),
        None,
    ),
    "a community elsewhere": (
        lambda it, now: why_not_place(it["programme"], CommunityFactory(), it["submitted"].category),
        R.OTHER_PLACE,
    ),
    "a category of another year": (
        lambda it, now: why_not_place(it["programme"], it["submitted"].community, it["left over"].category),
        R.OTHER_PLACE,
    ),
    "consent to the notice": (lambda it, now: why_not_consent(privacy.VERSION), None),
    "consent to an earlier notice": (lambda it, now: why_not_consent("1999-01-01"), R.CONSENT_NEEDED),
    "the promise that is asked for": (lambda it, now: why_not_pledge(pledge.VERSION), None),
    "a promise in earlier words": (lambda it, now: why_not_pledge("1999-01-01"), R.PLEDGE_NEEDED),
    "no promise": (lambda it, now: why_not_pledge(""), R.PLEDGE_NEEDED),
    "no consent": (lambda it, now: why_not_consent(""), R.CONSENT_NEEDED),
    **{
        f"{decision.lower()} {'late' if name == 'left over' else 'in time'}": (
            lambda it, now, name=name, decision=decision: why_not_decide_late(it[name], decision, now),
            late if name == "left over" else None,
        )
        for name in ("submitted", "left over")
        for decision, late in {
            **dict.fromkeys(ScreeningDecision),
            ScreeningDecision.ACCEPT: R.TOO_LATE_TO_ACCEPT,
            ScreeningDecision.RETURN: R.TOO_LATE_TO_RETURN,
        }.items()
    },
    **{
        f"{decision.lower()} as {reason.lower()} of {which}": (
            lambda it, now, decision=decision, reason=reason, which=which: why_not_call_duplicate(
                it["submitted"], decision, reason, it.get(which)
            ),
            refusal,
        )
        for decision, reason, which, refusal in (
            (ScreeningDecision.REJECT, ScreeningReason.DUPLICATE, "returned", None),
            (ScreeningDecision.REJECT, ScreeningReason.DUPLICATE, "nobody", R.SAME_AS_WHICH),
            (ScreeningDecision.REJECT, ScreeningReason.DUPLICATE, "submitted", R.SAME_AS_WHICH),
            (ScreeningDecision.REJECT, ScreeningReason.DUPLICATE, "left over", R.SAME_AS_WHICH),
            (ScreeningDecision.RETURN, ScreeningReason.DUPLICATE, "nobody", R.SAME_AS_WHICH),
            (ScreeningDecision.ACCEPT, ScreeningReason.DUPLICATE, "nobody", None),
            (ScreeningDecision.REJECT, ScreeningReason.UNCLEAR, "nobody", None),
            (ScreeningDecision.REJECT, ScreeningReason.UNCLEAR, "returned", R.SAME_AS_WHICH),
        )
    },
    "the parts of a screening": (
        lambda it, now: why_not_decide(ScreeningDecision.ACCEPT, (Verdict.FAIL,), None, ""),
        R.CRITERION_FAILED,
    ),
    "given back without a word": (
        lambda it, now: why_not_say_why(it["handed in"], P.COACHING, WHY[0], " "),
        R.WHY_NEEDED,
    ),
    "given back without a reason": (
        lambda it, now: why_not_say_why(it["handed in"], P.COACHING, None, WHY[1]),
        R.WHY_NEEDED,
    ),
    "given back": (lambda it, now: why_not_say_why(it["handed in"], P.COACHING, *WHY), None),
    "disqualified without a word": (
        lambda it, now: why_not_say_why(it["handed in"], P.DISQUALIFIED, WHY[0], ""),
        R.WHY_NEEDED,
    ),
    "withdrawn without a reason": (
        lambda it, now: why_not_say_why(it["proposal"], P.WITHDRAWN, None, WHY[1]),
        R.WHY_NEEDED,
    ),
    "withdrawn": (lambda it, now: why_not_say_why(it["proposal"], P.WITHDRAWN, *WHY), None),
    "polishing begun": (lambda it, now: why_not_say_why(it["begun"], P.COACHING, None, ""), None),
    "handed in": (lambda it, now: why_not_say_why(it["proposal"], P.SUBMITTED, None, ""), None),
}


def test_what_asks_nobody_who_they_are(things, now):
    found = {name: call(things, now) for name, (call, _reason) in PARTS.items()}
    assert found == {name: reason for name, (_call, reason) in PARTS.items()}


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
        (P.QUALIFIED, R.JUDGED, {P.POOLED, P.WITHDRAWN}),
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
