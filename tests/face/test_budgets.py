"""What a first visit costs over the line, and that a second one costs nearly nothing; served as in production."""

from benchmarks.pages import BYTES_LIMIT, REQUESTS_LIMIT, measured_pages, newcomer, visit
from config.scratch import demo_site

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


# One test: the site it needs is made in half a minute, and another worker would make it again.
def test_visits_are_light(browser):
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
    assert not faults, "\n".join(faults)
