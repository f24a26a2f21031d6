"""Without a connection the browser shows a page of this site instead of its own error."""

import pytest

from tests.browser import PHONE

pytestmark = pytest.mark.django_db(transaction=True)


def test_a_page_that_cannot_be_reached(visitor, programme):
    person = visitor(PHONE)
    page = person.open("/")
    page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    # The worker takes over pages that are opened after it was installed.
    person.open("/ideas/new/")
    page.wait_for_function("navigator.serviceWorker.controller !== null")
    page.context.set_offline(True)
    page.goto(person.home + "/ideas/")
    assert "网络" in page.locator("h1").inner_text()
    assert page.locator("h1").evaluate("e => getComputedStyle(e).fontFamily").startswith('"Songti SC"')
    page.context.set_offline(False)
    person.press("main a.button")
    assert page.url == person.home + "/ideas/"
    assert page.locator(".tabs").is_visible()
