"""In doubt two officers decide: the first one's judgement moves nothing until a second has read it."""

from __future__ import annotations

from dataclasses import replace

import pytest

from communities.refusal import Refused
from proposals.enums import IdeaState, ProposalRefusal, ScreeningDecision, Verdict
from proposals.filters import EVER_ACCEPTED, IdeaFilter
from proposals.models import Idea, Screening
from proposals.screening_rules import UNDO_TIME, needs_second_officer, why_not_answer_opinion
from proposals.services.ideas import revise_idea, screen
from tests.proposals.test_admin_ideas import ACCEPT, LIST, change_url, screen_url, state_of
from tests.racing import race
from tests.scenes import ACCEPTANCE, turning_away

DOUBTFUL = replace(ACCEPTANCE, sustainability=Verdict.DOUBT)
PASS, DOUBT, FAIL = Verdict.PASS, Verdict.DOUBT, Verdict.FAIL
DOUBTFUL_FORM = {**ACCEPT, "sustainability": "DOUBT", "sustainability_note": "Who waters the plants?"}


@pytest.fixture
def idea(idea_in):
    return idea_in(IdeaState.SUBMITTED)


@pytest.fixture
def opinion(idea, officer, now):
    return screen(idea=idea, judgement=DOUBTFUL, by=officer, now=now)


@pytest.mark.parametrize(
    ("verdicts", "needed"),
    [
        ((PASS, PASS, PASS), False),
        ((PASS, DOUBT, PASS), True),
        ((FAIL, PASS, PASS), False),
        ((DOUBT, FAIL, DOUBT), True),
    ],
)
def test_when_a_second_officer_is_needed(verdicts, needed):
    assert needs_second_officer(verdicts) is needed


@pytest.mark.parametrize(
    ("who", "seen", "reason"),
    [
        ("officer", "this", ProposalRefusal.COLLEAGUE_DECIDES),
        ("officer", None, ProposalRefusal.COLLEAGUE_DECIDES),
        ("approver", "this", None),
        ("approver", None, ProposalRefusal.OPINION_GIVEN),
        ("approver", "another", ProposalRefusal.OPINION_GIVEN),
    ],
)
def test_who_answers_an_opinion(who, seen, reason, request, opinion):
    numbers = {"this": opinion.pk, "another": opinion.pk + 1, None: None}
    assert why_not_answer_opinion(request.getfixturevalue(who), opinion, numbers[seen]) == reason
    assert why_not_answer_opinion(request.getfixturevalue(who), None, numbers[seen]) is None


@pytest.mark.parametrize("decision", [ScreeningDecision.RETURN, ScreeningDecision.REFER, ScreeningDecision.REJECT])
def test_a_first_opinion_moves_nothing_and_is_told_nobody(idea, officer, now, decision):
    kept = screen(idea=idea, judgement=replace(turning_away(decision), sustainability=DOUBT), by=officer, now=now)
    assert (kept.is_opinion, kept.revision) == (True, 1)
    assert state_of(idea) == IdeaState.SUBMITTED
    assert [event.to_state for event in idea.events.all()] == [IdeaState.SUBMITTED]


@pytest.mark.parametrize(
    ("judgement", "state"),
    [
        (DOUBTFUL, IdeaState.ACCEPTED),
        (ACCEPTANCE, IdeaState.ACCEPTED),
        (turning_away(ScreeningDecision.REJECT), IdeaState.REJECTED),
        (turning_away(ScreeningDecision.RETURN), IdeaState.RETURNED),
    ],
)
def test_the_second_officer_confirms_or_decides_otherwise(idea, opinion, approver, now, judgement, state):
    decided = screen(idea=idea, judgement=judgement, by=approver, now=now, seen=opinion.pk)
    assert not decided.is_opinion
    assert state_of(idea) == state
    assert idea.screenings.count() == 2


def test_the_first_officer_does_not_decide_after_all(idea, opinion, officer, now):
    with pytest.raises(Refused) as refusal:
        screen(idea=idea, judgement=ACCEPTANCE, by=officer, now=now, seen=opinion.pk)
    assert refusal.value.reason == ProposalRefusal.COLLEAGUE_DECIDES
    assert state_of(idea) == IdeaState.SUBMITTED


def test_a_new_text_is_judged_afresh(idea, opinion, officer, approver, scene, resident, now):
    returned = turning_away(ScreeningDecision.RETURN)
    screen(idea=idea, judgement=returned, by=approver, now=now, seen=opinion.pk)
    idea.refresh_from_db()
    revise_idea(idea=idea, text=scene.text("Benches with arms"), revision=1, by=resident, now=now)
    again = screen(idea=idea, judgement=DOUBTFUL, by=officer, now=now)
    assert (again.is_opinion, again.revision) == (True, 2)


def test_an_opinion_counts_as_no_acceptance(idea, opinion, approver, now):
    def ever_accepted():
        ideas = Idea.objects.all()
        return IdeaFilter(queryset=ideas, programme=idea.programme).in_state(ideas, "state", EVER_ACCEPTED).count()

    assert ever_accepted() == 0
    screen(idea=idea, judgement=DOUBTFUL, by=approver, now=now - UNDO_TIME, seen=opinion.pk)
    assert ever_accepted() == 1


@pytest.mark.django_db(transaction=True)
def test_of_two_doubting_officers_one_gives_the_opinion_and_the_other_is_told(scene, idea_in):
    idea = idea_in(IdeaState.SUBMITTED)
    officers = [scene.officer, scene.approver]
    outcomes = race(
        *[
            lambda officer=officer: screen(
                idea=Idea.objects.get(pk=idea.pk), judgement=DOUBTFUL, by=officer, now=scene.now
            )
            for officer in officers
        ]
    )
    [refusal] = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    assert refusal.reason == ProposalRefusal.OPINION_GIVEN
    assert Screening.objects.get().officer == refusal.facts["who"] == officers[1 - outcomes.index(refusal)]
    assert state_of(idea) == IdeaState.SUBMITTED


@pytest.mark.django_db(transaction=True)
def test_an_opinion_and_a_decision_at_once_do_not_miss_each_other(scene, idea_in):
    idea = idea_in(IdeaState.SUBMITTED)
    outcomes = race(
        lambda: screen(idea=Idea.objects.get(pk=idea.pk), judgement=DOUBTFUL, by=scene.officer, now=scene.now),
        lambda: screen(idea=Idea.objects.get(pk=idea.pk), judgement=ACCEPTANCE, by=scene.approver, now=scene.now),
    )
    [refusal] = [outcome for outcome in outcomes if isinstance(outcome, Refused)]
    first = Screening.objects.get()
    decided = first.officer == scene.approver
    assert refusal.reason == (ProposalRefusal.DECIDED_ALREADY if decided else ProposalRefusal.OPINION_GIVEN)
    assert state_of(idea) == (IdeaState.ACCEPTED if decided else IdeaState.SUBMITTED)


def test_the_desk_hands_the_idea_to_the_second_officer(client, officer, approver, idea):
    client.force_login(officer)
    assert client.post(screen_url(idea), {**DOUBTFUL_FORM, "next": "1"}).url == LIST
    assert client.get(screen_url(idea)).url == change_url(idea)
    mine, [row] = client.get(LIST), client.get(LIST).context["cl"].result_list
    assert (row.has_opinion, row.is_own_opinion) == (True, True)
    assert 'data-state="PENDING"' not in mine.content.decode()
    assert client.get(LIST, {"state": "second"}).context["cl"].result_count == 0
    assert screen_url(idea) not in client.get(change_url(idea)).content.decode()
    client.force_login(approver)
    assert screen_url(idea) in client.get(change_url(idea)).content.decode()
    assert 'data-state="PENDING"' in client.get(LIST).content.decode()
    assert client.get(LIST, {"state": "second"}).context["cl"].result_count == 1
    page = client.get(screen_url(idea))
    assert "Who waters the plants?" in page.content.decode()
    client.post(screen_url(idea), {**DOUBTFUL_FORM, "opinion": page.context["opinion"].pk})
    assert state_of(idea) == IdeaState.ACCEPTED


def test_who_had_the_page_open_before_the_opinion_reads_it_first(client, officer, approver, idea, opinion):
    client.force_login(approver)
    response = client.post(screen_url(idea), ACCEPT)
    page = response.content.decode()
    assert str(officer) in page
    assert f'name="opinion" value="{opinion.pk}"' in page
    assert state_of(idea) == IdeaState.SUBMITTED
