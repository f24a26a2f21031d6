"""The desk of household codes: sheets of them, printed at once, and what became of each."""

from __future__ import annotations

from collections.abc import Sequence

import segno
from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST

from communities.pages import page_of
from communities.refusal import Refused
from contests.models import CodeBatch, Contest, HouseholdCode
from contests.roll_forms import IssueForm, VoidCodeForm
from contests.services.codes import Issued, issue_codes, reissue_code, void_batch, void_code
from contests.views.roll import contest_of, contest_read_by, staff_only
from proposals.views.entering import communities_of, officer_of


@never_cache
@staff_only
def codes(request: HttpRequest, pk: int) -> HttpResponse:
    """All codes of one's communities by serial number; a new sheet is shown once, ready for the printer."""
    contest, served, works = contest_read_by(request, pk)
    if request.method == "POST":
        contest, served = contest_of(request, pk)
    form = IssueForm(request.POST if request.method == "POST" else None, communities=served)
    refused = ""
    if form.is_valid():
        data = form.cleaned_data
        try:
            batch, issued = issue_codes(
                contest=contest,
                community=data["community"],
                number=data["number"] or 0,
                for_roll=data["for_roll"],
                key=data["key"],
                by=officer_of(request),
                now=timezone.now(),
            )
        except Refused as refusal:
            refused = str(refusal)
        else:
            return _sheet(request, batch, issued)
    rows = HouseholdCode.objects.filter(contest=contest, community__in=served)
    page = page_of(request, rows.select_related("community", "batch", "replaced_by").order_by("-batch", "serial"))
    context = {
        "contest": contest,
        "form": form,
        "refused": refused,
        "page": page,
        "counts": rows.counted(),
        "void_form": VoidCodeForm(),
        "works": works,
    }
    return render(request, "desk/codes.html", context)


@require_POST
@staff_only
def code_void(request: HttpRequest, pk: int) -> HttpResponse:
    """Make a code void, or its whole sheet, or give another one for it, which is shown once."""
    user = officer_of(request)
    rows = HouseholdCode.objects.filter(community__in=communities_of(user)).select_related(
        "contest__programme", "community", "batch__community", "batch__contest"
    )
    code = get_object_or_404(rows, pk=pk)
    form = VoidCodeForm(request.POST)
    if not form.is_valid():
        messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
        return redirect("codes", code.contest_id)
    reason, now = form.cleaned_data["reason"], timezone.now()
    try:
        if "again" in request.POST:
            _new, issued = reissue_code(code=code, reason=reason, by=user, now=now)
            return _sheet(request, code.batch, [issued])
        if "sheet" in request.POST:
            count = void_batch(batch=code.batch, reason=reason, by=user, now=now)
            told = ngettext("%(count)s unused code is void.", "%(count)s unused codes are void.", count)
            messages.success(request, told % {"count": count})
            return redirect("codes", code.contest_id)
        void_code(code=code, reason=reason, by=user, now=now)
    except Refused as refused:
        messages.error(request, str(refused))
    else:
        messages.success(request, _("Code no. %s is void.") % code)
    return redirect("codes", code.contest_id)


def _sheet(request: HttpRequest, batch: CodeBatch, issued: Sequence[Issued]) -> HttpResponse:
    """The only page that ever shows these codes."""
    contest: Contest = batch.contest
    slips = [(each, _picture(each.code)) for each in issued]
    response = render(
        request, "desk/codes_sheet.html", {"contest": contest, "batch": batch, "slips": slips, "host": _host()}
    )
    response["Cache-Control"] = "no-store, private"
    return response


def _picture(code: str) -> SafeString:
    """The address of the ballot as a QR code, drawn as SVG that takes its size from the style sheet."""
    address = settings.SITE_ADDRESS + reverse("household_code_of", args=[code])
    # The markup is made of the drawing alone.
    return mark_safe(segno.make(address, error="m", micro=False).svg_inline(omitsize=True, border=2))  # noqa: S308


def _host() -> str:
    return settings.SITE_ADDRESS.partition("://")[2] + reverse("household_code")
