"""Pages of the map as the test client gets them: their words, without a browser."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from lxml import html

from tests.face import url_map
from tests.face.url_map import Page
from tests.face.world import World

# The forms of `Page.submit`, as paths.
FORMS = {
    url_map.FORM: "//main//form[@method='post'][.//input[not(@type='hidden')] or .//select or .//textarea]",
    url_map.SHEET: "//main//form[@method='post' and @class='sheet']",
    url_map.PANEL: "//*[@id='content']//form[@method='post']",
    url_map.OFFICE_FORM: "//*[@id='content']//form[@method='post' and contains(@class, 'office-panel')]",
    url_map.SCREENING: "//form[@data-screening]",
    url_map.UPLOAD: "//form[@enctype='multipart/form-data']",
    url_map.ANY_FORM: "//main//form[@method='post']",
    url_map.BALLOT: "//form[@data-ballot]",
    url_map.MARKS: "//form[@data-marks]",
    url_map.CONSENT: "//form[.//*[@name='consent']]",
}


def visit(client: Client, world: World, page: Page) -> Any:
    """The answer to the page, or to its form."""
    client.cookies.pop(settings.SESSION_COOKIE_NAME, None)
    if page.who:
        client.cookies[settings.SESSION_COOKIE_NAME] = world.sessions[page.who]
    answer = client.get(page.path(world))
    if not page.submit:
        return answer
    form = html.fromstring(answer.content.decode()).xpath(FORMS[page.submit])[0]
    return client.post(form.get("action") or page.path(world), _sent(form, page, world), follow=True)


def _sent(form: Any, page: Page, world: World) -> dict[str, Any]:
    """What the form came with where nobody types, and what is typed into it; the rest is emptied."""
    fields = [field for field in form.inputs if field.name and field.get("type") != "file"]
    boxes = [field for field in fields if field.get("type") in {"checkbox", "radio"}]
    sent = {field.name: "" for field in fields if field not in boxes}
    sent |= {field.name: field.get("value", "on") for field in boxes if field.checked}
    sent |= {
        field.name: field.value or "" for field in fields if field.tag == "select" or field.get("type") == "hidden"
    }
    typed = page.typed(world).items()
    return sent | {
        name: SimpleUploadedFile(f"{name}.csv", value) if isinstance(value, bytes) else value for name, value in typed
    }
