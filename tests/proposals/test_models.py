"""What the database holds of ideas and proposals, gone around forms and verbs."""

from __future__ import annotations

import uuid
from collections.abc import Callable
from datetime import date
from decimal import Decimal

import pytest
from django.db import IntegrityError, InternalError, transaction

from proposals.enums import ConsolidationKind, IdeaChannel, IdeaState, ProposalState, ScreeningDecision, Verdict
from proposals.models import (
    Attachment,
    BudgetLine,
    ClaimEvent,
    CoachingNote,
    Consolidation,
    Idea,
    IdeaClaim,
    IdeaDraft,
    IdeaEvent,
    IdeaPhoto,
    Objective,
    PlannedActivity,
    PolishRound,
    Proposal,
    ProposalEvent,
    ReasonWording,
    ReceiptSeries,
    Referral,
    Remark,
    RemarkEvent,
    RemarkReport,
    Risk,
    Screening,
    Seconding,
    TeamMember,
    ToldInPerson,
    WithheldVersion,
    WordCount,
)
from tests.constraints import constraints_of, triggers_of, violated
from tests.factories import IdeaFactory, ProposalFactory
from tests.scenes import Scene


def submitted_twice(scene: Scene):
    first = scene.idea(IdeaState.SUBMITTED)
    IdeaFactory(programme=scene.programme, author=first.author, submission_key=first.submission_key)


def screening(scene: Scene, decision: ScreeningDecision, **columns: object):
    passed = dict.fromkeys(("public_benefit", "sustainability", "capacity_building"), Verdict.PASS)
    return Screening.objects.create(
        idea=scene.idea(IdeaState.SUBMITTED),
        officer=scene.officer,
        decision=decision,
        at=scene.now,
        **{**passed, **columns},
    )


def budget_line(scene: Scene, **columns: object):
    values = {"item": "Bench", "unit_price": Decimal(1), "quantity": 1, **columns}
    return BudgetLine.objects.create(proposal=ProposalFactory(programme=scene.programme), **values)


def joined_twice(scene: Scene):
    idea = scene.idea(IdeaState.CONSOLIDATED)
    join(scene, ProposalFactory(programme=scene.programme), idea, ConsolidationKind.PRIMARY)


def two_leading_ideas(scene: Scene):
    proposal = scene.proposal(ProposalState.DRAFT)
    join(scene, proposal, scene.idea(IdeaState.ACCEPTED), ConsolidationKind.PRIMARY)


def join(scene: Scene, proposal: Proposal, idea: Idea, kind: ConsolidationKind):
    return Consolidation.objects.create(proposal=proposal, idea=idea, kind=kind, created_at=scene.now)


def photos(scene: Scene, *rows: dict[str, object]):
    idea = scene.idea(IdeaState.SUBMITTED)
    values = {"position": 0, "image": "x.jpg", "digest": "a", "width": 1, "height": 1, "added_at": scene.now}
    for row in rows:
        IdeaPhoto.objects.create(idea=idea, **{**values, **row})


def papers(scene: Scene, *rows: dict[str, object]):
    proposal = ProposalFactory(programme=scene.programme)
    values = {"position": 0, "kind": "PDF", "name": "x.pdf", "file": "x.pdf", "size": 1, "digest": "a"}
    for row in rows:
        Attachment.objects.create(proposal=proposal, added_by=scene.officer, added_at=scene.now, **{**values, **row})


def reentered_twice(scene: Scene):
    first = ProposalFactory(programme=scene.programme)
    for _ in range(2):
        ProposalFactory(programme=scene.programme, earlier=first, origin=first)


ANSWERED = {"presented": True, "answered": True}


def rounds(scene: Scene, *rows: dict[str, object]):
    proposal = ProposalFactory(programme=scene.programme)
    for row in rows:
        values = {"number": 1, "before": {}, "begun_at": scene.now, **row}
        for step in ("presented", "answered"):
            if values.pop(step, False):
                values |= {f"{step}_at": scene.now, f"{step}_by": scene.officer}
        if "answered_at" in values:
            values["after"] = {}
        PolishRound.objects.create(proposal=proposal, **values)


def seconded_twice(scene: Scene):
    idea = scene.idea(IdeaState.SUBMITTED)
    for _ in range(2):
        Seconding.objects.create(idea=idea, user=scene.officer, at=scene.now)


def on_paper(scene: Scene, **columns: object):
    values = {"author": None, "channel": IdeaChannel.PAPER, "entered_by": scene.officer, "receipt": "26-003-0012-6"}
    return IdeaFactory(programme=scene.programme, **{**values, **columns})


def claim(scene: Scene, idea: Idea, **columns: object):
    return IdeaClaim.objects.create(idea=idea, at=scene.now, **{"user": scene.author, **columns})


def claim_event(scene: Scene):
    return ClaimEvent.objects.create(claim=claim(scene, on_paper(scene)), to_state="REFUSED", at=scene.now)


def claimed_twice(scene: Scene):
    idea = on_paper(scene)
    for _ in range(2):
        claim(scene, idea)


def two_owners(scene: Scene):
    idea = on_paper(scene)
    for user in scene.voters[:2]:
        claim(scene, idea, user=user, accepted=True, decided_by=scene.officer, decided_at=scene.now)


def offered_to_two(scene: Scene):
    idea = on_paper(scene)
    for user in scene.voters[:2]:
        claim(scene, idea, user=user, offered_by=scene.officer)


def entered_twice(scene: Scene):
    on_paper(scene, submission_key=on_paper(scene).submission_key, receipt="26-003-0013-1")


def remark(scene: Scene, **columns: object):
    values = {"text": "Who looks after it?", "key": uuid.UUID(int=1), "written_at": scene.now, **columns}
    return Remark.objects.create(idea=IdeaFactory(programme=scene.programme), author=scene.author, **values)


def remark_event(scene: Scene):
    return RemarkEvent.objects.create(remark=remark(scene), to_state="PENDING", at=scene.now)


def reported(scene: Scene, times: int, **columns: object):
    values = {"remark": remark(scene), "user": scene.author, "reason": "Rude", "at": scene.now, **columns}
    for _ in range(times):
        RemarkReport.objects.create(**values)


def drafted_twice(scene: Scene):
    for title in ("Benches", "Lamps"):
        IdeaDraft.objects.create(
            programme=scene.programme,
            author=scene.author,
            key=uuid.UUID(int=1),
            typed={"title": title},
            saved_at=scene.now,
        )


def document_row(scene: Scene, kind: type, **columns: object):
    return kind.objects.create(proposal=ProposalFactory(programme=scene.programme), **columns)


def coached(scene: Scene, **columns: object):
    values = {"author": scene.officer, "held_on": scene.now.date(), "text": "Priced it.", "written_at": scene.now}
    return document_row(scene, CoachingNote, **values | columns)


def activity(scene: Scene, **columns: object):
    values = {"name": "Painting", "date_from": date(2030, 5, 1), "date_to": date(2030, 5, 2), **columns}
    return document_row(scene, PlannedActivity, **values)


def opinion(scene: Scene, idea: Idea, **columns: object):
    verdicts = {"public_benefit": Verdict.DOUBT, "sustainability": Verdict.PASS, "capacity_building": Verdict.PASS}
    values = {"decision": ScreeningDecision.ACCEPT, "revision": 1, "is_opinion": True, **verdicts, **columns}
    return Screening.objects.create(idea=idea, officer=scene.officer, at=scene.now, **values)


def two_opinions(scene: Scene):
    idea = scene.idea(IdeaState.SUBMITTED)
    for revision in (1, 2, 2):
        opinion(scene, idea, revision=revision)


def referred(scene: Scene, **columns: object):
    judged = screening(scene, ScreeningDecision.REFER, reason="GOV_DUTY")
    values = {"disposition": "ACTION_GROUP", "receiver": "Neighbours", **columns}
    return Referral.objects.create(screening=judged, **values)


def worded_twice(scene: Scene):
    for text in ("Please ask there.", "Please ask elsewhere."):
        ReasonWording.objects.create(subdistrict=scene.programme.subdistrict, reason="GOV_DUTY", text=text)


BREACHES: dict[str, Callable[[Scene], object]] = {
    "proposals_idea_submitted_once": submitted_twice,
    "proposals_idea_submission_dated": lambda scene: IdeaFactory(
        programme=scene.programme, state=IdeaState.SUBMITTED, submitted_at=None
    ),
    "proposals_idea_online_by_author": lambda scene: IdeaFactory(programme=scene.programme, author=None),
    "proposals_idea_entered_by_officer": lambda scene: IdeaFactory(programme=scene.programme, channel="PAPER"),
    "proposals_idea_entered_once": entered_twice,
    "proposals_idea_receipt_once": lambda scene: [on_paper(scene) for _ in range(2)],
    "proposals_idea_beneficiaries_counted": lambda scene: IdeaFactory(
        programme=scene.programme, beneficiary_estimate=0
    ),
    "proposals_idea_consent_whole": lambda scene: IdeaFactory(programme=scene.programme, consent_version="1"),
    "proposals_ideadraft_once": drafted_twice,
    "proposals_remark_once": lambda scene: [remark(scene) for _ in range(2)],
    "proposals_remark_says_something": lambda scene: remark(scene, text=""),
    "proposals_remark_office_answers": lambda scene: remark(scene, from_office=True),
    "proposals_remarkreport_once": lambda scene: reported(scene, 2),
    "proposals_remarkreport_says_why": lambda scene: reported(scene, 1, reason=""),
    "proposals_remarkreport_settled_whole": lambda scene: reported(scene, 1, settled_at=scene.now),
    "proposals_receiptseries_once": lambda scene: [ReceiptSeries.objects.create(prefix="26003") for _ in range(2)],
    "proposals_ideaclaim_once": claimed_twice,
    "proposals_ideaclaim_one_owner": two_owners,
    "proposals_ideaclaim_one_offer": offered_to_two,
    "proposals_ideaclaim_offer_taken_by_its_receiver": lambda scene: claim(
        scene, on_paper(scene), offered_by=scene.officer, accepted=True, decided_by=scene.officer, decided_at=scene.now
    ),
    "proposals_ideaclaim_decided_whole": lambda scene: claim(scene, on_paper(scene), accepted=True),
    "proposals_screening_reason_given": lambda scene: screening(scene, ScreeningDecision.REJECT),
    "proposals_screening_accepted_passes": lambda scene: screening(
        scene, ScreeningDecision.ACCEPT, capacity_building=Verdict.FAIL
    ),
    "proposals_screening_one_opinion": two_opinions,
    "proposals_screening_opinion_doubts": lambda scene: opinion(
        scene, scene.idea(IdeaState.SUBMITTED), public_benefit=Verdict.PASS
    ),
    "proposals_screening_opinion_moves_nothing": lambda scene: opinion(
        scene, (idea := scene.idea(IdeaState.SUBMITTED)), event=idea.events.get()
    ),
    "proposals_screening_same_as_another": lambda scene: screening(
        scene, ScreeningDecision.REJECT, reason="UNCLEAR", duplicate_of=scene.idea(IdeaState.ACCEPTED)
    ),
    "proposals_ideaevent_undone_goes_back": lambda scene: IdeaEvent.objects.create(
        idea=(idea := scene.idea(IdeaState.ACCEPTED)), to_state=IdeaState.REJECTED, undoes=idea.events.last()
    ),
    "proposals_referral_receiver_named": lambda scene: referred(scene, receiver=""),
    "proposals_referral_answer_whole": lambda scene: referred(scene, reply="It is done."),
    "proposals_ideaphoto_place_once": lambda scene: photos(scene, {}, {"digest": "b"}),
    "proposals_ideaphoto_once": lambda scene: photos(scene, {}, {"position": 1}),
    "proposals_ideaphoto_three_at_most": lambda scene: photos(scene, {"position": 3}),
    "proposals_ideaphoto_taken_down_with_reason": lambda scene: photos(scene, {"taken_down_at": scene.now}),
    "proposals_attachment_place_once": lambda scene: papers(scene, {}, {"digest": "b"}),
    "proposals_attachment_once": lambda scene: papers(scene, {}, {"position": 1}),
    "proposals_attachment_five_at_most": lambda scene: papers(scene, {"position": 5}),
    "proposals_attachment_sized": lambda scene: papers(scene, {"size": 10 * 1024 * 1024 + 1}),
    "proposals_attachment_kind_kept": lambda scene: papers(scene, {"kind": "PNG"}),
    "proposals_polishround_number_once": lambda scene: rounds(scene, ANSWERED, {}),
    "proposals_polishround_one_open": lambda scene: rounds(scene, {}, {"number": 2}),
    "proposals_polishround_shown_by_somebody": lambda scene: rounds(scene, {"presented_at": scene.now}),
    "proposals_polishround_answered_whole": lambda scene: rounds(scene, {"after": {}}),
    "proposals_seconding_once": seconded_twice,
    "proposals_withheldversion_once": lambda scene: withheld(scene, times=2),
    "proposals_withheldversion_says_why": lambda scene: withheld(scene, reason=""),
    "proposals_proposal_reentered_once": reentered_twice,
    "proposals_proposal_line_whole": lambda scene: ProposalFactory(
        programme=scene.programme, earlier=ProposalFactory(programme=scene.programme)
    ),
    "proposals_proposal_pledge_whole": lambda scene: ProposalFactory(
        programme=scene.programme, pledge_version="2026-11-28"
    ),
    "proposals_proposal_number_once": lambda scene: [
        ProposalFactory(programme=scene.programme, number="WJ-034-2018-01") for _ in range(2)
    ],
    "proposals_wordcount_shared": lambda scene: WordCount.objects.create(lexeme="benches", ideas=1),
    "proposals_proposal_dates_in_order": lambda scene: ProposalFactory(
        programme=scene.programme, starts_on=date(2030, 5, 2), ends_on=date(2030, 5, 1)
    ),
    "proposals_proposal_direct_counted": lambda scene: ProposalFactory(
        programme=scene.programme, direct_beneficiaries=-1
    ),
    "proposals_proposal_indirect_counted": lambda scene: ProposalFactory(
        programme=scene.programme, indirect_beneficiaries=-1
    ),
    "proposals_teammember_named": lambda scene: document_row(scene, TeamMember, name="Somebody", duty=""),
    "proposals_objective_target_positive": lambda scene: document_row(
        scene, Objective, indicator="Benches", target_value=Decimal(0)
    ),
    "proposals_plannedactivity_dates_in_order": lambda scene: activity(scene, date_to=date(2030, 4, 30)),
    "proposals_plannedactivity_counted": lambda scene: activity(scene, times=0),
    "proposals_coachingnote_says_something": lambda scene: coached(scene, text=""),
    "proposals_risk_answered": lambda scene: document_row(scene, Risk, risk="Rain", response=""),
    "proposals_reasonwording_once": worded_twice,
    "proposals_budgetline_positive": lambda scene: budget_line(scene, unit_price=Decimal(0)),
    "proposals_consolidation_idea_once": joined_twice,
    "proposals_consolidation_answer_dated": lambda scene: Consolidation.objects.filter(
        idea=scene.idea(IdeaState.CONSOLIDATED)
    ).update(named=True),
    "proposals_consolidation_one_primary": two_leading_ideas,
    "proposals_consolidation_over_once": lambda scene: Consolidation.objects.filter(
        idea=scene.idea(IdeaState.CONSOLIDATED)
    ).update(undone_at=scene.now, ended_at=scene.now),
}


@pytest.mark.parametrize("name", BREACHES)
def test_the_database_refuses(name, scene):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        BREACHES[name](scene)
    assert violated(caught.value) == name


def test_every_constraint_is_tested():
    assert set(BREACHES) == constraints_of("proposals")


@pytest.mark.parametrize("verdict", ["public_benefit", "sustainability", "capacity_building"])
def test_no_criterion_may_fail_in_an_acceptance(verdict, scene):
    with pytest.raises(IntegrityError, match="accepted_passes"), transaction.atomic():
        screening(scene, ScreeningDecision.ACCEPT, **{verdict: Verdict.FAIL})


def test_a_first_opinion_is_of_a_text(scene):
    with pytest.raises(IntegrityError, match="opinion_doubts"), transaction.atomic():
        opinion(scene, scene.idea(IdeaState.SUBMITTED), revision=None)


@pytest.mark.parametrize("columns", [{"quantity": 0}, {"unit_price": Decimal("-0.01")}])
def test_a_budget_line_is_above_zero(columns, scene):
    with pytest.raises(IntegrityError, match="proposals_budgetline_positive"), transaction.atomic():
        budget_line(scene, **columns)


def test_a_draft_and_a_withdrawn_draft_need_no_date(scene):
    for state in (IdeaState.DRAFT, IdeaState.WITHDRAWN):
        IdeaFactory(programme=scene.programme, state=state, submitted_at=None)


@pytest.mark.parametrize(
    "columns", [{"entered_by": "officer"}, {"receipt": "26-003-0012-6"}, {"contributor_name": "Ms Li"}]
)
def test_an_idea_handed_in_online_was_entered_by_nobody(columns, scene, cast):
    columns = {name: cast(value) if name == "entered_by" else value for name, value in columns.items()}
    with pytest.raises(IntegrityError, match="proposals_idea_online_by_author"), transaction.atomic():
        IdeaFactory(programme=scene.programme, **columns)


@pytest.mark.parametrize("missing", ["entered_by", "receipt"])
def test_an_idea_from_paper_has_an_officer_and_a_receipt(missing, scene):
    with pytest.raises(IntegrityError, match="proposals_idea_entered_by_officer"), transaction.atomic():
        on_paper(scene, **{missing: None})


def withheld(scene: Scene, times: int = 1, reason: str = "It named somebody."):
    version = scene.idea(IdeaState.SUBMITTED).handed_in_versions().get()
    for _ in range(times):
        WithheldVersion.objects.create(version=version, by=scene.officer, at=scene.now, reason=reason)


def qualified(scene: Scene):
    return scene.proposal(ProposalState.QUALIFIED)


def renumbered(proposal: Proposal):
    return Proposal.objects.filter(pk=proposal.pk).update(number="WJ-001-2018-99")


def told(scene: Scene) -> ToldInPerson:
    event = IdeaEvent.objects.filter(idea=scene.idea(IdeaState.REJECTED)).latest("pk")
    return ToldInPerson.objects.create(event=event, by=scene.officer, at=scene.now)


REWRITES: dict[str, Callable[[Scene], object]] = {
    "screening.append_only": lambda scene: Screening.objects.update(note="Never said"),
    "ideaevent.append_only": lambda scene: IdeaEvent.objects.update(note="Never said"),
    "ideaevent.no_delete": lambda scene: IdeaEvent.objects.filter(screening=None).delete(),
    "referral.append_only": lambda scene: Referral.objects.update(receiver="Somebody else"),
    "referral.no_delete": lambda scene: Referral.objects.all().delete(),
    "idea.text_frozen": lambda scene: Idea.objects.filter(pk=scene.idea(IdeaState.ACCEPTED).pk).update(title="Changed"),
    "remarkevent.append_only": lambda scene: (remark_event(scene), RemarkEvent.objects.update(note="Never said")),
    "remarkevent.no_delete": lambda scene: (remark_event(scene), RemarkEvent.objects.all().delete()),
    "claimevent.append_only": lambda scene: (claim_event(scene), ClaimEvent.objects.update(note="Never said")),
    "claimevent.no_delete": lambda scene: (claim_event(scene), ClaimEvent.objects.all().delete()),
    "coachingnote.append_only": lambda scene: CoachingNote.objects.update(text="Never said"),
    "polishround.answered_is_history": lambda scene: [
        rounds(scene, ANSWERED),
        PolishRound.objects.update(answer="Never said"),
    ],
    "proposal.number_given_once": lambda scene: renumbered(scene.proposal(ProposalState.QUALIFIED)),
    "proposal.text_frozen": lambda scene: Proposal.objects.filter(pk=scene.proposal(ProposalState.POOLED).pk).update(
        goal="Another"
    ),
    "budgetline.frozen_with_proposal": lambda scene: qualified(scene).budget_lines.update(quantity=3),
    "teammember.frozen_with_proposal": lambda scene: qualified(scene).members.update(name="Somebody"),
    "objective.frozen_with_proposal": lambda scene: qualified(scene).objectives.all().delete(),
    "plannedactivity.frozen_with_proposal": lambda scene: qualified(scene).activities.all().delete(),
    "risk.frozen_with_proposal": lambda scene: qualified(scene).risk_rows.create(risk="Rain", response="Wait."),
    "withheldversion.append_only": lambda scene: [withheld(scene), WithheldVersion.objects.update(reason="Another")],
    "toldinperson.append_only": lambda scene: [told(scene), ToldInPerson.objects.update(by=scene.approver)],
    "proposalevent.append_only": lambda scene: ProposalEvent.objects.update(to_state=ProposalState.POOLED),
    "proposalevent.no_delete": lambda scene: ProposalEvent.objects.all().delete(),
}


@pytest.mark.parametrize("name", REWRITES)
def test_history_is_not_rewritten(name, scene):
    scene.proposal(ProposalState.DRAFT)
    coached(scene)
    referred(scene)
    table = f"proposals_{name.split('.')[0]}"
    with pytest.raises(InternalError, match=table), transaction.atomic():
        REWRITES[name](scene)


def test_every_trigger_is_tested():
    assert set(REWRITES) == triggers_of("proposals")


def test_a_screening_is_not_deleted(scene):
    scene.proposal(ProposalState.DRAFT)
    with pytest.raises(InternalError, match="proposals_screening"), transaction.atomic():
        Screening.objects.all().delete()


def test_an_event_may_be_marked_as_notified(scene):
    scene.idea(IdeaState.SUBMITTED)
    assert IdeaEvent.objects.update(notified_at=scene.now) == 1


# What each sees


@pytest.mark.parametrize(
    ("role", "hidden"),
    [
        ("anonymous", {"DRAFT", "RETURNED", "REJECTED", "WITHDRAWN"}),
        ("neighbour", {"DRAFT", "RETURNED", "REJECTED", "WITHDRAWN"}),
        ("other_officer", {"DRAFT", "RETURNED", "REJECTED", "WITHDRAWN"}),
        ("resident", set()),
        ("officer", {"DRAFT"}),
        ("approver", {"DRAFT"}),
        ("supervisor", {"DRAFT"}),
        ("community_officer", {"DRAFT"}),
    ],
)
def test_who_sees_an_idea_in_which_state(role, hidden, cast, idea_in):
    for state in IdeaState:
        idea_in(state)
    visible = set(Idea.objects.visible_to(cast(role)).values_list("state", flat=True))
    assert set(IdeaState.values) - visible == hidden


def test_a_community_officer_sees_only_their_community(community_officer, idea_in, communities):
    own, other = (idea_in(IdeaState.RETURNED, community=community) for community in communities[:2])
    visible = Idea.objects.visible_to(community_officer)
    assert own in visible
    assert other not in visible


@pytest.mark.parametrize(
    ("role", "visible"),
    [
        ("anonymous", {"QUALIFIED", "POOLED"}),
        ("neighbour", {"QUALIFIED", "POOLED"}),
        ("other_officer", {"QUALIFIED", "POOLED"}),
        ("resident", set(ProposalState.values)),
        ("officer", set(ProposalState.values)),
        ("supervisor", set(ProposalState.values)),
        ("community_officer", set(ProposalState.values)),
        ("support_member", set(ProposalState.values)),
    ],
)
def test_who_sees_a_proposal_in_which_state(role, visible, cast, proposal_in):
    for state in ProposalState:
        proposal_in(state)
    assert set(Proposal.objects.visible_to(cast(role)).values_list("state", flat=True)) == visible


def test_a_support_organisation_sees_what_it_accompanies(support_member, proposal_in, communities):
    accompanied, other = (proposal_in(ProposalState.DRAFT, community=community) for community in communities[:2])
    assert list(Proposal.objects.visible_to(support_member)) == [accompanied]
    assert other.pk


@pytest.mark.parametrize(
    ("role", "count"), [("officer", 8), ("approver", 8), ("supervisor", 8), ("other_officer", 0), ("resident", 0)]
)
def test_the_office_screens_its_own_subdistrict(role, count, cast, idea_in):
    for state in IdeaState:
        idea_in(state)
    assert Idea.objects.in_office_of(cast(role)).count() == count


def test_who_waited_longest_is_screened_first(scene, idea_in, now):
    ideas = [idea_in(IdeaState.SUBMITTED) for _ in range(3)]
    Idea.objects.filter(pk=ideas[2].pk).update(submitted_at=now.replace(year=now.year - 1))
    assert list(Idea.objects.awaiting_screening()) == [ideas[2], ideas[0], ideas[1]]
