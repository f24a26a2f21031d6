"""Looks at one page in every way in which people see it, and tells what is wrong with it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Literal
from urllib.parse import urlsplit

from django.conf import settings
from django.urls import reverse
from playwright.sync_api import Browser, BrowserContext, ConsoleMessage, Request, Response
from playwright.sync_api import Error as PlaywrightError
from playwright.sync_api import Page as Tab

from communities.display import COOKIE, ELDER
from tests.browser import DESK, PHONE, TIMEOUT_MILLISECONDS
from tests.face.failing_urls import SCRIPTS
from tests.face.url_map import Page
from tests.face.world import World

# Colours are asked apart: they take longer than all the other rules, and only they differ in the dark.
COLOURS = ["color-contrast", "link-in-text-block"]
COLOUR_RULES = {"runOnly": {"type": "rule", "values": COLOURS}}
RULES = {
    "runOnly": {"type": "tag", "values": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"]},
    "rules": {rule: {"enabled": False} for rule in COLOURS},
}
WIDTHS = {"360": PHONE, "1280": DESK}
LOCALES = {"zh": "zh-CN", "en": "en-GB"}
# Chromium notes the status of an error page, which is checked by itself; and nobody needs the page for no connection here.
EXPECTED = ("Failed to load resource", "Service Worker registration blocked by Playwright")
# A form that came filled in would be taken, and change the world for the pages after it: what is not typed is emptied.
SEND = """(form, typed) => {
    for (const field of form.querySelectorAll("input:not([type=hidden], [type=checkbox], [type=radio]), textarea")) {
        if (field.type !== "file") field.value = "";
    }
    for (const [name, value] of Object.entries(typed)) {
        let field = form.elements[name];
        if (!field || field.type === "submit") {
            field = form.appendChild(document.createElement("input"));
            Object.assign(field, { type: "hidden", name });
        }
        if (field.type === "checkbox") field.checked = true; else field.value = value;
    }
    HTMLFormElement.prototype.submit.call(form);
}"""
NORMAL_TARGET, ELDER_TARGET, ELDER_TEXT = 44, 60, 24


class Looker:
    """A browser in one mode and one language, used by one person after another; it notes whatever goes wrong.

    `readable` are the paints in which words were found readable: those of other pages need not be asked again.
    """

    def __init__(self, browser: Browser, site: str, world: World, *, mode: str, language: str, **options: Any):
        self.site = site
        self.world = world
        self.mode = mode
        self.language = language
        self.wrongs: list[str] = []
        self.readable: set[str] = set()
        self.context: BrowserContext = browser.new_context(
            viewport=PHONE, locale=LOCALES[language], reduced_motion="reduce", service_workers="block", **options
        )
        self.context.set_default_timeout(TIMEOUT_MILLISECONDS)
        self.tab: Tab = self.context.new_page()
        self.tab.on("console", self._on_console)
        self.tab.on("pageerror", lambda error: self.wrongs.append(f"script error: {error}"))
        self.tab.on("request", self._on_request)
        self.tab.on("requestfailed", self._on_failure)
        self.tab.on("response", self._on_response)

    def be(self, who: str) -> None:
        """From here on it is this person who looks, or somebody unknown; of the one before nothing is left but files."""
        self.context.clear_cookies()
        cookies = {COOKIE: ELDER} if self.mode == "elder" else {}
        if who:
            cookies[settings.SESSION_COOKIE_NAME] = self.world.sessions[who]
        self.context.add_cookies([{"name": name, "value": value, "url": self.site} for name, value in cookies.items()])

    def _on_console(self, message: ConsoleMessage) -> None:
        if message.type in {"error", "warning"} and not any(words in message.text for words in EXPECTED):
            self.wrongs.append(f"console: {message.text}")

    def _on_request(self, request: Request) -> None:
        if request.url.startswith("http") and urlsplit(request.url).netloc != urlsplit(self.site).netloc:
            self.wrongs.append(f"asks another host: {request.url}")

    def _on_failure(self, request: Request) -> None:
        self.wrongs.append(f"request failed: {request.url} ({request.failure})")

    def _on_response(self, response: Response) -> None:
        if response.status >= 400 and not response.request.is_navigation_request():
            self.wrongs.append(f"{response.status}: {response.url}")

    def open(self, page: Page) -> None:
        """Come to the page; whatever is wrong with that is noted."""
        answer = self.tab.goto(self.site + page.path(self.world))
        assert answer is not None
        if answer.status != page.status:
            self.wrongs.append(f"answered {answer.status}, not {page.status}")
        if page.status == 200 and not answer.url.startswith(self.site + page.path(self.world).partition("?")[0]):
            self.wrongs.append(f"led to {answer.url}")
        if page.submit:
            self._send(page)

    def _send(self, page: Page) -> None:
        """Type what the page's form takes, choose its files, and send it."""
        form = self.tab.locator(page.submit).first
        typed = page.typed(self.world)
        for name, value in typed.items():
            if isinstance(value, bytes):
                table = {"name": f"{name}.csv", "mimeType": "text/csv", "buffer": value}
                form.locator(f"[name={name}]").set_input_files(table)
        with self.tab.expect_navigation():
            form.evaluate(SEND, {name: value for name, value in typed.items() if isinstance(value, str)})

    def take_scripts(self) -> None:
        self.tab.add_script_tag(url=reverse("audit_script"))

    def contents(self) -> dict[str, Any]:
        return dict(self.tab.evaluate("audit.contents()"))

    def close(self) -> None:
        self.context.close()


def look(looker: Looker, page: Page, plain: Looker | None = None, *, is_variant: bool = False) -> list[str]:
    """Complaints about the page in this mode and language, at both widths, light and dark.

    `plain` is a browser without scripts that looks beside it. Of a variant of another page it is asked only what its own
    rows can break, at the width at which people see it.
    """
    looker.wrongs.clear()
    tab = looker.tab
    tab.set_viewport_size(PHONE)
    try:
        looker.open(page)
    except PlaywrightError as error:
        return [*looker.wrongs, f"not to be opened: {error.message.splitlines()[0]}"]
    looker.take_scripts()
    tab.evaluate("audit.still()")
    if is_variant:
        width = "1280" if page.in_office else "360"
        return [*looker.wrongs, *_sizes(looker, page, "360"), *_axe(tab, width), *_colours(looker, width, "light")]
    found = []
    if plain is not None and not page.submit:
        found += _missing(looker.contents(), _without_scripts(plain, page))
        found += [f"without scripts: {wrong}" for wrong in plain.wrongs]
    tab.evaluate("audit.unfold()")
    found += _all_ways(looker, page)
    if looker.mode == "elder":
        found += _steps(looker, page)
    return [*looker.wrongs, *found]


def _steps(looker: Looker, page: Page) -> Iterator[str]:
    """Of a form in steps only the first is shown at first; the others follow, one at a time."""
    for step in looker.tab.evaluate("audit.steps()")[1:]:
        looker.tab.evaluate("step => { location.hash = step }", step)
        yield from (f"{step}: {complaint}" for complaint in _all_ways(looker, page))


def _all_ways(looker: Looker, page: Page) -> Iterator[str]:
    """What is shown now, at both widths, light and dark."""
    for width in WIDTHS:
        yield from _sizes(looker, page, width)
        yield from _axe(looker.tab, width)
        yield from _colours(looker, width, "light")
        yield from _colours(looker, width, "dark")


def _without_scripts(plain: Looker, page: Page) -> dict[str, Any]:
    plain.wrongs.clear()
    plain.open(page)
    plain.tab.evaluate(SCRIPTS["audit"])
    return plain.contents()


def _missing(scripted: dict[str, Any], plain: dict[str, Any]) -> Iterator[str]:
    """What the page shows only with scripts: headings, fields, buttons, links, or a good part of its words."""
    for kind in ("headings", "fields", "buttons", "links"):
        if more := sorted(set(scripted[kind]) - set(plain[kind])):
            yield f"{kind} {more} only with scripts"
    if plain["words"] < 0.9 * scripted["words"]:
        yield f"{plain['words']} of {scripted['words']} characters without scripts"
    if not plain["headings"]:
        yield "no heading without scripts"


def _sizes(looker: Looker, page: Page, width: str) -> Iterator[str]:
    """Nothing scrolls sideways on a phone, and what is read or pressed is large enough."""
    looker.tab.set_viewport_size(WIDTHS[width])
    ask = looker.tab.evaluate
    if width == "360":
        yield from (f"360: {complaint}" for complaint in ask("audit.sideways()"))
    if looker.mode == "elder":
        yield from (f"{width}: {complaint}" for complaint in ask("least => audit.smallText(least)", ELDER_TEXT))
        sizes = ask("least => audit.smallTargets(least, audit.ALL)", ELDER_TARGET)
        yield from (f"{width}: {complaint}" for complaint in sizes)
    elif not page.in_office:
        yield from ask("least => audit.smallTargets(least, audit.MAIN)", NORMAL_TARGET)


def _axe(tab: Tab, width: str) -> list[str]:
    """Whatever has nothing to do with colours."""
    tab.set_viewport_size(WIDTHS[width])
    return [f"{width}: {complaint}" for complaint in tab.evaluate("options => audit.axeFinds(options)", RULES)]


def _colours(looker: Looker, width: str, scheme: Literal["light", "dark"]) -> list[str]:
    looker.tab.set_viewport_size(WIDTHS[width])
    looker.tab.emulate_media(color_scheme=scheme, reduced_motion="reduce")
    asked = [paint for paint in looker.tab.evaluate("audit.paints()") if paint not in looker.readable]
    if not asked:
        return []
    found = looker.tab.evaluate("([paints, rules]) => audit.colourFinds(paints, rules)", [asked, COLOUR_RULES])
    looker.readable.update(found["readable"])
    return [f"{width} {scheme}: {complaint}" for complaint in found["complaints"]]


@contextmanager
def looking(browser: Browser, site: str, world: World, **options: Any) -> Iterator[Looker]:
    looker = Looker(browser, site, world, **options)
    try:
        yield looker
    finally:
        looker.close()
