"""A real Chromium, one in each test process, and people who use it. A plugin of `tests/conftest.py`."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from communities.models import User
from config import browser as chromium
from config import visitor as visitor_of_pages
from config.visitor import DESK, PHONE
from tests.factories import PASSWORD

__all__ = ["DESK", "PHONE", "Visitor", "browser", "visitor"]

TIMEOUT_MILLISECONDS = 15_000


@pytest.fixture(scope="session")
def browser() -> Iterator[Browser]:
    # Playwright's own event loop runs in this thread, and Django must not mistake it for an asynchronous view.
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "true"
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        yield started
        started.close()
    del os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"]


class Visitor(visitor_of_pages.Visitor):
    """Somebody with a browser of their own, who knows the people of the tests and the office's buttons."""

    def log_in_by_password(self, user: User) -> None:
        self.log_in_with(user.username, PASSWORD)

    def press_verb(self, path: str, name: str, fill: Callable[[Page], object] = lambda _page: None) -> None:
        """Press the button of a verb on a page of the office, and answer what it asks."""
        page = self.open(path)
        button = page.locator(f"form[action$='/do/{name}/'] button, a[href$='/do/{name}/']")
        self.press(button.first)
        if page.url.endswith(f"/do/{name}/"):
            fill(page)
            self.press(page.locator("#content form[method=post] button[type=submit]").first)


@pytest.fixture
def visitor(browser: Browser, live_server: object) -> Iterator[Callable[..., Visitor]]:
    """Makes a visitor; all of them leave at the end. `options` are those of a browser context."""
    contexts = []

    def come(viewport: dict[str, int] = DESK, **options: object) -> Visitor:
        context = browser.new_context(viewport=viewport, locale="zh-CN", **options)
        context.set_default_timeout(TIMEOUT_MILLISECONDS)
        contexts.append(context)
        return Visitor(context.new_page(), str(live_server))

    yield come
    for context in contexts:
        context.close()
