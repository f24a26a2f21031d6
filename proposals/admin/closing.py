"""The office's page on which ideas that were not revised or joined in time are closed, after a look at what residents read."""

from __future__ import annotations

from collections.abc import Sequence
from hashlib import sha256
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import action

from communities.models import User
from communities.office import OfficeAdmin, works
from communities.written import kept
from proposals.admin.deciding import MOST, chosen_in, with_chosen
from proposals.enums import CLOSING_REASONS, DECISION_STATES, IdeaState
from proposals.models import Idea, IdeaEvent
from proposals.office_forms import ClosingForm
from proposals.screening_rules import why_not_close
from proposals.services.preview import told_by
from proposals.services.screening_many import close_many
from proposals.wording import wordings_of

PAGE = "admin/proposals/idea/close.html"


class ClosingTogether(OfficeAdmin):
    """The list action and its page; the admin of ideas is made of it."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.writing_view(self.close_view)
        return [path("close/", view, name=self.url_name("close")), *super().get_urls()]

    @action(description=gettext_lazy("Close what was left over"), permissions=["work"])
    def close(self, request: HttpRequest, queryset: models.QuerySet[Idea]) -> HttpResponseRedirect:
        return with_chosen(request, queryset, reverse("admin:proposals_idea_close"), self.list_url())

    def close_view(self, request: HttpRequest) -> HttpResponse:
        """Say what becomes of them, look at what each author is told, close; then comes what became of each idea."""
        user = request.user
        if not works(user):
            raise PermissionDenied
        assert isinstance(user, User)
        ideas: Sequence[Any] = chosen_in(request, self.get_queryset(request).with_page_parts())
        if not ideas:
            messages.error(request, _("Choose the ideas in the list first."))
            return redirect(self.list_url(state="left"))
        wordings = wordings_of(ideas[0].programme.subdistrict_id, ideas)
        form = ClosingForm(request.POST or None, wordings=wordings, initial=kept(request))
        back = self.list_url(state="left")
        context = {"form": form, "ideas": ideas, "title": _("Close what was left over"), "back": back, "most": MOST}
        if not form.is_valid():
            return self.page(request, PAGE, context)
        notes = {idea: form.said(reason) for idea in ideas if (reason := CLOSING_REASONS.get(IdeaState(idea.state)))}
        seen = _fingerprint(form, notes)
        if "decide" in request.POST and request.POST.get("seen") == seen:
            return self._closed(request, form, notes, user)
        if "decide" in request.POST:
            messages.warning(request, _("Something has changed since the preview. Look at it again, then decide."))
        now = timezone.now()
        events = [_event(idea, note, form, user) for idea, note in notes.items()]
        previews = told_by(events, form.to(), now)
        refusals = {idea: why_not_close(user, idea, now) for idea in ideas}
        rows = [
            (idea, why_not.label if (why_not := refusals[idea]) else "", previews.get(idea.pk, [])) for idea in ideas
        ]
        return self.page(request, PAGE, {**context, "rows": rows, "seen": seen})

    def _closed(self, request: HttpRequest, form: ClosingForm, notes: dict[Idea, str], user: User) -> HttpResponse:
        decision = form.cleaned_data["decision"]
        outcomes = close_many(notes=notes, decision=decision, by=user, now=timezone.now(), to=form.to())
        closed = sum(outcome.screening is not None for outcome in outcomes)
        context = {
            "title": _("Close what was left over"),
            "said": ngettext("%d idea is closed.", "%d ideas are closed.", closed) % closed,
            "undoable": [outcome.screening for outcome in outcomes if outcome.screening],
            "refused": [outcome for outcome in outcomes if outcome.refusal],
            "back": self.list_url(state="left"),
        }
        return self.page(request, "admin/proposals/idea/decided.html", context)


def _event(idea: Idea, note: str, form: ClosingForm, by: User) -> IdeaEvent:
    """As it would be stored."""
    state = IdeaState(idea.state)
    to = DECISION_STATES[form.cleaned_data["decision"]]
    words = {"reason": CLOSING_REASONS[state], "note": note}
    return IdeaEvent(idea=idea, actor=by, from_state=state, to_state=to, at=timezone.now(), **words)


def _fingerprint(form: ClosingForm, notes: dict[Idea, str]) -> str:
    """Tells whether what is decided is what was looked at."""
    looked_at = [(idea.pk, idea.state, note) for idea, note in notes.items()]
    return sha256(repr((sorted(form.cleaned_data.items()), looked_at)).encode()).hexdigest()
