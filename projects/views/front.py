"""The front page, and where people go after logging in."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.db.models import Count
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone

from communities.models import User
from contests.models import Contest, Panelist
from programmes.calendar import calendar_of
from programmes.enums import Action
from programmes.models import Programme
from programmes.rules import permits
from projects.models import Project
from proposals.models import Idea

SHOWN = 4


def home(request: HttpRequest) -> HttpResponse:
    """What the year is at, what one can do today, and what came in last."""
    now = timezone.now()
    programme = Programme.objects.newest_first().select_related("subdistrict").first()
    if programme is None:
        return render(request, "home.html", {"programme": None})
    contests = Contest.objects.filter(programme=programme).annotate(entry_count=Count("entries"))
    ideas = Idea.objects.public().filter(programme=programme)
    context = {
        "programme": programme,
        "calendar": calendar_of(programme, now),
        "collecting": permits(programme, Action.SUBMIT_IDEA, now),
        "voting": contests.voting_now(now).first(),
        "contest": contests.visible_to(request.user).order_by("-created_at", "-pk").first(),
        "ideas": ideas.with_page_parts()[:SHOWN],
        "idea_count": ideas.count(),
        "projects": Project.objects.under_way().with_page_parts().with_milestone_counts()[:SHOWN],
    }
    return render(request, "home.html", context)


@login_required
def after_login(request: HttpRequest) -> HttpResponse:
    """Officers to the admin, experts to what they have to judge, residents to their ideas."""
    assert isinstance(request.user, User)
    if request.user.is_staff:
        return redirect("admin:index")
    if Panelist.objects.filter(user=request.user).exists():
        return redirect("panel")
    return redirect("my_ideas")
