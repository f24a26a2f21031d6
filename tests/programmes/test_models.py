"""What the database holds of a year, gone around forms and verbs."""

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.db import IntegrityError, transaction
from django.utils import timezone

from programmes.enums import StageKind
from programmes.models import Category, Programme, Stage
from tests.constraints import constraints_of, triggers_of, violated
from tests.factories import (
    AccompanimentFactory,
    CategoryFactory,
    ProgrammeFactory,
    StageFactory,
    ZoneCommunityFactory,
    ZoneFactory,
)

pytestmark = pytest.mark.django_db


def year_twice():
    first = ProgrammeFactory()
    ProgrammeFactory(subdistrict=first.subdistrict, year=first.year)


def stage_twice():
    first = StageFactory()
    StageFactory(programme=first.programme, kind=first.kind)


def category_twice():
    first = CategoryFactory()
    CategoryFactory(programme=first.programme, code=first.code)


def zone_twice():
    first = ZoneFactory()
    ZoneFactory(programme=first.programme, code=first.code)


def community_in_two_zones():
    first = ZoneCommunityFactory()
    ZoneCommunityFactory(zone=ZoneFactory(programme=first.programme), community=first.community)


def accompanied_twice():
    first = AccompanimentFactory()
    AccompanimentFactory(programme=first.programme, community=first.community)


BREACHES: dict[str, Callable[[], object]] = {
    "programmes_programme_one_a_year": year_twice,
    "programmes_programme_year_plausible": lambda: ProgrammeFactory(year=1999),
    "programmes_programme_prefix_letters": lambda: ProgrammeFactory(number_prefix="W-"),
    "programmes_programme_caps_positive": lambda: ProgrammeFactory(project_cap=0),
    "programmes_programme_screening_days_plausible": lambda: ProgrammeFactory(screening_days=61),
    "programmes_stage_once": stage_twice,
    "programmes_stage_closes_after_opening": lambda: StageFactory(closes_at=timezone.now() - timedelta(days=31)),
    "programmes_category_code_once": category_twice,
    "programmes_zone_code_once": zone_twice,
    "programmes_zonecommunity_one_zone": community_in_two_zones,
    "programmes_accompaniment_one_organisation": accompanied_twice,
    "programmes_accompaniment_ended_by_somebody": lambda: AccompanimentFactory(ended_at=timezone.now()),
}


def test_no_cap_of_a_community_is_below_zero():
    with pytest.raises(IntegrityError, match="programmes_programme_caps_positive"), transaction.atomic():
        ProgrammeFactory(community_cap=-1)


@pytest.mark.parametrize("name", BREACHES)
def test_the_database_refuses(name):
    with pytest.raises(IntegrityError) as caught, transaction.atomic():
        BREACHES[name]()
    assert violated(caught.value) == name


def test_every_constraint_is_tested():
    assert set(BREACHES) == constraints_of("programmes")
    assert triggers_of("programmes") == {"stage.revision_counted"}


def test_stages_are_told_in_their_order(programme_in):
    programme = programme_in(*reversed(StageKind))
    assert [stage.kind for stage in programme.stages.in_order()] == list(StageKind)


def test_the_newest_programme_comes_first(db):
    old, new = ProgrammeFactory(year=2024), ProgrammeFactory(year=2025)
    assert list(Programme.objects.newest_first()) == [new, old]
    assert str(new) == "Golden ideas 2025"


def test_moving_a_stage_counts_and_dates_its_revision(db):
    stage = StageFactory()
    before = Stage.objects.get(pk=stage.pk)
    Stage.objects.filter(pk=stage.pk).update(closes_at=stage.closes_at + timedelta(days=1))
    moved = Stage.objects.get(pk=stage.pk)
    assert moved.revision == before.revision + 1
    assert moved.changed_at > before.changed_at
    # A form that was loaded before and saves the same window does not turn the count back.
    stage.closes_at = moved.closes_at
    stage.save()
    assert Stage.objects.get(pk=stage.pk).revision == moved.revision
    assert Stage.objects.get(pk=stage.pk).changed_at == moved.changed_at


def test_categories_of_a_year_take_the_eight_colours_in_turn():
    assert [Category(position=place).colour for place in (0, 1, 7, 8)] == [1, 2, 8, 1]
