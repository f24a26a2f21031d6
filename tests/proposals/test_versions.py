"""Versions of an idea beside one another, and the text that stays as it was judged."""

from dataclasses import replace
from datetime import timedelta

import pytest
from django.db import InternalError, transaction
from django.urls import reverse

from proposals.enums import IDEA_FROZEN_STATES, IdeaState
from proposals.models import Idea
from proposals.services.ideas import revise_idea, screen, withdraw_idea
from proposals.services.joining import undo_consolidation
from tests.browsing import english, shown, text
from tests.factories import IdeaFactory
from tests.scenes import SOLUTION, turning_away


@pytest.fixture
def revised(idea_in, scene, resident, now):
    """`revised(**changes)`: an idea that came back and was handed in again with these changes."""

    def make(**changes):
        idea = idea_in("RETURNED")
        wanted = replace(scene.text(), **changes)
        return revise_idea(idea=idea, text=wanted, revision=1, by=resident, now=now + timedelta(days=1))

    return make


def url_of(idea):
    return reverse("idea_versions", args=[idea.pk])


def compared(idea, person=None):
    return text((english(person) if person else english()).get(url_of(idea)))


def test_what_changed_stands_side_by_side(revised):
    idea = revised(title="Benches at the east gate", location_text="East gate")
    page = compared(idea)
    assert '<del><span class="visually-hidden">[removed:] </span>west<' in page
    assert '<ins><span class="visually-hidden">[added:] </span>east<' in page
    assert "East" in page
    assert "Version 2" in page
    assert SOLUTION not in page
    assert url_of(idea) in text(english().get(idea.get_absolute_url()))


def test_every_field_of_the_text_is_compared(revised, scene):
    changes = {
        "title": "Lamps at the gate",
        "community": scene.communities[1],
        "category": scene.categories[1],
        "problem": "At night the path is dark and people stumble.",
        "solution": "Put up five lamps that switch themselves on.",
        "location_text": "East gate",
        "beneficiaries": "Everyone who comes home late",
        "beneficiary_estimate": 120,
        "own_contribution": "I hold the ladder.",
    }
    idea = revised(**changes)
    response = english().get(url_of(idea))
    [step] = response.context["steps"]
    assert len(step.changes) == len(changes)
    for change in step.changes:
        assert any(piece.kind == "new" for piece in change.pieces), change.label


def test_handing_in_again_without_a_change_is_told(revised):
    assert "Handed in again word for word." in compared(revised())


def test_an_idea_of_one_version_says_so(idea_in):
    idea = idea_in("ACCEPTED")
    assert "one version only" in compared(idea)
    assert url_of(idea) not in text(english().get(idea.get_absolute_url()))


def test_each_time_counts(revised, scene, resident, officer, now):
    idea = revised(title="Benches at the east gate")
    first = idea.events.earliest("at").at
    screen(idea=idea, judgement=turning_away("RETURN"), by=officer, now=now + timedelta(days=2))
    idea.refresh_from_db()
    wanted = scene.text("Benches at both gates")
    revise_idea(idea=idea, text=wanted, revision=2, by=resident, now=now + timedelta(days=3))
    assert [step.number for step in english().get(url_of(idea)).context["steps"]] == [3, 2]
    assert [version.submitted_at for version in idea.handed_in_versions()] == [
        first,
        now + timedelta(days=1),
        now + timedelta(days=3),
    ]


def test_what_is_no_ones_business_stays_so(revised, resident, neighbour, officer, now):
    idea = revised(title="Benches at the east gate")
    withdraw_idea(idea=idea, by=resident, now=now)
    assert english(neighbour).get(url_of(idea)).status_code == 404
    assert english().get(url_of(idea)).status_code == 404
    assert english(resident).get(url_of(idea)).status_code == 200
    assert english(officer).get(url_of(idea)).status_code == 200


def test_a_text_that_was_never_handed_in_is_no_version(programme, communities, resident, now, scene):
    idea = IdeaFactory(
        programme=programme, community=communities[0], category=scene.categories[0], author=resident, title="Secret one"
    )
    revise_idea(idea=idea, text=scene.text("Said in public"), revision=1, by=resident, now=now)
    assert idea.handed_in_versions().count() == 1
    assert "Secret" not in compared(idea)


def test_what_people_write_is_text(revised):
    page = compared(revised(title="<script>x</script>"))
    assert "<script>x" not in page
    assert shown("<script>") in page.replace('<span class="visually-hidden">', "") or "&lt;" in page


@pytest.mark.parametrize("count", [1, 3])
def test_versions_cost_the_same_for_any_number(
    count, revised, scene, resident, officer, now, django_assert_num_queries
):
    idea = revised(title="Benches number 0")
    for number in range(1, count):
        screen(idea=idea, judgement=turning_away("RETURN"), by=officer, now=now + timedelta(days=2 * number))
        idea.refresh_from_db()
        wanted = scene.text(f"Benches number {number}")
        revise_idea(
            idea=idea, text=wanted, revision=idea.revision, by=resident, now=now + timedelta(days=2 * number + 1)
        )
        idea.refresh_from_db()
    with django_assert_num_queries(3):
        english().get(url_of(idea))


# What was judged stays


COLUMNS = {
    "title": "Rewritten",
    "problem": "Rewritten by somebody behind everyone's back.",
    "solution": "Rewritten by somebody behind everyone's back.",
    "location_text": "Elsewhere",
    "beneficiaries": "Others",
    "beneficiary_estimate": 5,
    "own_contribution": "Nothing",
}


@pytest.mark.parametrize("state", IdeaState)
def test_the_database_keeps_what_was_judged(state, idea_in):
    row = Idea.objects.filter(pk=idea_in(state).pk)
    for column, value in COLUMNS.items():
        if state in IDEA_FROZEN_STATES:
            with pytest.raises(InternalError, match="text_frozen"), transaction.atomic():
                row.update(**{column: value})
        else:
            row.update(**{column: value})
        assert (getattr(row.get(), column) == value) is (state not in IDEA_FROZEN_STATES), column


def test_a_place_and_a_category_stay_too(idea_in, scene):
    row = Idea.objects.filter(pk=idea_in("ACCEPTED").pk)
    for change in ({"community": scene.communities[1]}, {"category": scene.categories[1]}):
        with pytest.raises(InternalError, match="text_frozen"), transaction.atomic():
            row.update(**change)


def test_states_go_on_all_the_same(idea_in, officer, now):
    idea = idea_in("CONSOLIDATED")
    undo_consolidation(consolidation=idea.consolidations.get(), by=officer, now=now)
    idea.refresh_from_db()
    assert idea.state == IdeaState.ACCEPTED


# The list


def titles(**query):
    return [idea.title for idea in english().get(reverse("idea_list"), query).context["page"]]


def test_the_list_is_narrowed_down_by_zone(idea_in, scene, zone):
    for number, community in enumerate(scene.communities):
        idea_in("SUBMITTED", title=f"Benches {number}", community=community)
    inside = {
        f"Benches {number}"
        for number, community in enumerate(scene.communities)
        if zone.members.filter(community=community)
    }
    assert inside
    assert set(titles(zone=zone.pk)) == inside
    assert set(titles(zone=zone.pk, community=scene.communities[0].pk)) == set()
    page = text(english().get(reverse("idea_list"), {"zone": zone.pk}))
    assert zone.name in page


def test_a_year_without_zones_offers_none(programme):
    programme.zones.all().delete()
    assert 'name="zone"' not in text(english().get(reverse("idea_list")))


def test_who_waits_longest_comes_first(idea_in, scene, resident, now):
    for days in (1, 9, 5):
        idea = idea_in("SUBMITTED", title=f"Waits {days} days")
        Idea.objects.filter(pk=idea.pk).update(submitted_at=now - timedelta(days=days))
    idea_in("ACCEPTED", title="Decided already")
    assert titles(sort="waiting") == ["Waits 9 days", "Waits 5 days", "Waits 1 days", "Decided already"]


def test_the_list_finds_places(programme, communities, scene):
    IdeaFactory(
        programme=programme,
        community=communities[0],
        category=scene.categories[0],
        location_text="North gate",
        title="Lamps",
        state=IdeaState.SUBMITTED,
        submitted_at=scene.now,
    )
    assert titles(q="north gate") == ["Lamps"]
    assert "North gate" in text(english().get(reverse("idea_list")))


def test_everyone_reads_why_an_idea_was_passed_on(idea_in, neighbour):
    page = text(english(neighbour).get(idea_in("REFERRED").get_absolute_url()))
    assert "Incomplete or unclear" in page
    assert "Please say where it should be." not in page
