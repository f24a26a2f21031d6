"""The desk of community officers and members of support organisations: only what is of their communities."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from functools import wraps
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Case, Count, Exists, Max, OuterRef, QuerySet, Subquery, Value, When
from django.db.models.functions import Coalesce
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from communities.enums import CommunityRefusal, VerificationMethod
from communities.forms import ResidencyForm
from communities.models import Residency, User
from communities.pages import page_of
from communities.querysets import scope_of
from communities.refusal import Refused
from communities.services.people import decide_residency
from communities.waiting import moment
from programmes.calendar import calendar_of
from programmes.enums import Action
from programmes.models import Accompaniment, Programme
from projects import todo
from proposals.enums import PROPOSAL_EXITS, IdeaState, ProposalState
from proposals.models import Idea, Proposal
from proposals.views.tables import desk_proposals_table

PROPOSAL_ORDER = [
    ProposalState.COACHING,
    ProposalState.DRAFT,
    ProposalState.SUBMITTED,
    ProposalState.QUALIFIED,
    ProposalState.POOLED,
    ProposalState.DISQUALIFIED,
    ProposalState.WITHDRAWN,
]
BEFORE_CONTEST = [ProposalState.DRAFT, ProposalState.COACHING, ProposalState.SUBMITTED]
SHOWN = 5


def desk_required(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """For who holds an office in a community or a support organisation today; others are refused."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        assert isinstance(request.user, User)
        scope = scope_of(request.user)
        if not (scope.communities or scope.organisations):
            raise PermissionDenied
        return view(request, *args, **kwargs)

    # They have a user name and a password; the site's usual way in is a code for a mobile number.
    return login_required(guarded, login_url=reverse_lazy("account_login"))


@require_GET
@never_cache
@desk_required
def desk(request: HttpRequest) -> HttpResponse:
    """What waits, residencies to verify, communities accompanied, ideas and proposals by state, and the dates of the year."""
    user, now = _user(request), timezone.now()
    scope, years = scope_of(user), todo.this_year(user)
    pending = Residency.objects.at_desk_of(user).awaiting_verification().select_related("user", "community")
    proposals = _proposals(user, years)
    context = {
        "todo": todo.for_desk(user, years, now),
        "communities": [a.community for a in scope.appointments if a.community],
        "organisations": [a.organisation for a in scope.appointments if a.organisation],
        "page": page_of(request, pending),
        "methods": VerificationMethod.choices,
        "idea_counts": _by_state(_ideas(user, years), list(IdeaState)),
        "accompanied": _accompanied(user, years),
        "proposal_counts": _by_state(proposals, PROPOSAL_ORDER),
        "proposals": _in_line(proposals, user, now)[:SHOWN],
        "years": [(programme, calendar_of(programme, now)) for programme in years],
    }
    return render(request, "desk/desk.html", context)


@require_POST
@desk_required
def residency_decide(request: HttpRequest, pk: int) -> HttpResponse:
    """Verify or refuse one residency; who comes second reads who was first."""
    user = _user(request)
    residencies = Residency.objects.at_desk_of(user).select_related("user", "community")
    residency = get_object_or_404(residencies, pk=pk)
    form = ResidencyForm(request.POST)
    if form.is_valid():
        try:
            verified, method = form.decided()
            decide_residency(residency=residency, verified=verified, method=method, by=user, now=timezone.now())
        except Refused as refused:
            messages.error(request, _why(refused, pk))
        else:
            messages.success(request, _told(residency, verified=verified))
    else:
        messages.error(request, " ".join(error for errors in form.errors.values() for error in errors))
    return redirect(f"{reverse('desk')}#residencies")


@require_GET
@never_cache
@desk_required
def desk_ideas(request: HttpRequest) -> HttpResponse:
    """Ideas of one's communities in one state, or all; also those that not everyone may read."""
    user = _user(request)
    ideas = _ideas(user, todo.this_year(user))
    counts, state = _by_state(ideas, list(IdeaState)), request.GET.get("state", "")
    rows = ideas.filter(state=state) if state in IdeaState.values else ideas
    page = page_of(request, rows.with_page_parts().order_by("-submitted_at", "-pk"))
    return render(request, "desk/ideas.html", {"page": page, "counts": counts, "state": state})


@require_GET
@never_cache
@desk_required
def desk_proposals(request: HttpRequest) -> HttpResponseBase:
    """Proposals of one's communities in one state, or all; who has waited longest comes first.

    With `format=csv` or `xlsx` they are a file for spreadsheets.
    """
    user = _user(request)
    proposals = _proposals(user, todo.this_year(user))
    counts, state = _by_state(proposals, PROPOSAL_ORDER), request.GET.get("state", "")
    rows = proposals.filter(state=state) if state in ProposalState.values else proposals
    in_line = _in_line(rows, user, timezone.now())
    if kind := request.GET.get("format"):
        return desk_proposals_table(in_line, kind)
    page = page_of(request, in_line)
    context = {"page": page, "counts": counts, "state": state, "accompanies": bool(scope_of(user).organisations)}
    return render(request, "desk/proposals.html", context)


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user


def _told(residency: Residency, *, verified: bool) -> str:
    said = _("%(name)s is verified for %(community)s.") if verified else _("%(name)s is refused for %(community)s.")
    name = residency.user.display_name or residency.user.masked_phone
    return said % {"name": name, "community": residency.community}


def _ideas(user: User, years: list[Programme]) -> QuerySet[Idea]:
    return Idea.objects.at_desk_of(user).filter(programme__in=years)


def _proposals(user: User, years: list[Programme]) -> QuerySet[Proposal]:
    return Proposal.objects.at_desk_of(user).filter(programme__in=years)


def _accompanied(user: User, years: list[Programme]) -> QuerySet[Accompaniment]:
    """What the person's organisations accompany; with `proposals`, how many of them have not ended, the fewest first."""
    alive = Proposal.objects.exclude(state__in=sorted(PROPOSAL_EXITS))
    own = alive.filter(programme=OuterRef("programme"), community=OuterRef("community")).order_by().values("community")
    return (
        Accompaniment.objects.in_force()
        .filter(organisation__in=scope_of(user).organisations, programme__in=years)
        .select_related("community")
        .annotate(proposals=Coalesce(Subquery(own.annotate(number=Count("pk")).values("number")), 0))
        .order_by("proposals", "community")
    )


def _in_line(proposals: QuerySet[Proposal], user: User, now: datetime) -> QuerySet[Proposal]:
    """Those that are being polished first, and of one state the longest unmoved; with `moved_at`, `due` and `writes`."""
    place = Case(*(When(state=state, then=Value(n)) for n, state in enumerate(PROPOSAL_ORDER)))
    due = Case(When(state__in=BEFORE_CONTEST, then=todo.closing(Action.QUALIFY_PROPOSAL, now)))
    writes = Exists(Proposal.objects.accompanied_by(user).filter(pk=OuterRef("pk")))
    return (
        proposals.select_related("community", "category")
        .annotate(moved_at=Coalesce(Max("events__at"), "created_at"), due=due, writes=writes)
        .order_by(place, "moved_at", "pk")
    )


def _by_state(rows: QuerySet[Any], states: Sequence[IdeaState | ProposalState]) -> list[dict[str, object]]:
    """The states that occur, in the order of the line, each with its number of rows."""
    found = dict(rows.order_by().values_list("state").annotate(Count("pk")))
    return [{"state": state, "label": state.label, "count": found[state]} for state in states if state in found]


def _why(refused: Refused, pk: int) -> str:
    """The refusal; when somebody has decided already, who that was."""
    first = Residency.objects.exclude(decided_by=None).select_related("decided_by").filter(pk=pk).first()
    if refused.reason != CommunityRefusal.RESIDENCY_DECIDED or first is None:
        return str(refused)
    return _("%(who)s has decided this already (%(decision)s, %(when)s). Your decision was not saved.") % {
        "who": first.decided_by,
        "decision": first.get_state_display(),
        "when": moment(first.decided_at),
    }
