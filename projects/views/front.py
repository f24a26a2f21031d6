"""The front page, and where people go after logging in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from communities.display import is_elder
from communities.models import User
from communities.querysets import scope_of
from contests.enums import ContestState
from contests.models import Contest, Panelist
from contests.rules import ended_early
from programmes.calendar import calendar_of, coming, may_now
from programmes.enums import Action
from programmes.models import Programme
from projects.figures import funnel_of
from projects.models import Project
from projects.next_step import Today, next_step
from proposals.models import Idea

SHOWN = 4


def home(request: HttpRequest) -> HttpResponse:
    """What the year is at, what this person can do today, and what came in last."""
    now = timezone.now()
    programme = Programme.objects.newest_first().select_related("subdistrict").first()
    if programme is None:
        return render(request, "home.html", {"programme": None})
    contests = Contest.objects.filter(programme=programme).with_entry_count(request.user)
    office = Contest.objects.filter(programme__subdistrict=programme.subdistrict, source_sha256="")
    today = Today(
        programme=programme,
        calendar=calendar_of(programme, now),
        voting=contests.voting_now(now).first(),
        decided=office.decided().select_related("programme").order_by("-programme__year", "-pk").first(),
        now=now,
    )
    contest = contests.visible_to(request.user).order_by("-created_at", "-pk").first()
    elder = is_elder(request)
    stages_open = [line for line in today.calendar if line.open]
    context = {
        "programme": programme,
        "contest": contest,
        "ended_early": ended_early(contest, now) if contest else None,
        "today": today,
        "calendar": today.calendar,
        # One thing at a time in elder mode: the stage that came last, and only where nothing is to be done by a day.
        "stages_open": stages_open[-1:] if elder else stages_open,
        "coming": coming(today.calendar),
        "step": next_step(request.user, today),
        "collecting": may_now(today.calendar, Action.SUBMIT_IDEA),
    }
    if not elder:
        ideas = Idea.objects.public().filter(programme=programme)
        context |= {
            "ideas": ideas.with_page_parts()[:SHOWN],
            "result": funnel_of(today.decided.programme) if today.decided else None,
            "under_way": Project.objects.under_way().count(),
            "projects": Project.objects.under_way().with_page_parts().with_milestone_counts()[:SHOWN],
        }
    return render(request, "home.html", context)


@login_required
def after_login(request: HttpRequest) -> HttpResponse:
    """Everyone to their work: the office, what is to be judged, the desk of communities; residents to their things.

    Who has several roles goes to the first of these that waits, and finds links to the others there.
    """
    assert isinstance(request.user, User)
    if request.user.is_staff:
        return redirect("admin:index")
    states = set(Panelist.objects.of(request.user).values_list("contest__state", flat=True))
    if ContestState.OPEN in states:
        return redirect("panel")
    scope = scope_of(request.user)
    if scope.communities or scope.organisations:
        return redirect("desk")
    return redirect("panel" if states else "my")
