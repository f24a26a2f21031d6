"""Nothing is lost: what is written on any page after the session had ended stands in its form after the log-in."""

from __future__ import annotations

import inspect
import re
import uuid
from datetime import timedelta
from io import BytesIO

import pytest
from django.urls import get_resolver, reverse
from PIL import Image

from communities import written
from communities.written import KEPT_FOR, MOST_FORMS, MOST_OF_A_FIELD, MOST_OF_A_FORM, WRITTEN
from contests.enums import ContestState
from contests.models import Panelist
from proposals.document_enums import DocumentSection
from proposals.enums import IdeaState, ProposalState
from proposals.services.document import mark_of, save_section
from proposals.services.ideas import revise_idea
from proposals.services.photos import add_photo
from proposals.services.proposals import name_lead
from proposals.services.remarks import ask, release
from tests.browsing import english, shown, text

pytestmark = pytest.mark.django_db
WORDS = "Written while the session was over, <b>& kept</b>"


def sent_by_nobody(url, data):
    client = english()
    answer = client.post(url, data)
    assert "/accounts/login" in answer.url
    return client


@pytest.fixture
def question(idea_in, neighbour, officer, now):
    idea = idea_in(IdeaState.SUBMITTED)
    asked = ask(idea=idea, text="Who looks after them?", key=uuid.uuid4(), by=neighbour, now=now)
    return release(remark=asked, by=officer, now=now)


@pytest.fixture
def page_of(question, idea_in, scene, resident, neighbour, officer, support_member, now):
    """`page_of(name)`: who writes there, the address, and the page with the form where that is another."""

    def revised():
        idea = idea_in(IdeaState.RETURNED)
        return revise_idea(idea=idea, text=scene.text("Other words"), revision=idea.revision, by=resident, now=now)

    def with_photo():
        picture = BytesIO()
        Image.new("RGB", (64, 48), "grey").save(picture, "JPEG")
        picture.seek(0)
        photo = add_photo(idea=question.idea, file=picture, by=resident, now=now)
        return [question.idea.pk, photo.digest]

    def coached():
        return scene.proposal(ProposalState.COACHING)

    def submitted():
        return scene.proposal(ProposalState.SUBMITTED)

    def changed():
        proposal = coached()
        act = {"section": DocumentSection.SUMMARY, "columns": {"summary": "Shade."}, "rows": ()}
        mark = mark_of(proposal, DocumentSection.SUMMARY)
        save_section(proposal=proposal, **act, mark=mark, by=support_member, now=now)
        return [proposal.pk]

    def led():
        proposal = coached()
        name_lead(proposal=proposal, lead=resident, by=officer, now=now)
        return [proposal.pk]

    def scored():
        contest = scene.contest(ContestState.OPEN)
        seat = Panelist.objects.filter(contest=contest).first()
        return seat.user, [seat.assignments.first().entry_id]

    makers = {
        "idea_create": lambda: (resident, [], None),
        "idea_edit": lambda: (resident, [idea_in(IdeaState.RETURNED).pk], None),
        "idea_ask": lambda: (neighbour, [question.idea.pk], None),
        "remark_answer": lambda: (resident, [question.pk], None),
        "remark_report": lambda: (resident, [question.pk], None),
        "idea_enter": lambda: (officer, [], None),
        "idea_version_withhold": lambda: (officer, [revised().pk, 1], None),
        "idea_photo_take_down": lambda: (officer, with_photo(), None),
        "proposal_withdraw": lambda: (resident, led(), None),
        "coaching_note": lambda: (support_member, [coached().pk], "proposal_writing"),
        "round_present": lambda: (support_member, changed(), "proposal_rounds"),
        "proposal_section": lambda: (support_member, [coached().pk, "summary"], None),
        "profile": lambda: (resident, [], None),
        "recuse": lambda: (*scored(), None),
        "admin:proposals_idea_screen": lambda: (officer, [question.idea.pk], None),
        "admin:proposals_proposal_do": lambda: (officer, [submitted().pk, "return"], None),
    }

    def page_of(name):
        reader, args, page = makers[name]()
        url = reverse(name, args=args)
        return reader, url, reverse(page, args=args) if page else url

    return page_of


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("idea_create", "problem"),
        ("idea_edit", "solution"),
        ("idea_ask", "text"),
        ("remark_answer", "text"),
        ("remark_report", "reason"),
        ("idea_enter", "problem"),
        ("idea_version_withhold", "reason"),
        ("idea_photo_take_down", "reason"),
        ("proposal_withdraw", "note"),
        ("coaching_note", "text"),
        ("round_present", "note"),
        ("proposal_section", "summary"),
        ("profile", "display_name"),
        ("recuse", "note"),
        ("admin:proposals_idea_screen", "note"),
        ("admin:proposals_proposal_do", "note"),
    ],
)
def test_words_sent_by_nobody_stand_in_the_form_after_the_log_in(page_of, name, field):
    reader, url, page = page_of(name)
    client = sent_by_nobody(url, {field: WORDS})
    assert shown("What you wrote is kept") in text(client.get(reverse("account_request_login_code")))
    client.force_login(reader)
    # Looked at twice: what was not sent yet is not used up.
    for _look in range(2):
        assert shown(WORDS) in text(client.get(page))


def test_rows_and_the_mark_of_a_section_come_back(scene, support_member):
    url = reverse("proposal_section", args=[scene.proposal(ProposalState.COACHING).pk, "risks"])
    rows = {"rows-TOTAL_FORMS": 3, "rows-INITIAL_FORMS": 0, "rows-0-risk": "Rain", "rows-2-risk": WORDS, "mark": "old"}
    client = sent_by_nobody(url, rows | {"rows-2-response": "A roof"})
    client.force_login(support_member)
    page = text(client.get(url))
    for value in ("Rain", WORDS, "A roof", "old"):
        assert f'value="{shown(value)}"' in page


def test_what_was_sent_in_the_end_is_kept_no_longer(question, neighbour):
    url = reverse("idea_ask", args=[question.idea.pk])
    client = sent_by_nobody(url, {"text": WORDS})
    client.force_login(neighbour)
    # Too short: the form comes again, with what is typed now, and nothing is forgotten.
    client.post(url, {"text": "?", "key": uuid.uuid4()})
    assert WORDS in client.session[WRITTEN][url]["typed"].values()
    assert client.post(url, {"text": WORDS, "key": uuid.uuid4()}).status_code == 302
    assert client.session[WRITTEN] == {}
    assert shown(WORDS) not in text(client.get(url))


def test_another_page_and_another_day_show_nothing_of_it(question, neighbour, time_machine, now):
    url = reverse("idea_ask", args=[question.idea.pk])
    time_machine.move_to(now, tick=False)
    client = sent_by_nobody(url, {"text": WORDS})
    client.force_login(neighbour)
    assert shown(WORDS) not in text(client.get(reverse("remark_report", args=[question.pk])))
    assert shown(WORDS) in text(client.get(url))
    time_machine.move_to(now + KEPT_FOR + timedelta(seconds=1), tick=False)
    assert shown(WORDS) not in text(client.get(url))


def test_a_session_keeps_little_and_no_secrets():
    url = reverse("idea_ask", args=[1])
    secrets = {"password": "secret", "rows-0-phone": "13800001234", "code": "123456", "csrfmiddlewaretoken": "token"}
    many = {f"field{number}": "y" * MOST_OF_A_FIELD for number in range(20)}
    client = sent_by_nobody(url, {"text": "x" * 100_000, **secrets, **many})
    typed = client.session[WRITTEN][url]["typed"]
    assert len(typed["text"]) == MOST_OF_A_FIELD
    assert sum(map(len, typed.values())) <= MOST_OF_A_FORM
    assert not secrets.keys() & typed.keys()
    for number in range(2, 9):
        client.post(reverse("idea_ask", args=[number]), {"text": WORDS})
    assert [*client.session[WRITTEN]] == [reverse("idea_ask", args=[n]) for n in (6, 7, 8)][-MOST_FORMS:]


def test_what_is_decided_together_is_kept_too(question, officer):
    """The address of these pages names the ideas, and the way back keeps it."""
    for name in ("decide", "close"):
        url = reverse(f"admin:proposals_idea_{name}") + f"?idea={question.idea.pk}"
        client = sent_by_nobody(url, {"note": WORDS})
        client.force_login(officer)
        assert shown(WORDS) in text(client.get(url))


# Pages with forms in which nobody writes words, and who keeps them otherwise.
WITHOUT_WORDS = {
    "name_community": "a choice",
    "notification_settings": "boxes",
    "set_email": "an address, typed again",
    "residency_decide": "a choice",
    "receipt_state": "open to all",
    "idea_photos": "a file",
    "proposal_attachments": "a file",
    "ideas_import": "a file",
    "draft_save": "saves itself",
}


def test_every_page_on_which_people_write_keeps_their_words():
    """Of residents and of those who work on ideas and proposals."""
    forgetful = set()
    for name, pattern in _patterns(get_resolver()):
        view = inspect.unwrap(pattern.callback)
        ours = view.__module__.startswith(("communities.views", "proposals.views", "projects.views"))
        if ours and re.search(r"Form\(\s*request\.POST|Form\(\s*posted", inspect.getsource(view)):
            chain = [pattern.callback]
            while hasattr(chain[-1], "__wrapped__"):
                chain.append(chain[-1].__wrapped__)
            if not any(step.__code__.co_filename == written.__file__ for step in chain):
                forgetful.add(name)
    assert forgetful <= WITHOUT_WORDS.keys()
    assert forgetful


def _patterns(resolver):
    for pattern in resolver.url_patterns:
        if hasattr(pattern, "url_patterns"):
            yield from _patterns(pattern)
        elif inspect.isfunction(pattern.callback):
            yield pattern.name, pattern
