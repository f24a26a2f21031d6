"""How far a tally run is, for the office's page of the contest."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.views.decorators.http import require_GET

from contests.models import Contest, TallyRun


@require_GET
@login_required(login_url=reverse_lazy("account_login"))
def tally_progress(request: HttpRequest, pk: int) -> HttpResponse:
    """The progress bar, asked for again and again until the run has ended; then the whole page is loaded anew."""
    contests = Contest.objects.all() if request.user.is_superuser else Contest.objects.run_by(request.user)
    run = get_object_or_404(TallyRun, pk=pk, contest__in=contests)
    if not request.htmx:
        return redirect("admin:contests_contest_change", run.contest_id)
    response = render(request, "contests/_tally_progress.html", {"run": run})
    if run.finished_at is not None:
        response["HX-Refresh"] = "true"
    return response
