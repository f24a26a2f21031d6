"""The figures of the years: what came in, what became of it, and who took part. Reads only, a few queries each.

The words mean the same everywhere:

- *ideas*: handed in, whatever became of them since; drafts that nobody handed in are not among them. *readable* are
  those of them that everyone may read: not the returned, the not accepted and the withdrawn ones.
- *accepted*: ideas that a screening accepted, also those that were joined into a proposal afterwards.
- *proposals*: found fit for the contest, as everyone may read them. *drafted* are those that are not there yet.
- *funded*: projects approved from awards of the year, also those that ended early. *granted*: their amounts, in yuan.
- *ballots*: people who voted, once for each contest of the year. While a contest goes on nobody is to see a count, so
  only contests with a published result are counted, for the office too; a ballot belongs to the community in which its
  voter is verified. How anybody voted is not read here, and cannot be.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from decimal import ROUND_HALF_UP, Decimal
from operator import itemgetter
from typing import Any

from django.db.models import Count, Q, QuerySet, Sum

from communities.models import Community, Subdistrict
from contests.models import Contest, Voter
from programmes.models import Category, Programme
from projects.models import Project
from proposals.enums import (
    PROPOSAL_EXITS,
    PROPOSAL_PUBLIC_STATES,
)
from proposals.models import Idea, Proposal
from proposals.querysets import IdeaQuerySet

TENTH = Decimal("0.1")


@dataclass(frozen=True, slots=True)
class Funnel:
    """From ideas to money: how many reached each step. The module says what each number counts."""

    ideas: int = 0
    readable: int = 0
    accepted: int = 0
    drafted: int = 0
    proposals: int = 0
    funded: int = 0
    granted: Decimal = Decimal("0.00")


@dataclass(frozen=True, slots=True)
class ProgrammeYear:
    """A year with its funnel, of the whole sub-district or of one community."""

    programme: Programme
    funnel: Funnel


@dataclass(frozen=True, slots=True)
class CategoryCell:
    """A category in one year, with its ideas; both None where it did not exist."""

    programme: Programme
    category: Category | None
    count: int | None


@dataclass(frozen=True, slots=True)
class CategoryLine:
    """One category through the years: a cell for each of them."""

    code: str
    name: str
    cells: tuple[CategoryCell, ...]

    @property
    def counts(self) -> tuple[int | None, ...]:
        return tuple(cell.count for cell in self.cells)

    @property
    def newest(self) -> Category:
        """As it was in the last year in which it existed."""
        return next(cell.category for cell in reversed(self.cells) if cell.category is not None)


@dataclass(frozen=True, slots=True)
class CategoryYears:
    """Ideas by category. Years, oldest first; categories are the same one when their codes are equal."""

    programmes: tuple[Programme, ...]
    lines: tuple[CategoryLine, ...]


@dataclass(frozen=True, slots=True)
class Participation:
    """How much one community took part in a year."""

    community: Community
    ideas: int
    ballots: int

    @property
    def acts(self) -> int:
        return self.ideas + self.ballots

    @property
    def per_thousand(self) -> Decimal | None:
        """Ideas and ballots together."""
        return per_thousand(self.acts, self.community)


def per_thousand(count: int, community: Community) -> Decimal | None:
    """Per 1,000 registered residents, to one decimal, half up; None if their number is unknown."""
    if not community.registered_population:
        return None
    return (Decimal(count) * 1000 / community.registered_population).quantize(TENTH, rounding=ROUND_HALF_UP)


def funnel_of(programme: Programme) -> Funnel:
    """The year of the sub-district. Three queries."""
    return _funnels(
        Idea.objects.filter(programme=programme),
        Proposal.objects.filter(programme=programme),
        Project.objects.filter(award__entry__contest__programme=programme),
    ).get(programme.pk, Funnel())


def programme_years(subdistrict: Subdistrict) -> list[ProgrammeYear]:
    """Every year with a calendar, newest first, with its funnel. Four queries, however many years there are."""
    programmes = _years_of(subdistrict)
    funnels = _funnels(
        Idea.objects.filter(programme__in=programmes),
        Proposal.objects.filter(programme__in=programmes),
        Project.objects.filter(award__entry__contest__programme__in=programmes),
    )
    return [ProgrammeYear(programme, funnels.get(programme.pk, Funnel())) for programme in programmes]


def community_years(community: Community) -> list[ProgrammeYear]:
    """Every year of the community's sub-district, newest first, with the funnel of this community. Four queries."""
    programmes = _years_of(community.subdistrict_id)
    funnels = _funnels(
        Idea.objects.filter(programme__in=programmes, community=community),
        Proposal.objects.filter(programme__in=programmes, community=community),
        Project.objects.filter(award__entry__contest__programme__in=programmes, community=community),
    )
    return [ProgrammeYear(programme, funnels.get(programme.pk, Funnel())) for programme in programmes]


def categories_by_year(subdistrict: Subdistrict | int) -> CategoryYears:
    """Ideas by category for every year with a calendar. Two queries.

    The order is that of the newest year; categories that it has no more follow in the order of their last year.
    """
    programmes = tuple(reversed(_years_of(subdistrict)))
    counted = Category.objects.filter(programme__in=programmes).annotate(
        idea_count=Count("ideas", filter=Q(ideas__in=Idea.objects.handed_in().values("pk")))
    )
    years = [programme.pk for programme in programmes]
    found = {(category.code, years.index(category.programme_id)): category for category in counted}
    last_year = dict(sorted(found, key=itemgetter(1)))
    order = sorted(last_year, key=lambda code: (-last_year[code], found[code, last_year[code]].position, code))
    lines = []
    for code in order:
        row = [found.get((code, year)) for year in range(len(years))]
        cells = tuple(_cell(*pair) for pair in zip(programmes, row, strict=True))
        lines.append(CategoryLine(code=code, name=row[last_year[code]].name, cells=cells))  # type: ignore[union-attr]
    return CategoryYears(programmes=programmes, lines=tuple(lines))


def _cell(programme: Programme, category: Any) -> CategoryCell:
    """`category` comes with its count, or is None."""
    return CategoryCell(programme, category, None if category is None else category.idea_count)


def participation(programme: Programme) -> list[Participation]:
    """Every community of the sub-district, in the order of their codes, zeros too. Three queries."""
    contests = Contest.objects.filter(programme=programme).decided()
    handed_in = Idea.objects.filter(programme=programme).handed_in()
    ideas = dict(handed_in.order_by().values_list("community").annotate(Count("pk")))
    ballots = _voters_by_community(contests)
    return [
        Participation(community=community, ideas=ideas.get(community.pk, 0), ballots=ballots.get(community.pk, 0))
        for community in Community.objects.filter(subdistrict=programme.subdistrict_id)
    ]


def rates_are_known(rows: Iterable[Participation]) -> bool:
    """Whether communities can be compared per 1,000 residents: only if the number of every one is known."""
    return all(row.per_thousand is not None for row in rows)


def _years_of(subdistrict: Subdistrict | int) -> list[Programme]:
    """Newest first; programmes without a calendar only hold imported contests, and are no years of the office."""
    years = Programme.objects.filter(subdistrict=subdistrict, stages__isnull=False)
    return list(years.distinct().order_by("-year"))


def _voters_by_community(contests: QuerySet[Contest]) -> dict[int, int]:
    voters = Voter.objects.voted().filter(contest__in=contests)
    return dict(voters.order_by().values_list("community").annotate(Count("pk")))


def _funnels(ideas: IdeaQuerySet, proposals: QuerySet[Proposal], projects: QuerySet[Project]) -> dict[int, Funnel]:
    """By id of the programme; programmes without a row are left out. Three queries."""
    funnels: dict[int, Funnel] = {}
    for year, count, readable, accepted in _ideas_counted(ideas):
        funnels[year] = Funnel(ideas=count, readable=readable, accepted=accepted)
    for year, drafted, fit in _proposals_counted(proposals):
        funnels[year] = replace(funnels.get(year, Funnel()), drafted=drafted, proposals=fit)
    funded = projects.order_by().values_list("award__entry__contest__programme")
    for year, count, granted in funded.annotate(Count("pk"), Sum("amount")):
        funnels[year] = replace(funnels.get(year, Funnel()), funded=count, granted=granted)
    return funnels


def _ideas_counted(ideas: IdeaQuerySet) -> QuerySet[Idea, tuple[int, int, int, int]]:
    """By programme: handed in, readable, accepted."""
    by_programme = ideas.handed_in().order_by().values_list("programme")
    return by_programme.annotate(
        Count("pk"),
        readable=Count("pk", filter=ideas.is_public()),
        accepted=Count("pk", filter=Q(pk__in=Idea.objects.ever_accepted().told().values("pk"))),
    )


def _proposals_counted(proposals: QuerySet[Proposal]) -> QuerySet[Proposal, tuple[int, int, int]]:
    """By programme: in work, and found fit."""
    in_work = ~Q(state__in=sorted(PROPOSAL_PUBLIC_STATES | PROPOSAL_EXITS))
    return (
        proposals.order_by()
        .values_list("programme")
        .annotate(
            drafted=Count("pk", filter=in_work),
            fit=Count("pk", filter=Q(state__in=sorted(PROPOSAL_PUBLIC_STATES))),
        )
    )
