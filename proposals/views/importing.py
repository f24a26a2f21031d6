"""A spreadsheet of ideas from residents: choose it, read what is in it, enter all of it or nothing."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from communities import sheets
from communities.refusal import Refused
from communities.tables import table_file
from programmes.enums import Action
from programmes.rules import permits
from proposals.enums import ProposalRefusal
from proposals.idea_sheet import COLUMNS, MOST_ROWS, Sheet, check, choices
from proposals.models import Idea
from proposals.services.importing import already_entered, import_ideas
from proposals.views.entering import communities_of, officer_of, year_served
from proposals.views.idea_tables import receipts_table

SALT = "ideas-to-import"
RECEIPTS_SALT = "receipts-to-hand-out"
PREVIEW_SECONDS = 3600
staff_only = login_required(login_url=reverse_lazy("account_login"))


class SheetForm(forms.Form):
    """The file; its rows come out of `rows` once it can be read."""

    file = forms.FileField(
        label=gettext_lazy("Spreadsheet (XLSX or CSV)"), widget=forms.ClearableFileInput({"accept": ".xlsx,.csv"})
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        try:
            self.rows = sheets.read(file.read(sheets.MOST_BYTES + 1), most=MOST_ROWS)
        except sheets.SheetError as error:
            raise ValidationError(error.problem.label % {"most": MOST_ROWS}, code=error.problem) from error
        return file


@never_cache
@staff_only
def ideas_import(request: HttpRequest) -> HttpResponse:
    """Without a file the form; with one what is in it; confirmed, the receipts."""
    user, now = officer_of(request), timezone.now()
    served = communities_of(user)
    programme = year_served(served, now)
    here = served.filter(subdistrict=programme.subdistrict_id)
    closed = not permits(programme, Action.SUBMIT_IDEA, now)
    context: dict[str, Any] = {
        "programme": programme,
        "form": SheetForm(),
        "choices": choices(programme, here),
        "most": MOST_ROWS,
        "why_not": ProposalRefusal.STAGE_CLOSED if closed else None,
    }
    rows = None
    if request.method == "POST" and "rows" in request.POST:
        rows = _kept(request.POST["rows"], SALT)
        if rows is None:
            context["refused"] = _("The preview is too old. Choose the file again.")
    elif request.method == "POST":
        context["form"] = form = SheetForm(request.POST, request.FILES)
        rows = form.rows if form.is_valid() else None
    if rows is None:
        return render(request, "desk/ideas_import.html", context)
    sheet = check(rows, programme, here)
    if "rows" in request.POST and not sheet.problems:
        try:
            ideas = import_ideas(programme=programme, entries=[*sheet.entries.values()], by=user, now=now)
        except Refused as refused:
            context["refused"] = str(refused)
        else:
            numbers = signing.dumps([idea.pk for idea in ideas], salt=RECEIPTS_SALT, compress=True)
            done = {"ideas": ideas, "programme": programme, "numbers": numbers}
            return render(request, "desk/ideas_imported.html", done)
    return render(request, "desk/ideas_import.html", {**context, **_preview(rows, sheet, programme)})


@require_GET
@staff_only
def ideas_import_template(request: HttpRequest, kind: str) -> HttpResponseBase:
    """An empty spreadsheet with the heading, in the language of the reader."""
    officer_of(request)
    return table_file("ideas-template", _("Ideas"), [str(label) for label in COLUMNS.values()], [], kind)


@require_POST
@staff_only
def ideas_import_receipts(request: HttpRequest) -> HttpResponseBase:
    """The receipts of an import as a file for spreadsheets, in the order of its rows."""
    served = communities_of(officer_of(request))
    numbers = _kept(request.POST.get("numbers", ""), RECEIPTS_SALT)
    if numbers is None:
        messages.error(request, _("This list is too old. You find the receipts with the ideas of your communities."))
        return redirect("ideas_import")
    found = Idea.objects.filter(community__in=served, receipt__isnull=False).select_related("community")
    ideas = found.in_bulk(numbers)
    return receipts_table((ideas[pk] for pk in numbers if pk in ideas), request.POST.get("format", ""))


def _kept(signed: str, salt: str) -> Any:
    """What our page brought along; nothing for what is too old or not ours."""
    try:
        return signing.loads(signed, salt=salt, max_age=PREVIEW_SECONDS)
    except signing.BadSignature:
        return None


def _preview(rows: Any, sheet: Sheet, programme: Any) -> dict[str, Any]:
    known = already_entered(programme, [*sheet.entries.values()])
    return {
        "asked": True,
        "problems": sheet.problems,
        "entries": [(line, entry, entry.key in known) for line, entry in sheet.entries.items()],
        "fresh": len(sheet.entries) - len(known),
        "rows": signing.dumps(rows, salt=SALT, compress=True),
    }
