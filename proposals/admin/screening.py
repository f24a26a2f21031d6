"""The screening desk: one idea per screen, the one that waits longest first."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Q
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from communities.asked import number_in
from communities.models import User
from communities.office import OfficeAdmin, works
from communities.refusal import Refused
from communities.written import kept
from programmes.workdays import announced
from proposals.enums import IdeaState, ProposalRefusal
from proposals.models import Idea, Screening
from proposals.office_forms import ScreeningForm
from proposals.services.ideas import screen, undo_screening
from proposals.services.preview import preview
from proposals.similar import Draft, Similar, similar_ideas
from proposals.wording import wordings_of

SIMILAR = 6
# More would hide the page below them; older ones are on the pages of their ideas.
UNDOABLE = 3


class ScreeningDesk(OfficeAdmin):
    """The pages on which ideas are judged; the admin of ideas is made of it."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("<int:pk>/screen/", self.admin_site.writing_view(self.screen_view), name=self.url_name("screen")),
            path("queue/", wrap(self.queue_view), name=self.url_name("queue")),
            path("screenings/<int:pk>/undo/", wrap(require_POST(self.take_back_view)), name=self.url_name("undo")),
            *super().get_urls(),
        ]

    def screen_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Judge one idea; with "save and next" the one that waits longest comes after it."""
        user = request.user
        if not works(user):
            raise PermissionDenied
        assert isinstance(user, User)
        idea = self.fetch(request, pk)
        wordings = wordings_of(idea.programme.subdistrict_id, [idea])
        others = Idea.objects.handed_in().filter(programme=idea.programme_id).exclude(pk=idea.pk)
        form = ScreeningForm(request.POST or None, wordings=wordings, others=others, initial=kept(request))
        if form.is_valid() and "preview" in request.POST:
            return self._preview(request, idea, form, user)
        if form.is_valid():
            try:
                screening = screen(
                    idea=idea,
                    judgement=form.judgement(),
                    by=user,
                    now=timezone.now(),
                    seen=_number(request, "opinion"),
                    revision=_number(request, "revision") or 0,
                )
            except Refused as refused:
                form.add_error(None, str(refused))
                if refused.reason == ProposalRefusal.STALE:
                    return self._compare(request, pk, form)
            else:
                messages.success(request, _said(screening))
                return redirect(self._after(request, idea) if "next" in request.POST else self.row_url(idea))
        elif request.method == "GET" and idea.state != IdeaState.SUBMITTED:
            messages.info(request, _("This idea does not wait for screening: %s.") % idea.get_state_display())
            return redirect(self.row_url(idea))
        elif request.method == "GET" and idea.is_own_opinion:
            messages.info(request, _("You have given your opinion of this idea; a colleague decides."))
            return redirect(self.row_url(idea))
        return self.page(request, "admin/proposals/idea/screen.html", self._screen_context(request, idea, form))

    def take_back_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Take back one's own decision; the idea is on the screen again, or on its page if it was closed."""
        user = request.user
        if not works(user):
            raise PermissionDenied
        assert isinstance(user, User)
        ideas = self.get_queryset(request).values("pk")
        screening = get_object_or_404(Screening.objects.select_related("idea"), pk=pk, idea__in=ideas)
        try:
            idea = undo_screening(screening=screening, by=user, now=timezone.now())
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect(self.row_url(screening.idea))
        if idea.state != IdeaState.SUBMITTED:
            messages.success(request, _("“%s” is open as before; nobody has been told anything.") % idea)
            return redirect(self.row_url(idea))
        messages.success(request, _("“%s” waits again; nobody has been told anything. Decide anew.") % idea)
        return redirect("admin:proposals_idea_screen", idea.pk)

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        return super().changelist_view(request, {"undoable": just_decided(request), **(extra_context or {})})

    def _compare(self, request: HttpRequest, pk: int, form: ScreeningForm) -> HttpResponse:
        """What was typed beside the text as it is now, to be looked at and sent again."""
        context = self._screen_context(request, self.fetch(request, pk), form)
        return self.page(request, "admin/proposals/idea/screen.html", {**context, "revision": context["idea"].revision})

    def _preview(self, request: HttpRequest, idea: Idea, form: ScreeningForm, user: User) -> HttpResponse:
        """The same page once more, with what the resident will read; nothing is decided."""
        if _number(request, "revision") != idea.revision:
            form.add_error(None, ProposalRefusal.STALE.label)
            return self._compare(request, idea.pk, form)
        previews = []
        try:
            previews = preview(ideas=[idea], judgement=form.judgement(), by=user, now=timezone.now())[idea.pk]
        except Refused as refused:
            form.add_error(None, str(refused))
        context = {"previews": previews, "asked": not form.errors, **self._screen_context(request, idea, form)}
        return self.page(request, "admin/proposals/idea/screen.html", context)

    def _screen_context(self, request: HttpRequest, idea: Idea, form: ScreeningForm) -> dict[str, Any]:
        place, waiting = self._queue(request).queue_place(idea)
        return {
            "form": form,
            "idea": idea,
            # A page that is shown again still stands for the text that was read first.
            "revision": idea.revision if request.method == "GET" else _number(request, "revision"),
            "title": idea.title,
            "place": place if idea.state == IdeaState.SUBMITTED and idea.author_id != request.user.pk else 0,
            "waiting": waiting,
            **_deadline(idea),
            "opinion": Screening.objects.opinion_of(idea) if idea.state == IdeaState.SUBMITTED else None,
            "screenings": idea.screenings.select_related("officer", "event__undone_by", "duplicate_of"),
            "undoable": just_decided(request),
            "similar": self._similar(request, idea),
            "others": self._others(request, idea),
            "skip_url": self._after(request, idea),
            "back": self.row_url(idea),
        }

    def queue_view(self, request: HttpRequest) -> HttpResponse:
        """The idea that waits longest, to be screened."""
        first = self._queue(request).first()
        if first is None:
            messages.info(request, _("No idea awaits screening."))
            return redirect(self.list_url())
        return redirect("admin:proposals_idea_screen", first.pk)

    def _queue(self, request: HttpRequest) -> Any:
        """What awaits screening by this officer: not by its own author, and in doubt not by the same officer twice."""
        waiting = self.get_queryset(request).awaiting_screening()
        return waiting.exclude(author=request.user).exclude(is_own_opinion=True)

    def _after(self, request: HttpRequest, idea: Idea) -> str:
        """The page of the next idea in the queue, from the top again at its end; the list when nothing waits."""
        queue = self._queue(request).exclude(pk=idea.pk)
        later = Q(submitted_at__gt=idea.submitted_at) | Q(submitted_at=idea.submitted_at, pk__gt=idea.pk)
        following = queue.filter(later).first() or queue.first()
        return reverse("admin:proposals_idea_screen", args=[following.pk]) if following else self.list_url()

    def _similar(self, request: HttpRequest, idea: Idea) -> list[Similar]:
        """What others of the year say alike, the closest first: the likely duplicates."""
        others = self.get_queryset(request).exclude(pk=idea.pk).exclude(state=IdeaState.WITHDRAWN)
        return similar_ideas(Draft.of(idea), idea.programme_id, others.with_page_parts(), limit=SIMILAR)

    def _others(self, request: HttpRequest, idea: Idea) -> models.QuerySet[Idea]:
        """What else the author has handed in, newest first, of all years."""
        others = self.get_queryset(request).exclude(pk=idea.pk).filter(author=idea.author_id, author__isnull=False)
        return others.select_related("programme").order_by("-submitted_at")[:8]


def just_decided(request: HttpRequest) -> list[Screening]:
    """The officer's latest decisions that can still be taken back."""
    user = request.user
    if not isinstance(user, User):
        return []
    return list(Screening.objects.undoable_by(user, timezone.now())[:UNDOABLE])


def _deadline(idea: Idea) -> dict[str, Any]:
    """The last day for an answer, and whether the holidays until then are known yet."""
    if idea.submitted_at is None:
        return {}
    last = idea.programme.answer_by(idea.submitted_at)
    return {"answer_by": last, "estimated": not announced(last)}


def _number(request: HttpRequest, name: str) -> int | None:
    """What the page showed: the number of the first opinion, or the revision of the text."""
    return number_in(request.POST.get(name))


def _said(screening: Screening) -> str:
    facts = {"idea": screening.idea, "decision": screening.get_decision_display()}
    if screening.is_opinion:
        return _("“%(idea)s”: your opinion is kept (%(decision)s). Because of the doubt a colleague decides.") % facts
    return _("“%(idea)s”: %(decision)s.") % facts
