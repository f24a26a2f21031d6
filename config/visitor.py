"""Somebody with a browser, who opens pages, presses buttons and logs in: for tests, measurements and pictures."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, ViewportSize

PHONE: ViewportSize = {"width": 360, "height": 740}
DESK: ViewportSize = {"width": 1280, "height": 900}
CODE = re.compile(r"(?<!\d)\d{6}(?!\d)")


class Visitor:
    """`home` is the site's address without a slash at its end."""

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

    def log_in_with(self, username: str, password: str) -> None:
        page = self.open("/accounts/login/")
        page.fill("input[name=login]", username)
        page.fill("input[name=password]", password)
        self.press("main form button[type=submit]")
