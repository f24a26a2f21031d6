"""The joining desk (统筹): accepted ideas in groups of alike ones, and the proposals that they go into."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.core.paginator import Paginator
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse, HttpResponseBase, HttpResponseNotAllowed
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from communities.admin import streets
from communities.asked import number_in
from communities.models import User
from communities.office import OfficeAdmin, works
from communities.refusal import Refused
from communities.tables import table_file
from programmes.models import Programme
from proposals.balance import balance_of
from proposals.enums import PROPOSAL_EDITABLE_STATES, PROPOSAL_OPEN_STATES, IdeaState
from proposals.models import Consolidation, Idea, Proposal
from proposals.office_forms import JoinForm
from proposals.rules import why_not_consolidate
from proposals.services.joining import consolidate, undo_joining
from proposals.services.seconding import backers_of
from proposals.similar import Similar, grouped

GROUPS_A_PAGE = 20
ACTS_SHOWN = 8


# So many accepted ideas are compared with one another, who waited longest first: comparing takes a second then, and of
# more it takes the square. Who narrows the list down sees the others.
MOST_COMPARED = 500
COMPARED = ("title", "problem", "solution", "location_text", "community", "category", "author")


@dataclass(frozen=True, slots=True)
class Group:
    """Ideas that are alike, the one that the others resemble first; `backers` is how many people are behind them."""

    ideas: Sequence[Similar]
    backers: int


@dataclass(frozen=True, slots=True)
class Act:
    """Ideas that one officer joined into a proposal together, and may be given back together."""

    joined: Consolidation
    ideas: list[Idea]


class JoiningDesk(OfficeAdmin):
    """The page on which ideas are joined; the admin of ideas is made of it."""

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("joining/", wrap(self.joining_view), name=self.url_name("joining")),
            path("joining/<int:pk>/undo/", wrap(self.undo_view), name=self.url_name("undo_joining")),
            *super().get_urls(),
        ]

    def joining_url(self, **parameters: Any) -> str:
        url = reverse(f"admin:{self.url_name('joining')}")
        return f"{url}?{urlencode(parameters, doseq=True)}" if parameters else url

    def joining_view(self, request: HttpRequest) -> HttpResponseBase:
        """Choose ideas and where they go, and join them there.

        With `format=csv` or `xlsx` the groups are a file for spreadsheets, or with `balance` how proposals are spread.
        """
        if not works(request.user):
            raise PermissionDenied
        ideas: Any = self.get_queryset(request)
        some = Exists(Idea.objects.handed_in().filter(programme=OuterRef("pk")))
        programmes = Programme.objects.filter(some, subdistrict__in=streets(request.user)).newest_first()
        programme = _asked_for(request, ideas, programmes)
        if programme is None:
            return self.page(request, "admin/proposals/idea/joining.html", {"title": _("Join ideas"), "groups": []})
        if kind := request.GET.get("format"):
            return _table(request, programme, kind)
        ours = ideas.filter(programme=programme)
        proposals = Proposal.objects.filter(programme=programme)
        form = JoinForm(request.POST if request.method == "POST" else None, ideas=ours, proposals=proposals)
        if form.is_valid():
            try:
                proposal = _join(form, programme, request.user)
            except Refused as refused:
                form.add_error(None, str(refused))
            else:
                count = len(form.cleaned_data["ideas"])
                messages.success(
                    request, _("Joined into “%(proposal)s”: %(count)s.") % {"proposal": proposal, "count": count}
                )
                return redirect(f"{self.joining_url(programme=programme.pk)}#joined")
        context = {
            "title": _("Join ideas"),
            "form": form,
            "programme": programme,
            "programmes": programmes,
            **_waiting(request, programme, ours, form),
            **_targets(proposals),
            "balance": balance_of(programme),
            "acts": acts_of(programme),
            "refused": why_not_consolidate(request.user, programme, timezone.now()),
        }
        return self.page(request, "admin/proposals/idea/joining.html", context)

    def undo_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        """Give back what was joined in one act."""
        if not works(request.user):
            raise PermissionDenied
        if request.method != "POST":
            return HttpResponseNotAllowed(["POST"])
        assert isinstance(request.user, User)
        joined = get_object_or_404(
            Consolidation.objects.filter(idea__in=self.get_queryset(request).order_by().values("pk")).select_related(
                "proposal__programme"
            ),
            pk=pk,
        )
        try:
            given_back = undo_joining(consolidation=joined, by=request.user, now=timezone.now())
        except Refused as refused:
            messages.error(request, str(refused))
        else:
            messages.success(
                request,
                _("“%(proposal)s”: %(count)s given back. They may be joined anew.")
                % {"proposal": joined.proposal, "count": len(given_back)},
            )
        return redirect(self.joining_url(programme=joined.proposal.programme_id))


def acts_of(programme: Programme) -> list[Act]:
    """What was joined last and can still be given back, the latest first."""
    open_ones = Proposal.objects.filter(
        programme=programme, sealed_at__isnull=True, state__in=sorted(PROPOSAL_OPEN_STATES)
    )
    given = Consolidation.objects.in_force().filter(proposal__in=open_ones.order_by().values("pk"))
    latest_first = ("-created_at", "proposal_id", "pk")
    # The whole rows only of those that are shown, not of all that are sorted.
    shown = given.order_by(*latest_first).values("pk")[: ACTS_SHOWN * 5]
    rows = Consolidation.objects.filter(pk__in=shown).select_related("proposal", "idea", "created_by")
    acts: dict[tuple[int, int | None, datetime], Act] = {}
    for row in rows.order_by(*latest_first):
        key = (row.proposal_id, row.created_by_id, row.created_at)
        acts.setdefault(key, Act(row, [])).ideas.append(row.idea)
    return list(acts.values())[:ACTS_SHOWN]


def _asked_for(request: HttpRequest, ideas: QuerySet[Idea], programmes: QuerySet[Programme]) -> Programme | None:
    """The year that the address names, else that of the chosen ideas, else the newest."""
    asked = number_in(request.GET.get("programme"))
    if asked is not None and (named := programmes.filter(pk=asked).first()):
        return named
    chosen = ideas.filter(pk__in=_chosen(request)).order_by().values("programme")
    return programmes.filter(pk__in=chosen).first() or programmes.first()


def _chosen(request: HttpRequest) -> list[int]:
    """The ideas that are ticked: sent with the form, or named by the address."""
    numbers = request.POST.getlist("ideas") if request.method == "POST" else request.GET.getlist("idea")
    return [number for number in map(number_in, numbers) if number is not None]


def _join(form: JoinForm, programme: Programme, user: Any) -> Proposal:
    return consolidate(
        programme=programme,
        ideas=form.ordered_ideas(),
        title=form.title_given(),
        proposal=form.cleaned_data["proposal"],
        note=form.cleaned_data["note"],
        by=user,
        now=timezone.now(),
    )


def _waiting(request: HttpRequest, programme: Programme, ours: Any, form: JoinForm) -> dict[str, Any]:
    """The accepted ideas in groups, those that are ticked on top; narrowed down by community and category."""
    accepted = Idea.objects.filter(programme=programme, state=IdeaState.ACCEPTED)
    kept = _kept(request)
    chosen = _chosen(request)
    waiting = accepted.filter(**kept)
    compared = _compared(waiting)
    count = len(compared) if len(compared) < MOST_COMPARED else waiting.count()
    if missing := set(chosen) - {idea.pk for idea in compared}:
        compared += accepted.filter(pk__in=missing).only(*COMPARED)
    found = grouped(compared)
    ticked = [group for group in found if any(similar.idea.pk in chosen for similar in group)]
    pages = Paginator([*ticked, *(group for group in found if group not in ticked)], GROUPS_A_PAGE)
    page = pages.get_page(request.GET.get("page"))
    page.object_list = _whole(page.object_list, ours)
    return {
        "page": page,
        "accepted": count,
        "left_out": max(count - MOST_COMPARED, 0),
        "most_compared": MOST_COMPARED,
        "alike": sum(len(group) for group in found if len(group) > 1),
        "chosen": chosen,
        "lead": form["lead"].value() if form.is_bound else "",
        "kept": kept,
        "kept_query": urlencode({"programme": programme.pk, **kept}),
        "communities": programme.subdistrict.communities.order_by("code"),
        "categories": programme.categories.all(),
    }


def _kept(request: HttpRequest) -> dict[str, int]:
    """By which community and category the list is narrowed down."""
    asked = {name: number_in(request.GET.get(name)) for name in ("community", "category")}
    return {name: number for name, number in asked.items() if number is not None}


def _compared(waiting: QuerySet[Idea]) -> list[Idea]:
    return list(_by_wait(waiting)[:MOST_COMPARED])


def _by_wait(waiting: QuerySet[Idea]) -> QuerySet[Idea]:
    return waiting.only(*COMPARED).order_by("submitted_at", "pk")


def _table(request: HttpRequest, programme: Programme, kind: str) -> HttpResponseBase:
    communities = {place.pk: place.name for place in programme.subdistrict.communities.all()}
    categories = {category.pk: category.name for category in programme.categories.all()}
    place = [_("Community"), _("Category")]
    if "balance" in request.GET:
        balance = balance_of(programme)
        crowds = [(crowd.community.name, crowd.category.name, crowd.proposals, "", "") for crowd in balance.crowds]
        without = [(community.name, "", 0, "", "") for community in balance.without]
        repeats = [("", "", len(one.proposals), _listed(one.common), _listed(one.proposals)) for one in balance.repeats]
        heading = [*place, _("Proposals"), _("In common"), _("Titles")]
        return table_file("balance", _("How proposals are spread"), heading, [*crowds, *without, *repeats], kind)
    waiting = Idea.objects.filter(programme=programme, state=IdeaState.ACCEPTED, **_kept(request))
    rows = (
        (number, idea.pk, idea.title, communities[idea.community_id], categories[idea.category_id], *told)
        for number, idea, *told in _grouped_and_others(waiting)
    )
    heading = [_("Group"), _("Number"), _("Title"), *place, _("Likeness"), _("People behind it"), _("Behind the group")]
    return table_file("joining", _("Join ideas"), heading, rows, kind)


def _listed(things: Iterable[object]) -> str:
    return _(", ").join(map(str, things))


def _grouped_and_others(waiting: QuerySet[Idea]) -> Iterator[tuple[int | None, Idea, str, int, int | None]]:
    """Group, idea, likeness and how many people are behind both; those that are too many to be compared come last."""
    found, others = grouped(_compared(waiting)), list(_by_wait(waiting)[MOST_COMPARED:])
    people = backers_of([*(similar.idea for group in found for similar in group), *others])
    for number, group in enumerate(found, 1):
        together = len({person for similar in group for person in people[similar.idea.pk]})
        for similar in group:
            likeness = str(similar.likeness.label) if len(group) > 1 else ""
            yield number, similar.idea, likeness, len(people[similar.idea.pk]), together
    for idea in others:
        yield None, idea, _("not compared"), len(people[idea.pk]), None


def _whole(shown: Sequence[Sequence[Similar]], ours: Any) -> list[Group]:
    """The groups of a page with all that is shown of their ideas, which were read for their texts alone."""
    pks = [similar.idea.pk for group in shown for similar in group]
    ideas = {idea.pk: idea for idea in ours.filter(pk__in=pks).with_page_parts()}
    people = backers_of(ideas.values())
    return [
        Group(
            [replace(similar, idea=ideas[similar.idea.pk]) for similar in group],
            len({person for similar in group for person in people[similar.idea.pk]}),
        )
        for group in shown
    ]


def _targets(proposals: QuerySet[Proposal]) -> dict[str, Any]:
    """The proposals that take ideas, each with what is in it and how many people stand behind it."""
    open_ones = list(
        proposals.filter(state__in=sorted(PROPOSAL_EDITABLE_STATES)).select_related("community", "category")
    )
    joined = Consolidation.objects.in_force().filter(proposal__in=open_ones).select_related("idea")
    joined = joined.only("proposal_id", "idea__author_id").order_by()
    ideas: dict[int, list[Idea]] = {proposal.pk: [] for proposal in open_ones}
    for row in joined:
        ideas[row.proposal_id].append(row.idea)
    people: Mapping[int, set[str]] = backers_of(row.idea for row in joined)
    return {
        "targets": [
            {
                "proposal": proposal,
                "ideas": ideas[proposal.pk],
                "backers": len({person for idea in ideas[proposal.pk] for person in people[idea.pk]}),
            }
            for proposal in open_ones
        ]
    }
