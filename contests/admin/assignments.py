"""The table of assignments: as a file that officers change in a spreadsheet, and the same table taken over again."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django import forms
from django.contrib import messages
from django.core import signing
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from unfold.widgets import UnfoldAdminFileFieldWidget, UnfoldBooleanSwitchWidget

from communities import sheets, tables
from communities.office import OfficeAdmin, reads, works
from communities.refusal import Refused
from contests.assignment_sheet import MAX_ROWS, AssignmentRow, ColumnMissing, read
from contests.enums import ContestState
from contests.models import Assignment, Contest, Entry, Panelist
from contests.services.assigning_table import Pair, assign_table, compare
from contests.voting_enums import VotingRefusal

PREVIEW_SECONDS = 3600


class TableForm(forms.Form):
    table = forms.FileField(
        label=gettext_lazy("Table (.xlsx or .csv)"),
        widget=UnfoldAdminFileFieldWidget({"accept": ".xlsx,.csv"}),
        help_text=gettext_lazy(
            "A column with the codes of the experts and one with the numbers of the entries are read."
        ),
        error_messages={"required": gettext_lazy("Choose the file first.")},
    )
    alone = forms.BooleanField(
        label=gettext_lazy("Take away what does not stand in the table"),
        required=False,
        widget=UnfoldBooleanSwitchWidget,
        help_text=gettext_lazy("Sheets that are handed in stay. Otherwise the rows are added to what is assigned."),
    )

    def clean_table(self) -> list[AssignmentRow]:
        file = self.cleaned_data["table"]
        if file.size > sheets.MOST_BYTES:
            raise forms.ValidationError(_("The file is larger than 2 MB. Divide it."))
        try:
            return read(file.read())
        except sheets.SheetError as error:
            raise forms.ValidationError(str(error.problem.label) % {"most": MAX_ROWS}) from error
        except ColumnMissing as error:
            raise forms.ValidationError(
                _("The table needs a column “%(code)s” and a column “%(number)s” in its first row.")
                % {"code": _("expert code"), "number": _("entry number")}
            ) from error


class AssignmentTable(OfficeAdmin):
    """The admin of contests is made of it."""

    def get_urls(self) -> list[URLPattern]:
        page, table = (self.admin_site.admin_view(view) for view in (self.assignments_view, self.assignments_table))
        return [
            path("<int:pk>/assignments/", page, name=self.url_name("assignments")),
            path("<int:pk>/assignments/table.<str:kind>", table, name=self.url_name("assignments_table")),
            *super().get_urls(),
        ]

    def assignments_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Choose a file, look at what every row would do, and take it over: all rows or none."""
        if not (works(request.user) or (request.method == "GET" and reads(request.user))):
            raise PermissionDenied
        contest: Contest = self.fetch(request, pk)
        if "rows" in request.POST:
            return self._confirmed(request, contest)
        form = TableForm(request.POST or None, request.FILES or None)
        context: dict[str, Any] = {"title": _("Table of assignments"), "original": contest, "form": form}
        context["offered"] = works(request.user) and contest.state in {ContestState.DRAFT, ContestState.OPEN}
        if form.is_valid():
            rows, alone = form.cleaned_data["table"], form.cleaned_data["alone"]
            found = compare(contest=contest, rows=rows)
            packed = [alone, [(row.line, row.code, row.number) for row in rows]]
            context |= {
                "found": found,
                "alone": alone,
                "new": _written(found.new),
                "absent": _written(found.absent) if alone else [],
                "rows": signing.dumps(packed, salt=_salt(request, contest), compress=True),
            }
            return self.page(request, "admin/contests/contest/assignments_preview.html", context)
        return self.page(request, "admin/contests/contest/assignments.html", context)

    def _confirmed(self, request: HttpRequest, contest: Contest) -> HttpResponse:
        """What the preview showed, and nothing else."""
        try:
            alone, rows = signing.loads(request.POST["rows"], salt=_salt(request, contest), max_age=PREVIEW_SECONDS)
            packed = [AssignmentRow(*row) for row in rows]
            done = assign_table(contest=contest, rows=packed, alone=alone, by=request.user)
        except signing.BadSignature:
            messages.error(request, VotingRefusal.PREVIEW_OLD.label)
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            taken = len(done.absent) if alone else 0
            told = _("New assignments: %(new)s. Taken away: %(taken)s.") % {"new": len(done.new), "taken": taken}
            messages.success(request, told)
            return redirect(self.row_url(contest))
        return redirect(request.path)

    def assignments_table(self, request: HttpRequest, pk: int, kind: str) -> HttpResponseBase:
        """What is assigned now, in the columns that are read."""
        if not reads(request.user):
            raise Http404
        contest: Contest = self.fetch(request, pk)
        heading = [_("expert code"), _("expert"), _("entry number"), _("title"), _("community")]
        title = _("Table of assignments")
        return tables.table_file(f"assignments-{contest.pk}", title, heading, _rows(contest), kind)


def _rows(contest: Contest) -> Iterator[tables.Row]:
    standing = Assignment.objects.standing().filter(panelist__contest=contest)
    parts = ("panelist__user", "entry__community")
    for row in standing.select_related(*parts).order_by("panelist__code", "entry__number"):
        yield (
            row.panelist.code,
            str(row.panelist.user or ""),
            row.entry.number,
            row.entry.title,
            row.entry.community.name,
        )


def _written(pairs: list[Pair]) -> list[tuple[Panelist, Entry]]:
    seats = Panelist.objects.select_related("user").in_bulk({seat for seat, _entry in pairs})
    entries = Entry.objects.in_bulk({entry for _seat, entry in pairs})
    found = [(seats[seat], entries[entry]) for seat, entry in pairs]
    return sorted(found, key=lambda pair: (pair[0].code, pair[1].number))


def _salt(request: HttpRequest, contest: Contest) -> str:
    """A preview is good for its officer and its contest alone."""
    return f"assignments:{contest.pk}:{request.user.pk}"
