"""Entering proposals: several from the page of a draft contest, one from its own page."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.db import transaction
from django.db.models import Count, Min, Q, QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminCheckboxSelectMultipleWidget, UnfoldAdminRadioSelectWidget

from communities.models import User
from communities.office import Verb, VerbForm, Waiting
from contests.enums import ContestState
from contests.models import Assignment, Contest, Entry, ScoreSheet
from contests.services.blinding import names_in
from contests.services.lifecycle import enter_proposal
from proposals.admin import ProposalAdmin
from proposals.enums import ProposalState
from proposals.models import Proposal
from proposals.querysets import ProposalQuerySet
from proposals.repeats import Repeat, repeats_of


class EnterForm(VerbForm):
    """Which qualified proposals of the programme enter this contest."""

    proposals = forms.ModelMultipleChoiceField(
        label=gettext_lazy("qualified proposals"),
        queryset=Proposal.objects.none(),
        widget=UnfoldAdminCheckboxSelectMultipleWidget,
        help_text=gettext_lazy("Title, community, category and amount are fixed at entry."),
    )

    def __init__(self, *args: Any, obj: Contest, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        qualified = Proposal.objects.qualified().filter(programme=obj.programme)
        field = self.fields["proposals"]
        field.queryset = qualified.exclude(entries__contest=obj).order_by("pk")
        if repeats := repeats_of(qualified):
            listed = render_to_string("admin/proposals/proposal/_repeats.html", {"repeats": repeats})
            field.help_text = format_html("{}{}", field.help_text, listed)


def entries_of(contest: Contest) -> QuerySet[Any]:
    """Entries with how many sheets are assigned, submitted and recused; never whose points."""
    return contest.entries.with_page_parts().annotate(
        assigned_count=Count("assignments", filter=Q(assignments__in=Assignment.objects.standing()), distinct=True),
        submitted_count=Count("sheets", filter=Q(sheets__in=ScoreSheet.objects.counted()), distinct=True),
        recused_count=Count("recusals", distinct=True),
    )


def repeats_in(contest: Contest) -> list[Repeat]:
    """While entries can still be chosen: which of them one team or one lead stands behind."""
    if contest.state != ContestState.DRAFT:
        return []
    return repeats_of(Proposal.objects.filter(entries__contest=contest))


@transaction.atomic
def enter(contest: Contest, user: User, *, proposals: Iterable[Proposal]) -> str:
    """Enter all chosen proposals, or none if one is refused."""
    entries = [
        enter_proposal(contest=contest, proposal=proposal, by=user, now=timezone.now()) for proposal in proposals
    ]
    return _("Entered: %s.") % ", ".join(str(entry) for entry in entries) + _named(contest, entries)


def _named(contest: Contest, entries: list[Entry]) -> str:
    """A warning where what is judged blind names who applies."""
    found = {entry: at.values() for entry, at in names_in(entries).items() if at} if contest.is_blind else {}
    if not found:
        return ""
    places = "; ".join(f"{entry.number} {', '.join(lines)}" for entry, lines in found.items())
    return " " + _("The contest is judged blind, but applicants are named: %s. Look at it before it opens.") % places


class ContestChoiceForm(VerbForm):
    """Which draft contest of its programme the proposal enters."""

    contest = forms.ModelChoiceField(
        label=gettext_lazy("contest"),
        queryset=Contest.objects.none(),
        empty_label=None,
        widget=UnfoldAdminRadioSelectWidget,
        help_text=gettext_lazy("Title, community, category and amount are fixed at entry."),
    )

    def __init__(self, *args: Any, obj: Proposal, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        drafts = Contest.objects.filter(programme=obj.programme, state=ContestState.DRAFT)
        self.fields["contest"].queryset = drafts.exclude(entries__proposal=obj)
        if not self.fields["contest"].queryset.exists():
            self.fields["contest"].help_text = _(
                "No contest of this programme is still being prepared. Create one first."
            )


def _enter_contest(proposal: Proposal, user: User, *, contest: Contest) -> str:
    entry = enter_proposal(contest=contest, proposal=proposal, by=user, now=timezone.now())
    told = _("Entered into “%(contest)s” as %(number)s.") % {"contest": contest, "number": entry.number}
    return told + _named(contest, [entry])


admin.site.unregister(Proposal)


class EnteredFilter(admin.SimpleListFilter):
    title = gettext_lazy("in a contest")
    parameter_name = "entered"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Yes")), ("no", _("No"))]

    def queryset(self, request: HttpRequest, queryset: ProposalQuerySet) -> ProposalQuerySet:
        match self.value():
            case "yes":
                return queryset.in_a_contest()
            case "no":
                return queryset.in_no_contest()
            case _:
                return queryset


@admin.register(Proposal)
class EnterableProposalAdmin(ProposalAdmin):
    """The page of a proposal with the button that only contests know."""

    list_filter = [*ProposalAdmin.list_filter, EnteredFilter]
    verbs = (
        *ProposalAdmin.verbs,
        Verb(
            "enter",
            gettext_lazy("Enter into a contest"),
            _enter_contest,
            lambda proposal: proposal.state == ProposalState.QUALIFIED,
            form=ContestChoiceForm,
            variant="primary",
        ),
    )

    def waiting(self, request: HttpRequest) -> list[Waiting]:
        qualified = self.get_queryset(request).qualified().in_no_contest()
        found = Proposal.objects.filter(pk__in=qualified.order_by().values("pk")).aggregate(
            count=Count("pk", distinct=True),
            oldest=Min("events__at", filter=Q(events__to_state=ProposalState.QUALIFIED)),
        )
        url = self.list_url(state__exact=ProposalState.QUALIFIED, entered="no")
        title = _("Qualified proposals not in a contest")
        return [*super().waiting(request), Waiting(title, found["count"], url, found["oldest"])]
