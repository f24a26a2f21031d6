"""Drafts of ideas: saved while somebody writes, found again, and thrown away."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from communities.models import Community, User
from communities.refusal import Refused
from programmes.enums import Action
from programmes.models import Category, Programme
from proposals.enums import ProposalRefusal
from proposals.forms import DRAFTED, DraftForm, SubmissionForm
from proposals.models import IdeaDraft
from proposals.services.drafts import discard_draft, save_draft


@dataclass(frozen=True, slots=True)
class NotKept:
    """Why a draft was not saved; with what another tab has stored, if that is why."""

    refused: str
    conflict: dict[str, Any] | None = None


@require_POST
@never_cache
def draft_save(request: HttpRequest) -> HttpResponse:
    """What the page sends by itself while somebody writes; the answer is one line under the form."""
    now = timezone.now()
    programme = Programme.objects.allowing(Action.SUBMIT_IDEA, now).newest_first().first() or get_object_or_404(
        Programme.objects.newest_first()[:1]
    )
    if not isinstance(request.user, User):
        return render(request, "proposals/_draft_state.html", {"refused": ProposalRefusal.LOGIN_NEEDED.label})
    kept = keep(request, programme, now)
    if isinstance(kept, IdeaDraft):
        return render(request, "proposals/_draft_state.html", {"draft": kept, "renumbered": True})
    return render(request, "proposals/_draft_state.html", {"refused": kept.refused, "conflict": kept.conflict})


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


def keep(request: HttpRequest, programme: Programme, now: datetime) -> IdeaDraft | NotKept:
    """Save what the request sends as a draft of the person's."""
    assert isinstance(request.user, User)
    form = DraftForm(request.POST)
    if not form.is_valid():
        return NotKept(_("This could not be saved. It is still on this page: open a new form and copy it over."))
    if form.is_blank():
        return NotKept(_("Nothing is written yet."))
    try:
        return save_draft(
            programme=programme, key=form.form_key(), typed=form.typed(), seen=form.seen(), by=request.user, now=now
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


def initial_of(draft: IdeaDraft) -> dict[str, Any]:
    """What the form begins with when a draft is written on."""
    return draft.typed | {"key": draft.key, "draft_revision": draft.revision}


def form_kept(request: HttpRequest, programme: Programme) -> SubmissionForm:
    """The form as it was sent, without a word about what is still missing: it was to be saved, not handed in."""
    sent = {name: request.POST.get(name, "") for name in (*DRAFTED, "key", "draft_revision", "writer", "shows_name")}
    return SubmissionForm(None, programme=programme, initial=sent)


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
    if name in named and value.isdecimal():
        return str(named[name].objects.filter(pk=value).first() or "–")
    if name == "willing_to_join":
        return _("Yes") if value else _("No")
    return value or "–"
