"""From the verb to the sentence: who hears what of everything that happens."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils.translation import override

from communities.enums import VerificationMethod
from communities.models import Notification
from communities.notice_kinds import KIND_OF, Notice, NoticeKind
from communities.notices import Message, remark_of, sentence
from communities.services import outbox
from communities.services.people import decide_residency, name_community
from contests.enums import AwardState, Decision
from contests.models import Award, Contest, ContestEvent
from contests.notices import AWARD_NOTICES
from contests.services import notifications as contest_news
from contests.services.assigning import assign
from contests.services.lifecycle import open_contest
from contests.services.overruling import propose_overruling
from projects import services as project_news
from projects.enums import PROJECT_TRANSITIONS, ProjectState
from projects.models import Project, ProjectEvent
from projects.notices import STATE_NOTICES
from projects.services import add_milestone, approve_projects, move_project, reach_milestone
from proposals.enums import PROPOSAL_TRANSITIONS, ProposalReason, ProposalState
from proposals.models import Consolidation
from proposals.notices import PROPOSAL_NOTICES
from proposals.screening_rules import UNDO_TIME
from proposals.services import notifications as idea_news
from proposals.services.ideas import screen
from proposals.services.joining import consolidate, undo_consolidation
from proposals.services.proposals import move_proposal
from tests.scenes import ACCEPTANCE

pytestmark = pytest.mark.django_db

SENDERS = (outbox, idea_news, contest_news, project_news)


def send(now):
    """Tell all that is due once decisions on ideas can no longer be taken back."""
    return sum(sender.send_due_notifications(now=now + UNDO_TIME) for sender in SENDERS)


def news_of(user):
    """Sentences' codes in the order in which they were written."""
    return [row.notice for row in Notification.objects.filter(recipient=user).order_by("pk")]


@pytest.mark.parametrize(
    ("state", "heard"),
    [
        ("SUBMITTED", []),
        ("WITHDRAWN", []),
        ("ACCEPTED", ["IDEA_ACCEPTED"]),
        ("RETURNED", ["IDEA_RETURNED"]),
        ("REFERRED", ["IDEA_REFERRED_TO"]),
        ("REJECTED", ["IDEA_REJECTED"]),
        ("CONSOLIDATED", ["IDEA_ACCEPTED", "IDEA_JOINED"]),
    ],
)
def test_the_author_of_an_idea_hears(state, heard, idea_in, resident, neighbour, now):
    idea = idea_in(state)
    assert send(now) > 0
    assert news_of(resident) == heard
    assert news_of(neighbour) == []
    assert {row.link for row in resident.notifications.all()} <= {idea.get_absolute_url()}


def test_a_decision_comes_with_its_reason_and_the_officers_words(idea_in, resident, now):
    idea_in("RETURNED")
    send(now)
    told = resident.notifications.get()
    with override("en"):
        assert sentence(told).startswith("Your idea “Benches at the west gate” came back")
        assert remark_of(told) == ["Incomplete or unclear", "Please say where it should be."]
    with override("zh-hans"):
        assert "Incomplete" not in remark_of(told)[0]
        assert sentence(told).startswith("您的金点子“Benches at the west gate”")


def test_an_idea_that_is_taken_out_of_a_proposal(idea_in, resident, officer, now):
    idea_in("CONSOLIDATED")
    undo_consolidation(consolidation=Consolidation.objects.get(), by=officer, now=now)
    send(now)
    assert news_of(resident)[-1] == "IDEA_RELEASED"


@pytest.mark.parametrize(
    ("state", "heard"),
    [
        ("DRAFT", []),
        ("COACHING", ["PROPOSAL_COACHING"]),
        ("SUBMITTED", ["PROPOSAL_COACHING"]),
        ("QUALIFIED", ["PROPOSAL_COACHING", "PROPOSAL_QUALIFIED"]),
        ("POOLED", ["PROPOSAL_COACHING", "PROPOSAL_QUALIFIED", "PROPOSAL_POOLED"]),
        ("WITHDRAWN", ["PROPOSAL_WITHDRAWN"]),
        ("DISQUALIFIED", ["PROPOSAL_COACHING", "PROPOSAL_DISQUALIFIED"]),
    ],
)
def test_authors_hear_of_a_proposal(state, heard, proposal_in, resident, now):
    proposal_in(state)
    send(now)
    assert [notice for notice in news_of(resident) if notice.startswith("PROPOSAL_")] == heard


def test_all_authors_of_a_joined_proposal_hear_of_it_once(idea_in, resident, neighbour, outsider, scene, now):
    ideas = [idea_in("ACCEPTED", by=author) for author in (resident, neighbour, neighbour)]
    proposal = consolidate(programme=scene.programme, ideas=ideas, title="Rest", by=scene.officer, now=now)
    move_proposal(proposal=proposal, to=ProposalState.COACHING, by=scene.officer, now=now)
    send(now)
    for author in (resident, neighbour):
        assert news_of(author).count("PROPOSAL_COACHING") == 1
    assert news_of(outsider) == []


def test_authors_hear_why_and_what_an_officer_notes_stays_in_the_office(proposal_in, resident, officer, now):
    proposal = proposal_in("SUBMITTED")
    note = "The team leader is not to be trusted with money."
    why = {"reason": ProposalReason.BUDGET_UNCLEAR, "note": note}
    move_proposal(proposal=proposal, to=ProposalState.COACHING, by=officer, now=now, **why)
    send(now)
    told = resident.notifications.get(notice="PROPOSAL_SENT_BACK")
    with override("en"):
        assert remark_of(told) == ["Prices or quantities of the budget are not plain"]
    assert "trusted" not in str(told.facts)


def test_every_step_of_a_proposal_but_handing_in_is_told():
    steps = {(old, new) for old, targets in PROPOSAL_TRANSITIONS.items() for new in targets}
    assert steps - set(PROPOSAL_NOTICES) == {(ProposalState.COACHING, ProposalState.SUBMITTED)}
    assert set(PROPOSAL_NOTICES) <= steps
    assert set(STATE_NOTICES) == set(ProjectState) == set(PROJECT_TRANSITIONS)
    assert set(AWARD_NOTICES) == set(AwardState) - {AwardState.CANCELLED}
    assert set(KIND_OF) == set(Notice)
    assert set(KIND_OF.values()) == set(NoticeKind)


def test_opening_a_contest_tells_voters_experts_and_authors(
    contest_in, resident, other_resident, outsider, expert, now
):
    contest_in("OPEN", entries=1)
    send(now)
    assert set(news_of(resident)) >= {"PROPOSAL_ENTERED", "VOTING_OPENED"}
    assert news_of(other_resident) == ["VOTING_OPENED"]
    assert news_of(outsider) == []
    assert "ENTRIES_ASSIGNED" in news_of(expert)


def test_experts_who_were_assigned_before_the_opening_hear_when_scoring_is_open(scene, expert, officer, now):
    contest = scene.draft_contest(1)
    assign(contest=contest, panelists=contest.panelists.all(), entries=contest.entries.all(), by=officer)
    assert not contest.events.exists()
    open_contest(contest=contest, by=officer, now=now)
    send(now)
    assert news_of(expert) == ["SCORING_OPENED"]
    told = expert.notifications.get()
    assert str(contest.pk) in told.link
    with override("en"):
        assert contest.name in sentence(told)


def test_only_experts_with_new_entries_hear_of_an_assignment(contest_in, scene, expert, officer, now):
    contest = contest_in("OPEN", entries=1)
    send(now)
    heard = len(news_of(expert))
    assign(contest=contest, panelists=contest.panelists.all(), entries=contest.entries.all(), by=officer)
    assert send(now) == 0
    assert len(news_of(expert)) == heard


def test_a_published_result_tells_everyone_what_concerns_them(
    contest_in, resident, other_resident, expert, officer, approver, now
):
    contest_in("PUBLICISED", entries=1)
    send(now)
    assert "AWARD_SELECTED" in news_of(resident)
    assert "RESULT_PUBLISHED" not in news_of(resident)
    assert "RESULT_PUBLISHED" in news_of(other_resident)
    assert "RESULT_PUBLISHED" in news_of(expert)
    assert news_of(approver) == ["RESULT_TO_CONFIRM"]
    assert news_of(officer) == []


@pytest.mark.parametrize("state", sorted(AWARD_NOTICES))
def test_each_decision_has_its_sentence(state, contest_in, resident, now):
    contest_in("PUBLICISED", entries=1)
    amount = Award.objects.get().amount if state == AwardState.SELECTED else 0
    Award.objects.update(state=state, amount=amount)
    send(now)
    assert AWARD_NOTICES[state] in news_of(resident)


def test_a_confirmed_result_is_told_to_authors(contest_in, resident, other_resident, now):
    contest_in("CONFIRMED", entries=1)
    send(now)
    assert news_of(resident)[-1] == "RESULT_CONFIRMED"
    assert "RESULT_CONFIRMED" not in news_of(other_resident)


def test_an_overruling_waits_for_a_signature(contest_in, officer, approver, now):
    contest = contest_in("TALLIED", entries=1)
    entry = contest.entries.get()
    propose_overruling(entry=entry, decision=Decision.RESERVE, amount=0, reason="A reason", by=officer, now=now)
    send(now)
    assert news_of(approver) == ["OVERRULING_TO_SIGN"]


def test_an_imported_contest_is_nobodys_news(contest_in, now):
    contest = contest_in("CONFIRMED", entries=1)
    Contest.objects.filter(pk=contest.pk).update(source_sha256="0" * 64)
    send(now)
    assert not Notification.objects.filter(source="contest").exists()
    assert not ContestEvent.objects.filter(notified_at__isnull=True).exists()


@pytest.mark.parametrize("state", sorted(STATE_NOTICES))
def test_each_step_of_a_project(state, contest_in, resident, approver, now):
    [project] = approve_projects(contest=contest_in("CONFIRMED", entries=1), by=approver, now=now)
    send(now)
    ProjectEvent.objects.create(project=project, actor=approver, from_state="APPROVED", to_state=state, at=now)
    send(now)
    assert news_of(resident).count(STATE_NOTICES[state]) == (2 if state == ProjectState.APPROVED else 1)
    assert {*Notification.objects.filter(source="project").values_list("link", flat=True)} == {
        project.get_absolute_url()
    }


def test_a_milestone_that_was_reached_is_told_a_promise_is_not(contest_in, resident, officer, approver, now):
    [project] = approve_projects(contest=contest_in("CONFIRMED", entries=1), by=approver, now=now)
    move_project(project=project, to=ProjectState.AGREED, by=officer, now=now)
    milestone = add_milestone(project=project, title="Benches stand", due_on=now.date(), by=officer, now=now)
    send(now)
    assert news_of(resident)[-2:] == ["PROJECT_APPROVED", "PROJECT_AGREED"]
    reach_milestone(milestone=milestone, on=now.date() - timedelta(days=1), note="", by=officer, now=now)
    send(now)
    assert news_of(resident)[-1] == "MILESTONE_REACHED"
    with override("en"):
        assert "Benches stand" in sentence(resident.notifications.get(notice="MILESTONE_REACHED"))
    assert Project.objects.count() == 1


@pytest.mark.parametrize(("verified", "heard"), [(True, "RESIDENCY_VERIFIED"), (False, "RESIDENCY_REFUSED")])
def test_who_named_a_community_hears_the_decision(verified, heard, outsider, communities, officer, now):
    residency = name_community(community=communities[0], by=outsider)
    assert send(now) == 1
    assert news_of(outsider) == []
    method = VerificationMethod.ROSTER if verified else None
    decide_residency(residency=residency, verified=verified, method=method, by=officer, now=now)
    send(now)
    assert news_of(outsider) == [heard]
    with override("en"):
        assert "Community A" in sentence(outsider.notifications.get())


def test_every_sentence_can_be_said_from_the_facts_of_its_table(contest_in, resident, officer, approver, now):
    for project in approve_projects(contest=contest_in("CONFIRMED"), by=approver, now=now):
        move_project(project=project, to=ProjectState.AGREED, by=officer, now=now)
    send(now)
    for language in ("en", "zh-hans"):
        with override(language):
            for notification in Notification.objects.all():
                assert "%" not in sentence(notification)


def test_nobody_hears_of_what_they_did_themselves(idea_in, scene, now):
    idea = idea_in("SUBMITTED")
    screen(idea=idea, judgement=ACCEPTANCE, by=scene.officer, now=now)
    event = idea.events.last()
    assert [*outbox._pairs([Message(event, [event.actor_id, 7], Notice.IDEA_ACCEPTED, "/")])] == [
        (Message(event, [event.actor_id, 7], Notice.IDEA_ACCEPTED, "/"), 7)
    ]
