"""The office's page of ideas that others take over: which are open, and what was answered."""

from __future__ import annotations

from datetime import date
from typing import Any

from django import forms
from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminTextareaWidget

from communities.models import User
from communities.office import ListTable, Verb, VerbForm, Waiting, only_used
from communities.waiting import moment
from communities.widgets import DayInput
from proposals.models import REPLY_LENGTH, Referral
from proposals.screening_querysets import ReferralQuerySet
from proposals.services.referring import answer_referral
from proposals.views.tables import referrals_table


class AnswerForm(VerbForm):
    """What the receiver answered, and when."""

    text = forms.CharField(
        label=gettext_lazy("answer"),
        max_length=REPLY_LENGTH,
        widget=UnfoldAdminTextareaWidget({"rows": 4}),
        help_text=gettext_lazy("In the receiver's words. Everyone can read it, so name nobody."),
    )
    on = forms.DateField(label=gettext_lazy("answered on"), initial=timezone.localdate, widget=DayInput())


def _answer(referral: Referral, user: User, text: str, on: date) -> str:
    answer_referral(referral=referral, text=text, on=on, by=user, now=timezone.now())
    return _("The answer of %s is kept; the author is told.") % referral.receiver


class AnsweredFilter(SimpleListFilter):
    """Without a choice the list shows what is open."""

    title = gettext_lazy("answer")
    parameter_name = "answered"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Answered")), ("all", _("All"))]

    def choices(self, changelist: Any) -> Any:
        choices = super().choices(changelist)
        yield {**next(choices), "display": _("Without an answer")}
        yield from choices

    def queryset(self, request: HttpRequest, queryset: ReferralQuerySet) -> ReferralQuerySet:
        match self.value():
            case "all":
                return queryset
            case "yes":
                return queryset.filter(replied_on__isnull=False)
            case _:
                return queryset.unanswered()


@admin.register(Referral)
class ReferralAdmin(ListTable):
    list_display = ["idea", "receiver", "disposition", "referred_at", "replied_on"]
    list_filter = [
        AnsweredFilter,
        "disposition",
        only_used("screening__idea__programme"),
        only_used("screening__idea__community"),
        only_used("screening__idea__category"),
    ]
    list_filter_submit = False
    search_fields = ["receiver", "screening__idea__title"]
    ordering = ["screening__at", "pk"]
    verbs = [
        Verb("answer", gettext_lazy("Enter the answer"), _answer, lambda row: row.replied_on is None, form=AnswerForm)
    ]
    fields = [
        "page_of_idea",
        "referred_on",
        "told",
        "disposition",
        "receiver",
        "contact",
        "note",
        "reply",
        "replied_on",
        "recorded_by",
    ]
    readonly_fields = ["page_of_idea", "referred_on", "told"]

    def scoped(self, queryset: ReferralQuerySet, user: User) -> ReferralQuerySet:
        return queryset.in_office_of(user)

    def get_queryset(self, request: HttpRequest) -> ReferralQuerySet:
        """Without those of decisions that were taken back."""
        referrals: ReferralQuerySet = super().get_queryset(request)
        return referrals.in_force().select_related("screening__idea__programme")

    def waiting(self, request: HttpRequest) -> list[Waiting]:
        found = self.get_queryset(request).unanswered().order_by("screening__at")
        moments = list(found.values_list("screening__at", flat=True))
        return [
            Waiting(_("Referrals without an answer"), len(moments), self.list_url(), moments[0] if moments else None)
        ]

    def table_of(self, rows: ReferralQuerySet, kind: str) -> HttpResponseBase:
        return referrals_table(rows, kind)

    @admin.display(description=gettext_lazy("idea"), ordering="screening__idea__title")
    def idea(self, referral: Referral) -> str:
        return referral.screening.idea.title

    @admin.display(description=gettext_lazy("idea"))
    def page_of_idea(self, referral: Referral) -> str:
        idea = referral.screening.idea
        link = '<a class="text-link" href="{}">{}</a>'
        return format_html(link, reverse("admin:proposals_idea_change", args=[idea.pk]), idea.title)

    @admin.display(description=gettext_lazy("referred"))
    def referred_on(self, referral: Referral) -> str:
        return moment(referral.screening.at)

    @admin.display(description=gettext_lazy("message to the resident"))
    def told(self, referral: Referral) -> str:
        return referral.screening.note

    @admin.display(description=gettext_lazy("referred"), ordering="screening__at")
    def referred_at(self, referral: Referral) -> Any:
        return referral.screening.at
