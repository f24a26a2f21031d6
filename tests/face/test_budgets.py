"""The demo, served as in production: what a first visit costs and a second; and its rows, which are longer than those of
the tests, keep within a phone's width.
"""

from benchmarks.pages import BYTES_LIMIT, REQUESTS_LIMIT, measured_pages, newcomer, visit
from config.scratch import demo_site
from config.tour import STOPS, session_of, somebody
from config.visitor import PHONE
from tests.face.failing_urls import SCRIPTS

PAGE_BYTES_LIMIT = 25 * 1024


def faults_of_visits(page, address):
    """A first visit keeps within the limits; at the second all but the page itself is there already."""
    first, second = visit(page, address), visit(page, address)
    return [
        f"{address}: {fault}"
        for fault, found in {
            f"{first.transferred} bytes": first.transferred > BYTES_LIMIT,
            f"{first.requests} requests": first.requests > REQUESTS_LIMIT,
            f"{second.requests} requests at the second visit": second.requests != 1,
            f"{second.transferred} bytes at the second visit": second.transferred > PAGE_BYTES_LIMIT,
        }.items()
        if found
    ]


def faults_of_answers(answers):
    """Text comes compressed, and what a page is made of may be kept for good: its name changes with its contents."""
    html, *parts = answers
    text = [part for part in parts if part.url.endswith((".css", ".js")) and "service-worker" not in part.url]
    assert text
    faults = [f"{answer.url}: not compressed" for answer in [html, *text] if "content-encoding" not in answer.headers]
    return faults + [f"{part.url}: kept how?" for part in text if "immutable" not in part.headers["cache-control"]]


def faults_of_widths(browser, site):
    sessions = {who: session_of(browser, site, who) for who in {stop.who for stop in STOPS if stop.who}}
    faults = []
    for stop in STOPS:
        with somebody(browser, site, stop, PHONE, sessions) as visitor:
            page = stop.way(visitor)
            page.evaluate(SCRIPTS["audit"])
            faults += [f"{stop.name}: {fault}" for fault in page.evaluate("audit.sideways()")]
    return faults


# One test: the site it needs is made in half a minute, and another worker would make it again.
def test_visits_are_light_and_pages_narrow(browser):
    faults = []
    with demo_site() as site:
        pages, cookies = measured_pages(browser, site)
        for path in pages.values():
            answers = []
            with newcomer(browser, cookies) as context:
                page = context.new_page()
                page.on("response", lambda answer, answers=answers: answers.append(answer))
                faults += faults_of_visits(page, site + path)
            faults += faults_of_answers(answers)
        faults += faults_of_widths(browser, site)
    assert not faults, "\n".join(faults)
