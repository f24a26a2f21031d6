"""Strings that break programs, in every text of a proposal: kept as typed, harmless on pages, in the office, on paper."""

from __future__ import annotations

import io
import json
from itertools import cycle, islice
from pathlib import Path

import docx
import pgtrigger
import pytest
from django.urls import reverse
from django.utils.html import escape

from communities.tables import harmless
from proposals.document_enums import DocumentSection
from proposals.models import Proposal
from proposals.paper import _plain, as_docx
from proposals.services.document import mark_of
from tests.browsing import english, text
from tests.proposals.test_idea_tables import rows_of

S = DocumentSection
STRINGS = json.loads((Path(__file__).parents[1] / "data" / "naughty_strings.json").read_text("utf-8"))
FILLED = [words for words in STRINGS if words.strip() and "\0" not in words]
TABLES = {
    S.RISKS: ("risk_rows", {"risk": 150, "response": 200}, {}),
    S.TEAM: ("members", {"name": 40, "duty": 60}, {}),
    S.GOALS: ("objectives", {"indicator": 100, "unit": 20}, {"target_value": "1"}),
    S.PLAN: (
        "activities",
        {"name": 60, "output": 100, "owner": 40},
        {"date_from": "2030-04-01", "date_to": "2030-04-02", "times": "1", "people": "0"},
    ),
    S.BUDGET: ("budget_lines", {"item": 60, "note": 100}, {"unit_price": "1", "quantity": "1", "source": "REQUESTED"}),
}
TEXTS = {
    S.BASICS: {"title": 30, "site": 100},
    S.TEAM: {"team_name": 60},
    S.GOALS: {"goal": 300},
    S.PLAN: {"plan": 300},
    S.RISKS: {"risks": 300},
    S.SUMMARY: {"summary": 500},
    S.NEEDS: {"needs_analysis": 800, "target_group": 100},
    S.EFFECT: {"innovation": 300, "sustainability": 300, "capacity_building": 300},
    S.SUPPORT_OPINION: {"support_opinion": 300},
    S.COMMUNITY_OPINION: {"community_opinion": 300},
}


def fitting(words: str, length: int) -> str:
    """As much of it as the field holds, without blanks around it, as forms store it."""
    return words[:length].strip()


def url_of(proposal, section):
    return reverse("proposal_section", args=[proposal.pk, section.value])


def save(client, proposal, section, data):
    stored = Proposal.objects.get(pk=proposal.pk)
    table = {"rows-TOTAL_FORMS": 0, "rows-INITIAL_FORMS": 0}
    response = client.post(url_of(proposal, section), {"mark": mark_of(stored, section), **table, **data})
    assert response.status_code == 302, response.context["form"].errors


def fill(client, proposal, section) -> list[tuple[str, ...]]:
    """Send the strings as rows of the section's table, another one in each cell; what should be stored."""
    _table, lengths, rest = TABLES[section]
    data = {"rows-TOTAL_FORMS": len(FILLED), "rows-INITIAL_FORMS": 0}
    expected = []
    for number in range(len(FILLED)):
        words = islice(cycle(FILLED), number, number + len(lengths))
        row = {name: fitting(each, length) for each, (name, length) in zip(words, lengths.items(), strict=True)}
        expected.append(tuple(row.values()))
        data |= {f"rows-{number}-{name}": value for name, value in {**row, **rest}.items()}
    save(client, proposal, section, data)
    return expected


def unix(words: str) -> str:
    return words.replace("\r\n", "\n")


@pytest.mark.parametrize("section", TABLES)
def test_rows_keep_what_was_typed(section, proposal_in, officer):
    proposal, client = proposal_in("COACHING"), english(officer)
    table, lengths, _rest = TABLES[section]
    expected = fill(client, proposal, section)
    assert list(getattr(proposal, table).values_list(*lengths)) == expected


@pytest.mark.parametrize("section", TEXTS)
def test_columns_keep_what_was_typed(section, proposal_in, officer):
    proposal, client = proposal_in("COACHING"), english(officer)
    form = client.get(url_of(proposal, section)).context["form"]
    rest = {field.name: field.value() for field in form if field.value() is not None}
    lengths = TEXTS[section]
    # A section with one text gets every third string.
    step = max(3, len(lengths))
    words = cycle(FILLED[:: step // len(lengths)])
    for _round in FILLED[::step]:
        typed = {name: fitting(next(words), length) for name, length in lengths.items()}
        save(client, proposal, section, rest | typed)
        stored = Proposal.objects.values(*lengths).get(pk=proposal.pk)
        assert {name: unix(value) for name, value in stored.items()} == {
            name: unix(value) for name, value in typed.items()
        }


def test_what_no_database_keeps_is_refused_with_a_word(proposal_in, officer):
    proposal, client = proposal_in("COACHING"), english(officer)
    data = {"summary": "\0broken", "mark": mark_of(proposal, S.SUMMARY)}
    page = client.post(url_of(proposal, S.SUMMARY), data)
    assert "summary" in page.context["form"].errors
    assert Proposal.objects.get(pk=proposal.pk).summary == proposal.summary


def test_what_was_typed_is_harmless_wherever_it_is_read(proposal_in, officer):
    proposal, client = proposal_in("COACHING"), english(officer)
    typed = {words for pair in fill(client, proposal, S.RISKS) for words in pair}
    tags = [words for words in typed if "<" in words]
    assert tags
    for url in (
        proposal.get_absolute_url(),
        url_of(proposal, S.RISKS),
        reverse("proposal_round", args=[proposal.pk, 1]),
    ):
        page = text(client.get(url))
        assert all(words not in page and escape(words) in page for words in tags), url
    for url in (
        reverse("proposal_writing", args=[proposal.pk]),
        reverse("admin:proposals_proposal_change", args=[proposal.pk]),
    ):
        assert client.get(url).status_code == 200
    document = docx.Document(io.BytesIO(as_docx(Proposal.objects.get(pk=proposal.pk))))
    cells = {cell.text for table in document.tables for row in table.rows for cell in row.cells}
    assert {_plain(words) for words in typed} <= cells


def test_titles_are_harmless_in_lists_and_in_the_office(proposal_in, officer):
    proposal, client = proposal_in("QUALIFIED"), english(officer)
    for words in FILLED[::3]:
        title = fitting(words, 200)
        with pgtrigger.ignore("proposals.Proposal:text_frozen"):
            Proposal.objects.filter(pk=proposal.pk).update(title=title)
        listed = text(client.get(reverse("proposal_list")))
        office = text(client.get(reverse("admin:proposals_proposal_changelist")))
        assert escape(title) in listed
        assert "<" not in title or (title not in listed and title not in office)
        for kind in ("csv", "xlsx"):
            [row] = rows_of(client.get(reverse("admin:proposals_proposal_table", args=[kind])))
            assert row[1] == harmless(title), ascii(title)
