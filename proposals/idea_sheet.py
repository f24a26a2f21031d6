"""A spreadsheet of ideas: its columns, and its rows checked one by one with the form for a single idea."""

from __future__ import annotations

import json
import uuid
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, override

from communities import privacy
from communities.models import Community
from programmes.models import Programme
from proposals.enums import ENTERED_CHANNELS
from proposals.forms import RowForm
from proposals.services.importing import Entry

MOST_ROWS = 300
NAMESPACE = uuid.UUID("8f0f2b7d-52f1-4c55-9d0b-6d0a4f3c1b77")

COLUMNS: dict[str, Promise] = {
    "channel": gettext_lazy("How it reached you"),
    "community": gettext_lazy("Community"),
    "category": gettext_lazy("Category"),
    "title": gettext_lazy("Title"),
    "problem": gettext_lazy("What is the problem?"),
    "solution": gettext_lazy("What could be done?"),
    "location_text": gettext_lazy("Where"),
    "beneficiaries": gettext_lazy("Who benefits"),
    "beneficiary_estimate": gettext_lazy("About how many people"),
    "own_contribution": gettext_lazy("What the resident can do for it"),
    "willing_to_join": gettext_lazy("Works on the proposal"),
    "contributor_name": gettext_lazy("Name shown"),
    "shows_name": gettext_lazy("Name may be shown"),
    "phone": gettext_lazy("Mobile number"),
    "consent": gettext_lazy("Has agreed to it being kept"),
}
NEEDED = frozenset({"channel", "community", "category", "title", "problem", "solution", "consent"})
BOXES = frozenset({"willing_to_join", "shows_name", "consent"})
YES, NO = gettext_lazy("yes"), gettext_lazy("no")

Rows = Sequence[tuple[int, list[str]]]


@dataclass(frozen=True, slots=True)
class Problem:
    """What is wrong with a cell; without a column, with the row or the heading."""

    line: int
    column: str
    typed: str
    message: str


@dataclass(frozen=True, slots=True)
class Sheet:
    """The rows that can be entered, by line, and what is wrong with the others."""

    entries: dict[int, Entry]
    problems: list[Problem]


def check(rows: Rows, programme: Programme, communities: QuerySet[Community]) -> Sheet:
    """Read the heading in any of our languages, then every row below it."""
    (line, heading), *below = rows
    names = {word: name for name, label in COLUMNS.items() for word in _words(label)}
    places = {names[word]: place for place, cell in enumerate(heading) if (word := _folded(cell)) in names}
    problems = [
        Problem(line, "", cell, _("There is no column of this name; take the heading of the template."))
        for cell in heading
        if cell and _folded(cell) not in names
    ]
    missing = [str(label) for name, label in COLUMNS.items() if name in NEEDED and name not in places]
    problems += [Problem(line, name, "", _("This column is missing.")) for name in missing]
    if problems:
        return Sheet({}, problems)
    reader = _Reader(programme, communities)
    entries: dict[int, Entry] = {}
    first: dict[uuid.UUID, int] = {}
    for number, cells in below:
        typed = {name: cells[place] if place < len(cells) else "" for name, place in places.items()}
        found = reader.read(number, typed)
        if not isinstance(found, Entry):
            problems += found
        elif found.key in first:
            again = _("This row says the same as row %d.") % first[found.key]
            problems.append(Problem(number, "", found.text.title, again))
        else:
            entries[number], first[found.key] = found, number
    return Sheet(entries, problems)


class _Reader:
    """What the names in the cells mean in this year and for these communities."""

    def __init__(self, programme: Programme, communities: QuerySet[Community]) -> None:
        self.programme = programme
        here = communities.filter(subdistrict=programme.subdistrict_id)
        self.places = {community.pk: community for community in here}
        self.categories = {category.pk: category for category in programme.categories.all()}
        self.meanings: dict[str, dict[str, object]] = {
            "channel": {word: value for value, label in ENTERED_CHANNELS for word in _words(label)},
            "community": {_folded(place.name): pk for pk, place in self.places.items()},
            "category": {_folded(category.name): pk for pk, category in self.categories.items()},
            **dict.fromkeys(BOXES, _yes_and_no()),
        }

    def read(self, line: int, typed: dict[str, str]) -> Entry | list[Problem]:
        problems: list[Problem] = []
        data: dict[str, Any] = {"key": str(_key(self.programme, typed))}
        for name, text in typed.items():
            meant = self.meanings.get(name)
            if meant is None:
                data[name] = text
            elif (word := _folded(text)) in meant:
                data[name] = meant[word]
            elif text:
                problems.append(
                    Problem(line, str(COLUMNS[name]), text, _("This is not among the words that can stand here."))
                )
        data["consent"] = privacy.VERSION if data.get("consent") else ""
        form = RowForm(data, programme=self.programme, places=self.places, categories=self.categories)
        told = {problem.column for problem in problems}
        for name, errors in form.errors.items():
            column = str(COLUMNS.get(name, ""))
            if column not in told:
                problems += [Problem(line, column, typed.get(name, ""), str(error)) for error in errors]
        if problems:
            return problems
        return Entry(
            text=form.text(),
            channel=form.channel_chosen(),
            contributor=form.contributor(),
            consent=form.consent_given(),
            key=form.cleaned_data["key"],
        )


def choices(programme: Programme, communities: Iterable[Community]) -> Iterator[tuple[Promise, list[str]]]:
    """The columns in which only certain words may stand, with these."""
    yield COLUMNS["channel"], [str(label) for _value, label in ENTERED_CHANNELS]
    yield COLUMNS["community"], [community.name for community in communities]
    yield COLUMNS["category"], [category.name for category in programme.categories.all()]
    for name, column in COLUMNS.items():
        if name in BOXES:
            yield column, [str(YES), str(NO)]


def _yes_and_no() -> dict[str, object]:
    yes, no = {*_words(YES), "1", "true", "x"}, {*_words(NO), "0", "false"}
    return {**dict.fromkeys(yes, "on"), **dict.fromkeys(no, "")}


def _words(label: str | Promise) -> set[str]:
    """How a label may be written: in any of our languages."""
    words = set()
    for language, _name in settings.LANGUAGES:
        with override(language):
            words.add(_folded(str(label)))
    return words


def _folded(text: str) -> str:
    return "".join(text.split()).casefold()


def _key(programme: Programme, typed: dict[str, str]) -> uuid.UUID:
    """The same row of the same year has the same key, in whatever order its columns stand."""
    said = sorted((name, text) for name, text in typed.items() if text)
    return uuid.uuid5(NAMESPACE, json.dumps([programme.pk, said], ensure_ascii=False))
