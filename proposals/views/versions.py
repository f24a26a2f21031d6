"""The versions of an idea that were handed in, side by side with what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_GET

from proposals.changes import Piece, pieces
from proposals.forms import IdeaForm
from proposals.models import Idea

# In the order of the form.
COMPARED = (
    "title",
    "community",
    "category",
    "problem",
    "solution",
    "location_text",
    "beneficiaries",
    "own_contribution",
)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What a field says in both versions, as one text in pieces."""

    label: str
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Step:
    """From one version to the next, which has the number (from 2 on) and was handed in then."""

    number: int
    version: Any
    changes: Sequence[FieldChange]


@require_GET
def idea_versions(request: HttpRequest, pk: int) -> HttpResponse:
    """Every version beside the one before it, the latest change first; for whoever may read the idea."""
    idea = get_object_or_404(Idea.objects.visible_to(request.user).select_related("programme", "community"), pk=pk)
    versions = list(handed_in(idea).select_related("community", "category"))
    steps = [
        Step(number, after, _changes(before, after)) for number, (before, after) in enumerate(pairwise(versions), 2)
    ]
    context = {"idea": idea, "steps": list(reversed(steps)), "first": versions[0] if versions else None}
    return render(request, "proposals/idea_versions.html", context)


def handed_in(idea: Idea) -> QuerySet[Any]:
    """The versions that the office got, the first one first; what was only a draft is not among them."""
    versions: QuerySet[Any] = idea.versions.filter(submitted_at__isnull=False)  # type: ignore[attr-defined]
    return versions.order_by("pgh_id")


def _changes(before: Any, after: Any) -> list[FieldChange]:
    """The fields that differ, each under the label it has in the form."""
    texts = ((name, str(getattr(before, name)), str(getattr(after, name))) for name in COMPARED)
    return [
        FieldChange(str(IdeaForm.base_fields[name].label), pieces(old, new)) for name, old, new in texts if old != new
    ]
