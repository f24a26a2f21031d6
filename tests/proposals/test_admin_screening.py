"""The screening desk: one idea per screen, its place in the queue, what else its author wrote."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from programmes.enums import StageKind
from proposals.enums import IdeaState, Likeness
from proposals.models import Idea
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
