"""The screening desk: one idea per screen, its place in the queue, what else its author wrote."""

from __future__ import annotations

from datetime import datetime, timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import override

from programmes.enums import StageKind
from proposals.enums import IdeaState, Likeness
from proposals.models import Idea
from proposals.office_forms import REASON_KEYS, SCREENING_REASONS
from tests.browsing import english, text
from tests.proposals.test_admin_ideas import ACCEPT, LIST, screen_url, waiting_ideas


@pytest.fixture
def queue(idea_in, now):
    """Three ideas that wait, the one that waits longest first."""
    ideas = [idea_in(IdeaState.SUBMITTED, title=f"Benches {number}") for number in range(3)]
    for days, idea in zip((9, 6, 3), ideas, strict=True):
        Idea.objects.filter(pk=idea.pk).update(submitted_at=now - timedelta(days=days))
    return ideas


def test_a_screen_says_its_place_in_the_queue(client, officer, queue):
    client.force_login(officer)
    places = [client.get(screen_url(idea)).context for idea in queue]
    assert [(context["place"], context["waiting"]) for context in places] == [(1, 3), (2, 3), (3, 3)]


def test_an_own_idea_has_no_place(client, officer, queue):
    Idea.objects.filter(pk=queue[0].pk).update(author=officer)
    client.force_login(officer)
    context = client.get(screen_url(queue[0])).context
    assert (context["place"], context["waiting"]) == (0, 2)


def test_late_is_what_waits_after_the_screening_stage(client, officer, programme, queue):
    client.force_login(officer)
    mark = 'data-state="OVERDUE"'
    assert mark not in client.get(LIST).content.decode()
    assert mark not in client.get(screen_url(queue[0])).content.decode()
    stage = programme.stages.get(kind=StageKind.SCREENING)
    programme.stages.filter(pk=stage.pk).update(
        opens_at=timezone.now() - timedelta(days=2), closes_at=timezone.now() - timedelta(days=1)
    )
    assert client.get(LIST).content.decode().count(mark) == 3
    assert mark in client.get(screen_url(queue[0])).content.decode()


def test_the_other_ideas_of_the_person_are_there_but_no_drafts(client, officer, queue, idea_in, resident, neighbour):
    idea_in(IdeaState.DRAFT, title="Not handed in")
    rejected = idea_in(IdeaState.REJECTED, title="From before")
    idea_in(IdeaState.SUBMITTED, title="By somebody else", by=neighbour)
    client.force_login(officer)
    others = client.get(screen_url(queue[0])).context["others"]
    assert {idea.title for idea in others} == {"Benches 1", "Benches 2", "From before"}
    assert rejected.author == resident


def test_what_others_say_alike_is_beside_it_with_a_word_for_how_alike(client, officer, queue, idea_in):
    idea_in(IdeaState.ACCEPTED, title="Benches 0")
    idea_in(IdeaState.WITHDRAWN, title="Benches 0")
    idea_in(IdeaState.DRAFT, title="Benches 0")
    other = idea_in(IdeaState.SUBMITTED, title="A choir for all")
    Idea.objects.filter(pk=other.pk).update(problem="Nobody sings.", solution="Rehearse on Tuesdays.")
    client.force_login(officer)
    response = client.get(screen_url(queue[0]))
    similar = response.context["similar"]
    assert [found.idea.title for found in similar] == ["Benches 0", "Benches 2", "Benches 1"]
    assert {found.likeness for found in similar} == {Likeness.VERY}
    page = response.content.decode()
    assert page.count('data-likeness="VERY"') == 3
    assert 'data-state="ACCEPTED"' in page


def test_each_criterion_has_a_note_that_stays_in_the_office(client, officer, resident, queue):
    client.force_login(officer)
    client.post(screen_url(queue[0]), {**ACCEPT, "sustainability_note": "Who waters the plants?"})
    assert queue[0].screenings.get().sustainability_note == "Who waters the plants?"
    assert "Who waters the plants?" in client.get(f"{LIST}{queue[0].pk}/change/").content.decode()
    client.force_login(resident)
    assert "Who waters" not in client.get(queue[0].get_absolute_url()).content.decode()


def test_the_screen_makes_as_many_queries_for_many_ideas_as_for_few(
    client, officer, programme, resident, queue, django_assert_num_queries
):
    client.force_login(officer)
    client.get(screen_url(queue[0]))
    with django_assert_num_queries(18):
        client.get(screen_url(queue[0]))
    waiting_ideas(programme, resident, 9)
    with django_assert_num_queries(18):
        response = client.get(screen_url(queue[0]))
    assert len(response.context["others"]) == 8


HERE = timezone.get_default_timezone()
WEDNESDAY = datetime(2025, 9, 24, 12, tzinfo=HERE)


@pytest.mark.parametrize(
    ("today", "late"),
    [
        # Thursday, Friday, the Sunday made up, Monday, Tuesday; then the holidays until 8 October.
        (datetime(2025, 9, 30, 23, 59, tzinfo=HERE), False),
        (datetime(2025, 10, 1, tzinfo=HERE), True),
    ],
)
def test_late_is_what_waits_longer_than_its_working_days(today, late, programme, idea_in):
    type(programme).objects.update(screening_days=5)
    idea = idea_in(IdeaState.SUBMITTED)
    decided = idea_in(IdeaState.ACCEPTED)
    Idea.objects.filter(pk__in=[idea.pk, decided.pk]).update(submitted_at=WEDNESDAY)
    overdue = Idea.objects.screening_overdue(today)
    assert [*overdue] == ([idea] if late else [])


def test_the_office_sees_by_when_to_answer(officer, programme, idea_in, now):
    idea = idea_in(IdeaState.SUBMITTED)
    with override("en"):
        last = date_format(programme.answer_by(now), "SHORT_DATE_FORMAT")
    for address in (LIST, screen_url(idea)):
        assert f"answer by {last}" in text(english(officer).get(address))
    Idea.objects.filter(pk=idea.pk).update(submitted_at=WEDNESDAY)
    page = text(english(officer).get(screen_url(idea)))
    assert "answer by 10/14/2025" in page
    assert "not announced" not in page
    Idea.objects.filter(pk=idea.pk).update(submitted_at=WEDNESDAY.replace(year=2099))
    assert "the holidays of 2099 are not announced yet" in text(english(officer).get(screen_url(idea)))


def test_the_first_page_and_the_list_tell_what_is_late(client, officer, programme, queue, now):
    Idea.objects.filter(pk=queue[0].pk).update(submitted_at=now - timedelta(days=60))
    client.force_login(officer)
    [item] = [item for item in client.get("/admin/").context["overdue"] if item.url.endswith("state=late")]
    assert (item.count, item.due) == (1, programme.answer_by(now - timedelta(days=60)))
    assert [*client.get(item.url).context["cl"].result_list] == [queue[0]]


def test_each_reason_has_a_key_of_its_own_that_does_nothing_else():
    taken = set("QWEASDZXC1234MNU")
    assert [*REASON_KEYS] == SCREENING_REASONS
    assert len(set(REASON_KEYS.values()) - taken) == len(SCREENING_REASONS)
