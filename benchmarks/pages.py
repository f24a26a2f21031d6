"""How soon a first visitor sees something: the four pages that most people open, in Chromium at a quarter of its speed.

The demo is served as in production. For each page the median of five first visits, each in a browser that knows nothing
of the site: bytes transferred, requests, and first contentful paint, which must come within a second. The limits of bytes
and requests are held by `tests/face/test_budgets.py` as well.
"""

from __future__ import annotations

import statistics
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright

from config import browser as chromium
from config.scratch import demo_site
from config.visitor import PHONE, Visitor

BYTES_LIMIT, REQUESTS_LIMIT, PAINT_LIMIT = 150 * 1024, 20, 1000
VISITS = 5
SLOWDOWN = 4
RESIDENT = "13800000002"
PAINT = "performance.getEntriesByName('first-contentful-paint')[0]?.startTime"


@dataclass(frozen=True, slots=True)
class Visit:
    """What one visit cost: bytes as they came over the line, requests, milliseconds to the first contentful paint."""

    transferred: int
    requests: int
    paint: float


def measured_pages(browser: Browser, site: str) -> tuple[dict[str, str], Any]:
    """`{name: path}` of the pages, and the cookies of a resident who may vote."""
    context = browser.new_context(viewport=PHONE, locale="zh-CN")
    visitor = Visitor(context.new_page(), site)
    page = visitor.open("/ideas/")
    idea = page.locator("main a[href^='/ideas/']:not([href*='?']):not([href$='/new/'])").first.get_attribute("href")
    visitor.log_in_by_phone(RESIDENT)
    page = visitor.open("/contests/")
    contest = page.locator("main a[href^='/contests/']").first.get_attribute("href")
    assert idea
    assert contest
    cookies = context.cookies()
    context.close()
    return {"home": "/", "ideas": "/ideas/", "idea": idea, "ballot": f"{contest}ballot/"}, cookies


@contextmanager
def newcomer(browser: Browser, cookies: Any) -> Iterator[BrowserContext]:
    """A browser that has cookies and nothing else of the site."""
    context = browser.new_context(viewport=PHONE, locale="zh-CN", service_workers="block")
    context.add_cookies(cookies)
    try:
        yield context
    finally:
        context.close()


def visit(page: Page, address: str, *, slowdown: int = 1) -> Visit:
    """Open `address` and count everything that comes over the line until the page is loaded."""
    lengths: list[int] = []
    line = page.context.new_cdp_session(page)
    line.on("Network.loadingFinished", lambda event: lengths.append(event["encodedDataLength"]))
    line.send("Network.enable")
    line.send("Emulation.setCPUThrottlingRate", {"rate": slowdown})
    answer = page.goto(address, wait_until="networkidle")
    assert answer is not None
    assert answer.ok
    assert page.url == address
    page.wait_for_function(f"{PAINT} !== undefined")
    over_the_line = [length for length in lengths if length]
    found = Visit(round(sum(over_the_line)), len(over_the_line), page.evaluate(PAINT))
    line.detach()
    return found


def main() -> int:
    missed = False
    with demo_site() as site, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        pages, cookies = measured_pages(browser, site)
        print(f"first visits at 1/{SLOWDOWN} of the processor's speed, median of {VISITS}")
        for name, path in pages.items():
            visits = []
            for _ in range(VISITS):
                with newcomer(browser, cookies) as context:
                    visits.append(visit(context.new_page(), site + path, slowdown=SLOWDOWN))
            transferred = statistics.median(each.transferred for each in visits) / 1024
            requests = statistics.median(each.requests for each in visits)
            paint = statistics.median(each.paint for each in visits)
            kept = transferred * 1024 <= BYTES_LIMIT and requests <= REQUESTS_LIMIT and paint <= PAINT_LIMIT
            missed = missed or not kept
            print(
                f"{name:7} {transferred:6.1f} KiB (limit {BYTES_LIMIT / 1024:g})  {requests:2g} requests "
                f"(limit {REQUESTS_LIMIT})  first contentful paint {paint:4.0f} ms (limit {PAINT_LIMIT})  "
                f"{'kept' if kept else 'MISSED'}"
            )
        browser.close()
    return 1 if missed else 0


if __name__ == "__main__":
    raise SystemExit(main())
