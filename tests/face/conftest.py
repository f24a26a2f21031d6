"""The world that pages show, and the real server that shows it: made once for a whole module.

Tests that use them have the mark `django_db`, without which pytest-django would make no test database.
"""

from __future__ import annotations

from collections.abc import Iterator

import pytest
from django.core.cache import cache
from django.core.management import call_command
from django.db import connection
from django.test import override_settings
from django.utils import timezone
from pytest_django.live_server_helper import LiveServer

from tests.face.begun import DAY
from tests.face.world import World


@pytest.fixture(scope="module")
def world(django_db_setup: None, django_db_blocker: pytest.FixtureRequest) -> Iterator[World]:
    """Committed rows, for modules whose tests only look; what a test itself writes is rolled back as everywhere."""
    own = connection.settings_dict
    assert own["NAME"] == own["TEST"]["NAME"], "no test of this module has the mark django_db"
    with django_db_blocker.unblock():
        cache.clear()
        try:
            yield World(timezone.now().replace(microsecond=0))
        finally:
            # Keys go on from where they are: what scenes recorded would meet them again.
            call_command("flush", interactive=False, verbosity=0, reset_sequences=False)


@pytest.fixture(autouse=True)
def _box(request: pytest.FixtureRequest, _clean_cache: None) -> None:
    """The cache has lost who stands at the ballot box."""
    if "world" in request.fixturenames:
        cache.set_many(request.getfixturevalue("world").at_the_box, DAY)


@pytest.fixture(scope="module")
def site(world: World) -> Iterator[str]:
    """Address of a server of the world, with debugging off as the tests have it."""
    with override_settings(ROOT_URLCONF="tests.face.failing_urls"):
        server = LiveServer("localhost")
        yield server.url
        server.stop()
