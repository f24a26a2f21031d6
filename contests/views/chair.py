"""The page of whoever presides over the panel: how complete it is, how far the sheets lie apart, who is strict."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from communities.refusal import Refused, refuse_if
from contests.calibration import OUTLIER, Calibration, SheetScore, calibrate
from contests.models import Assignment, Contest, Entry, Mark, Panelist, ScoreSheet
from contests.rules import why_not_preside
from contests.scoring import sheet_score
from contests.services.recusing import detect_recusals
from contests.views.judging import expert_required, refusal_page


@require_GET
@never_cache
@expert_required
def panel_chair(request: HttpRequest, pk: int) -> HttpResponse:
    """With names for the office, with codes for the chair, and nothing of what the chair keeps out of.

    Whoever has a seat is an expert here, of the office or not.
    """
    contest = get_object_or_404(Contest.objects.visible_to(request.user).select_related("programme"), pk=pk)
    seat = Panelist.objects.with_progress().filter(contest=contest, user=request.user).first()
    in_office = seat is None
    if seat is None:
        get_object_or_404(Contest.objects.in_office_of(request.user), pk=pk)
    else:
        try:
            detect_recusals(contest=contest, panelists=[seat])
            refuse_if(why_not_preside(seat, contest))
        except Refused as refused:
            return refusal_page(request, refused)
    entries = list(Entry.objects.visible_to(request.user).taking_part().filter(contest=contest).with_page_parts())
    seats = list(contest.panelists.select_related("user"))
    assigned = list(Assignment.objects.standing().filter(entry__in=entries).values_list("panelist_id", "entry_id"))
    sheets = list(ScoreSheet.objects.counted().filter(entry__in=entries).select_related("panelist", "entry"))
    found = calibrate(list(_scores(sheets)))
    context = {
        "contest": contest,
        "in_office": in_office,
        "entries": _entry_rows(entries, found, Counter(entry for _seat, entry in assigned)),
        "experts": _expert_rows(seats, found, Counter(seat for seat, _entry in assigned)),
        "outliers": _outlier_rows(found, seats, entries),
        "mean": found.mean,
        "outlier": OUTLIER,
        "handed_in": len(sheets),
        "assigned": len(assigned),
    }
    return render(request, "contests/panel_chair.html", context)


def _scores(sheets: Iterable[ScoreSheet]) -> Iterable[SheetScore]:
    """The sheets on the scale of 100."""
    points: dict[int, list[Decimal]] = defaultdict(list)
    most: dict[int, list[Decimal]] = defaultdict(list)
    marks = Mark.objects.filter(sheet__in=[sheet.pk for sheet in sheets])
    for sheet, given, highest in marks.order_by().values_list("sheet_id", "points", "criterion__max_points"):
        points[sheet].append(given)
        most[sheet].append(highest)
    for sheet in sheets:
        score = sheet_score(points[sheet.pk], most[sheet.pk])
        yield SheetScore(sheet.panelist.code, sheet.entry.number, score)


def _entry_rows(entries: Iterable[Entry], found: Calibration, assigned: Counter[int]) -> list[dict[str, Any]]:
    """Every entry with its sheets, those whose sheets lie furthest apart first."""
    spreads = {row.entry: row for row in found.entries}
    rows = [{"entry": entry, "spread": spreads.get(entry.number), "assigned": assigned[entry.pk]} for entry in entries]
    return sorted(
        rows, key=lambda row: (-(row["spread"].spread if row["spread"] else Decimal(-1)), row["entry"].number)
    )


def _expert_rows(seats: Iterable[Panelist], found: Calibration, assigned: Counter[int]) -> list[dict[str, Any]]:
    figures = {row.expert: row for row in found.experts}
    return [{"seat": seat, "figures": figures.get(seat.code), "assigned": assigned[seat.pk]} for seat in seats]


def _outlier_rows(found: Calibration, seats: Iterable[Panelist], entries: Iterable[Entry]) -> list[dict[str, Any]]:
    by_code = {seat.code: seat for seat in seats}
    by_number = {entry.number: entry for entry in entries}
    means = {row.entry: row.mean for row in found.entries}
    return [
        {
            "seat": by_code[sheet.expert],
            "entry": by_number[sheet.entry],
            "score": sheet.score,
            "mean": means[sheet.entry],
        }
        for sheet in found.outliers
    ]
