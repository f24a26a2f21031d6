"""The experts' pages: what is left to score, and keeping out of an entry."""

from __future__ import annotations

from datetime import datetime

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from communities.refusal import Refused, refuse_if
from communities.written import kept, log_in_to_write
from contests.enums import ContestRefusal, ContestState, SheetState
from contests.models import Contest, Entry, Panelist
from contests.rules import MAY_KEEP_OUT, scores_now, why_not_open_entry, why_not_recuse
from contests.scale import place
from contests.services.recusing import detect_recusals
from contests.services.recusing import recuse as recuse_verb
from contests.sheet_forms import RecuseForm

# Experts have a user name and a password; the site's usual way in is a code for a mobile number.
expert_required = login_required(login_url=reverse_lazy("account_login"))


@require_GET
@never_cache
@expert_required
def panel(request: HttpRequest) -> HttpResponse:
    """The contests on whose panel the expert is: what is left, the oldest first, then what is done or over."""
    now = timezone.now()
    seats = list(Panelist.objects.of(request.user).exclude(contest__state=ContestState.DRAFT).with_progress())
    for seat in seats:
        seat.left = seat.assigned_count - seat.submitted_count
        seat.scoring = scores_now(seat.contest, now)
        seat.to_come = _to_come(seat.contest, now)
        seat.to_do = seat.left > 0 and (seat.scoring or seat.to_come)
    seats.sort(key=lambda seat: -seat.contest_id)
    waiting = sorted((seat for seat in seats if seat.to_do), key=lambda seat: seat.contest.scoring_opens_at)
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
    """The entries that are the expert's to score, the open ones first, in an order drawn for this expert."""
    contest = get_object_or_404(Contest.objects.visible_to(request.user).select_related("pitch_session"), pk=pk)
    panelist = get_object_or_404(Panelist, contest=contest, user=request.user)
    detect_recusals(contest=contest, panelists=[panelist])
    states = dict(panelist.sheets.values_list("entry_id", "state"))
    entries = list(Entry.objects.assigned_to(panelist).with_page_parts())
    for entry in entries:
        entry.sheet_state = states.get(entry.pk, "")
    drawn = {entry.pk: place(contest.seed, panelist.code, entry.number) for entry in entries}
    entries.sort(key=lambda entry: (entry.sheet_state == SheetState.SUBMITTED, drawn[entry.pk]))
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
        "chair": panelist.is_chair,
        "declaring": contest.state in MAY_KEEP_OUT,
    }
    return render(request, "contests/panel_contest.html", context)


@require_http_methods(["GET", "POST"])
@log_in_to_write(login_url=reverse_lazy("account_login"))
def recuse(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask what ties the expert to the entry, and note that they keep out of it; without a look at the proposal."""
    entry = entry_to_judge(pk)
    form = RecuseForm(request.POST if request.method == "POST" else None, initial=kept(request))
    try:
        panelist = seat_for(request, entry)
        refuse_if(why_not_recuse(panelist, entry))
        if form.is_valid():
            recuse_verb(panelist=panelist, entry=entry, by=request.user, **form.cleaned_data)
            messages.success(request, _("You keep out of “%s”; it is not on your list any more.") % entry.title)
            return redirect("panel_contest", entry.contest_id)
    except Refused as refused:
        if request.method == "POST" and refused.reason == ContestRefusal.RECUSED:
            return redirect("panel_contest", entry.contest_id)
        return refusal_page(request, refused)
    return render(request, "contests/panel_recuse.html", {"entry": entry, "form": form})


def _to_come(contest: Contest, now: datetime) -> bool:
    """Whether scoring has still to begin."""
    return (
        contest.state == ContestState.OPEN and contest.scoring_opens_at is not None and now < contest.scoring_opens_at
    )


def entry_to_judge(pk: int) -> Entry:
    entries = Entry.objects.exclude(contest__state=ContestState.DRAFT).with_page_parts()
    return get_object_or_404(entries.select_related("contest__programme", "contest__pitch_session", "proposal"), pk=pk)


def seat_for(request: HttpRequest, entry: Entry) -> Panelist:
    """The person's seat on the panel; `Refused` for whom the entry is not there to be judged."""
    panelist = Panelist.objects.filter(contest=entry.contest_id, user=request.user).first()
    if panelist is None:
        raise Refused(ContestRefusal.NOT_ASSIGNED)
    detect_recusals(contest=entry.contest, panelists=[panelist])
    refuse_if(why_not_open_entry(panelist, entry))
    return panelist


def refusal_page(request: HttpRequest, refused: Refused) -> HttpResponse:
    """Without a word about the entry: who keeps out of it learns nothing here."""
    return render(request, "contests/panel_refused.html", {"reason": str(refused)}, status=403)
