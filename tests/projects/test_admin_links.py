"""The office's pages hang together: no link on any of them leads nowhere, and none needs what the site does not allow."""

from __future__ import annotations

import re
from urllib.parse import urljoin, urlsplit

import pytest

from projects.services import add_milestone, approve_projects
from tests.browsing import english
from tests.factories import IdeaFactory

LINK = re.compile(r'<a\b[^>]*?\shref="([^"]*)"')
INLINE = re.compile(r"<script(?![^>]*\bsrc=)[^>]*>|<style|\sstyle=|\son[a-z]+=", re.IGNORECASE)
# Addresses of verbs, screening and joining: nothing of it is offered to who only reads.
VERB = re.compile(r'(?:href|action)="[^"]*/(?:do|screen|join|approve|queue|add)/')


@pytest.fixture
def full_office(scene, approver, idea_in, proposal_in, contest_in, outsider, now):
    """Something of everything that an office has."""
    for state in ("SUBMITTED", "RETURNED", "ACCEPTED", "CONSOLIDATED", "REJECTED"):
        idea_in(state, title=f"Benches {state.lower()}")
    for state in ("DRAFT", "COACHING", "SUBMITTED", "QUALIFIED"):
        proposal_in(state, title=f"Document {state.lower()}")
    for state in ("DRAFT", "OPEN", "TALLIED"):
        contest_in(state)
    (project, *_others) = approve_projects(contest=contest_in("CONFIRMED", budget=None), by=approver, now=now)
    add_milestone(project=project, title="First step", due_on=now.date(), by=approver, now=now)
    return scene


def is_page(response):
    """Tables to take along are files."""
    return response.headers["Content-Type"].startswith("text/html")


def crawl(client, start="/admin/"):
    """Every page that links lead to from the first one: its address, and its answer."""
    waiting, seen = [start], {start}
    shapes: set[str] = set()
    while waiting:
        address = waiting.pop()
        response = client.get(address, follow=True)
        yield address, response
        if not is_page(response):
            # Read to its end, as a browser does.
            b"".join(response)
            continue
        if not urlsplit(address).path.startswith("/admin/"):
            continue
        for found in LINK.findall(response.content.decode()):
            target = urljoin(address, found.replace("&amp;", "&")).split("#")[0]
            # Addresses that differ in numbers, or in the list to go back to, are the same page of other rows; of the
            # values of a filter one is opened, of those on the first page all.
            shape = re.sub(r"\d+", "0", target.split("?_changelist_filters")[0])
            shape = shape if address == start else re.sub(r"=[^&]*", "=", shape)
            # Filters can be combined without end; each is opened alone, and as the first page combines them.
            combined = "&" in target and address != start
            if target.startswith("/") and target not in seen and not combined and shape not in shapes:
                seen.add(target)
                shapes.add(shape)
                waiting.append(target)


@pytest.mark.parametrize("who", ["officer", "approver", "supervisor"])
def test_no_link_leads_nowhere(who, full_office, cast):
    opened = 0
    for address, response in crawl(english(cast(who))):
        assert response.status_code == 200, address
        if urlsplit(address).path.startswith("/admin/") and is_page(response):
            policy = response.headers["Content-Security-Policy"]
            assert "frame-ancestors 'none'" in policy
            assert "unsafe" not in policy
            page = response.content.decode()
            assert not INLINE.search(page), address
            assert who != "supervisor" or not VERB.search(page.split("<main", 1)[1]), address
        opened += 1
    assert opened > 40


def test_a_list_says_whether_it_is_empty_or_narrowed(officer, scene):
    client = english(officer)
    assert "Nothing here yet" in client.get("/admin/projects/project/").content.decode()
    IdeaFactory(
        programme=scene.programme, community=scene.communities[0], category=scene.categories[0], author=scene.author
    )
    assert "Nothing matches" in client.get("/admin/proposals/idea/", {"q": "zebra"}).content.decode()
