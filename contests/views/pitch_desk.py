"""The pitch session at the desk of the street office: where and when, the draw, moving a pitch, and hosting it."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import BadRequest, PermissionDenied
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from communities.models import User
from communities.querysets import scope_of
from communities.refusal import Refused, refuse_if
from communities.telling import telling
from contests.agenda import SheetsIn, Turn, sheets_in, whole_agenda
from contests.enums import JUDGED_STATES
from contests.hall import hall
from contests.models import Contest, PitchSession, PitchSlot
from contests.pitch_enums import PitchAct
from contests.pitch_forms import MoveForm, PlanForm
from contests.pitch_rules import (
    is_planned_day,
    was_held,
    why_not_draw,
    why_not_move_pitch,
    why_not_plan_pitches,
    why_not_run_pitches,
)
from contests.rules import why_not_run_contest
from contests.services.hosting import reveal_score, run_pitches
from contests.services.pitching import draw_order, move_pitch, places_ahead, plan_pitches

staff_only = login_required(login_url=reverse_lazy("account_login"))
PLAN = ("place", "starts_at", "minutes", "pause")


@require_GET
@never_cache
@staff_only
def pitch_desk(request: HttpRequest, pk: int) -> HttpResponse:
    """The session and its timetable with what can be done next. The supervisor reads along."""
    contest = _contest(request, pk)
    session = PitchSession.objects.filter(contest=contest).first()
    user = _user(request)
    turns = whole_agenda(session) if session else []
    ahead = places_ahead(session, [turn.slot for turn in turns]) if session else []
    acts = [act for act in PitchAct if session and why_not_run_pitches(user, contest, session, act) is None]
    counts = sheets_in([turn.slot.entry_id for turn in turns])
    context = {
        "contest": contest,
        "session": session,
        "rows": [_row(turn, counts) for turn in turns],
        "hall": hall(session, user) if session and session.on_now else None,
        "hosts": why_not_run_contest(user, contest) is None,
        "reveals": contest.state in JUDGED_STATES,
        "acts": acts,
        "other_day": PitchAct.START in acts and session and not is_planned_day(session, timezone.now()),
        "may_plan": why_not_plan_pitches(user, contest, session, None) is None,
        "may_draw": why_not_draw(user, contest, session) is None,
        "movable": [
            turn.slot.pk for turn in turns if why_not_move_pitch(user, contest, turn.slot, None, ahead) is None
        ],
    }
    return render(request, "desk/pitch.html", context)


@require_GET
@never_cache
@staff_only
def pitch_desk_now(request: HttpRequest, pk: int) -> HttpResponse:
    """The piece that keeps the host up to date: who is on, the clock, and how many sheets are in."""
    session = get_object_or_404(PitchSession.objects.select_related("contest"), contest=_contest(request, pk))
    return render(request, "desk/_pitch_now.html", {"session": session, "hall": hall(session, _user(request))})


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only
def pitch_plan(request: HttpRequest, pk: int) -> HttpResponse:
    contest, user = _contest(request, pk), _user(request)
    session = PitchSession.objects.filter(contest=contest).first()
    initial = {name: getattr(session, name) for name in PLAN} if session else {"starts_at": contest.scoring_opens_at}
    form = PlanForm(request.POST if request.method == "POST" else None, initial=initial)
    refused = ""
    try:
        refuse_if(why_not_plan_pitches(user, contest, session, None))
        if form.is_valid():
            plan_pitches(contest=contest, **form.cleaned_data, by=user, now=timezone.now())
            messages.success(request, _("The session is planned."))
            return redirect("pitch_desk", contest.pk)
    except Refused as refusal:
        refused = str(refusal)
    return render(request, "desk/pitch_plan.html", {"contest": contest, "form": form, "refused": refused})


@require_POST
@staff_only
def pitch_draw(request: HttpRequest, pk: int) -> HttpResponse:
    contest = _contest(request, pk)
    with telling(request, _("The order is drawn. Those behind the entries are told when they are on.")):
        draw_order(contest=contest, by=_user(request), now=timezone.now())
    return redirect("pitch_desk", contest.pk)


@require_POST
@staff_only
def pitch_run(request: HttpRequest, pk: int) -> HttpResponse:
    """Start, next, back, stop the clock, let it go on."""
    contest = _contest(request, pk)
    session = get_object_or_404(PitchSession, contest=contest)
    act, revision = request.POST.get("act", ""), request.POST.get("revision", "")
    if act not in PitchAct:
        raise BadRequest(act)
    with telling(request):
        run_pitches(
            session=session,
            act=PitchAct(act),
            revision=int(revision) if revision.isdecimal() and len(revision) < 10 else -1,
            by=_user(request),
            now=timezone.now(),
            other_day="other_day" in request.POST,
        )
    return redirect("pitch_desk", contest.pk)


@require_POST
@staff_only
def pitch_reveal(request: HttpRequest, pk: int) -> HttpResponse:
    """Show a score to the hall."""
    slot = _slot(request, pk)
    with telling(request, _("The score of “%s” is on the screen.") % slot.entry.title):
        reveal_score(slot=slot, by=_user(request), now=timezone.now())
    return redirect("pitch_desk", slot.session.contest_id)


@require_http_methods(["GET", "POST"])
@never_cache
@staff_only
def pitch_move(request: HttpRequest, pk: int) -> HttpResponse:
    """Ask for the new place and the reason."""
    slot, user = _slot(request, pk), _user(request)
    turns = whole_agenda(slot.session)
    ahead = places_ahead(slot.session, [turn.slot for turn in turns])
    others = [turn for turn in turns if turn.slot.position in ahead and turn.slot.pk != slot.pk]
    form = MoveForm(request.POST if request.method == "POST" else None, turns=others)
    context: dict[str, Any] = {"contest": slot.session.contest, "slot": slot, "form": form}
    try:
        refuse_if(why_not_move_pitch(user, slot.session.contest, slot, None, ahead))
        if form.is_valid():
            move_pitch(slot=slot, **form.cleaned_data, by=user, now=timezone.now())
            messages.success(request, _("Moved. Whoever is on at another time now is told."))
            return redirect("pitch_desk", slot.session.contest_id)
    except Refused as refusal:
        context["refused"] = str(refusal)
    return render(request, "desk/pitch_move.html", context)


def _row(turn: Turn, counts: dict[int, SheetsIn]) -> dict[str, Any]:
    return {"turn": turn, "sheets": counts.get(turn.slot.entry_id, SheetsIn()), "held": was_held(turn.slot)}


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _offices(request: HttpRequest) -> Any:
    if not scope_of(_user(request)).subdistricts:
        raise PermissionDenied
    return Contest.objects.in_office_of(_user(request)).select_related("programme")


def _contest(request: HttpRequest, pk: int) -> Contest:
    return get_object_or_404(_offices(request), pk=pk)


def _slot(request: HttpRequest, pk: int) -> PitchSlot:
    slots = PitchSlot.objects.filter(session__contest__in=_offices(request))
    return get_object_or_404(slots.select_related("entry", "session__contest__programme"), pk=pk)
