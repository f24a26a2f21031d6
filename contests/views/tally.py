"""How far a tally run is, and what it changed, for those who may read it."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.views.decorators.http import require_GET

from contests.comparison import compare
from contests.models import Contest, TallyRun
from contests.services.archives import to_results


@require_GET
@login_required(login_url=reverse_lazy("account_login"))
def tally_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress bar, asked for again and again until the run has ended; then the whole page is loaded anew."""
    contests = Contest.objects.all() if request.user.is_superuser else Contest.objects.in_office_of(request.user)
    run = get_object_or_404(TallyRun, pk=pk, contest__in=contests)
    if not request.htmx:
        return redirect("admin:contests_contest_change", run.contest_id)
    response = render(request, "contests/_tally_progress.html", {"run": run})
    if run.finished_at is not None:
        response["HX-Refresh"] = "true"
    return response


@require_GET
def tally_changes(request: HttpRequest, pk: int) -> HttpResponse:
    """Who moved since the run before, by how much, and why."""
    readable = TallyRun.objects.visible_to(request.user).select_related("contest__programme")
    run = get_object_or_404(readable, pk=pk)
    before = readable.before(run)
    moves = compare(to_results(before), to_results(run)) if before else []
    titles = dict(run.contest.entries.values_list("number", "title"))
    rows = [(titles[move.number], move) for move in moves]
    return render(request, "contests/tally_changes.html", {"run": run, "before": before, "rows": rows})
