"""The office's pages of ideas: the screening queue, one idea, its screening, and joining several."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.db import models
from django.db.models import Count, F, Max, Min, Q
from django.http import HttpRequest, HttpResponseBase, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.html import format_html
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.decorators import action

from communities.bigrams import SEARCH_LENGTH, Query
from communities.models import User
from communities.office import ListTable, Waiting, only_used, works
from communities.waiting import waited
from programmes.enums import StageKind
from proposals import receipts
from proposals.admin.closing import ClosingTogether
from proposals.admin.deciding import DecidingTogether
from proposals.admin.joining import JoiningDesk
from proposals.admin.reasons import ReasonFigures, ReasonFilter
from proposals.admin.screening import ScreeningDesk
from proposals.admin.single import OneIdeasTables
from proposals.enums import IdeaState
from proposals.handing import to_hand_over
from proposals.models import Idea, IdeaClaim, IdeaEvent, Screening
from proposals.querysets import IdeaQuerySet
from proposals.rules import serves
from proposals.views.tables import office_table


class StateFilter(SimpleListFilter):
    """By state; without a choice the list is the screening queue."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [
            ("all", _("All")),
            ("late", _("Waiting longer than allowed")),
            ("second", _("Waiting for a second officer")),
            ("left", _("To be closed: not revised or joined in time")),
            ("taken", _("Accepted, joined or not")),
            *((state.value, state.label) for state in IdeaState if state not in (IdeaState.DRAFT, IdeaState.SUBMITTED)),
        ]

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:
        queue = changelist.get_query_string(remove=[self.parameter_name])
        yield {"selected": self.value() is None, "query_string": queue, "display": IdeaState.SUBMITTED.label}
        for value, title in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": self.value() == value, "query_string": query, "display": title}

    def queryset(self, request: HttpRequest, queryset: IdeaQuerySet) -> models.QuerySet[Any]:
        match self.value():
            case "all":
                return queryset
            case "late":
                return queryset.screening_overdue(timezone.now())
            case "left":
                return queryset.without_outcome(timezone.now())
            case "second":
                return queryset.filter(has_opinion=True, is_own_opinion=False)
            case "taken":
                return queryset.ever_accepted()
            case state:
                return queryset.filter(state=state or IdeaState.SUBMITTED)


@admin.register(Idea)
class IdeaAdmin(
    DecidingTogether, ClosingTogether, ReasonFigures, OneIdeasTables, JoiningDesk, ScreeningDesk, ListTable
):
    list_display = ["title", "state_shown", "community", "category", "age", "second_officer", "channel"]
    list_filter = [
        StateFilter,
        only_used("programme"),
        only_used("community"),
        only_used("category"),
        ReasonFilter,
        "channel",
    ]
    list_select_related = ["community", "category", "programme"]
    list_filter_submit = False
    search_fields = ["title", "problem", "solution", "author__display_name"]
    ordering = ["submitted_at", "pk"]
    actions = ["decide", "join", "close"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "title",
                    "problem",
                    "solution",
                    "location_text",
                    "beneficiaries",
                    "beneficiary_estimate",
                    "own_contribution",
                    "willing_to_join",
                ]
            },
        ),
        (
            gettext_lazy("Where it comes from"),
            {
                "fields": [
                    "community",
                    "category",
                    "author",
                    "phone",
                    "contributor_name",
                    "consent_version",
                    "consent_at",
                    "name_consent_at",
                    "channel",
                    "entered_by",
                    "receipt",
                    "submitted_at",
                ]
            },
        ),
    ]
    readonly_fields = ["phone", "receipt", "consent_version", "consent_at", "name_consent_at"]
    list_before_template = "admin/proposals/idea/_queue.html"
    change_form_template = "admin/proposals/idea/change_form.html"

    def scoped(self, queryset: IdeaQuerySet, user: User) -> IdeaQuerySet:
        return queryset.in_office_of(user)

    def get_search_results(
        self, request: HttpRequest, queryset: models.QuerySet[Any], search_term: str
    ) -> tuple[models.QuerySet[Any], bool]:
        """By the words of the text as on the site, by the author's name, or by the number of a receipt."""
        if not search_term:
            return queryset, False
        found = Idea.objects.with_all_words(Query.of(search_term[:SEARCH_LENGTH]))
        written = Idea.objects.filter(
            Q(author__display_name__icontains=search_term) | Q(contributor_name__icontains=search_term)
        )
        by_receipt = Q(receipt=receipts.read(search_term)) if receipts.read(search_term) else Q(pk__in=[])
        return queryset.filter(by_receipt | Q(pk__in=found.values("pk")) | Q(pk__in=written.values("pk"))), False

    def get_queryset(self, request: HttpRequest) -> IdeaQuerySet:
        """What was never handed in is its author's alone, whoever asks."""
        ideas: IdeaQuerySet = super().get_queryset(request)
        handed_in = ideas.handed_in().exclude(state=IdeaState.DRAFT)
        user = request.user
        assert isinstance(user, User)
        return handed_in.with_lateness(timezone.now()).with_opinion(user)

    def waiting(self, request: HttpRequest) -> list[Waiting]:
        ideas = self.get_queryset(request).order_by()
        submitted, accepted = Q(state=IdeaState.SUBMITTED), Q(state=IdeaState.ACCEPTED)
        late = Q(is_late=True)
        screening = Q(programme__stages__kind=StageKind.SCREENING)
        joining = Q(programme__stages__kind=StageKind.PROPOSAL_INCUBATION)
        closes = "programme__stages__closes_at"
        # Each idea comes once for every stage of its year, hence the distinct counts.
        found = ideas.aggregate(
            submitted=Count("pk", filter=submitted, distinct=True),
            oldest=Min("submitted_at", filter=submitted),
            due=Min(closes, filter=submitted & screening & ~late),
            late=Count("pk", filter=late, distinct=True),
            accepted=Count("pk", filter=accepted, distinct=True),
            join_by=Min(closes, filter=accepted & joining),
        )
        acceptances = IdeaEvent.objects.in_force().filter(
            idea__in=ideas.filter(accepted).values("pk"), to_state=IdeaState.ACCEPTED
        )
        accepted_since = acceptances.aggregate(oldest=Min("at"))["oldest"]
        latest = (
            ideas.filter(late).select_related("programme").order_by("submitted_at").first() if found["late"] else None
        )
        queue = self.list_url()
        unjoined = self.joining_url() if works(request.user) else self.list_url(state=IdeaState.ACCEPTED.value)
        return [
            Waiting(_("Ideas awaiting screening"), found["submitted"], queue, found["oldest"], found["due"]),
            Waiting(
                _("Ideas that wait longer than allowed"),
                found["late"],
                self.list_url(state="late"),
                due=latest.programme.answer_by(latest.submitted_at) if latest else None,
                overdue=True,
            ),
            Waiting(
                _("Accepted ideas not yet joined into a proposal"),
                found["accepted"],
                unjoined,
                accepted_since,
                found["join_by"],
            ),
            *self._left(ideas),
            *self._claims(request, ideas),
            *self._answers(request, ideas),
        ]

    def _left(self, ideas: IdeaQuerySet) -> Iterator[Waiting]:
        """What would stay without an outcome, since when it is in its state."""
        left = ideas.without_outcome(timezone.now())
        moved = Max("events__at", filter=Q(events__to_state=F("state"), events__undoes__isnull=True))
        found = left.annotate(since=moved).aggregate(count=Count("pk"), oldest=Min("since"))
        yield Waiting(
            _("Ideas to be closed: not revised or joined in time"),
            found["count"],
            self.list_url(state="left"),
            found["oldest"],
        )

    def _claims(self, request: HttpRequest, ideas: IdeaQuerySet) -> Iterator[Waiting]:
        """Ideas on paper of which residents say that they are theirs; who decides about them does so at the desk."""
        if works(request.user):
            claims = IdeaClaim.objects.for_officers().filter(idea__in=ideas.values("pk")).order_by()
            found = claims.aggregate(count=Count("pk"), oldest=Min("at"))
            yield Waiting(_("Whose idea is it?"), found["count"], reverse("desk_claims"), found["oldest"])

    def _answers(self, request: HttpRequest, ideas: IdeaQuerySet) -> Iterator[Waiting]:
        """What residents without an account are still to be told, at the desk."""
        if works(request.user):
            answers = to_hand_over(timezone.now()).filter(idea__in=ideas.values("pk")).order_by()
            found = answers.aggregate(count=Count("pk"), oldest=Min("at"))
            yield Waiting(_("Answers to pass on"), found["count"], reverse("desk_answers"), found["oldest"])

    @admin.display(description=gettext_lazy("waiting for"), ordering="submitted_at")
    def age(self, idea: Idea) -> str:
        if idea.state != IdeaState.SUBMITTED or idea.submitted_at is None:
            return "–"
        age = waited(idea.submitted_at)
        if not idea.is_late:  # type: ignore[attr-defined]
            last = date_format(idea.programme.answer_by(idea.submitted_at), "SHORT_DATE_FORMAT")
            return format_html('{}<br><small class="whitespace-nowrap">{}</small>', age, _("answer by %s") % last)
        return format_html('{} <span class="state" data-state="OVERDUE">{}</span>', age, _("late"))

    @admin.display(description=gettext_lazy("second officer"))
    def second_officer(self, idea: Idea) -> str:
        if not idea.has_opinion:  # type: ignore[attr-defined]
            return "–"
        if idea.is_own_opinion:  # type: ignore[attr-defined]
            return _("a colleague decides")
        return format_html('<span class="state" data-state="PENDING">{}</span>', _("waits for a second officer"))

    @admin.display(description=gettext_lazy("phone"))
    def phone(self, idea: Idea) -> str:
        """The author's, else the one that was written down and may not be theirs."""
        if idea.author is None and (offer := idea.claims.offers().select_related("user").last()):
            return f"{offer.user.masked_phone} ({offer.outcome})"
        return (idea.author.masked_phone if idea.author else "") or "–"

    def around(self, idea: Idea, user: User) -> dict[str, Any]:
        screenable = works(user) and idea.state == IdeaState.SUBMITTED and not idea.is_own_opinion  # type: ignore[attr-defined]
        return {
            "screen_url": reverse("admin:proposals_idea_screen", args=[idea.pk]) if screenable else "",
            "may_take_down": serves(user, idea.community),
            "screenings": idea.screenings.select_related("officer", "event__undone_by"),
            "undoable": Screening.objects.undoable_by(user, timezone.now()).filter(idea=idea),
            "events": idea.events.select_related("actor"),
            "supporters": idea.secondings.count(),
            "now": timezone.now(),
            "joined": idea.consolidations.in_force().select_related("proposal").first(),
        }

    def table_of(self, rows: IdeaQuerySet, kind: str) -> HttpResponseBase:
        return office_table(rows, kind)

    @action(description=gettext_lazy("Join into a proposal"), permissions=["work"])
    def join(self, request: HttpRequest, queryset: models.QuerySet[Idea]) -> HttpResponseRedirect:
        chosen = urlencode([("idea", pk) for pk in queryset.values_list("pk", flat=True)])
        return HttpResponseRedirect(f"{self.joining_url()}?{chosen}")
