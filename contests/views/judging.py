"""The experts' pages: what is left to score, one score sheet, and keeping out of an entry."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.db.models import Sum
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from communities.refusal import Refused, refuse_if
from contests.enums import ContestRefusal, ContestState, SheetState
from contests.models import Contest, Criterion, Entry, Panelist, ScoreSheet
from contests.rules import scores_now, why_not_open_entry, why_not_recuse
from contests.services.judging import rubric, save_sheet
from contests.services.recusing import detect_recusals
from contests.services.recusing import recuse as recuse_verb
from contests.sheet_forms import RecuseForm, SheetForm, initial
from proposals.views.attachments import sent

# Experts have a user name and a password; the site's usual way in is a code for a mobile number.
expert_required = login_required(login_url=reverse_lazy("account_login"))


@require_GET
@never_cache
@expert_required
def panel(request: HttpRequest) -> HttpResponse:
    """The contests on whose panel the expert is: what is left first, by its deadline, then what is done or over."""
    now = timezone.now()
    seats = list(Panelist.objects.of(request.user).exclude(contest__state=ContestState.DRAFT).with_progress())
    for seat in seats:
        seat.left = seat.assigned_count - seat.submitted_count
        seat.scoring = scores_now(seat.contest, now)
        seat.to_come = _to_come(seat.contest, now)
        seat.to_do = seat.left > 0 and (seat.scoring or seat.to_come)
    seats.sort(key=lambda seat: -seat.contest_id)
    waiting = sorted((seat for seat in seats if seat.to_do), key=lambda seat: seat.contest.scoring_closes_at)
    context = {
        "seats": waiting + [seat for seat in seats if not seat.to_do],
        "waiting": waiting,
        "past": [seat for seat in seats if not seat.to_do],
        "left": sum(seat.left for seat in waiting if seat.scoring),
    }
    return render(request, "contests/panel.html", context)


@require_GET
@never_cache
@expert_required
def panel_contest(request: HttpRequest, pk: int) -> HttpResponse:
    """The entries that are the expert's to score, the open ones first."""
    contest = get_object_or_404(Contest.objects.visible_to(request.user), pk=pk)
    panelist = get_object_or_404(Panelist, contest=contest, user=request.user)
    detect_recusals(contest=contest, panelists=[panelist])
    states = dict(panelist.sheets.values_list("entry_id", "state"))
    entries = list(Entry.objects.assigned_to(panelist).with_page_parts())
    for entry in entries:
        entry.sheet_state = states.get(entry.pk, "")
    entries.sort(key=lambda entry: entry.sheet_state == SheetState.SUBMITTED)
    left = [entry for entry in entries if entry.sheet_state != SheetState.SUBMITTED]
    now = timezone.now()
    context = {
        "contest": contest,
        "entries": entries,
        "submitted": len(entries) - len(left),
        "left": len(left),
        # A sheet that was begun is finished before another is opened.
        "next": next((entry for entry in left if entry.sheet_state), left[0] if left else None),
        "scoring": scores_now(contest, now),
        "to_come": _to_come(contest, now),
        "declaring": contest.state == ContestState.OPEN,
    }
    return render(request, "contests/panel_contest.html", context)


@require_http_methods(["GET", "POST"])
@expert_required
def sheet(request: HttpRequest, pk: int) -> HttpResponse:
    """One entry's proposal beside its score sheet."""
    entry = _entry(pk)
    try:
        panelist = _panelist(request, entry)
    except Refused as refused:
        return _refused(request, refused)
    criteria = rubric(entry)
    stored = ScoreSheet.objects.filter(entry=entry, panelist=panelist).first()
    if request.method != "POST":
        return _sheet_page(request, entry, stored, _stored_form(criteria, stored))
    submitting = "submit" in request.POST
    form = SheetForm(request.POST, criteria=criteria, submitting=submitting)
    if form.is_valid():
        try:
            save_sheet(
                panelist=panelist,
                entry=entry,
                points=form.points(),
                comment=form.cleaned_data["comment"],
                submit=submitting,
                by=request.user,
                now=timezone.now(),
            )
        except Refused as refused:
            if refused.reason == ContestRefusal.SHEET_SUBMITTED:
                messages.info(request, str(refused))
                return redirect("sheet", entry.pk)
            form.add_error(None, str(refused))
        else:
            return _saved(request, entry, submitting=submitting)
    return _sheet_page(request, entry, stored, form)


@require_GET
@never_cache
@expert_required
def entry_attachment(request: HttpRequest, pk: int, digest: str) -> HttpResponseBase:
    """A paper of an entry that is the expert's to judge."""
    entry = _entry(pk)
    try:
        _panelist(request, entry)
    except Refused as refused:
        return _refused(request, refused)
    return sent(get_object_or_404(entry.proposal.attachments, digest=digest))


@require_http_methods(["GET", "POST"])
@expert_required
def recuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask what ties the expert to the entry, and note that they keep out of it; without a look at the proposal."""
    entry = _entry(pk)
    form = RecuseForm(request.POST if request.method == "POST" else None)
    try:
        panelist = _panelist(request, entry)
        refuse_if(why_not_recuse(panelist, entry))
        if form.is_valid():
            recuse_verb(panelist=panelist, entry=entry, by=request.user, **form.cleaned_data)
            messages.success(request, _("You keep out of “%s”; it is not on your list any more.") % entry.title)
            return redirect("panel_contest", entry.contest_id)
    except Refused as refused:
        if request.method == "POST" and refused.reason == ContestRefusal.RECUSED:
            return redirect("panel_contest", entry.contest_id)
        return _refused(request, refused)
    return render(request, "contests/panel_recuse.html", {"entry": entry, "form": form})


def _to_come(contest: Contest, now: datetime) -> bool:
    """Whether scoring has still to begin."""
    return (
        contest.state == ContestState.OPEN and contest.scoring_opens_at is not None and now < contest.scoring_opens_at
    )


def _entry(pk: int) -> Entry:
    entries = Entry.objects.exclude(contest__state=ContestState.DRAFT).with_page_parts()
    return get_object_or_404(entries.select_related("contest__programme", "proposal"), pk=pk)


def _panelist(request: HttpRequest, entry: Entry) -> Panelist:
    """The person's seat on the panel; `Refused` for whom the entry is not there to be judged."""
    panelist = Panelist.objects.filter(contest=entry.contest_id, user=request.user).first()
    if panelist is None:
        raise Refused(ContestRefusal.NOT_ASSIGNED)
    detect_recusals(contest=entry.contest, panelists=[panelist])
    refuse_if(why_not_open_entry(panelist, entry))
    return panelist


def _stored_form(criteria: list[Criterion], stored: ScoreSheet | None) -> SheetForm:
    points = dict(stored.marks.values_list("criterion_id", "points")) if stored else {}
    return SheetForm(criteria=criteria, initial=initial(criteria, points, stored.comment if stored else ""))


def _saved(request: HttpRequest, entry: Entry, *, submitting: bool) -> HttpResponse:
    if submitting:
        messages.success(request, _("The sheet for “%s” is submitted.") % entry.title)
        return redirect("panel_contest", entry.contest_id)
    messages.success(request, _("Saved. The sheet counts when you submit it."))
    return redirect("sheet", entry.pk)


def _sheet_page(request: HttpRequest, entry: Entry, stored: ScoreSheet | None, form: SheetForm) -> HttpResponse:
    proposal = entry.proposal
    marked = stored.marks.aggregate(total=Sum("points"))["total"] if stored else None
    lines = proposal.budget_lines.all()
    context = {
        "entry": entry,
        "contest": entry.contest,
        "proposal": proposal,
        "lines": lines,
        "attachments": proposal.attachments.all(),
        "ideas": proposal.consolidations.in_force().select_related("idea__community"),
        "form": form,
        "stored": stored,
        "submitted": stored is not None and stored.state == SheetState.SUBMITTED,
        "scoring": scores_now(entry.contest, timezone.now()),
        "total": marked or Decimal(0),
        "highest": sum((criterion.max_points for criterion in form.criteria), Decimal(0)),
    }
    return render(request, "contests/sheet.html", context)


def _refused(request: HttpRequest, refused: Refused) -> HttpResponse:
    """Without a word about the entry: who keeps out of it learns nothing here."""
    return render(request, "contests/panel_refused.html", {"reason": str(refused)}, status=403)
