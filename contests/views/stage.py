"""Pages for the hall: the timer, the big screen, and the experts' page that follows who is on.

Each has a small piece that its script asks for again and again; nobody keeps it, so that no copy tells more than now.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from contests.hall import hall
from contests.models import Panelist, PitchSession
from contests.services.recusing import detect_recusals
from contests.views.judging import expert_required
from contests.views.pitch import session_of


@require_GET
@never_cache
def in_hall(request: HttpRequest, pk: int, template: str) -> HttpResponse:
    """The timer or the big screen, or the piece of either that is asked for again."""
    return _show(request, session_of(request, pk), f"contests/{template}.html")


@require_GET
@never_cache
@expert_required
def panel_pitch(request: HttpRequest, pk: int) -> HttpResponse:
    """The expert's tablet: to the sheet of the entry that is on, or a word that they step out for it."""
    session = session_of(request, pk)
    seat = _seat(request, session)
    detect_recusals(contest=session.contest, panelists=[seat])
    return _show(request, session, "contests/panel_pitch.html", **_own_sheet(session, seat))


@require_GET
@never_cache
@expert_required
def panel_pitch_now(request: HttpRequest, pk: int) -> HttpResponse:
    session = session_of(request, pk)
    seat = _seat(request, session)
    return _show(request, session, "contests/_panel_pitch.html", **_own_sheet(session, seat))


def _seat(request: HttpRequest, session: PitchSession) -> Panelist:
    return get_object_or_404(Panelist, contest=session.contest_id, user=request.user)


def _own_sheet(session: PitchSession, seat: Panelist) -> dict[str, Any]:
    """Whether the entry that is on is theirs to score, and how far they are with it."""
    slots = session.slots.filter(position=session.on_now)
    mine = seat.assignments.standing().filter(entry__in=slots.values("entry")).exists()
    state = seat.sheets.filter(entry__in=slots.values("entry")).values_list("state", flat=True).first()
    return {"mine": mine, "sheet_state": state or ""}


def _show(request: HttpRequest, session: PitchSession, template: str, **more: Any) -> HttpResponse:
    context = {"contest": session.contest, "session": session, "hall": hall(session, request.user), **more}
    return render(request, template, context)
