"""The verbs on ideas: submit, revise, withdraw, screen."""

import uuid
from dataclasses import replace

import pytest
from django.core.exceptions import ValidationError

from communities.refusal import Refused
from programmes.enums import StageKind
from proposals.enums import (
    IdeaState,
    ProposalRefusal,
    ScreeningDecision,
    ScreeningReason,
    Verdict,
)
from proposals.models import Idea, IdeaEvent, Screening
from proposals.services.ideas import revise_idea, screen, submit_idea, withdraw_idea
from tests.factories import CategoryFactory, CommunityFactory
from tests.scenes import ACCEPTANCE, CONSENT, turning_away

R = ProposalRefusal


@pytest.fixture
def submit(scene):
    def submit(key=None, by=None, **changes):
        return submit_idea(
            programme=scene.programme,
            text=replace(scene.text(), **changes),
            consent=CONSENT,
            key=key or uuid.uuid4(),
            by=by or scene.author,
            now=scene.now,
        )

    return submit


def refused(reason):
    return pytest.raises(Refused, check=lambda refusal: refusal.reason == reason)


# Submitting


def test_a_submitted_idea_waits_for_screening(submit, resident, now):
    idea = submit()
    idea.refresh_from_db()
    assert (idea.state, idea.author, idea.submitted_at, idea.revision) == (IdeaState.SUBMITTED, resident, now, 1)
    [event] = idea.events.all()
    assert (event.from_state, event.to_state, event.actor) == (IdeaState.DRAFT, IdeaState.SUBMITTED, resident)
    assert list(Idea.objects.awaiting_screening()) == [idea]


def test_the_same_form_sent_twice_makes_one_idea(submit):
    key = uuid.uuid4()
    first = submit(key)
    assert submit(key, title="Another title") == first
    assert Idea.objects.count() == IdeaEvent.objects.count() == 1


def test_the_same_form_counts_also_when_the_stage_has_closed(submit, programme):
    key = uuid.uuid4()
    first = submit(key)
    programme.stages.all().delete()
    assert submit(key) == first


def test_two_people_may_have_the_same_key(submit, neighbour):
    key = uuid.uuid4()
    assert submit(key) != submit(key, by=neighbour)


@pytest.mark.parametrize(
    ("field", "text"),
    [
        ("problem", "x" * 10_000),
        ("solution", "x" * 501),
        ("problem", "x" * 19),
        ("title", "x" * 31),
        ("title", "xxx"),
        ("problem", ""),
        ("own_contribution", "x" * 101),
        ("location_text", "x" * 51),
    ],
)
def test_a_text_that_no_form_lets_through_is_not_stored(submit, field, text):
    with pytest.raises(ValidationError) as caught:
        submit(**{field: text})
    assert set(caught.value.message_dict) == {field}
    assert Idea.objects.count() == IdeaEvent.objects.count() == 0


def test_outside_the_stage_nothing_is_stored(submit, programme):
    programme.stages.filter(kind=StageKind.IDEA_COLLECTION).delete()
    with refused(R.STAGE_CLOSED):
        submit()
    assert not Idea.objects.exists()


def test_any_text_comes_back_as_it_was(submit):
    problem = "'; DROP TABLE ideas; -- <script>alert(1)</script> \U0001f33b \u5c45\u6c11"
    idea = submit(problem=problem)
    assert Idea.objects.get(pk=idea.pk).problem == problem


# Revising and withdrawing


def test_a_returned_idea_is_revised_and_waits_again(idea_in, scene, resident, now):
    idea = idea_in(IdeaState.RETURNED)
    text = replace(scene.text(), title="Benches at the east gate")
    revised = revise_idea(idea=idea, text=text, revision=1, by=resident, now=now)
    assert (revised.state, revised.revision, revised.title) == (IdeaState.SUBMITTED, 2, "Benches at the east gate")
    assert [event.to_state for event in idea.events.all()] == ["SUBMITTED", "RETURNED", "SUBMITTED"]


def test_a_draft_becomes_an_idea(idea_in, scene, resident, now):
    idea = revise_idea(idea=idea_in(IdeaState.DRAFT), text=scene.text(), revision=1, by=resident, now=now)
    assert (idea.state, idea.submitted_at) == (IdeaState.SUBMITTED, now)


def test_a_stale_revision_changes_nothing(idea_in, scene, resident, now):
    idea = idea_in(IdeaState.RETURNED)
    Idea.objects.filter(pk=idea.pk).update(revision=2, title="Saved elsewhere")
    with refused(R.STALE):
        revise_idea(idea=idea, text=scene.text("Typed here"), revision=1, by=resident, now=now)
    kept = Idea.objects.get(pk=idea.pk)
    assert (kept.title, kept.state, kept.revision) == ("Saved elsewhere", IdeaState.RETURNED, 2)


def test_the_second_of_two_open_forms_is_refused(idea_in, scene, resident, now):
    idea = idea_in(IdeaState.RETURNED)
    other_tab = Idea.objects.get(pk=idea.pk)
    revise_idea(idea=idea, text=scene.text(), revision=1, by=resident, now=now)
    with refused(R.STALE):
        revise_idea(idea=other_tab, text=scene.text("Typed here"), revision=1, by=resident, now=now)


def test_too_long_a_revision_changes_nothing(idea_in, scene, resident, now):
    idea = idea_in(IdeaState.RETURNED)
    text = replace(scene.text("Another title"), problem="x" * 10_000)
    with pytest.raises(ValidationError):
        revise_idea(idea=idea, text=text, revision=1, by=resident, now=now)
    kept = Idea.objects.get(pk=idea.pk)
    assert (kept.title, kept.state, kept.revision) == ("Benches at the west gate", IdeaState.RETURNED, 1)


def test_earlier_versions_of_a_text_are_kept(idea_in, scene, resident, now):
    idea = idea_in(IdeaState.RETURNED)
    revise_idea(idea=idea, text=scene.text("Benches at the east gate"), revision=1, by=resident, now=now)
    titles = idea.versions.order_by("pgh_id").values_list("title", flat=True)
    assert list(dict.fromkeys(titles)) == ["Benches at the west gate", "Benches at the east gate"]


def test_a_withdrawn_idea_stays_withdrawn(idea_in, resident, officer, now):
    idea = withdraw_idea(idea=idea_in(IdeaState.SUBMITTED), by=resident, now=now)
    with refused(R.WRONG_STATE):
        withdraw_idea(idea=idea, by=resident, now=now)
    with refused(R.WRONG_STATE):
        screen(idea=idea, judgement=ACCEPTANCE, by=officer, now=now)
    assert not Screening.objects.exists()


def test_an_idea_in_a_proposal_is_not_withdrawn(idea_in, resident, now):
    with refused(R.WRONG_STATE):
        withdraw_idea(idea=idea_in(IdeaState.CONSOLIDATED), by=resident, now=now)


# Screening


@pytest.mark.parametrize(
    ("decision", "state"),
    [
        (ScreeningDecision.RETURN, IdeaState.RETURNED),
        (ScreeningDecision.REFER, IdeaState.REFERRED),
        (ScreeningDecision.REJECT, IdeaState.REJECTED),
    ],
)
def test_turning_away_carries_reason_and_word(idea_in, officer, now, decision, state):
    idea = idea_in(IdeaState.SUBMITTED)
    screening = screen(idea=idea, judgement=turning_away(decision), by=officer, now=now)
    assert (screening.decision, screening.reason, screening.officer) == (decision, ScreeningReason.UNCLEAR, officer)
    event = Idea.objects.get(pk=idea.pk, state=state).events.last()
    assert (event.to_state, event.reason, event.actor) == (state, ScreeningReason.UNCLEAR, officer)
    assert event.note == "Please say where it should be."
    assert event.get_reason_display() == str(ScreeningReason.UNCLEAR.label)


def test_an_accepted_idea_keeps_its_verdicts(idea_in, officer, now):
    idea = idea_in(IdeaState.SUBMITTED)
    screening = screen(idea=idea, judgement=ACCEPTANCE, by=officer, now=now)
    assert (screening.public_benefit, screening.sustainability) == (Verdict.PASS, Verdict.PASS)
    assert (screening.capacity_building, screening.reason) == (Verdict.PASS, "")
    assert Idea.objects.get(pk=idea.pk).state == IdeaState.ACCEPTED


def test_the_second_officer_is_told_who_was_first(idea_in, officer, approver, now):
    idea = idea_in(IdeaState.SUBMITTED)
    open_elsewhere = Idea.objects.get(pk=idea.pk)
    screen(idea=idea, judgement=ACCEPTANCE, by=officer, now=now)
    for form in (open_elsewhere, Idea.objects.get(pk=idea.pk)):
        with refused(R.DECIDED_ALREADY) as caught:
            screen(idea=form, judgement=turning_away(ScreeningDecision.REJECT), by=approver, now=now)
        assert caught.value.facts["who"] == officer
        assert str(officer) in str(caught.value)
    assert Screening.objects.get().decision == ScreeningDecision.ACCEPT
    assert Idea.objects.get(pk=idea.pk).state == IdeaState.ACCEPTED


def test_an_idea_that_fails_a_criterion_is_not_accepted(idea_in, officer, now):
    idea = idea_in(IdeaState.SUBMITTED)
    with refused(R.CRITERION_FAILED):
        screen(idea=idea, judgement=replace(ACCEPTANCE, sustainability=Verdict.FAIL), by=officer, now=now)
    assert Idea.objects.get(pk=idea.pk).state == IdeaState.SUBMITTED


@pytest.mark.parametrize("missing", [{"reason": None}, {"note": " "}])
def test_nobody_is_turned_away_without_reason_and_word(idea_in, officer, now, missing):
    idea = idea_in(IdeaState.SUBMITTED)
    judgement = replace(turning_away(ScreeningDecision.REJECT), **missing)
    with refused(R.REASON_NEEDED):
        screen(idea=idea, judgement=judgement, by=officer, now=now)
    assert Idea.objects.get(pk=idea.pk).state == IdeaState.SUBMITTED
    assert not Screening.objects.exists()


def test_a_revised_idea_is_screened_again(idea_in, scene, resident, officer, now):
    idea = idea_in(IdeaState.RETURNED)
    idea = revise_idea(idea=idea, text=scene.text(), revision=1, by=resident, now=now)
    screen(idea=idea, judgement=ACCEPTANCE, by=officer, now=now)
    assert list(idea.screenings.values_list("decision", flat=True)) == ["RETURN", "ACCEPT"]


@pytest.mark.parametrize("wrong", ["community", "category"])
def test_community_and_category_are_of_the_programme(wrong, submit):
    elsewhere = {"community": CommunityFactory, "category": CategoryFactory}[wrong]()
    with refused(R.OTHER_PLACE):
        submit(**{wrong: elsewhere})
    assert not Idea.objects.exists()
