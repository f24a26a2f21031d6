"""One entry's proposal beside its score sheet: saving, looking it over, handing it in."""

from __future__ import annotations

from decimal import Decimal
from typing import Any

from django.contrib import messages
from django.db.models import QuerySet, Sum
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.formats import time_format
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from communities.refusal import Refused
from contests.enums import ContestRefusal, SheetState
from contests.figures import expert_aggregates
from contests.models import BlindCheck, Contest, Criterion, Entry, Panelist, ScoreSheet
from contests.rules import scores_now
from contests.services.judging import rubric, save_sheet, submit_sheet
from contests.sheet_forms import SheetForm, initial
from contests.views.judging import entry_to_judge, expert_required, refusal_page, seat_for
from proposals.models import Attachment, Consolidation
from proposals.views.attachments import sent


@require_http_methods(["GET", "POST"])
@never_cache
@expert_required
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """Read and score; what is typed is saved, and to be handed in it is looked over once more."""
    entry = entry_to_judge(pk)
    try:
        seat = seat_for(request, entry)
    except Refused as refused:
        return refusal_page(request, refused)
    criteria = rubric(entry)
    if request.method != "POST":
        stored = _stored(entry, seat)
        return _sheet_page(request, entry, stored, SheetForm(criteria=criteria, initial=initial(criteria, stored)))
    submitting = "submit" in request.POST
    form = SheetForm(request.POST, criteria=criteria, submitting=submitting)
    if form.is_valid():
        try:
            _save(request, seat, entry, form)
        except Refused as refused:
            if refused.reason == ContestRefusal.SHEET_SUBMITTED:
                messages.info(request, str(refused))
                return redirect("sheet", entry.pk)
            return _not_saved(request, seat, form, refused, entry)
        if submitting:
            return redirect("sheet_summary", entry.pk)
        messages.success(request, _("Saved. The sheet counts when you submit it."))
        return redirect("sheet", entry.pk)
    return _sheet_page(request, entry, _stored(entry, seat), form)


@require_POST
@expert_required
def sheet_autosave(request: HttpRequest, pk: int) -> JsonResponse:
    """Save while the expert types: 200 with the new revision, 409 if it was saved elsewhere, else why it was not."""
    entry = entry_to_judge(pk)
    form = SheetForm(request.POST, criteria=rubric(entry))
    try:
        seat = seat_for(request, entry)
        if not form.is_valid():
            return JsonResponse({"reason": str(ContestRefusal.POINTS_OUTSIDE.label)}, status=422)
        saved = _save(request, seat, entry, form)
    except Refused as refused:
        changed = refused.reason in {ContestRefusal.SHEET_CHANGED, ContestRefusal.SHEET_SUBMITTED}
        return JsonResponse({"reason": str(refused)}, status=409 if changed else 403)
    at = time_format(timezone.localtime(timezone.now()), "H:i")
    return JsonResponse({"revision": saved.revision, "saved": _("Saved at %s.") % at})


@require_http_methods(["GET", "POST"])
@never_cache
@expert_required
def sheet_summary(request: HttpRequest, pk: int) -> HttpResponse:
    """What is about to be handed in, once more and whole; from here it is handed in for good."""
    entry = entry_to_judge(pk)
    try:
        seat = seat_for(request, entry)
        if request.method == "POST":
            revision = request.POST.get("revision", "")
            submit_sheet(
                panelist=seat,
                entry=entry,
                revision=int(revision) if revision.isdecimal() and len(revision) < 10 else -1,
                by=request.user,
                now=timezone.now(),
            )
            messages.success(request, _("The sheet for “%s” is submitted.") % entry.title)
            return redirect(_list_of(entry.contest), entry.contest_id)
    except Refused as refused:
        if refused.reason in {ContestRefusal.NOT_ASSIGNED, ContestRefusal.RECUSED}:
            return refusal_page(request, refused)
        messages.error(request, str(refused))
        return redirect("sheet", entry.pk)
    stored = _stored(entry, seat)
    if stored is None or stored.state == SheetState.SUBMITTED or not scores_now(entry.contest, timezone.now()):
        return redirect("sheet", entry.pk)
    criteria = rubric(entry)
    form = SheetForm(criteria=criteria, initial=initial(criteria, stored))
    context = {"entry": entry, "contest": entry.contest, "form": form, "stored": stored, **_totals(stored, criteria)}
    return render(request, "contests/sheet_summary.html", context)


@require_GET
@never_cache
@expert_required
def entry_attachment(request: HttpRequest, pk: int, digest: str) -> HttpResponseBase:
    """A paper of an entry that is the expert's to judge; it may tell who applies."""
    entry = entry_to_judge(pk)
    try:
        seat_for(request, entry)
    except Refused as refused:
        return refusal_page(request, refused)
    return sent(get_object_or_404(_papers(entry), digest=digest))


def _papers(entry: Entry) -> QuerySet[Attachment]:
    """What experts read of the attached papers: of a blind contest those that the office found to name nobody."""
    papers = entry.proposal.attachments.all()
    if not entry.contest.hides_names:
        return papers
    check = BlindCheck.objects.filter(entry=entry).first()
    return papers.filter(digest__in=check.papers if check else [])


def _list_of(contest: Contest) -> str:
    """Where an expert goes on: with whoever is on while entries are presented, else with the list."""
    session = getattr(contest, "pitch_session", None)
    return "panel_pitch" if session is not None and session.on_now else "panel_contest"


def _stored(entry: Entry, seat: Panelist) -> ScoreSheet | None:
    return ScoreSheet.objects.filter(entry=entry, panelist=seat).first()


def _save(request: HttpRequest, seat: Panelist, entry: Entry, form: SheetForm) -> ScoreSheet:
    return save_sheet(
        panelist=seat,
        entry=entry,
        points=form.points(),
        remarks=form.remarks(),
        comment=form.cleaned_data["comment"],
        revision=form.cleaned_data["revision"],
        by=request.user,
        now=timezone.now(),
    )


def _not_saved(request: HttpRequest, seat: Panelist, form: SheetForm, refused: Refused, entry: Entry) -> HttpResponse:
    """What was typed, with the reason; beside what was saved elsewhere, if that is the reason. Saving again replaces it."""
    stored = _stored(entry, seat)
    context: dict[str, Any] = {}
    if refused.reason == ContestRefusal.SHEET_CHANGED and stored is not None:
        theirs = SheetForm(criteria=form.criteria, initial=initial(form.criteria, stored))
        context["conflict"] = form.beside(theirs)
        form.data = form.data.copy()
        form.data["revision"] = str(stored.revision)
    form.add_error(None, str(refused))
    return _sheet_page(request, entry, stored, form, **context)


def _totals(stored: ScoreSheet | None, criteria: list[Criterion]) -> dict[str, Decimal]:
    marked = stored.marks.aggregate(total=Sum("points"))["total"] if stored else None
    highest = sum((criterion.max_points for criterion in criteria), Decimal(0))
    return {"total": marked or Decimal(0), "highest": highest}


def _sheet_page(
    request: HttpRequest, entry: Entry, stored: ScoreSheet | None, form: SheetForm, **more: Any
) -> HttpResponse:
    proposal, contest, papers = entry.proposal, entry.contest, _papers(entry)
    submitted = stored is not None and stored.state == SheetState.SUBMITTED
    context = {
        "entry": entry,
        "contest": contest,
        "proposal": proposal,
        "lines": proposal.budget_lines.all(),
        "attachments": papers,
        "papers_hidden": contest.hides_names and proposal.attachments.exclude(pk__in=papers.values("pk")).exists(),
        "ideas": Consolidation.objects.behind(proposal).select_related("idea__community"),
        "form": form,
        "stored": stored,
        "versions": stored.reopenings.all() if stored else [],
        "submitted": submitted,
        "scoring": scores_now(contest, timezone.now()),
        # Nobody judges by the others' marks: they are shown afterwards, and only where the contest says so.
        "others": expert_aggregates(contest).get(entry.pk) if submitted and contest.shows_scores else None,
        **_totals(stored, form.criteria),
        **more,
    }
    return render(request, "contests/sheet.html", context)
