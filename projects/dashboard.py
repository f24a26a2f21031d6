"""The first page of the office: a year's stages, its way from ideas to money, and its communities side by side.

What waits and what is late comes from the admin's own pages (`OfficeAdmin.waiting`); here are the figures beside it.
Every figure has the address of the rows behind it.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.db.models import Count, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.http import urlencode
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from communities.asked import number_in
from communities.models import User
from communities.querysets import scope_of
from communities.tables import table_file
from programmes.calendar import last_day_of
from programmes.models import Programme, Stage
from projects.figures import Funnel, Participation, funnel_of, participation
from projects.models import Project
from proposals.enums import PROPOSAL_PUBLIC_STATES, IdeaState
from proposals.models import Idea, Proposal

SCALE = 1000
"""Length of the bars, in the units of their drawings."""

YEAR_OF_PROJECT = "award__entry__contest__programme"


@dataclass(frozen=True, slots=True)
class StageBar:
    """A stage on the line of its year: where its window begins and how long it is, in units of `SCALE`."""

    stage: Stage
    start: int
    length: int
    last_day: date
    open: bool
    past: bool


@dataclass(frozen=True, slots=True)
class Step:
    """A step of the funnel with its number, the length of its bar, and the rows behind it."""

    label: str | Promise
    count: int
    length: int
    url: str


@dataclass(frozen=True, slots=True)
class CommunityRow:
    """One community in the year, with how many of its ideas, proposals and projects there are."""

    part: Participation
    waiting: int
    proposals: int
    projects: int


def show(request: HttpRequest, context: dict[str, Any]) -> dict[str, Any]:
    """Adds the year that `?programme=` names, or the newest; nothing is added where there is none in one's scope."""
    years = list(_years(request.user))
    programme = _chosen(request, years)
    if programme is None:
        return context
    now = timezone.now()
    bars, today = stage_bars(list(programme.stages.all()), now)
    return {
        **context,
        "programme": programme,
        "years": [year for year in years if year != programme],
        "bars": bars,
        "today": today,
        "scale": SCALE,
        "steps": steps(programme, funnel_of(programme)),
        "rows": community_rows(programme),
    }


def stage_bars(stages: list[Stage], now: datetime) -> tuple[list[StageBar], int | None]:
    """The windows of the stages on one line, and where `now` is on it, None if outside."""
    if not stages:
        return [], None
    begin = min(stage.opens_at for stage in stages)
    whole = (max(stage.closes_at for stage in stages) - begin).total_seconds()

    def at(moment: datetime) -> int:
        return round(SCALE * (moment - begin).total_seconds() / whole)

    bars = [
        StageBar(
            stage=stage,
            start=at(stage.opens_at),
            length=max(at(stage.closes_at) - at(stage.opens_at), 4),
            last_day=last_day_of(stage),
            open=stage.opens_at <= now < stage.closes_at,
            past=stage.closes_at <= now,
        )
        for stage in stages
    ]
    today = at(now)
    return bars, today if 0 <= today <= SCALE else None


def steps(programme: Programme, funnel: Funnel) -> list[Step]:
    """From ideas to money; the longest bar is the largest number."""
    year = {"programme__id__exact": programme.pk}
    states = ",".join(sorted(PROPOSAL_PUBLIC_STATES))
    counted = [
        (_("Ideas handed in"), funnel.ideas, _list("proposals_idea", state="all", **year)),
        (_("Ideas accepted"), funnel.accepted, _list("proposals_idea", state="taken", **year)),
        (_("Proposals fit for the contest"), funnel.proposals, _list("proposals_proposal", state__in=states, **year)),
        (
            _("Projects funded"),
            funnel.funded,
            _list("projects_project", **{f"{YEAR_OF_PROJECT}__id__exact": programme.pk}),
        ),
    ]
    most = max(count for _label, count, _url in counted) or 1
    return [Step(label, count, round(SCALE * count / most), url) for label, count, url in counted]


def community_rows(programme: Programme) -> list[CommunityRow]:
    """Every community of the sub-district, zeros too. Six queries."""
    waiting = _by_community(Idea.objects.filter(programme=programme, state=IdeaState.SUBMITTED))
    proposals = _by_community(Proposal.objects.filter(programme=programme))
    projects = _by_community(Project.objects.filter(**{YEAR_OF_PROJECT: programme}))
    return [
        CommunityRow(
            part=part,
            waiting=waiting.get(part.community.pk, 0),
            proposals=proposals.get(part.community.pk, 0),
            projects=projects.get(part.community.pk, 0),
        )
        for part in participation(programme)
    ]


def community_table(programme: Programme, kind: str) -> HttpResponseBase:
    """The same as a file for spreadsheets."""
    heading = [
        gettext("community"),
        gettext("ideas"),
        gettext("waiting"),
        gettext("proposals"),
        gettext("projects"),
        gettext("voters"),
        gettext("ideas and votes per 1,000 residents"),
    ]
    rows = (
        (
            row.part.community.name,
            row.part.ideas,
            row.waiting,
            row.proposals,
            row.projects,
            row.part.ballots,
            row.part.per_thousand,
        )
        for row in community_rows(programme)
    )
    return table_file(f"communities-{programme.year}", gettext("By community"), heading, rows, kind)


def year_asked_for(request: HttpRequest) -> Programme | None:
    """The year of the person's scope that `?programme=` names, else the newest one."""
    return _chosen(request, list(_years(request.user)))


def _chosen(request: HttpRequest, years: list[Programme]) -> Programme | None:
    chosen = number_in(request.GET.get("programme"))
    return next((year for year in years if year.pk == chosen), years[0] if years else None)


def _by_community(rows: QuerySet[Any]) -> dict[int, int]:
    return dict(rows.order_by().values_list("community").annotate(Count("pk")))


def _years(user: Any) -> QuerySet[Programme]:
    """Years with a calendar in the person's scope, newest first."""
    years = Programme.objects.filter(stages__isnull=False).distinct().order_by("-year", "subdistrict")
    if not isinstance(user, User):
        return years.none()
    return years if user.is_superuser else years.filter(subdistrict__in=scope_of(user).subdistricts)


def _list(name: str, **parameters: object) -> str:
    return f"{reverse(f'admin:{name}_changelist')}?{urlencode(parameters)}"
