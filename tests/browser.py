"""A real Chromium, one in each test process, and people who use it. A plugin of `tests/conftest.py`."""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Locator, Page, sync_playwright

from communities.models import User
from config import browser as chromium
from tests.factories import PASSWORD

PHONE = {"width": 360, "height": 740}
DESK = {"width": 1280, "height": 900}
CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")
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


class Visitor:
    """Somebody with a browser of their own."""

    def __init__(self, page: Page, home: str) -> None:
        self.page = page
        self.home = home

    def open(self, path: str) -> Page:
        answer = self.page.goto(self.home + path)
        assert answer is not None
        assert answer.ok, f"{path}: {answer.status}"
        return self.page

    def press(self, button: str | Locator) -> None:
        """Press something that leads to another page, and wait for that page."""
        target = self.page.locator(button) if isinstance(button, str) else button
        with self.page.expect_navigation():
            target.click()

    def log_in_by_phone(self, number: str) -> None:
        """Type the number, read the code where the demo shows its text messages, type the code."""
        page = self.open("/accounts/login/code/")
        page.fill("input[name=phone]", number)
        self.press("main form button[type=submit]")
        messages = self.page.context.new_page()
        messages.goto(f"{self.home}/demo/sms/")
        code = CODE.search(messages.locator("main .sheet").first.inner_text())
        messages.close()
        assert code
        page.fill("input[name=code]", code[0])
        self.press("main form:has(input[name=code]) button[type=submit]")

    def log_in_by_password(self, user: User) -> None:
        page = self.open("/accounts/login/")
        page.fill("input[name=login]", user.username)
        page.fill("input[name=password]", PASSWORD)
        self.press("main form button[type=submit]")

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
