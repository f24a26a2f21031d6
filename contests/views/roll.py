"""The desk of the electoral roll: who is on it, entering and importing voters, and the list for the polling place."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.core import signing
from django.db.models import Q, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse, reverse_lazy
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_POST

from communities.enums import Role
from communities.models import Community, User
from communities.pages import page_of
from communities.querysets import scope_of
from communities.refusal import Refused
from communities.telling import telling
from contests import roster
from contests.enums import ContestState
from contests.models import Contest, Voter
from contests.roll_forms import CommunityForm, RosterForm, VoterForm
from contests.rules import votes_now
from contests.services.matching import join_lines
from contests.services.roll import (
    beside_roll,
    draw_up_roll,
    enter_voter,
    import_roster,
    mark_paper_vote,
    strike_voter,
    unmark_paper_vote,
)
from contests.voting_enums import VotingRefusal
from contests.voting_rules import is_over, marks_paper
from proposals.views.entering import communities_of, officer_of

staff_only = login_required(login_url=reverse_lazy("account_login"))
PREVIEW_SECONDS = 3600


def contest_of(request: HttpRequest, pk: int) -> tuple[Contest, QuerySet[Community]]:
    """A contest of the sub-district in which the officer works, and their communities there."""
    return _contest_in(communities_of(officer_of(request)), pk)


def contest_read_by(request: HttpRequest, pk: int) -> tuple[Contest, QuerySet[Community], bool]:
    """As `contest_of`, for supervisors too, and whether the visitor works there: a supervisor changes nothing."""
    served, works = _read_by(request)
    return *_contest_in(served, pk), works


def _contest_in(served: QuerySet[Community], pk: int) -> tuple[Contest, QuerySet[Community]]:
    contests = Contest.objects.filter(programme__subdistrict__in=served.values("subdistrict"), source_sha256="")
    contest = get_object_or_404(contests.select_related("programme__subdistrict"), pk=pk)
    return contest, served.filter(subdistrict=contest.programme.subdistrict_id)


def _read_by(request: HttpRequest) -> tuple[QuerySet[Community], bool]:
    """The communities whose rolls the visitor reads, and whether they work for them; who does neither is refused."""
    assert isinstance(request.user, User)
    supervised = scope_of(request.user).in_roles({Role.SUPERVISOR})
    served = communities_of(request.user)
    if supervised and not served.exists():
        return Community.objects.filter(subdistrict__in=supervised), False
    return communities_of(officer_of(request)), True


@require_GET
@never_cache
@staff_only
def rolls(request: HttpRequest) -> HttpResponse:
    """The contests whose roll the officer keeps, or the supervisor reads."""
    served, _works = _read_by(request)
    here = Contest.objects.filter(programme__subdistrict__in=served.values("subdistrict"), source_sha256="")
    kept = here.filter(state__in=[ContestState.DRAFT, ContestState.OPEN, ContestState.CLOSED]).select_related(
        "programme"
    )
    return render(request, "desk/rolls.html", {"page": page_of(request, kept.order_by("-created_at", "-pk"))})


@require_GET
@never_cache
@staff_only
def roll(request: HttpRequest, pk: int) -> HttpResponse:
    """The lines of one's communities; whether somebody has voted, but never when or what; with `?voted=` only those."""
    contest, served, works = contest_read_by(request, pk)
    lines = contest.voters.of_communities(served)
    form = CommunityForm(request.GET or None, communities=served)
    form.fields["community"].required = False
    found = lines
    if form.is_valid() and form.cleaned_data["community"]:
        found = found.filter(community=form.cleaned_data["community"])
    if only_voted := bool(request.GET.get("voted")):
        found = found.voted()
    wanted = request.GET.get("q", "").strip()
    if wanted:
        name = Q(reference__icontains=wanted) | Q(user__display_name__icontains=wanted)
        found = found.filter(name)
    page = page_of(request, found.select_related("user", "community", "unmarking_by", "code").in_roll_order())
    context = {
        "contest": contest,
        "page": page,
        "form": form,
        "wanted": wanted,
        "only_voted": only_voted,
        "voted": lines.voted().count(),
        "all": lines.standing().count(),
        "acts": contest.roll_events.filter(community__in=served).select_related("by", "community")[:10],
        "officer": request.user,
        "works": works,
        "helping": votes_now(contest, timezone.now()),
        "marking": works and marks_paper(contest),
        "over": is_over(contest, timezone.now()) and contest.state != ContestState.DRAFT,
        "unmatched": lines.unmatched().count() if is_over(contest, timezone.now()) and marks_paper(contest) else 0,
    }
    return render(request, "desk/roll.html", context)


@never_cache
@staff_only
def roll_enter(request: HttpRequest, pk: int) -> HttpResponse:
    """Put one person on the roll, who stands at the counter or in the committee's own list."""
    contest, served = contest_of(request, pk)
    form = VoterForm(request.POST if request.method == "POST" else None, communities=served)
    refused = ""
    if form.is_valid():
        data = form.cleaned_data
        try:
            line = enter_voter(
                contest=contest,
                community=data["community"],
                reference=data["reference"],
                phone=data["phone"].as_e164 if data["phone"] else "",
                adult=data["adult"],
                by=officer_of(request),
            )
        except Refused as refusal:
            refused = str(refusal)
        else:
            messages.success(request, _("%s is on the roll.") % line)
            return redirect("roll", contest.pk)
    return render(request, "desk/roll_enter.html", {"contest": contest, "form": form, "refused": refused})


@never_cache
@staff_only
def roll_import(request: HttpRequest, pk: int) -> HttpResponse:
    """A roster: first a look at what is in the file, row by row, then it is put on the roll."""
    contest, served = contest_of(request, pk)
    if "rows" in request.POST:
        return _confirmed(request, contest, served)
    form = RosterForm(
        request.POST if request.method == "POST" else None,
        request.FILES if request.method == "POST" else None,
        communities=served,
    )
    context: dict[str, Any] = {"contest": contest, "form": form}
    if form.is_valid():
        community = form.cleaned_data["community"]
        try:
            good, wrong = roster.read(form.cleaned_data["roster"])
        except roster.RosterError as error:
            form.add_error("roster", str(Refused(error.reason, **error.facts)))
        else:
            good, known = beside_roll(contest, community, good)
            rows = [(row.line, row.reference, row.phone) for row in good]
            context |= {
                "community": community,
                "good": good,
                "wrong": sorted([*wrong, *known], key=lambda row: row.line),
                "rows": signing.dumps([community.pk, rows], salt=_salt(request, contest), compress=True),
            }
            return render(request, "desk/roll_preview.html", context)
    return render(request, "desk/roll_import.html", context)


def _confirmed(request: HttpRequest, contest: Contest, served: QuerySet[Community]) -> HttpResponse:
    """What the preview showed, and nothing else, goes onto the roll."""
    try:
        community, rows = signing.loads(request.POST["rows"], salt=_salt(request, contest), max_age=PREVIEW_SECONDS)
        came = import_roster(
            contest=contest,
            community=get_object_or_404(served, pk=community),
            rows=[roster.RosterRow(*row) for row in rows],
            by=officer_of(request),
        )
    except signing.BadSignature:
        messages.error(request, VotingRefusal.PREVIEW_OLD.label)
        return redirect("roll_import", contest.pk)
    except Refused as refused:
        messages.error(request, str(refused))
        return redirect("roll_import", contest.pk)
    told = ngettext("%(count)s voter came onto the roll.", "%(count)s voters came onto the roll.", came)
    messages.success(request, told % {"count": came})
    return redirect("roll", contest.pk)


@require_POST
@staff_only
def roll_draw_up(request: HttpRequest, pk: int) -> HttpResponse:
    """Put all verified residents of one's communities on the roll, before it is printed."""
    contest, served = contest_of(request, pk)
    with telling(request):
        came = sum(draw_up_roll(contest=contest, community=each, by=officer_of(request)) for each in served)
        words = ngettext("%(count)s voter came onto the roll.", "%(count)s voters came onto the roll.", came)
        messages.success(request, words % {"count": came})
    return redirect("roll", contest.pk)


@require_GET
@never_cache
@staff_only
def roll_print(request: HttpRequest, pk: int) -> HttpResponse:
    """The list for the table at the polling place: who voted on the site is crossed out, the others sign."""
    contest, served, _works = contest_read_by(request, pk)
    lines = contest.voters.standing().of_communities(served).select_related("user", "community", "code").in_roll_order()
    return render(request, "desk/roll_print.html", {"contest": contest, "lines": lines, "now": timezone.now()})


@require_POST
@staff_only
def roll_mark(request: HttpRequest, pk: int) -> HttpResponse:
    """Somebody votes on paper, or the mark was a mistake; a line is struck off, or joined with another."""
    served = communities_of(officer_of(request))
    lines = Voter.objects.of_communities(served).select_related("contest__programme", "community", "user")
    voter = get_object_or_404(lines, pk=pk)
    with telling(request):
        messages.success(request, _marked(request, voter, officer_of(request)) % voter)
    query = request.POST.get("back", "")
    return redirect(f"{reverse('roll', args=[voter.contest_id])}{'?' if query else ''}{query}")


def _marked(request: HttpRequest, voter: Voter, by: User) -> str:
    """Do to the line what the button says; returns what is to be told."""
    typed = " ".join(request.POST.get("typed", "").split())
    match request.POST.get("mark"):
        case "undo":
            marked = unmark_paper_vote(voter=voter, by=by)
            if marked.unmarking_by_id is not None:
                return _("A second person now takes the mark of %s back.")
            return _("The mark of %s is taken back.")
        case "strike":
            strike_voter(voter=voter, reason=typed[:200], by=by)
            return _("%s is struck off the roll.")
        case "join":
            join_lines(voter=voter, reference=typed, by=by)
            return _("The two lines of %s are one now.")
        case _:
            mark_paper_vote(voter=voter, by=by)
            return _("%s votes on paper.")


def _salt(request: HttpRequest, contest: Contest) -> str:
    """A preview is good for its officer and its contest alone."""
    return f"roster:{contest.pk}:{officer_of(request).pk}"
