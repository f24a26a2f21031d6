"""The office's pages of proposals: writing one with its budget, taking it through its states, undoing a joining."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django.contrib import admin, messages
from django.db import models
from django.db.models import Count, F, Max, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities.bigrams import SEARCH_LENGTH, Query
from communities.models import User
from communities.office import OfficeInline, Verb, Waiting, only_used, works
from communities.refusal import Refused
from programmes.enums import StageKind
from programmes.models import Category
from proposals.admin.asking import HandInForm, LeadForm, ReenterForm, UndoForm, WhyForm
from proposals.admin.load import LoadOfOrganisations
from proposals.document import completeness_of
from proposals.enums import (
    PROPOSAL_EDITABLE_STATES,
    PROPOSAL_OPEN_STATES,
    PROPOSAL_TRANSITIONS,
    ProposalRefusal,
    ProposalState,
)
from proposals.models import BudgetLine, Consolidation, Proposal, ProposalEvent
from proposals.money import yuan
from proposals.office_forms import FACTS, TEXTS, BudgetFormSet, ProposalForm, budget_initial
from proposals.querysets import ProposalQuerySet
from proposals.repeats import repeats_of
from proposals.rules import is_in_a_contest
from proposals.services.document import document_of
from proposals.services.joining import undo_consolidation
from proposals.services.pool import keep_in_pool, reenter
from proposals.services.proposals import edit_proposal, move_proposal, name_lead
from proposals.views.tables import office_proposals_table


def _move(
    to: ProposalState, label: Promise, *, offered: Callable[[Proposal], bool] | None = None, **parts: Any
) -> Verb:
    def act(proposal: Proposal, user: User, **asked: Any) -> str:
        move_proposal(proposal=proposal, to=to, by=user, now=timezone.now(), **asked)
        return _("The proposal is now: %s.") % proposal.get_state_display()

    def possible(proposal: Proposal) -> bool:
        return to in PROPOSAL_TRANSITIONS[ProposalState(proposal.state)]

    return Verb(parts.pop("name", to.lower()), label, act, offered or possible, **parts)


# What both ends of a proposal mean for its ideas.
ENDS = gettext_lazy(
    "The proposal ends and cannot be taken up again. Its ideas are accepted again and can be joined into another one, "
    "unless a contest has judged it; the authors are told why."
)


def _name_lead(proposal: Proposal, user: User, *, lead: User) -> str:
    name_lead(proposal=proposal, lead=lead, by=user, now=timezone.now())
    return _("%s speaks for the proposal now.") % lead


def _reenter(proposal: Proposal, user: User, *, category: Category) -> str:
    later = reenter(proposal=proposal, category=category, by=user, now=timezone.now())
    return _("“%(title)s” is a draft of %(programme)s now.") % {"title": later, "programme": later.programme}


def _keep(proposal: Proposal, user: User) -> str:
    keep_in_pool(proposal=proposal, by=user, now=timezone.now())
    return _("The proposal is now: %s.") % proposal.get_state_display()


def _undo(_proposal: Proposal, user: User, *, consolidation: Consolidation) -> str:
    undo_consolidation(consolidation=consolidation, by=user, now=timezone.now())
    return _("“%s” is accepted again and may be joined anew.") % consolidation.idea


class InTimeFilter(admin.SimpleListFilter):
    """What the line of the first page counts."""

    title = gettext_lazy("in time")
    parameter_name = "late"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("handing-in", _("Not handed in in time"))]

    def queryset(self, request: HttpRequest, queryset: ProposalQuerySet) -> ProposalQuerySet:
        return queryset.not_handed_in(timezone.now()) if self.value() == "handing-in" else queryset


class BudgetLineInline(OfficeInline):
    model = BudgetLine
    fields = ["item", "unit_price", "quantity", "amount", "source", "note"]
    readonly_fields = ["amount"]


@admin.register(Proposal)
class ProposalAdmin(LoadOfOrganisations):
    list_display = ["title", "number", "state_shown", "community", "category", "requested", "idea_count", "created_at"]
    list_filter = ["state", InTimeFilter, only_used("programme"), only_used("community"), only_used("category")]
    list_select_related = ["community", "category"]
    search_fields = ["title", "team_name", "summary"]
    inlines = [BudgetLineInline]
    fieldsets = [
        (None, {"fields": ["title", "community", "category"]}),
        (gettext_lazy("Document"), {"fields": [*FACTS, *TEXTS]}),
    ]
    change_form_template = "admin/proposals/proposal/change_form.html"
    list_before_template = "admin/proposals/proposal/_list_links.html"
    verbs = (
        _move(
            ProposalState.COACHING,
            gettext_lazy("Begin polishing"),
            offered=lambda proposal: proposal.state == ProposalState.DRAFT,
            name="coach",
        ),
        _move(ProposalState.SUBMITTED, gettext_lazy("Submit"), form=HandInForm, variant="primary"),
        _move(
            ProposalState.QUALIFIED,
            gettext_lazy("Qualify"),
            offered=lambda proposal: proposal.state == ProposalState.SUBMITTED,
            variant="primary",
        ),
        _move(
            ProposalState.COACHING,
            gettext_lazy("Return for polishing"),
            offered=lambda proposal: proposal.state == ProposalState.SUBMITTED,
            name="return",
            form=WhyForm,
        ),
        _move(
            ProposalState.WITHDRAWN,
            gettext_lazy("Withdraw"),
            offered=lambda proposal: (
                ProposalState.WITHDRAWN in PROPOSAL_TRANSITIONS[ProposalState(proposal.state)]
                and not is_in_a_contest(proposal)
            ),
            name="withdraw",
            form=WhyForm,
            warning=ENDS,
        ),
        _move(
            ProposalState.DISQUALIFIED,
            gettext_lazy("Disqualify"),
            offered=lambda proposal: proposal.state == ProposalState.SUBMITTED,
            name="disqualify",
            form=WhyForm,
            warning=ENDS,
        ),
        Verb(
            "lead",
            gettext_lazy("Name the lead"),
            _name_lead,
            lambda proposal: proposal.state in PROPOSAL_EDITABLE_STATES,
            form=LeadForm,
        ),
        Verb(
            "keep",
            gettext_lazy("Keep in the project pool"),
            _keep,
            lambda proposal: proposal.state == ProposalState.QUALIFIED and not is_in_a_contest(proposal),
            warning=gettext_lazy(
                "The proposal takes part in no contest of this year any more. It can be entered anew in a later year; the "
                "authors are told that it is kept."
            ),
        ),
        Verb(
            "reenter",
            gettext_lazy("Enter again in a later year"),
            _reenter,
            lambda proposal: proposal.state == ProposalState.POOLED,
            form=ReenterForm,
            variant="primary",
        ),
        Verb(
            "undo-joining",
            gettext_lazy("Undo a joining"),
            _undo,
            lambda proposal: proposal.state in PROPOSAL_OPEN_STATES and proposal.sealed_at is None,
            form=UndoForm,
        ),
    )

    def scoped(self, queryset: ProposalQuerySet, user: User) -> ProposalQuerySet:
        return queryset.in_office_of(user)

    def get_search_results(
        self, request: HttpRequest, queryset: ProposalQuerySet, search_term: str
    ) -> tuple[ProposalQuerySet, bool]:
        """By the words of the text, as on the site."""
        query = Query.of(search_term[:SEARCH_LENGTH])
        return queryset.with_all_words(query) if search_term else queryset, False

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        joined = Consolidation.objects.of_the_record().filter(proposal=OuterRef("pk")).order_by().values("proposal")
        count = Coalesce(Subquery(joined.annotate(count=Count("pk")).values("count")), 0)
        return super().get_queryset(request).with_requested_total().annotate(ideas_joined=count)

    def table_of(self, rows: ProposalQuerySet, kind: str) -> HttpResponseBase:
        return office_proposals_table(rows, kind)

    def waiting(self, request: HttpRequest) -> list[Waiting]:
        submitted = self.get_queryset(request).filter(state=ProposalState.SUBMITTED).order_by().values("pk")
        incubation = Q(programme__stages__kind=StageKind.PROPOSAL_INCUBATION)
        handed_in = ProposalEvent.objects.filter(proposal=OuterRef("pk"), to_state=ProposalState.SUBMITTED)
        waiting = Proposal.objects.filter(pk__in=submitted).annotate(
            since=Subquery(handed_in.order_by("-at", "-pk").values("at")[:1])
        )
        found = waiting.aggregate(
            count=Count("pk", distinct=True),
            oldest=Min("since"),
            due=Min("programme__stages__closes_at", filter=incubation),
        )
        url = self.list_url(state__exact=ProposalState.SUBMITTED)
        return [
            Waiting(_("Proposals submitted for qualification"), found["count"], url, found["oldest"], found["due"]),
            self._left(request),
        ]

    def _left(self, request: HttpRequest) -> Waiting:
        """What would stay a draft for ever, and its ideas with it, since when it is in its state."""
        left = self.get_queryset(request).not_handed_in(timezone.now()).order_by().values("pk")
        moved = Max("events__at", filter=Q(events__to_state=F("state")))
        since = Proposal.objects.filter(pk__in=left).annotate(since=Coalesce(moved, "created_at"))
        found = since.aggregate(count=Count("pk"), oldest=Min("since"))
        title = _("Proposals to be withdrawn: not handed in in time")
        return Waiting(title, found["count"], self.list_url(late="handing-in"), found["oldest"])

    @admin.display(description=gettext_lazy("requested (yuan)"))
    def requested(self, proposal: Any) -> str:
        return yuan(proposal.requested_total)

    @admin.display(description=gettext_lazy("ideas"), ordering="ideas_joined")
    def idea_count(self, proposal: Any) -> int:
        count: int = proposal.ideas_joined
        return count

    def around(self, proposal: Any, user: User) -> dict[str, Any]:
        return {
            "joined": proposal.consolidations.select_related("idea__community", "idea__author", "created_by"),
            "events": proposal.events.select_related("actor"),
            "total": proposal.requested_total,
            "repeats": [one for one in repeats_of(proposal.programme.proposals.all()) if proposal in one.proposals],
        }

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """A proposal that is still being written opens as a form; any other is read only."""
        proposal = self.get_object(request, object_id)
        if proposal is None or not works(request.user) or proposal.state not in PROPOSAL_EDITABLE_STATES:
            return super().change_view(request, object_id, form_url, extra_context)
        return self._edit(request, proposal)

    def _edit(self, request: HttpRequest, proposal: Proposal) -> HttpResponse:
        posted = request.POST if request.method == "POST" else None
        form = ProposalForm(posted, instance=proposal)
        budget = BudgetFormSet(posted, initial=None if posted else budget_initial(proposal), prefix="budget")
        stored: Proposal | None = None
        if form.is_valid() and budget.is_valid():
            try:
                edit_proposal(
                    proposal=proposal,
                    text=form.text(),
                    budget=budget.items(),
                    revision=form.cleaned_data["revision"],
                    by=request.user,
                    now=timezone.now(),
                )
            except Refused as refused:
                form.add_error(None, str(refused))
                if refused.reason == ProposalRefusal.STALE:
                    stored = Proposal.objects.select_related("community", "category").get(pk=proposal.pk)
            else:
                messages.success(request, _("The proposal was saved."))
                return self._then(request, proposal)
        return self._edit_page(request, proposal, form, budget, stored)

    def _then(self, request: HttpRequest, proposal: Proposal) -> HttpResponse:
        """What the pressed button asks for after saving, so that a step never drops what was just typed."""
        proposal = self.fetch(request, proposal.pk)
        offered = {verb.name: verb for verb in self.verbs if verb.offered(proposal)}
        verb = offered.get(request.POST.get("then", ""))
        if verb is not None and verb.asks:
            return redirect(f"admin:{self.url_name('do')}", proposal.pk, verb.name)
        if verb is not None:
            try:
                messages.success(request, verb.act(proposal, request.user))
            except Refused as refused:
                messages.error(request, str(refused))
        return redirect(self.row_url(proposal))

    def _edit_page(
        self,
        request: HttpRequest,
        proposal: Proposal,
        form: ProposalForm,
        budget: Any,
        stored: Proposal | None,
    ) -> HttpResponse:
        """The form; when somebody saved meanwhile, with what they wrote and ready to be saved over it."""
        assert isinstance(request.user, User)
        differing = []
        if stored is not None:
            differing = [
                (field.label, getattr(stored, field.name))
                for field in form.visible_fields()
                if getattr(stored, field.name) != form.cleaned_data[field.name]
            ]
        context = {
            "form": form,
            "budget": budget,
            "original": proposal,
            "title": str(proposal),
            "revision": stored.revision if stored else form["revision"].value(),
            "differing": differing,
            "stored_lines": stored.budget_lines.all() if stored else None,
            "buttons": self.buttons(proposal, request.user),
            "sections": completeness_of(document_of(proposal)),
            "facts": [form[name] for name in FACTS],
            "texts": [form[name] for name in TEXTS],
            **self.around(proposal, request.user),
        }
        return self.page(request, "admin/proposals/proposal/edit.html", context)
