"""One search over ideas, proposals and projects, of what the person may read."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.models import AnonymousUser
from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.functional import Promise
from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from communities.bigrams import SEARCH_LENGTH, Query, Span, best_window, parts, spans
from communities.fulltext import SearchableQuerySet
from communities.models import User
from communities.pages import page_of
from projects.models import Project
from proposals.models import Idea, Proposal

EXCERPT_LENGTH = 90
SIMILAR = 10


@dataclass(frozen=True, slots=True)
class Kind:
    """Something to search in; `texts` are the fields an excerpt may come from."""

    code: str
    label: str | Promise
    rows: Callable[[User | AnonymousUser], SearchableQuerySet[Any]]
    texts: Sequence[str]


KINDS = (
    Kind(
        "ideas",
        _("Ideas"),
        lambda user: Idea.objects.visible_to(user).with_told().select_related("community", "programme"),
        ("problem", "solution", "location_text"),
    ),
    Kind(
        "proposals",
        _("Proposals"),
        lambda user: Proposal.objects.visible_to(user).with_shown_team().select_related("community", "programme"),
        ("summary", "goal", "needs_analysis", "plan", "shown_team"),
    ),
    Kind(
        "projects",
        _("Projects"),
        lambda _user: Project.objects.select_related("community"),
        ("lead",),
    ),
)


@dataclass(frozen=True, slots=True)
class Tab:
    kind: Kind
    count: int
    current: bool


@dataclass(frozen=True, slots=True)
class Hit:
    """One row found: its title, and where its text is nearest to what was looked for, both marked."""

    row: Any
    title: SafeString
    excerpt: SafeString


def search(request: HttpRequest) -> HttpResponse:
    """The box alone; with `?q=` what holds all its words, else what holds most of it."""
    typed = " ".join(request.GET.get("q", "").replace("\0", " ").split())
    text = typed[:SEARCH_LENGTH]
    context: dict[str, Any] = {"text": text, "cut": len(typed) > SEARCH_LENGTH, "length": SEARCH_LENGTH}
    query = Query.of(text)
    if query:
        context |= _found(request, query)
    return render(request, "projects/search.html", context)


def _found(request: HttpRequest, query: Query) -> dict[str, Any]:
    """The hits of the kind that was chosen, else of the first that has some; without any, what is similar."""
    counts = {kind: kind.rows(request.user).with_all_words(query).count() for kind in KINDS}
    chosen = next((kind for kind in KINDS if kind.code == request.GET.get("kind")), None)
    kind = chosen or next((kind for kind in KINDS if counts[kind]), None)
    found: dict[str, Any] = {}
    if kind is not None and counts[kind]:
        page = page_of(request, kind.rows(request.user).with_all_words(query).best_first(query), count=counts[kind])
        found = {"page": page, "hits": [hit(row, query, kind.texts) for row in page]}
    else:
        kind, similar = _similar(request, query, [kind] if kind else KINDS)
        found = {"similar": [hit(row, query, kind.texts, any_word=True) for row in similar]}
    tabs = [Tab(each, counts[each], each is kind) for each in KINDS]
    return found | {"tabs": tabs, "kind": kind, "total": sum(counts.values())}


def _similar(request: HttpRequest, query: Query, kinds: Sequence[Kind]) -> tuple[Kind, list[Model]]:
    """What shares most characters, of the first kind that has any."""
    for kind in kinds:
        rows = list(kind.rows(request.user).similar_to(query)[:SIMILAR])
        if rows:
            return kind, rows
    return kinds[0], []


def hit(row: Any, query: Query, texts: Sequence[str], *, any_word: bool = False) -> Hit:
    """A row as it is shown; `texts` are the fields that its excerpt may come from."""
    title = marked(row.title, spans(row.title, query, any_word=any_word))
    return Hit(row, title, excerpt([getattr(row, name) for name in texts], query, any_word=any_word))


def excerpt(texts: Sequence[str], query: Query, *, any_word: bool) -> SafeString:
    """The stretch of the texts that shows the most different words, the first such; the first text's beginning else."""
    found = [(text, spans(text, query, any_word=any_word)) for text in texts if text]
    if not found:
        return SafeString()
    windows = [best_window(text, where, EXCERPT_LENGTH) for text, where in found]
    best = max(range(len(found)), key=lambda place: windows[place][0])
    (text, where), window = found[best], windows[best][1]
    before = "…" if window.start else ""
    after = "…" if window.end < len(text) else ""
    return format_html("{}{}{}", before, marked(text, where, window), after)


def marked(text: str, where: Sequence[Span], window: Span | None = None) -> SafeString:
    """The text as HTML with its spans in `<mark>`; whatever people wrote is escaped."""
    return format_html_join(
        "",
        "{}",
        [
            (format_html("<mark>{}</mark>", part.text) if part.marked else part.text,)
            for part in parts(text, where, window)
        ],
    )
