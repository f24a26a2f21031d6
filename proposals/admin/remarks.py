"""The office's page of questions and answers under ideas: what waits for release, and what somebody reported."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.contrib import admin
from django.contrib.admin import SimpleListFilter
from django.contrib.admin.views.main import ChangeList
from django.db.models import Count, Min, Q
from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from communities import names
from communities.models import User
from communities.office import ListTable, NoteForm, Verb, Waiting, only_used
from communities.tables import table_file
from proposals.models import Remark
from proposals.remark_enums import REMARK_TRANSITIONS, RemarkState
from proposals.remark_querysets import RemarkQuerySet
from proposals.services.remarks import hide, keep_reported, release, withhold


class QueueFilter(SimpleListFilter):
    """By state; without a choice the list is what waits for release."""

    title = gettext_lazy("state")
    parameter_name = "state"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        others = (state for state in RemarkState if state != RemarkState.PENDING)
        return [("all", _("All")), ("reported", _("Reported")), *((state.value, state.label) for state in others)]

    def choices(self, changelist: ChangeList) -> Iterator[dict[str, Any]]:
        queue = changelist.get_query_string(remove=[self.parameter_name])
        yield {"selected": self.value() is None, "query_string": queue, "display": RemarkState.PENDING.label}
        for value, title in self.lookup_choices:
            query = changelist.get_query_string({self.parameter_name: value})
            yield {"selected": self.value() == value, "query_string": query, "display": title}

    def queryset(self, request: HttpRequest, queryset: RemarkQuerySet) -> RemarkQuerySet:
        match self.value():
            case "all":
                return queryset
            case "reported":
                return queryset.filter(open_reports__gt=0)
            case state:
                return queryset.filter(state=state or RemarkState.PENDING)


def _to(state: RemarkState) -> Any:
    return lambda remark: state in REMARK_TRANSITIONS[RemarkState(remark.state)]


def _release(remark: Remark, user: User) -> str:
    release(remark=remark, by=user, now=timezone.now())
    return _("Everyone can read it now.")


def _withhold(remark: Remark, user: User, *, note: str) -> str:
    withhold(remark=remark, note=note, by=user, now=timezone.now())
    return _("It is not shown; the person who wrote it reads why.")


def _hide(remark: Remark, user: User, *, note: str) -> str:
    hide(remark=remark, note=note, by=user, now=timezone.now())
    return _("It is hidden; the person who wrote it reads why.")


def _keep(remark: Remark, user: User) -> str:
    keep_reported(remark=remark, by=user, now=timezone.now())
    return _("It stays; the reports are settled.")


class ReasonForm(NoteForm):
    """Why it is turned down."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["note"].help_text = gettext_lazy("The person who wrote it reads this.")


@admin.register(Remark)
class RemarkAdmin(ListTable):
    list_display = ["beginning", "kind", "state_shown", "idea", "hints", "written_at"]
    list_filter = [QueueFilter, only_used("idea__community"), only_used("idea__programme")]
    list_filter_submit = False
    list_select_related = ["idea"]
    search_fields = ["text", "idea__title"]
    ordering = ["written_at", "pk"]
    fields = ["text", "kind", "idea", "question", "writer", "hints", "written_at"]
    readonly_fields = ["kind", "writer", "hints"]
    change_form_template = "admin/proposals/remark/change_form.html"
    verbs = (
        Verb("release", gettext_lazy("Release"), _release, _to(RemarkState.RELEASED), variant="primary"),
        Verb("withhold", gettext_lazy("Do not show it"), _withhold, _to(RemarkState.WITHHELD), form=ReasonForm),
        Verb("hide", gettext_lazy("Hide"), _hide, _to(RemarkState.HIDDEN), form=ReasonForm),
        Verb("keep", gettext_lazy("It may stay"), _keep, lambda remark: remark.open_reports > 0),
    )

    def scoped(self, queryset: RemarkQuerySet, user: User) -> RemarkQuerySet:
        return queryset.in_office_of(user)

    def get_queryset(self, request: HttpRequest) -> Any:
        waiting = Count("reports", filter=Q(reports__isnull=False, reports__settled_at__isnull=True), distinct=True)
        return super().get_queryset(request).annotate(open_reports=waiting)

    def table_of(self, rows: RemarkQuerySet, kind: str) -> HttpResponseBase:
        """With what a person should look at; of who wrote it the number stays masked."""
        heading = [_("Number"), _("Title"), _("Kind"), _("Text"), _("State"), _("Who"), _("Look closely"), _("Written")]
        found = rows.select_related("idea", "author")
        cells = (
            (
                remark.idea_id,
                remark.idea.title,
                self.kind(remark),
                remark.text,
                str(remark.get_state_display()),
                self.writer(remark),
                _(", ").join(self.looked_at(remark)),
                remark.written_at,
            )
            for remark in found.iterator(chunk_size=500)
        )
        return table_file("remarks", _("Questions and answers"), heading, cells, kind)

    def waiting(self, request: HttpRequest) -> list[Waiting]:
        rows = Remark.objects.filter(pk__in=self.get_queryset(request).order_by().values("pk"))
        pending, reported = Q(state=RemarkState.PENDING), Q(reports__isnull=False, reports__settled_at__isnull=True)
        found = rows.order_by().aggregate(
            pending=Count("pk", filter=pending, distinct=True),
            oldest=Min("written_at", filter=pending),
            reported=Count("pk", filter=reported, distinct=True),
            since=Min("reports__at", filter=reported),
        )
        reports = self.list_url(state="reported")
        return [
            Waiting(_("Questions and answers to release"), found["pending"], self.list_url(), found["oldest"]),
            Waiting(_("Questions and answers that were reported"), found["reported"], reports, found["since"]),
        ]

    def around(self, remark: Remark, user: User) -> dict[str, Any]:
        return {
            "events": remark.events.select_related("actor"),
            "reports": remark.reports.select_related("user", "settled_by"),
        }

    @admin.display(description=gettext_lazy("text"))
    def beginning(self, remark: Remark) -> str:
        return str(remark)

    @admin.display(description=gettext_lazy("kind"))
    def kind(self, remark: Remark) -> str:
        if remark.question_id is None:
            return _("Question")
        return _("Answer of the office") if remark.from_office else _("Answer of the author")

    @admin.display(description=gettext_lazy("who"))
    def writer(self, remark: Remark) -> str:
        return f"{remark.author} {remark.author.masked_phone}".strip()

    @admin.display(description=gettext_lazy("look closely"))
    def hints(self, remark: Remark) -> str:
        hints = self.looked_at(remark)
        return format_html('<span class="state" data-state="PENDING">{}</span>', " · ".join(hints)) if hints else "–"

    def looked_at(self, remark: Remark) -> list[str]:
        """What a person should look at; it decides nothing."""
        hints = []
        if remark.open_reports:  # type: ignore[attr-defined]
            hints.append(_("reported"))
        if names.has_number(remark.text):
            hints.append(_("holds a long number"))
        if names.has_hidden_characters(remark.text.replace("\n", " ")):
            hints.append(_("holds hidden characters"))
        return hints
