"""The site on its first day: with an empty database nothing is wrong with its pages either."""

from types import SimpleNamespace

import pytest
from django.test import override_settings
from pytest_django.live_server_helper import LiveServer

from tests.face import url_map
from tests.face.test_pages import complaints

NOBODY = SimpleNamespace(sessions={})


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("mode", url_map.MODES)
def test_pages_of_an_empty_site(browser, mode):
    with override_settings(ROOT_URLCONF="tests.face.failing_urls"):
        server = LiveServer("localhost")
        try:
            found = [
                complaint
                for language in url_map.LANGUAGES
                for complaint in complaints(browser, server.url, NOBODY, url_map.EMPTY, mode, language)
            ]
        finally:
            server.stop()
    assert not found, "\n".join(found)
