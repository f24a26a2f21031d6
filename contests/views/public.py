"""Contests, entries and results, as everyone reads them."""

from __future__ import annotations

from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone
from django.views.decorators.http import require_GET

from communities.pages import page_of
from contests.enums import PUBLISHED_STATES, RunKind
from contests.filters import ContestFilter, EntryFilter
from contests.models import Award, Contest, Entry, Recusal, TallyRun
from contests.public_notice import notice_of
from contests.rules import votes_now
from contests.services.archives import published_zip
from contests.services.judging import rubric
from contests.wording import rules_in_words
from contests.working import working_of_run

RESULTS_ON_A_PAGE = 50
ARCHIVE_SECONDS = 24 * 3600


def contest_list(request: HttpRequest) -> HttpResponse:
    contests = Contest.objects.visible_to(request.user).select_related("programme")
    chosen = ContestFilter(request.GET, queryset=contests)
    page = page_of(request, chosen.qs.with_entry_count(request.user).order_by("-created_at", "-pk"))
    return render(request, "contests/contest_list.html", {"filter": chosen, "page": page})


def contest_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """What is judged, by whom and how, before anything is."""
    contests = Contest.objects.visible_to(request.user).select_related("programme", "pitch_session")
    contest = get_object_or_404(contests, pk=pk)
    entries = Entry.objects.visible_to(request.user).filter(contest=contest).with_page_parts()
    chosen = EntryFilter(request.GET, queryset=entries)
    context = {
        "contest": contest,
        "filter": chosen,
        "rules": rules_in_words(contest.ruleset),
        "criteria": contest.criteria.select_related("zone"),
        "page": page_of(request, chosen.qs),
        "voting": votes_now(contest, timezone.now()),
        "run": TallyRun.objects.shown_to(request.user, contest),
    }
    return render(request, "contests/contest_detail.html", context)


def entry_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The proposal as it stands before the judges, with its frozen amount and its rubric."""
    entries = Entry.objects.visible_to(request.user).with_page_parts()
    entry = get_object_or_404(entries.select_related("proposal", "contest__programme"), pk=pk)
    context = {
        "entry": entry,
        "criteria": rubric(entry),
        "award": Award.objects.filter(entry=entry).select_related("result").first(),
        "voting": votes_now(entry.contest, timezone.now()),
    }
    return render(request, "contests/entry_detail.html", context)


def contest_result(request: HttpRequest, pk: int) -> HttpResponse:
    """Every figure of the result and how it was made; the office sees it before everyone else does."""
    contests = Contest.objects.visible_to(request.user).select_related("programme__subdistrict")
    contest = get_object_or_404(contests, pk=pk)
    run = TallyRun.objects.shown_to(request.user, contest)
    if run is None:
        return render(request, "contests/result_waiting.html", {"contest": contest})
    page = page_of(request, run.results.in_published_order().with_page_parts(), RESULTS_ON_A_PAGE)
    working = working_of_run(run, page.object_list)
    page.object_list = working.rows
    published = contest.state in PUBLISHED_STATES and run.kind == RunKind.FINAL
    context = {
        "contest": contest,
        "run": run,
        "working": working,
        "page": page,
        "published": published,
        "notice": notice_of(contest, timezone.now()) if published else None,
        "recusals": Recusal.objects.of_contest(contest),
    }
    return render(request, "contests/contest_result.html", context)


@require_GET
def contest_archive(_request: HttpRequest, pk: int) -> HttpResponse:
    """Everything a published result was made from, with the program that recomputes it; made once a day for a run."""
    contest = get_object_or_404(Contest.objects.decided().select_related("programme__subdistrict"), pk=pk)
    run = TallyRun.objects.latest_done(contest, RunKind.FINAL)
    if run is None:
        raise Http404
    headers = {"Content-Disposition": f'attachment; filename="contest-{contest.pk}.zip"'}
    # Of a published run it is the same for ever, and anybody may ask for it as often as they like.
    data = cache.get_or_set(f"archive:{run.pk}", lambda: published_zip(contest, run), ARCHIVE_SECONDS)
    return HttpResponse(data, content_type="application/zip", headers=headers)
