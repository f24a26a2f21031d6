"""Settings of the tests, the fixed cast, and things taken to a state (`idea_in`, `proposal_in`, `contest_in`)."""

from __future__ import annotations

import tempfile
from collections.abc import Callable, Iterable, Iterator
from datetime import datetime
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.contrib.auth.models import AnonymousUser
from django.core.cache import cache
from django.db import connection
from hypothesis import HealthCheck
from hypothesis import settings as hypothesis_settings
from pytest_django import DjangoDbBlocker

from communities.enums import OrganisationKind
from communities.models import Community, Organisation, Subdistrict, User
from contests.enums import ContestState
from contests.models import Contest
from programmes.enums import StageKind
from programmes.models import Category, Programme, Zone
from proposals.enums import IdeaState, ProposalState
from proposals.models import Idea, Proposal
from tests import slots
from tests.factories import (
    AccompanimentFactory,
    CategoryFactory,
    CommunityFactory,
    OrganisationFactory,
    ProgrammeFactory,
    StageFactory,
    SubdistrictFactory,
    ZoneCommunityFactory,
    ZoneFactory,
)
from tests.replays import FIXED, RECORDER
from tests.scenes import Scene

pytest_plugins = ["tests.browser", "tests.cast"]

END_OTHERS = """
    SELECT pg_terminate_backend(pid, 10000) FROM pg_stat_activity
    WHERE datname = current_database() AND pid <> pg_backend_pid() AND backend_type = 'client backend'
"""

COMMITS = {"transactional_db", "django_db_reset_sequences", "live_server"}
USES_DATABASE = {"db", *COMMITS}

# How long a machine takes over an example is no fault of it.
hypothesis_settings.register_profile("unhurried", deadline=None, suppress_health_check=[HealthCheck.too_slow])
hypothesis_settings.load_profile("unhurried")

_folders = tempfile.TemporaryDirectory(prefix="golden-ideas-tests-")


def pytest_configure() -> None:
    """Point everything that keeps state at a place of this process's own, and make passwords cheap."""
    slot = slots.take()
    database = django_settings.DATABASES["default"]
    database["OPTIONS"] = {**database.get("OPTIONS", {}), "options": "-c synchronous_commit=off"}
    database["TEST"] = {**database.get("TEST", {}), "NAME": f"test_golden_ideas_{slot}"}
    django_settings.REDIS_URL = slots.redis_url(django_settings.REDIS_URL, slot)
    django_settings.CACHES["default"]["LOCATION"] = django_settings.REDIS_URL
    django_settings.CELERY_BROKER_URL = "memory://"
    django_settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    django_settings.SMS_SENDER = "communities.sms.show_in_demo"
    django_settings.STORAGES["staticfiles"] = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    django_settings.STATIC_ROOT = Path(_folders.name, "static")
    django_settings.STATIC_ROOT.mkdir()
    django_settings.MEDIA_ROOT = Path(_folders.name, "media")


def pytest_unconfigure() -> None:
    _folders.cleanup()


@pytest.fixture(scope="session")
def django_db_modify_db_settings() -> None:
    """The database's name holds the process's slot, so it needs no suffix for a worker."""


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """The database of pytest-django, in which nobody is left when it is dropped.

    The thread of a server or worker may keep its connection until its browser or broker notices the end.
    """
    yield
    with django_db_blocker.unblock(), connection.cursor() as cursor:
        cursor.execute(END_OTHERS)


@pytest.fixture(autouse=True)
def _clean_cache(request: pytest.FixtureRequest) -> None:
    """Rate limits and messages of one test are not those of the next."""
    if request.node.get_closest_marker("django_db") or USES_DATABASE & set(request.fixturenames):
        cache.clear()


@pytest.fixture(autouse=True)
def _recorded(request: pytest.FixtureRequest) -> Iterator[None]:
    """Scenes that an earlier test made are not made again where nothing is committed."""
    marker = request.node.get_closest_marker("django_db")
    commits = bool(COMMITS & set(request.fixturenames)) or (
        marker is not None and marker.kwargs.get("transaction", False)
    )
    with RECORDER.test(commits=commits):
        yield


@pytest.fixture
def now() -> datetime:
    """The moment at which the test acts."""
    return RECORDER.now()


# Places


@pytest.fixture
def subdistrict(db: None) -> Subdistrict:
    return RECORDER.bring("subdistrict", lambda: SubdistrictFactory(pk=FIXED, code="110105999", name="Sub-district"))


@pytest.fixture
def communities(subdistrict: Subdistrict) -> list[Community]:
    """Communities A, B and C of the sub-district."""

    def community(place: int, name: str) -> Community:
        return CommunityFactory(
            pk=FIXED + place, code=f"110105999{place:03}", subdistrict=subdistrict, name=f"Community {name}"
        )

    return RECORDER.bring("communities", lambda: [community(place, name) for place, name in enumerate("ABC")])


@pytest.fixture
def support_organisation(subdistrict: Subdistrict) -> Organisation:
    return RECORDER.bring(
        "support_organisation",
        lambda: OrganisationFactory(
            pk=FIXED, subdistrict=subdistrict, kind=OrganisationKind.SUPPORT, name="Support organisation"
        ),
    )


# The year


@pytest.fixture
def programme_in(
    subdistrict: Subdistrict, communities: list[Community], support_organisation: Organisation, now: datetime
) -> Callable[..., Programme]:
    """A programme in which exactly these stages are open, with two categories, a zone of C, and A accompanied."""

    def build(before: int, kinds: Iterable[StageKind]) -> Programme:
        first = FIXED + 10 * before
        programme = ProgrammeFactory(pk=first, subdistrict=subdistrict, year=now.year + before)
        for place, kind in enumerate(kinds):
            StageFactory(pk=first + place, programme=programme, kind=kind)
        CategoryFactory(pk=first, programme=programme, code="ENVIRONMENT", name="Environment", position=0)
        CategoryFactory(pk=first + 1, programme=programme, code="CARE", name="Care", position=1)
        zone = ZoneFactory(pk=first, programme=programme, code="OLD", name="Old estates")
        ZoneCommunityFactory(pk=first, zone=zone, community=communities[2])
        AccompanimentFactory(pk=first, programme=programme, organisation=support_organisation, community=communities[0])
        return programme

    def make(*kinds: StageKind) -> Programme:
        before = Programme.objects.count()
        return RECORDER.bring(("programme", before, kinds), lambda: build(before, kinds))

    return make


@pytest.fixture
def programme(programme_in: Callable[..., Programme]) -> Programme:
    """A programme with all eight stages open."""
    return programme_in(*StageKind)


@pytest.fixture
def categories(programme: Programme) -> list[Category]:
    return list(programme.categories.all())


@pytest.fixture
def zone(programme: Programme) -> Zone:
    """The zone of community C."""
    return programme.zones.get()


# The cast (its people are in `tests.cast`)


@pytest.fixture
def cast(request: pytest.FixtureRequest) -> Callable[[str], User | AnonymousUser]:
    """`cast(name)`: the person of the cast with this name."""
    return request.getfixturevalue


# Things in a state


@pytest.fixture
def scene(
    programme: Programme,
    communities: list[Community],
    categories: list[Category],
    resident: User,
    neighbour: User,
    other_resident: User,
    officer: User,
    approver: User,
    expert: User,
    expert_2: User,
    expert_3: User,
    recused_expert: User,
    now: datetime,
) -> Scene:
    """The programme with its people; makes ideas, proposals and contests by the verbs."""
    return Scene(
        programme=programme,
        communities=communities,
        categories=categories,
        author=resident,
        officer=officer,
        approver=approver,
        experts=[expert, expert_2, expert_3],
        recused=recused_expert,
        voters=[resident, neighbour, other_resident],
        now=now,
    )


@pytest.fixture
def idea_in(scene: Scene) -> Callable[..., Idea]:
    """`idea_in(state, title=, community=, by=)`: an idea of `resident` unless `by` says whose."""

    def make(state: str, **options: object) -> Idea:
        return scene.idea(IdeaState(state), **options)

    return make


@pytest.fixture
def proposal_in(scene: Scene) -> Callable[..., Proposal]:
    """`proposal_in(state, title=, community=, amount=, by=)`: a proposal that asks for 20,000 yuan."""

    def make(state: str, **options: object) -> Proposal:
        return scene.proposal(ProposalState(state), **options)

    return make


@pytest.fixture
def contest_in(scene: Scene) -> Callable[..., Contest]:
    """`contest_in(state, entries=3, judged=False, **rules)`; see `Scene.contest`."""

    def make(state: str, **options: object) -> Contest:
        return scene.contest(ContestState(state), **options)

    return make
