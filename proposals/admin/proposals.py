"""The office's pages of proposals: writing one with its budget, taking it through its states, undoing a joining."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.db.models import Count, Min, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import CHECKBOX_CLASSES, UnfoldAdminRadioSelectWidget, UnfoldAdminSelectWidget

from communities.bigrams import SEARCH_LENGTH, Query
from communities.models import User
from communities.office import NoteForm, OfficeInline, Verb, VerbForm, Waiting, only_used, works
from communities.refusal import Refused
from programmes.enums import Action, StageKind
from programmes.models import Category, Programme
from proposals.admin.load import LoadOfOrganisations
from proposals.document import completeness_of
from proposals.enums import (
    PROPOSAL_EDITABLE_STATES,
    PROPOSAL_OPEN_STATES,
    PROPOSAL_TRANSITIONS,
    ProposalReason,
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
from proposals.services.pool import reenter
from proposals.services.proposals import edit_proposal, move_proposal, name_lead
from proposals.views.tables import office_proposals_table
from proposals.writing_forms import PledgeForm


class UndoForm(VerbForm):
    """Which of the joined ideas is given back."""

    consolidation = forms.ModelChoiceField(
        label=gettext_lazy("idea"),
        queryset=Consolidation.objects.none(),
        empty_label=None,
        widget=UnfoldAdminRadioSelectWidget,
    )

    def __init__(self, *args: Any, obj: Proposal, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        field = self.fields["consolidation"]
        field.queryset = obj.consolidations.in_force().select_related("idea")
        field.label_from_instance = lambda consolidation: str(consolidation.idea)


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


class WhyForm(NoteForm):
    """The authors read the reason; those who write read the note as well."""

    reason = forms.TypedChoiceField(
        label=gettext_lazy("reason"),
        choices=[("", gettext_lazy("Please choose")), *ProposalReason.choices],
        coerce=ProposalReason,
        widget=UnfoldAdminSelectWidget,
    )
    field_order = ("reason", "note")


class HandInForm(VerbForm, PledgeForm):
    """The office has the paper that the lead has signed; what it says stands below the box."""

    def __init__(self, *args: Any, obj: Proposal, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        field = self.fields["pledge"]
        field.help_text = render_to_string("proposals/_pledge.html", {"proposal": obj})
        field.widget.attrs["class"] = " ".join(CHECKBOX_CLASSES)


class LeadForm(VerbForm):
    """Who speaks for the proposal."""

    lead = forms.ModelChoiceField(
        label=gettext_lazy("lead"),
        queryset=User.objects.none(),
        empty_label=None,
        widget=UnfoldAdminRadioSelectWidget,
        help_text=gettext_lazy("Accepts or declines what is changed. One of the authors of its ideas."),
    )

    def __init__(self, *args: Any, obj: Proposal, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        joined = obj.consolidations.in_force().filter(idea__author__isnull=False)
        self.fields["lead"].queryset = User.objects.filter(pk__in=joined.values("idea__author"))


def _name_lead(proposal: Proposal, user: User, *, lead: User) -> str:
    name_lead(proposal=proposal, lead=lead, by=user, now=timezone.now())
    return _("%s speaks for the proposal now.") % lead


class ReenterForm(VerbForm):
    """The later year, by one of its categories."""

    category = forms.ModelChoiceField(
        label=gettext_lazy("year and category"),
        queryset=Category.objects.none(),
        empty_label=None,
        widget=UnfoldAdminRadioSelectWidget,
    )

    def __init__(self, *args: Any, obj: Proposal, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        later = Programme.objects.allowing(Action.CONSOLIDATE, timezone.now()).filter(
            subdistrict=obj.programme.subdistrict_id, year__gt=obj.programme.year
        )
        field = self.fields["category"]
        field.queryset = Category.objects.filter(programme__in=later.values("pk")).select_related("programme")
        field.label_from_instance = lambda category: f"{category.programme} · {category}"


def _reenter(proposal: Proposal, user: User, *, category: Category) -> str:
    later = reenter(proposal=proposal, category=category, by=user, now=timezone.now())
    return _("“%(title)s” is a draft of %(programme)s now.") % {"title": later, "programme": later.programme}


def _undo(_proposal: Proposal, user: User, *, consolidation: Consolidation) -> str:
    undo_consolidation(consolidation=consolidation, by=user, now=timezone.now())
    return _("“%s” is accepted again and may be joined anew.") % consolidation.idea


class BudgetLineInline(OfficeInline):
    model = BudgetLine
    fields = ["item", "unit_price", "quantity", "amount", "source", "note"]
    readonly_fields = ["amount"]


@admin.register(Proposal)
class ProposalAdmin(LoadOfOrganisations):
    list_display = ["title", "number", "state_shown", "community", "category", "requested", "idea_count", "created_at"]
    list_filter = ["state", only_used("programme"), only_used("community"), only_used("category")]
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
        return [Waiting(_("Proposals submitted for qualification"), found["count"], url, found["oldest"], found["due"])]

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
