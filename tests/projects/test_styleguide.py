"""The catalogue shows what pages show, from the same pieces, and is for who builds pages only."""

import importlib
import pkgutil
import re
from pathlib import Path

import pytest
from django.conf import settings
from django.db.models import TextChoices
from django.urls import reverse

import config.urls
from contests.enums import Decision
from projects import specimens
from tests.browsing import english, shown, text

STYLES = Path(settings.BASE_DIR) / "static" / "css"
TEMPLATES = Path(settings.BASE_DIR) / "templates"
VALUES = sorted({value for states in specimens.STATES.values() for value in states.values})


@pytest.mark.django_db
def test_every_state_of_every_thing_is_shown():
    page = text(english().get(reverse("styleguide")))
    for states in specimens.STATES.values():
        for value, label in states.choices:
            assert f'data-state="{value}">{shown(label)}<' in page


@pytest.mark.django_db
def test_catalogue_asks_the_database_for_nothing(django_assert_num_queries):
    with django_assert_num_queries(0):
        assert english().get(reverse("styleguide")).status_code == 200


@pytest.mark.django_db
def test_same_page_in_elder_mode():
    assert '<html lang="en">' in text(english().get(reverse("styleguide")))
    assert '<html lang="en" class="elder">' in text(english().get(reverse("styleguide") + "?display=elder"))


@pytest.mark.django_db
def test_question_has_a_page_of_its_own():
    page = text(english().get(reverse("styleguide") + "?question=1"))
    assert f'data-question="{reverse("styleguide")}"' in page
    assert "data-close" in page


@pytest.mark.parametrize("value", VALUES)
def test_every_state_has_exactly_one_look(value):
    """The first rule of a state sets its colours; a second selector may add its sign only."""
    rules = re.findall(r"([^{}]+)\{([^}]*)\}", (STYLES / "marks.css").read_text("utf-8"))
    looks = [body for selector, body in rules if f'[data-state="{value}"]' in selector and "border" in body]
    assert len(looks) == 1


def state_enums() -> set[type[TextChoices]]:
    """Everything that an app's modules of values call a state, a status or a check."""
    found = set()
    for app in ("communities", "programmes", "proposals", "contests", "projects"):
        for module in pkgutil.iter_modules([str(Path(settings.BASE_DIR) / app)]):
            if module.name.endswith("enums"):
                values = vars(importlib.import_module(f"{app}.{module.name}"))
                found |= {each for name, each in values.items() if re.fullmatch(r"[A-Z]\w*(State|Status|Check)", name)}
    return found


def test_states_of_the_pages_are_all_in_the_catalogue():
    assert state_enums() == set(specimens.STATES.values())
    assert set(Decision.values) <= set(VALUES)


# Pieces that several pages share and the catalogue leaves out, each with its reason.
LEFT_OUT = {
    "_share.html": "stands in the head, where nothing is seen",
    "_this_list.html": "is _download.html with the page's own address",
    "communities/_full_name.html": "a note",
    "programmes/_years.html": "a table like any other",
    "proposals/_checklist.html": "a list of states and words",
    "proposals/_draft_saving.html": "asks for what _draft_state.html shows",
    "proposals/_idea_send.html": "a button",
    "proposals/_similar_ask.html": "empty until something has been typed",
    "proposals/_offers.html": "sheets with two buttons each",
    "proposals/_trail.html": "a line of time like that of an idea",
    "proposals/_pledge.html": "a numbered list",
    "proposals/_document.html": "a page's whole text: headings, facts and tables",
    "proposals/_papers.html": "a list of links",
    "proposals/_change_answer.html": "a state and its word",
    "proposals/_change.html": "facts with struck and marked words",
    "proposals/_change_send.html": "a field and two buttons",
    "proposals/_allowance.html": "figures",
    "contests/_windows.html": "facts",
    "contests/_household_done.html": "a sentence and a button",
    "contests/_pitch_waiting.html": "a sentence",
}
INCLUDED = re.compile(r"""{% include "([^"]*/?_\w+\.html)\"""")


def pieces() -> dict[str, set[str]]:
    """Which templates include which piece; the office's admin and its desks have looks of their own."""
    found: dict[str, set[str]] = {}
    for path in TEMPLATES.rglob("*.html"):
        for name in INCLUDED.findall(path.read_text("utf-8")):
            if not name.startswith(("admin/", "desk/", "styleguide/", "unfold/")):
                found.setdefault(name, set()).add(path.relative_to(TEMPLATES).as_posix())
    return found


def test_every_piece_that_pages_share_is_in_the_catalogue_or_left_out_for_a_reason():
    included = pieces()
    catalogue = {path.relative_to(TEMPLATES).as_posix() for path in TEMPLATES.glob("styleguide*/*.html")}
    # What is in the catalogue brings along what it includes itself.
    seen: set[str] = set()
    while more := {name for name, places in included.items() if places & (catalogue | seen)} - seen:
        seen |= more
    shared = {name for name, places in included.items() if len(places - catalogue) > 1}
    assert shared - seen == set(LEFT_OUT)


def test_style_sheets_name_tests_that_exist():
    named = {name for path in STYLES.glob("*.css") for name in re.findall(r"tests/[\w/]+\.py", path.read_text("utf-8"))}
    assert named
    assert {name for name in named if not (Path(settings.BASE_DIR) / name).is_file()} == set()


@pytest.mark.parametrize(("debug", "demo", "there"), [(False, False, False), (True, False, True), (False, True, True)])
def test_catalogue_is_no_page_of_the_office(settings, debug, demo, there):
    usual = settings.DEBUG, settings.DEMO
    settings.DEBUG, settings.DEMO = debug, demo
    try:
        names = {getattr(pattern, "name", "") for pattern in importlib.reload(config.urls).urlpatterns}
        assert ("styleguide" in names) is there
    finally:
        settings.DEBUG, settings.DEMO = usual
        importlib.reload(config.urls)


@pytest.mark.django_db
def test_a_printed_notice_is_shown_with_its_table_and_who_signs():
    paper = text(english().get(reverse("styleguide"))).partition('<article class="paper-specimen">')[2]
    paper = paper.partition("</article>")[0]
    assert "objects in writing" in paper
    assert "<table" in paper
    assert '<p class="signature">Office for communities<br>' in paper
