"""`python -m config.tour` takes the pictures of `docs/tour/` and writes `docs/tour.md` around them.

The demo runs in a scratch database; people log in as anybody would. A picture that looks as it did is left as it is.
"""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from PIL import Image, ImageChops
from playwright.sync_api import Browser, Page, StorageState, ViewportSize, sync_playwright

from config import browser as chromium
from config.scratch import demo_site
from config.visitor import DESK, PHONE, Visitor
from projects.demo.source import read

ROOT = Path(__file__).resolve().parent.parent
TEXT, PICTURES = ROOT / "docs" / "tour.md", ROOT / "docs" / "tour"
PICTURE_BYTES, TOUR_BYTES = 120 * 1024, 3 * 1024 * 1024
# As much of a long page as two screens of a phone or one of a desk show.
HEIGHTS = {"phone": 1400, "desk": 1100}
QUALITIES = range(82, 20, -6)
# A picture is new when more than this share of its points has changed.
CHANGED = 0.01
RESIDENT, PASSWORD = "13800000001", "jindianzi-demo"

# An idea of the demo, to be typed and found.
SAMPLE = next(row for row in read("ideas")["idea"] if row["key"] == "bench-north-gate")

Way = Callable[[Visitor], Page]


@dataclass(frozen=True, slots=True)
class Stop:
    """One page of the tour: how one comes there, and in one sentence whom it is for and what there is to see."""

    name: str
    title: str
    sentence: str
    way: Way
    who: str = ""
    look: str = ""


def at(path: str) -> Way:
    return lambda visitor: visitor.open(path)


def by_link(start: str, *links: str) -> Way:
    """From a page by the first link whose address matches, and on."""

    def go(visitor: Visitor) -> Page:
        page = visitor.open(start)
        for link in links:
            address = page.locator(f"main {link}, #content {link}").first.get_attribute("href")
            assert address, f"{page.url}: {link}"
            page = visitor.open(address)
        return page

    return go


def written_idea(visitor: Visitor) -> Page:
    """The form as somebody has filled it in."""
    page = visitor.open("/ideas/new/")
    for name in ("title", "problem", "solution"):
        page.fill(f"[name={name}]", SAMPLE[name])
    return page


def ticked_ballot(visitor: Visitor) -> Page:
    page = by_link("/contests/", CONTEST, BALLOT)(visitor)
    for box in page.locator("[name=entry]").all()[:3]:
        box.check()
    return page


def receipt(visitor: Visitor) -> Page:
    page = ticked_ballot(visitor)
    visitor.press("form[data-ballot] button[type=submit]")
    return page


IDEA = "a[href^='/ideas/']:not([href*='?']):not([href$='/new/']):not([href$='/mine/'])"
CONTEST = "a[href^='/contests/']:not([href='/contests/']):not([href*='?'])"
BALLOT = "a[href$='/ballot/']"
PROJECT = "a[href^='/projects/']:not([href='/projects/']):not([href*='?'])"

STOPS = [
    Stop(
        "home",
        "The front page",
        "For everyone: what the year is about, where it stands, and the one thing to do now.",
        at("/"),
    ),
    Stop(
        "submit",
        "Submitting an idea",
        "For residents: title, place, problem and suggestion; what was typed is kept when a session ends or a field is wrong.",
        written_idea,
        RESIDENT,
    ),
    Stop(
        "idea",
        "An idea and its way",
        "For everyone, and first for its author: every step with its date, from the day it came in to the project it is part of.",
        by_link("/projects/", PROJECT, IDEA),
    ),
    Stop(
        "ideas",
        "All ideas",
        "For everyone: by community, category and state, with a count and a page at a time.",
        at("/ideas/"),
    ),
    Stop(
        "search",
        "Search",
        "For everyone: ideas, proposals and projects in one place, with the words that were found marked.",
        at(f"/search/?q={SAMPLE['title'][-2:]}"),
    ),
    Stop(
        "my",
        "My things",
        "For whoever has logged in: what one has brought in, and what one can do next.",
        at("/my/"),
        RESIDENT,
    ),
    Stop(
        "notifications",
        "Notifications",
        "For whoever has logged in: what has happened to one's own things since the last visit, the newest first.",
        at("/my/notifications/"),
        RESIDENT,
    ),
    Stop(
        "contest",
        "A contest",
        "For everyone: when experts score and people vote, by which rules, and what takes part.",
        by_link("/contests/", CONTEST),
    ),
    Stop(
        "entry",
        "An entry",
        "For voters who want to know more: the whole proposal, who stands behind it, what it costs, and the ideas it came from.",
        by_link("/contests/", CONTEST, "a[href^='/entries/']"),
    ),
    Stop(
        "ballot",
        "The ballot",
        "For voters: tick and send; below, how many are chosen. Everyone sees the entries in an order of their own.",
        ticked_ballot,
        RESIDENT,
    ),
    Stop(
        "receipt",
        "The receipt",
        "For voters: a code with which they can ask whether their ballot is in the box, and find it among those published later.",
        receipt,
        RESIDENT,
    ),
    Stop(
        "result",
        "A result",
        "For everyone: rank, score of the experts, score of the public and the reason for each award.",
        by_link("/projects/", PROJECT, "a[href*='/result/']"),
    ),
    Stop(
        "project",
        "A project",
        "For everyone: what was granted, and which milestones were reached or are late.",
        by_link("/projects/", PROJECT),
    ),
    Stop(
        "programme",
        "The programme of the year",
        "For everyone: the stages with their dates, the figures so far, and a calendar to subscribe to.",
        by_link("/", "a[href^='/programmes/']"),
    ),
    Stop(
        "community",
        "A community",
        "For its neighbours: what they have brought in, and what came of it.",
        by_link("/communities/", "a[href^='/communities/']:not([href*='?']):not([href='/communities/'])"),
    ),
    Stop(
        "sheet",
        "An expert's score sheet",
        "For experts: the proposal beside the criteria; a sheet can be put down and taken up again until it is submitted.",
        by_link("/panel/", "a[href^='/panel/']:not([href='/panel/'])", "a[href$='/sheet/']"),
        "expert1",
    ),
    Stop(
        "desk",
        "The desk of a community",
        "For community officers: who waits to be verified, what became of the community's ideas, and when the stages end.",
        at("/desk/"),
        "community1",
    ),
    Stop(
        "office",
        "The office's first page",
        "For the street office: everything that waits, who waited longest first, and how far the year is.",
        at("/admin/"),
        "officer",
    ),
    Stop(
        "screening",
        "Screening an idea",
        "For street officers: the idea beside three criteria, a decision, its reason, and what the resident will read.",
        at("/admin/proposals/idea/queue/"),
        "officer",
    ),
    Stop(
        "elder-home",
        "Elder mode: the front page",
        "For elders: larger letters, larger targets, fewer things; one tap leads there and back.",
        at("/"),
        look="elder",
    ),
    Stop(
        "elder-submit",
        "Elder mode: submitting an idea",
        "For elders: one question on each screen, read aloud at a tap, and at the end everything once more before it is sent.",
        at("/ideas/new/"),
        RESIDENT,
        "elder",
    ),
    Stop(
        "elder-ballot",
        "Elder mode: the ballot",
        "For elders: one entry on each screen, large; what is chosen stays until the ballot is cast.",
        ticked_ballot,
        RESIDENT,
        "elder",
    ),
    Stop(
        "dark-home",
        "In the dark",
        "For whoever has set the telephone so: where it asks for dark pages they are dark.",
        at("/"),
        look="dark",
    ),
]


def main() -> None:
    PICTURES.mkdir(exist_ok=True)
    with demo_site() as site, sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=chromium.find(), args=chromium.ARGUMENTS)
        sessions = {who: session_of(started, site, who) for who in {stop.who for stop in STOPS if stop.who}}
        for stop in STOPS:
            for width, viewport in (("phone", PHONE), ("desk", DESK)):
                with somebody(started, site, stop, viewport, sessions) as visitor:
                    page = stop.way(visitor)
                    keep(PICTURES / f"{stop.name}-{width}.webp", picture_of(page, HEIGHTS[width]))
        started.close()
    TEXT.write_text("\n".join(text()), "utf-8")
    for path in PICTURES.iterdir():
        if path.name not in {f"{stop.name}-{width}.webp" for stop in STOPS for width in HEIGHTS}:
            path.unlink()
    size = sum(path.stat().st_size for path in PICTURES.iterdir())
    print(f"{len(STOPS)} pages, {size / 1024:.0f} KiB")
    if size > TOUR_BYTES:
        raise SystemExit(f"more than {TOUR_BYTES / 1024:.0f} KiB")


def session_of(browser: Browser, site: str, who: str) -> StorageState:
    """The browser of somebody who has logged in: a telephone number, or a user name of the demo."""
    context = browser.new_context(viewport=PHONE, locale="zh-CN")
    visitor = Visitor(context.new_page(), site)
    if who.isdecimal():
        visitor.log_in_by_phone(who)
    else:
        visitor.log_in_with(who, PASSWORD)
    state = context.storage_state()
    context.close()
    return state


@contextmanager
def somebody(
    browser: Browser, site: str, stop: Stop, viewport: ViewportSize, sessions: dict[str, StorageState]
) -> Iterator[Visitor]:
    context = browser.new_context(
        viewport=viewport,
        locale="zh-CN",
        storage_state=sessions.get(stop.who),
        color_scheme="dark" if stop.look == "dark" else "light",
        reduced_motion="reduce",
        service_workers="block",
    )
    if stop.look == "elder":
        context.add_cookies([{"name": "display", "value": "elder", "url": site}])
    try:
        yield Visitor(context.new_page(), site)
    finally:
        context.close()


def picture_of(page: Page, height: int) -> Image.Image:
    """The page from its top, at most `height` points of it; bars that stick stand where they would."""
    width = page.viewport_size["width"] if page.viewport_size else PHONE["width"]
    whole = int(page.evaluate("document.documentElement.scrollHeight"))
    page.set_viewport_size({"width": width, "height": min(whole, height)})
    page.evaluate("scrollTo(0, 0)")
    return Image.open(io.BytesIO(page.screenshot())).convert("RGB")


def keep(path: Path, picture: Image.Image) -> None:
    """Write the picture as well as its limit lets it be, unless the one that is there looks the same."""
    if path.exists() and alike(Image.open(path).convert("RGB"), picture):
        return
    for quality in QUALITIES:
        data = io.BytesIO()
        picture.save(data, "WEBP", quality=quality, method=6)
        if data.tell() <= PICTURE_BYTES:
            path.write_bytes(data.getvalue())
            return
    raise SystemExit(f"{path.name} does not fit into {PICTURE_BYTES} bytes")


def alike(old: Image.Image, new: Image.Image) -> bool:
    if old.size != new.size:
        return False
    # What compression alone changes is less than this difference in lightness.
    difference = ImageChops.difference(old, new).convert("L").point(lambda value: 255 * (value > 60))
    return difference.histogram()[255] < CHANGED * old.width * old.height


def text() -> Iterator[str]:
    yield "# A tour"
    yield ""
    yield "The pages as the demo shows them, on a phone and at a desk. `make screenshots` takes the pictures anew."
    for stop in STOPS:
        yield f"\n## {stop.title}\n\n{stop.sentence}\n"
        for width, pixels in (("phone", 200), ("desk", 620)):
            alt = f"{stop.title}, {'on a phone' if width == 'phone' else 'at a desk'}"
            yield f'<img src="tour/{stop.name}-{width}.webp" width="{pixels}" alt="{alt}">'
    yield ""


if __name__ == "__main__":
    main()
