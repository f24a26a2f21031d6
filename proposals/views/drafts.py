"""Drafts of ideas: saved while somebody writes, found again, and thrown away."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any, TypeVar

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from communities.asked import number_in
from communities.models import Community, User
from communities.refusal import Refused
from programmes.models import Category, Programme
from programmes.querysets import ProgrammeQuerySet
from proposals.enums import ProposalRefusal
from proposals.forms import DRAFTED, DraftForm, IdeaRevisionForm, SubmissionForm
from proposals.models import Idea, IdeaDraft
from proposals.services.drafts import discard_draft, save_draft

Form = TypeVar("Form", SubmissionForm, IdeaRevisionForm)
SAVES = ("save", "replace", "apart")
# What a form brings along besides.
FOLLOWED = ("key", "revision", "draft_revision", "writer", "shows_name")
# Of the keys of revisions.
REVISIONS = uuid.UUID("6d0c7f5c-4b0f-5d5c-9c53-6f1f0f2f3f6e")


@dataclass(frozen=True, slots=True)
class NotKept:
    """Why a draft was not saved; with what another tab has stored, if that is why."""

    refused: str
    conflict: dict[str, Any] | None = None

    def told(self) -> dict[str, Any]:
        """For a page or a piece of one."""
        return {"refused": self.refused, "conflict": self.conflict}


@require_POST
@never_cache
def draft_save(request: HttpRequest) -> HttpResponse:
    """What the page sends by itself while somebody writes; the answer is one line under the form."""
    now = timezone.now()
    if not isinstance(request.user, User):
        return render(request, "proposals/_draft_state.html", {"refused": ProposalRefusal.LOGIN_NEEDED.label})
    if "idea" in request.GET:
        spoken_for = Idea.objects.spoken_for_by(request.user).select_related("programme", "author", "community")
        idea = get_object_or_404(spoken_for, pk=number_in(request.GET["idea"]))
        kept = keep(request, idea.programme, now, idea)
    else:
        kept = keep(request, year_of(Programme.objects.all(), now), now)
    if isinstance(kept, IdeaDraft):
        return render(request, "proposals/_draft_state.html", {"draft": kept, "renumbered": True})
    return render(request, "proposals/_draft_state.html", kept.told())


@never_cache
@login_required
def draft_discard(request: HttpRequest, key: uuid.UUID) -> HttpResponse:
    """Asks once, then throws the draft away."""
    assert isinstance(request.user, User)
    if request.method == "POST":
        discard_draft(key=key, by=request.user)
        messages.success(request, _("The draft is deleted."))
        return redirect("my_ideas")
    draft = get_object_or_404(IdeaDraft, author=request.user, key=key)
    return render(request, "proposals/draft_discard.html", {"draft": draft})


def year_of(years: ProgrammeQuerySet, now: datetime) -> Programme:
    """Of these the one that collects ideas now, else the newest; 404 where there is none."""
    programme = years.collecting(now)
    if programme is None:
        raise Http404
    return programme


def asks_to_save(request: HttpRequest) -> bool:
    """Whether what was sent is to be kept as a draft, not handed in."""
    return any(name in request.POST for name in SAVES)


def keep(request: HttpRequest, programme: Programme, now: datetime, idea: Idea | None = None) -> IdeaDraft | NotKept:
    """Save what the request sends as a draft of the person's, of the revision of an idea if one is given."""
    assert isinstance(request.user, User)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return NotKept(_("This could not be saved. It is still on this page: open a new form and copy it over."))
    if form.is_blank():
        return NotKept(_("Nothing is written yet."))
    try:
        return save_draft(
            programme=programme,
            key=form.form_key(),
            typed=form.typed(),
            seen=form.seen(),
            by=request.user,
            now=now,
            idea=idea,
        )
    except Refused as refused:
        stored = IdeaDraft.objects.filter(author=request.user, key=form.cleaned_data["key"]).first()
        if refused.reason == ProposalRefusal.DRAFT_ELSEWHERE and stored is not None:
            return NotKept(str(refused), _conflict(stored, form.typed()))
        return NotKept(str(refused))


def draft_asked_for(request: HttpRequest, user: User) -> IdeaDraft | None:
    """The draft of the person's that the address names."""
    try:
        key = uuid.UUID(request.GET.get("draft", ""))
    except ValueError:
        return None
    return IdeaDraft.objects.filter(author=user, key=key).first()


def draft_of_revision(request: HttpRequest, user: User, idea: Idea) -> IdeaDraft | None:
    """What the person has written of a revision so far: the draft that the address names, else the latest one."""
    drafts = IdeaDraft.objects.filter(author=user, idea=idea)
    named = draft_asked_for(request, user)
    return drafts.filter(pk=named.pk).first() if named else drafts.first()


def key_of_revision(idea: Idea) -> uuid.UUID:
    """The same in every tab in which this text of the idea is revised."""
    return uuid.uuid5(REVISIONS, f"{idea.pk}/{idea.revision}")


def initial_of(draft: IdeaDraft) -> dict[str, Any]:
    """What the form begins with when a draft is written on. What a revision empties stays empty."""
    emptied = dict.fromkeys(DRAFTED, "") if draft.idea_id else {}
    return emptied | draft.typed | {"key": draft.key, "draft_revision": draft.revision}


def form_kept(form: type[Form], request: HttpRequest, programme: Programme) -> Form:
    """The form as it was sent, without a word about what is still missing: it was to be saved, not handed in."""
    sent = {name: request.POST.get(name, "") for name in (*DRAFTED, *FOLLOWED)}
    return form(None, programme=programme, initial=sent)


def _conflict(stored: IdeaDraft, typed: dict[str, str]) -> dict[str, Any]:
    """What another tab has stored where it differs from what is written here, label by label."""
    fields = SubmissionForm.base_fields
    differing = [
        (fields[name].label, _shown(name, stored.typed.get(name, "")))
        for name in DRAFTED
        if stored.typed.get(name, "") != typed.get(name, "")
    ]
    return {"draft": stored, "differing": differing}


def _shown(name: str, value: str) -> str:
    """A value as people read it: names of places and categories instead of their numbers."""
    named: dict[str, Any] = {"community": Community, "category": Category}
    if name in named and value:
        return str(named[name].objects.filter(pk=number_in(value)).first() or "–")
    if name == "willing_to_join":
        return _("Yes") if value else _("No")
    return value or "–"
