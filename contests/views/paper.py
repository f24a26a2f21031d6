"""The desk of paper votes, and of help at the screen."""

from __future__ import annotations

from datetime import date

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import FileResponse, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.dateparse import parse_date
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from communities.asked import number_in
from communities.pages import page_of
from communities.refusal import Refused
from communities.telling import telling
from contests.figures import unsigned_papers
from contests.models import Contest, Entry, PaperSheet, Voter
from contests.paper_forms import CountsForm, HelpForm, SheetForm
from contests.rules import votes_now
from contests.services.helping import begin_help
from contests.services.paper import discard_sheet, enter_sheet, verify_sheet
from contests.views.ballot_session import HELP_SECONDS, remember_help
from contests.views.roll import contest_of, contest_read_by, staff_only
from contests.voting_enums import ChoicesFrom, SheetCheck, VoteWay, VotingRefusal
from contests.voting_rules import hides_paper
from proposals.views.entering import communities_of, officer_of


@require_GET
@never_cache
@staff_only
def sheets(request: HttpRequest, pk: int) -> HttpResponse:
    """All counting sheets of one's communities; those that wait for a second person first. Figures are not shown."""
    contest, served, works = contest_read_by(request, pk)
    rows = contest.paper_sheets.filter(community__in=served).select_related("community", "entered_by", "verified_by")
    helped = contest.helper_sessions.filter(community__in=served)
    context = {
        "contest": contest,
        "page": page_of(request, rows.order_by("state", "-entered_at", "-pk")),
        "waiting": rows.filter(state=SheetCheck.ENTERED).count(),
        "helped": helped.count(),
        "officer": request.user,
        "works": works,
        "unsigned": [] if hides_paper(contest, timezone.now()) else unsigned_papers(contest),
        "hidden": hides_paper(contest, timezone.now()),
    }
    return render(request, "desk/sheets.html", context)


@never_cache
@staff_only
def sheet_enter(request: HttpRequest, pk: int) -> HttpResponse:
    """The first person types the sheet and attaches its scan."""
    contest, served = contest_of(request, pk)
    _counts(request, contest)
    entries = list(contest.entries.taking_part().order_by("number"))
    form = SheetForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        communities=served,
        entries=entries,
        own_only=contest.choices_from == ChoicesFrom.OWN_COMMUNITY,
    )
    refused = ""
    if form.is_valid():
        data = form.cleaned_data
        try:
            sheet = enter_sheet(
                contest=contest,
                community=data["community"],
                number=data["number"],
                place=data["place"],
                papers=data["papers"],
                votes=form.votes(),
                scan=data["scan"],
                by=officer_of(request),
                now=timezone.now(),
            )
        except Refused as refusal:
            refused = str(refusal)
        else:
            told = _("Sheet %s is entered. It counts once a second person has typed it again.")
            messages.success(request, told % sheet)
            return redirect("sheets", contest.pk)
    return render(request, "desk/sheet_enter.html", {"contest": contest, "form": form, "refused": refused})


@never_cache
@staff_only
def sheet_verify(request: HttpRequest, pk: int) -> HttpResponse:
    """The second person types the figures again from the paper, without seeing the first entry."""
    sheet = _sheet(request, pk)
    _counts(request, sheet.contest)
    entries = list(sheet.contest.entries.filter(offline_counts__paper=sheet).order_by("number"))
    form = CountsForm(request.POST if request.method == "POST" else None, entries=entries)
    refused = ""
    if form.is_valid():
        papers, votes = form.cleaned_data["papers"], form.votes()
        try:
            verify_sheet(sheet=sheet, papers=papers, votes=votes, by=officer_of(request), now=timezone.now())
        except Refused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("Both entries of sheet %s agree: it is counted.") % sheet)
            return redirect("sheets", sheet.contest_id)
    context = {"contest": sheet.contest, "sheet": sheet, "form": form, "refused": refused}
    return render(request, "desk/sheet_verify.html", context)


@require_POST
@staff_only
def sheet_discard(request: HttpRequest, pk: int) -> HttpResponse:
    """Take back an entry that was wrong, to type it anew."""
    sheet = _sheet(request, pk)
    with telling(request, _("The entry of sheet %s is taken back.") % sheet.number):
        discard_sheet(sheet=sheet, by=officer_of(request), now=timezone.now())
    return redirect("sheets", sheet.contest_id)


@require_GET
@never_cache
@staff_only
def sheet_scan(request: HttpRequest, pk: int) -> FileResponse:
    """The scan as it came, to be saved: nothing of it runs in the browser. It shows figures, so it may have to wait."""
    sheet = _sheet(request, pk)
    _counts(request, sheet.contest)
    if hides_paper(sheet.contest, timezone.now()):
        raise PermissionDenied(VotingRefusal.COUNTS_HIDDEN.label)
    extension = str(sheet.scan.name).rpartition(".")[2]
    return FileResponse(
        sheet.scan.open(),
        as_attachment=True,
        filename=f"{sheet.number}.{extension}",
        headers={"X-Content-Type-Options": "nosniff"},
    )


@never_cache
@staff_only
def help_begin(request: HttpRequest, pk: int) -> HttpResponse:
    """Begin to help somebody who has asked for it; then comes their ballot, large."""
    served = communities_of(officer_of(request))
    lines = Voter.objects.of_communities(served).select_related("contest__programme", "community", "user")
    voter = get_object_or_404(lines, pk=pk)
    mine = voter.contest.helper_sessions.filter(helper=officer_of(request)).order_by("-pk")
    initial = {"place": mine.values_list("place", flat=True).first()}
    form = HelpForm(request.POST if request.method == "POST" else None, initial=initial)
    refused = ""
    if form.is_valid():
        try:
            session = begin_help(
                voter=voter,
                consented=form.cleaned_data["consented"],
                place=form.cleaned_data["place"],
                by=officer_of(request),
                now=timezone.now(),
            )
        except Refused as refusal:
            refused = str(refusal)
        else:
            remember_help(request, voter, session)
            return redirect("ballot", voter.contest_id)
    context = {
        "contest": voter.contest,
        "voter": voter,
        "form": form,
        "refused": refused,
        "minutes": HELP_SECONDS // 60,
    }
    return render(request, "desk/help_begin.html", context)


@require_GET
@never_cache
@staff_only
def helps(request: HttpRequest, pk: int) -> HttpResponse:
    """Each help at the screen: who helped, where and on which day; whom, and what they chose, is nowhere.

    With `?helper=` (id) and `?day=` only those.
    """
    contest, served, works = contest_read_by(request, pk)
    rows = contest.helper_sessions.filter(community__in=served)
    asked = {"helper": number_in(request.GET.get("helper")), "day": _day_in(request.GET.get("day", ""))}
    only = {name: value for name, value in asked.items() if value is not None}
    rows = rows.filter(**only)
    context = {
        "contest": contest,
        "page": page_of(
            request, rows.select_related("helper", "community").order_by("-day", "community", "helper", "pk")
        ),
        "cast": rows.filter(has_voted=True).count(),
        "helped": contest.voters.of_communities(served).filter(way=VoteWay.HELPED).count(),
        "today": timezone.localdate() if votes_now(contest, timezone.now()) else None,
        "minutes": HELP_SECONDS // 60,
        "works": works,
        "some": bool(only),
    }
    return render(request, "desk/helps.html", context)


def _day_in(text: str) -> date | None:
    try:
        return parse_date(text)
    except ValueError:
        return None


def _counts(request: HttpRequest, contest: Contest) -> None:
    """Raise `PermissionDenied` for an officer who keeps out of an entry as an expert: nobody counts a part of a sheet."""
    if Entry.objects.kept_from(officer_of(request)).filter(contest=contest).exists():
        raise PermissionDenied


def _sheet(request: HttpRequest, pk: int) -> PaperSheet:
    served = communities_of(officer_of(request))
    rows = PaperSheet.objects.filter(community__in=served).select_related("contest__programme", "community")
    return get_object_or_404(rows, pk=pk)
