"""One judgement of several ideas: each by the verb for one, after a look at what each resident will read."""

from __future__ import annotations

from dataclasses import replace

import pytest
from django.urls import reverse

from proposals.admin.deciding import MOST
from proposals.enums import IdeaState, ProposalRefusal, ScreeningDecision, Verdict
from proposals.models import Idea, Screening
from proposals.services.ideas import screen
from proposals.services.screening_many import screen_many
from tests.browsing import english, shown, text
from tests.proposals.test_admin_ideas import ACCEPT, LIST, REJECT, state_of, waiting_ideas
from tests.proposals.test_referring import REFER
from tests.racing import race
from tests.scenes import ACCEPTANCE, turning_away

R = ProposalRefusal


def decide_url(*ideas):
    return reverse("admin:proposals_idea_decide") + "?" + "&".join(f"idea={idea.pk}" for idea in ideas)


def previewed(office, data, *ideas):
    """What is sent after the preview."""
    page = office.post(decide_url(*ideas), {**data, "preview": "1"})
    return {**data, "decide": "1", "seen": page.context["seen"]}


@pytest.fixture
def ideas(idea_in, neighbour):
    return [idea_in("SUBMITTED", title="Benches one"), idea_in("SUBMITTED", title="Benches two", by=neighbour)]


@pytest.mark.parametrize(
    "data, state",
    [
        (ACCEPT, IdeaState.ACCEPTED),
        (REJECT, IdeaState.REJECTED),
        ({**REJECT, "decision": "RETURN"}, IdeaState.RETURNED),
        (REFER, IdeaState.REFERRED),
    ],
)
def test_the_same_is_decided_of_all(data, state, officer, ideas):
    office = english(officer)
    chosen = {"action": "decide", "_selected_action": [idea.pk for idea in ideas]}
    assert office.post(LIST, chosen).url == decide_url(*ideas)
    page = office.post(decide_url(*ideas), previewed(office, data, *ideas))
    assert "2 ideas are decided." in text(page)
    assert {state_of(idea) for idea in ideas} == {state}
    assert {screening.officer for screening in Screening.objects.all()} == {officer}


def test_the_preview_shows_what_each_resident_will_read(officer, ideas):
    page = english(officer).post(decide_url(*ideas), {**REJECT, "preview": "1"})
    for idea, refused, [preview] in page.context["rows"]:
        assert not refused
        assert idea.title in preview.sentence
        assert preview.recipient == idea.author
        assert shown(preview.sentence) in text(page)
    assert not Screening.objects.exists()


def test_nothing_is_decided_without_a_preview_of_the_same(officer, ideas):
    office = english(officer)
    assert office.post(decide_url(*ideas), {**REJECT, "decide": "1"}).context["rows"]
    looked_at = previewed(office, REJECT, *ideas)
    for changed in (
        {**looked_at, "note": "Something else."},
        {**looked_at, "decision": "RETURN"},
        {**looked_at, "seen": ""},
    ):
        page = office.post(decide_url(*ideas), changed)
        assert "Something has changed since the preview." in text(page)
    assert office.post(decide_url(ideas[0]), looked_at).context["rows"]
    Idea.objects.filter(pk=ideas[0].pk).update(revision=2)
    assert office.post(decide_url(*ideas), looked_at).context["rows"]
    assert not Screening.objects.exists()


def test_what_is_revised_between_reading_and_deciding_is_left_out(officer, ideas, now):
    Idea.objects.filter(pk=ideas[0].pk).update(revision=2)
    outcomes = screen_many(ideas=ideas, judgement=ACCEPTANCE, by=officer, now=now)
    assert [outcome.refusal and outcome.refusal.reason for outcome in outcomes] == [R.STALE, None]


def test_each_idea_that_cannot_be_decided_is_left_with_its_reason(officer, approver, idea_in, ideas, now):
    decided = idea_in("ACCEPTED", title="Decided before")
    own = idea_in("SUBMITTED", title="The officer's own")
    Idea.objects.filter(pk=own.pk).update(author=officer)
    doubted = idea_in("SUBMITTED", title="Doubted by a colleague")
    screen(idea=doubted, judgement=replace(ACCEPTANCE, sustainability=Verdict.DOUBT), by=approver, now=now)
    chosen = [*ideas, decided, own, doubted]
    office = english(officer)
    foreseen = office.post(decide_url(*chosen), {**REJECT, "preview": "1"}).context["rows"]
    assert {idea for idea, refused, _ in foreseen if refused} == {decided, own, doubted}
    assert len(foreseen) == len(chosen)
    page = office.post(decide_url(*chosen), previewed(office, REJECT, *chosen))
    reasons = {outcome.idea.title: outcome.refusal.reason for outcome in page.context["refused"]}
    assert reasons == {
        "Decided before": R.DECIDED_ALREADY,
        "The officer's own": R.OWN_IDEA,
        "Doubted by a colleague": R.OPINION_GIVEN,
    }
    for outcome in page.context["refused"]:
        assert shown(outcome.refusal) in text(page)
    assert [state_of(idea) for idea in chosen] == ["REJECTED", "REJECTED", "ACCEPTED", "SUBMITTED", "SUBMITTED"]


def test_in_doubt_opinions_are_kept(officer, ideas):
    office = english(officer)
    doubtful = {**REJECT, "sustainability": "DOUBT"}
    page = office.post(decide_url(*ideas), previewed(office, doubtful, *ideas))
    assert [screening.idea for screening in page.context["opinions"]] == ideas
    assert {state_of(idea) for idea in ideas} == {IdeaState.SUBMITTED}


def test_each_decision_can_be_taken_back_from_the_report(officer, ideas):
    office = english(officer)
    page = text(office.post(decide_url(*ideas), previewed(office, REJECT, *ideas)))
    for idea in ideas:
        assert reverse("admin:proposals_idea_undo", args=[idea.screenings.get().pk]) in page


def test_what_was_typed_is_kept_where_something_is_missing(officer, ideas):
    page = english(officer).post(decide_url(*ideas), {**REJECT, "reason": "", "preview": "1"})
    assert shown(R.REASON_NEEDED.label) in text(page)
    assert "Please call 12345." in text(page)
    assert "seen" not in page.context


def test_there_is_an_end_to_what_is_decided_together(officer, programme, resident, ideas):
    many = waiting_ideas(programme, resident, MOST + 1)
    chosen = {"action": "decide", "_selected_action": [idea.pk for idea in many], "select_across": "1"}
    page = english(officer).post(LIST, chosen, follow=True)
    assert page.redirect_chain[-1][0] == LIST
    assert f"Choose {MOST} ideas at most" in text(page)


def test_without_ideas_the_list_comes_back(officer, programme):
    for query in ("", "?idea=x", "?idea=99999999999999999999"):
        assert english(officer).get(reverse("admin:proposals_idea_decide") + query).url == LIST


@pytest.mark.parametrize("who, status", [("supervisor", 403), ("resident", 403), ("other_officer", 302)])
def test_who_does_not_decide(who, status, client, request, ideas):
    client.force_login(request.getfixturevalue(who))
    assert client.post(decide_url(*ideas), {**REJECT, "decide": "1"}).status_code == status
    assert not Screening.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_two_officers_decide_each_idea_once(scene, idea_in):
    ideas = [idea_in("SUBMITTED", title=f"Benches {number}") for number in range(3)]

    def decide(officer, judgement):
        fresh = Idea.objects.filter(pk__in=[idea.pk for idea in ideas]).order_by("pk")
        return lambda: screen_many(ideas=list(fresh), judgement=judgement, by=officer, now=scene.now)

    outcomes = race(decide(scene.officer, ACCEPTANCE), decide(scene.approver, turning_away(ScreeningDecision.REJECT)))
    for first, second in zip(*outcomes, strict=True):
        assert [first.refusal is None, second.refusal is None].count(True) == 1
    assert Screening.objects.count() == 3


@pytest.mark.parametrize("number", [1, 3])
def test_the_preview_asks_little_for_each_idea(number, officer, idea_in, django_assert_num_queries):
    ideas = [idea_in("SUBMITTED", title=f"Benches {place}") for place in range(number)]
    office = english(officer)
    office.post(decide_url(*ideas), {**REJECT, "preview": "1"})
    with django_assert_num_queries(6 + number):
        office.post(decide_url(*ideas), {**REJECT, "preview": "1"})
