"""The versions of an idea that were handed in, side by side with what changed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from communities.models import User
from communities.telling import telling
from communities.written import kept, log_in_to_write
from proposals.changes import Piece, pieces
from proposals.forms import IdeaForm, WithholdForm
from proposals.models import VERSIONED, Idea, WithheldVersion
from proposals.rules import serves
from proposals.services.versions import withhold_version

# In the order of the form.
COMPARED = tuple(name for name in IdeaForm.base_fields if name in VERSIONED)


@dataclass(frozen=True, slots=True)
class FieldChange:
    """What a field says in both versions, as one text in pieces."""

    label: str
    pieces: Sequence[Piece]


@dataclass(frozen=True, slots=True)
class Withheld:
    """A version by its number, and why nobody reads it."""

    number: int
    reason: str


@dataclass(frozen=True, slots=True)
class Step:
    """From one version to the next, which has the number (from 2 on) and was handed in then.

    `withheld` names those of the two that are out of sight; then only officers get the changes.
    """

    number: int
    version: Any
    changes: Sequence[FieldChange]
    withheld: Sequence[Withheld]

    @property
    def earlier(self) -> int:
        return self.number - 1

    @property
    def earlier_is_open(self) -> bool:
        return self.earlier not in {each.number for each in self.withheld}


@require_GET
def idea_versions(request: HttpRequest, pk: int) -> HttpResponse:
    """Every version beside the one before it, the latest change first; for whoever may read the idea."""
    idea = get_object_or_404(Idea.objects.visible_to(request.user).select_related("programme", "community"), pk=pk)
    in_office = serves(request.user, idea.community)
    versions = list(idea.handed_in_versions().select_related("community", "category"))
    context = {
        "idea": idea,
        "steps": list(reversed(_steps(idea, versions, in_office=in_office))),
        "first": versions[0] if versions else None,
        "in_office": in_office,
    }
    return render(request, "proposals/idea_versions.html", context)


@never_cache
@log_in_to_write
def idea_version_withhold(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """An officer reads an earlier version, says why, and takes it out of sight."""
    assert isinstance(request.user, User)
    idea = get_object_or_404(Idea.objects.visible_to(request.user).select_related("programme", "community"), pk=pk)
    if not serves(request.user, idea.community):
        raise PermissionDenied
    versions = list(idea.handed_in_versions().select_related("community", "category"))
    if not 0 < number < len(versions):
        raise Http404
    form = WithholdForm(request.POST or None, initial=kept(request))
    if request.method == "POST" and form.is_valid():
        act = {"number": number, "reason": form.cleaned_data["reason"], "now": timezone.now()}
        with telling(request, _("The version is withheld; everyone reads why.")):
            withhold_version(idea=idea, by=request.user, **act)
        return redirect("idea_versions", pk=pk)
    version = versions[number - 1]
    texts = [(_label(name), words) for name in COMPARED if (words := _words(version, name))]
    context = {"idea": idea, "number": number, "texts": texts, "form": form}
    return render(request, "proposals/version_withhold.html", context)


def _steps(idea: Idea, versions: Sequence[Any], *, in_office: bool) -> list[Step]:
    reasons = dict(WithheldVersion.objects.filter(version__pgh_obj=idea).values_list("version", "reason"))
    steps = []
    for number, (before, after) in enumerate(pairwise(versions), 2):
        both = ((number - 1, before), (number, after))
        withheld = [Withheld(each, reasons[version.pk]) for each, version in both if version.pk in reasons]
        changes = _changes(before, after) if in_office or not withheld else []
        steps.append(Step(number, after, changes, withheld))
    return steps


def _changes(before: Any, after: Any) -> list[FieldChange]:
    """The fields that differ, each under the label it has in the form."""
    texts = ((name, _words(before, name), _words(after, name)) for name in COMPARED)
    return [FieldChange(_label(name), pieces(old, new)) for name, old, new in texts if old != new]


def _words(version: Any, name: str) -> str:
    value = getattr(version, name)
    return "" if value is None else str(value)


def _label(name: str) -> str:
    return str(IdeaForm.base_fields[name].label)
