"""Strings that break programs (the Big List of Naughty Strings), in every text that residents and officers write.

A few of them go all the way, to every page; all go by an idea's own page, the list, the file and the notifications.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from itertools import cycle
from pathlib import Path

from django.urls import reverse
from django.utils.html import escape
from django.utils.timezone import localdate

from communities import privacy
from communities.tables import harmless
from proposals.enums import IdeaState
from proposals.idea_sheet import COLUMNS
from proposals.models import Idea, IdeaDraft
from proposals.screening_rules import UNDO_TIME
from proposals.services.notifications import send_due_notifications
from proposals.services.remarks import keep_reported, release
from tests.browsing import english, text
from tests.proposals.test_admin_ideas import ACCEPT, LIST, change_url, screen_url
from tests.proposals.test_idea_tables import rows_of
from tests.proposals.test_importing import ROW, confirmed, sheet

DATA = Path(__file__).parents[1] / "data"
FEW = json.loads((DATA / "naughty_strings.json").read_text("utf-8"))
ALL = json.loads((DATA / "blns.json").read_text("utf-8"))
PADDING = "and so on, for everybody here"
# Of each text the length that its form takes.
TITLE, TEXT, CONTRIBUTION, PLACE, GROUP = 30, 500, 100, 50, 100
IDEA_TEXTS = {
    "title": TITLE,
    "problem": TEXT,
    "solution": TEXT,
    "own_contribution": CONTRIBUTION,
    "location_text": PLACE,
    "beneficiaries": GROUP,
}
OFFICE_TEXTS = {
    "note": 500,
    "public_benefit_note": 200,
    "sustainability_note": 200,
    "capacity_building_note": 200,
    "receiver": 60,
    "contact": 60,
    "referral_note": 200,
}


def fitted(string: str, length: int) -> str:
    """The string, with something behind it so that it is long enough, and not too long."""
    return f"{string} {PADDING}"[:length]


def typed_idea(strings: Sequence[str], scene) -> dict[str, object]:
    """Each text another one of the strings, as many as there are."""
    texts = zip(IDEA_TEXTS.items(), cycle(strings), strict=False)
    return {
        **{name: fitted(string, length) for (name, length), string in texts},
        "community": scene.communities[0].pk,
        "category": scene.categories[0].pk,
        "key": uuid.uuid4(),
        "consent": privacy.VERSION,
    }


def stored(typed: str) -> str:
    """As a form keeps a text."""
    return typed.replace("\r\n", "\n").strip()


def hand_in(client, string: str, scene, *more: str) -> Idea | None:
    """The idea; nothing where the form says what is wrong with it. With more strings each text is another one."""
    before = set(Idea.objects.values_list("pk", flat=True))
    data = typed_idea([string, *more], scene)
    response = client.post(reverse("idea_create"), data)
    assert response.status_code in {200, 302}, ascii(string)
    made = Idea.objects.exclude(pk__in=before).first()
    assert (made is not None) is (response.status_code == 302), ascii(string)
    if made is None:
        assert response.context["form"].errors, ascii(string)
        return None
    for name in IDEA_TEXTS:
        assert getattr(made, name) == stored(str(data[name])), ascii(string)
    return made


def refer(office, idea: Idea, strings: Sequence[str]) -> bool:
    """Whether the office could send the words on, each text another one; otherwise the form says why not."""
    string = strings[0]
    words = {
        name: fitted(each, length) for (name, length), each in zip(OFFICE_TEXTS.items(), cycle(strings), strict=False)
    }
    data = {**ACCEPT, "decision": "REFER", "reason": "GOV_DUTY", "disposition": "ACTION_GROUP", **words}
    response = office.post(screen_url(idea), data)
    assert response.status_code in {200, 302}, ascii(string)
    if response.status_code == 200:
        assert response.context["form"].errors, ascii(string)
        return False
    screening = idea.screenings.get()
    kept = {**{name: getattr(screening, name) for name in OFFICE_TEXTS if hasattr(screening, name)}}
    referral = screening.referral
    kept |= {"receiver": referral.receiver, "contact": referral.contact, "referral_note": referral.note}
    assert kept == {name: stored(word) for name, word in words.items()}, ascii(string)
    return True


def sent(client, url: str, field: str, string: str, length: int, **more: object) -> str:
    """The text as it is kept, once a form took it; nothing where the form says what is wrong with it."""
    typed = fitted(string, length)
    response = client.post(url, {field: typed, **more})
    assert response.status_code in {200, 302}, ascii(string)
    if response.status_code == 302:
        return stored(typed)
    assert response.context["form"].errors, ascii(string)
    assert "\0" in string
    return ""


def all_pages(client, url: str) -> str:
    """What stands on the pages of a list, from the first to the last."""
    first = client.get(url)
    rest = (client.get(url, {"page": number}) for number in first.context["page"].paginator.page_range[1:])
    return "".join(map(text, (first, *rest)))


def titles_in_file(office, kind: str = "csv") -> list[str]:
    file = office.get(reverse("admin:proposals_idea_table", args=[kind]), {"state": "all"})
    return [row[1] for row in rows_of(file)]


def test_strings_are_shown_everywhere_as_they_were_written(scene, resident, officer, now):
    """Six to an idea, so that lists, files and notifications are read once; on its own pages each is looked for."""
    author, office, public = english(resident), english(officer), english()
    good = [string for string in FEW if "\0" not in string]
    groups = [good[start : start + len(IDEA_TEXTS)] for start in range(0, len(good), len(IDEA_TEXTS))]
    ideas = [hand_in(author, strings[0], scene, *strings[1:]) for strings in groups]
    assert all(ideas)
    assert [hand_in(author, string, scene) for string in FEW if "\0" in string] == [None] * (len(FEW) - len(good))
    for page in (public.get(reverse("idea_list")), office.get(LIST)):
        assert all(escape(idea.title) in text(page) for idea in ideas)
    for kind in ("csv", "xlsx"):
        assert sorted(titles_in_file(office, kind)) == sorted(str(harmless(idea.title)) for idea in ideas)
    for idea, strings in zip(ideas, groups, strict=True):
        pages = [public.get(idea.get_absolute_url()), office.get(screen_url(idea)), office.get(change_url(idea))]
        lines = [getattr(idea, name).splitlines()[0] for name in IDEA_TEXTS]
        for page in pages:
            assert all(escape(line) in text(page) for line in lines), ascii(lines)
        assert refer(office, idea, strings)
    for string in good:
        assert public.get(reverse("search"), {"q": string}).status_code == 200
    send_due_notifications(now=now + 2 * UNDO_TIME)
    told, referrals = text(author.get(reverse("notifications"))), text(office.get("/admin/proposals/referral/"))
    for idea in ideas:
        screening = idea.screenings.get()
        message, receiver = escape(screening.note.splitlines()[0]), escape(screening.referral.receiver)
        assert escape(idea.title) in told
        for page in (told, text(author.get(idea.get_absolute_url())), text(office.get(change_url(idea)))):
            assert message in page
        assert receiver in text(author.get(idea.get_absolute_url()))
        assert receiver in referrals


def test_what_is_said_around_an_idea_is_kept_and_shown_as_it_was_written(
    idea_in, proposal_in, resident, neighbour, officer, now
):
    idea, proposal = idea_in(IdeaState.SUBMITTED), proposal_in("COACHING")
    asker, author, office = english(neighbour), english(resident), english(officer)
    ask, log = reverse("idea_ask", args=[idea.pk]), reverse("coaching_note", args=[proposal.pk])
    day, shown_words, notes = localdate(now), [], []
    for string in FEW:
        if note := sent(office, log, "text", string, 500, held_on=day.isoformat()):
            notes.append(note)
            assert proposal.coaching_notes.first().text == note
        question = sent(asker, ask, "text", string, 300, key=uuid.uuid4())
        if not question:
            continue
        remark = idea.remarks.latest("pk")
        assert remark.text == question
        release(remark=remark, by=officer, now=now)
        reason = sent(author, reverse("remark_report", args=[remark.pk]), "reason", string, 200)
        assert remark.reports.get().reason == reason
        assert escape(reason.splitlines()[0]) in text(office.get(f"/admin/proposals/remark/{remark.pk}/change/"))
        keep_reported(remark=remark, by=officer, now=now)
        shown_words.append(escape(question.splitlines()[0]))
    assert len(shown_words) == len(notes) > len(FEW) / 2
    page = text(author.get(f"{idea.get_absolute_url()}?questions=all"))
    assert shown_words[-1] in page
    written = text(office.get(reverse("proposal_writing", args=[proposal.pk])))
    assert all(escape(note.splitlines()[0]) in written for note in notes)
    assert office.get("/admin/proposals/remark/", {"state": "all"}).status_code == 200


def test_drafts_keep_what_was_typed(scene, resident):
    author = english(resident)
    for string in FEW:
        answer = author.post(reverse("draft_save"), {**dict.fromkeys(IDEA_TEXTS, string), "key": uuid.uuid4()})
        assert answer.status_code == 200, ascii(string)
        draft = IdeaDraft.objects.first()
        assert (draft is None) is not bool(string.strip()), ascii(string)
        if draft is None:
            continue
        kept = string.replace("\r\n", "\n").replace("\0", "")
        assert draft.typed == dict.fromkeys(IDEA_TEXTS, kept), ascii(string)
        page = text(author.get(draft.get_absolute_url()))
        assert escape(kept.splitlines()[0]) in page, ascii(string)
        draft.delete()


def test_cells_of_a_spreadsheet_arrive_as_they_were_written(programme, community_officer):
    client = english(community_officer)
    good = [string for string in FEW if "\0" not in string]
    texts = {name: length for name, length in IDEA_TEXTS.items() if name in COLUMNS}
    rows = [
        {**ROW, "phone": "", **{name: f"{number} {string} {PADDING}"[:length] for name, length in texts.items()}}
        for number, string in enumerate(good)
    ]
    page = confirmed(client, sheet(*rows))
    assert page.status_code == 200
    ideas = Idea.objects.order_by("pk")
    assert len(ideas) == len(rows)
    for idea, row in zip(ideas, rows, strict=True):
        for name in texts:
            assert getattr(idea, name) == stored(row[name]), ascii(row[name])
        assert escape(idea.title) in text(page)


def test_every_string_of_the_list_arrives(scene, resident, officer, now):
    """Six to an idea and again in the answer to it: on the list, the idea's page, in the file, and in what its author is told."""
    author, office, public = english(resident), english(officer), english()
    groups = [ALL[start : start + len(IDEA_TEXTS)] for start in range(0, len(ALL), len(IDEA_TEXTS))]
    ideas = [hand_in(author, strings[0], scene, *strings[1:]) for strings in groups]
    assert all(ideas)
    listed = all_pages(public, reverse("idea_list"))
    assert all(escape(idea.title) in listed for idea in ideas)
    cells = {
        cell
        for row in rows_of(office.get(reverse("admin:proposals_idea_table", args=["xlsx"]), {"state": "all"}))
        for cell in row
    }
    for idea, strings in zip(ideas, groups, strict=True):
        page = text(public.get(idea.get_absolute_url()))
        for name in IDEA_TEXTS:
            written = getattr(idea, name)
            assert escape(written.splitlines()[0]) in page, ascii(written)
            assert str(harmless(written)) in cells, ascii(written)
        assert refer(office, idea, ["\n".join(strings), *strings[1:]])
    send_due_notifications(now=now + 2 * UNDO_TIME)
    told = all_pages(author, reverse("notifications"))
    for idea in ideas:
        assert escape(idea.title) in told
        assert all(escape(line) in told for line in idea.screenings.get().note.splitlines())
