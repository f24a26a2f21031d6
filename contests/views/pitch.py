"""The pitch session as everyone reads it: its timetable, and the same for calendars."""

from __future__ import annotations

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils import translation
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from contests.agenda import Turn, agenda
from contests.enums import ContestAct
from contests.ics import pitch_calendar
from contests.models import Contest, Entry, PitchSession

CALENDAR_TYPE = "text/calendar; charset=utf-8"


@require_safe
def pitch(request: HttpRequest, pk: int) -> HttpResponse:
    """Who is on when, community by community, and how the order was drawn."""
    session = session_of(request, pk)
    context = {
        "contest": session.contest,
        "session": session,
        "turns": agenda(session, request.user),
        "moved": session.contest.events.filter(reason=ContestAct.PITCH_MOVED).count(),
    }
    return render(request, "contests/pitch.html", context)


@require_safe
@never_cache
def pitch_ics(request: HttpRequest, pk: int) -> HttpResponse:
    """The whole timetable."""
    session = session_of(request, pk)
    return _calendar(request, session, agenda(session, request.user), f"pitches-{pk}.ics")


@require_safe
@never_cache
def entry_pitch_ics(request: HttpRequest, pk: int) -> HttpResponse:
    """One pitch, for those who hold it."""
    entry = get_object_or_404(Entry.objects.visible_to(request.user), pk=pk)
    session = session_of(request, entry.contest_id)
    turns = [turn for turn in agenda(session, request.user) if turn.slot.entry_id == entry.pk]
    if not turns:
        raise Http404
    return _calendar(request, session, turns, f"pitch-{entry.number}.ics")


def session_of(request: HttpRequest, pk: int) -> PitchSession:
    """The session of a contest that the person may see."""
    sessions = PitchSession.objects.filter(contest__in=Contest.objects.visible_to(request.user))
    return get_object_or_404(sessions.select_related("contest__programme__subdistrict"), contest=pk)


def _calendar(request: HttpRequest, session: PitchSession, turns: list[Turn], name: str) -> HttpResponse:
    """In the language that `lang` names, else in the site's own: calendar programs do not say which one people read."""
    wanted = request.GET.get("lang", "")
    url = request.build_absolute_uri(reverse("pitch", args=[session.contest_id]))
    with translation.override(wanted if wanted in dict(settings.LANGUAGES) else settings.LANGUAGE_CODE):
        content = pitch_calendar(session, turns, url=url)
    headers = {"Content-Disposition": f'inline; filename="{name}"'}
    return HttpResponse(content, content_type=CALENDAR_TYPE, headers=headers)
