"""The office's page on which one judgement is given of several ideas, after a look at what each resident will read."""

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
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext
from unfold.decorators import action

from communities.models import User
from communities.office import OfficeAdmin, works
from communities.refusal import Refused
from communities.written import kept
from proposals.models import Idea
from proposals.office_forms import ScreeningForm
from proposals.screening_rules import why_not_screen
from proposals.services.ideas import Judgement
from proposals.services.preview import preview
from proposals.services.screening_many import screen_many
from proposals.wording import wordings_of

# Nobody reads more previews with care.
MOST = 50
PAGE = "admin/proposals/idea/decide.html"


class DecidingTogether(OfficeAdmin):
    """The list action and its page; the admin of ideas is made of it."""

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.writing_view(self.decide_view)
        return [path("decide/", view, name=self.url_name("decide")), *super().get_urls()]

    @action(description=gettext_lazy("Decide together"), permissions=["work"])
    def decide(self, request: HttpRequest, queryset: models.QuerySet[Idea]) -> HttpResponseRedirect:
        return with_chosen(request, queryset, reverse("admin:proposals_idea_decide"), self.list_url())

    def decide_view(self, request: HttpRequest) -> HttpResponse:
        """Judge, look at the previews, decide; then comes what became of each idea."""
        user = request.user
        if not works(user):
            raise PermissionDenied
        assert isinstance(user, User)
        ideas: Sequence[Any] = chosen_in(request, self.get_queryset(request).with_page_parts())
        if not ideas:
            messages.error(request, _("Choose the ideas in the list first."))
            return redirect(self.list_url())
        wordings = wordings_of(ideas[0].programme.subdistrict_id, ideas)
        others = Idea.objects.handed_in().filter(programme__in={idea.programme_id for idea in ideas})
        form = ScreeningForm(request.POST or None, wordings=wordings, others=others, initial=kept(request))
        years = {idea.programme_id: idea.programme for idea in ideas}.values()
        context = {"form": form, "ideas": ideas, "years": years, "title": _("Decide together"), "back": self.list_url()}
        if not form.is_valid():
            return self.page(request, PAGE, context)
        seen = _fingerprint(form, ideas)
        if "decide" in request.POST and request.POST.get("seen") == seen:
            return self._report(request, form, ideas, user)
        try:
            previews = preview(ideas=ideas, judgement=form.judgement(), by=user, now=timezone.now())
        except Refused as refused:
            form.add_error(None, str(refused))
            return self.page(request, PAGE, context)
        if "decide" in request.POST:
            messages.warning(request, _("Something has changed since the preview. Look at it again, then decide."))
        rows = [(idea, self._why_not(idea, user, form.judgement()), previews[idea.pk]) for idea in ideas]
        return self.page(request, PAGE, {**context, "rows": rows, "seen": seen})

    def _why_not(self, idea: Any, user: User, judgement: Judgement) -> str:
        """Why the idea will be left out, as far as one can tell before."""
        if refused := why_not_screen(user, idea, timezone.now()) or judgement.why_not(idea):
            return str(refused.label)
        if idea.has_opinion:
            return _("There is a first opinion of this idea: it has to be read on the idea's own page.")
        return ""

    def _report(self, request: HttpRequest, form: ScreeningForm, ideas: Sequence[Idea], user: User) -> HttpResponse:
        outcomes = screen_many(ideas=ideas, judgement=form.judgement(), by=user, now=timezone.now())
        done = [outcome.screening for outcome in outcomes if outcome.screening]
        decided = [screening for screening in done if not screening.is_opinion]
        said = ngettext("%d idea is decided.", "%d ideas are decided.", len(decided)) % len(decided)
        context = {
            "title": _("Decide together"),
            "said": said,
            "undoable": decided,
            "opinions": [screening for screening in done if screening.is_opinion],
            "refused": [outcome for outcome in outcomes if outcome.refusal],
            "back": self.list_url(),
        }
        return self.page(request, "admin/proposals/idea/decided.html", context)


def with_chosen(request: HttpRequest, chosen: models.QuerySet[Idea], page: str, back: str) -> HttpResponseRedirect:
    """To the page on which the ideas chosen in the list are dealt with together; back where they are too many."""
    numbers = list(chosen.order_by("submitted_at", "pk").values_list("pk", flat=True)[: MOST + 1])
    if len(numbers) > MOST:
        messages.error(request, _("Choose %d ideas at most, so that you can read what each resident is told.") % MOST)
        return HttpResponseRedirect(back)
    return HttpResponseRedirect(f"{page}?{urlencode([('idea', pk) for pk in numbers])}")


def chosen_in(request: HttpRequest, ideas: models.QuerySet[Idea]) -> list[Idea]:
    """Those of the ideas that the address names."""
    numbers = [pk for pk in request.GET.getlist("idea")[:MOST] if pk.isdecimal() and len(pk) < 10]
    return list(ideas.filter(pk__in=numbers).order_by("submitted_at", "pk"))


def _fingerprint(form: ScreeningForm, ideas: Sequence[Idea]) -> str:
    """Tells whether what is decided is what was looked at: the same judgement of the same texts."""
    looked_at = [(idea.pk, idea.revision) for idea in ideas]
    return sha256(repr((sorted(form.cleaned_data.items()), looked_at)).encode()).hexdigest()
