"""The figures of the years as charts, each bar with the address of its rows."""

from __future__ import annotations

from collections.abc import Sequence

from django.urls import reverse
from django.utils.http import urlencode
from django.utils.translation import gettext as _

from programmes.models import Programme
from projects.charts import Chart, Row, Value, bar_chart
from projects.figures import CategoryCell, CategoryYears, Funnel, Participation, ProgrammeYear

# Years that a chart shows beside one another; tables show all.
YEARS_SHOWN = 3


def funnel_chart(programme: Programme, funnel: Funnel) -> Chart:
    """How many of the year's ideas came how far."""
    steps: tuple[tuple[str, int, str, dict[str, str]], ...] = (
        (_("Ideas handed in"), funnel.ideas, "idea_list", {}),
        (_("Accepted at the screening"), funnel.accepted, "idea_list", {"state": "EVER_ACCEPTED"}),
        (_("Proposals"), funnel.proposals, "proposal_list", {}),
        (_("Projects funded"), funnel.funded, "project_list", {}),
    )
    return bar_chart(
        [Row(name, (_linked(count, page, programme=programme.pk, **more),)) for name, count, page, more in steps]
    )


def categories_chart(years: CategoryYears, programme: Programme) -> Chart:
    """Ideas by category in this year, and pale in the years before."""
    until = years.programmes.index(programme) + 1 if programme in years.programmes else 0
    shown = slice(max(until - YEARS_SHOWN, 0), until)
    alone = until == 1
    rows = []
    for line in years.lines:
        cells = [cell for cell in line.cells[shown][::-1] if cell.category is not None]
        values = tuple(_of_category(cell, pale=cell.programme != programme, alone=alone) for cell in cells)
        if values:
            rows.append(Row(line.name, values, tone=line.newest.colour))
    return bar_chart(rows)


def participation_chart(rows: Sequence[Participation], *, per_thousand: bool) -> Chart:
    """Communities, the most active first: per 1,000 residents, or by ideas and ballots where residents are not known."""
    drawn = [(row, (row.per_thousand or 0) if per_thousand else row.acts) for row in rows]
    drawn.sort(key=lambda pair: (-pair[1], pair[0].community.code))
    return bar_chart(
        [
            Row(row.community.name, (Value(amount, str(amount), reverse("community_detail", args=[row.community.pk])),))
            for row, amount in drawn
        ]
    )


def community_chart(community_id: int, years: Sequence[ProgrammeYear]) -> Chart:
    """Ideas of one community by year, the newest first."""
    return bar_chart(
        [
            Row(
                str(year.programme.year),
                (_linked(year.funnel.ideas, "idea_list", programme=year.programme.pk, community=community_id),),
            )
            for year in years[:YEARS_SHOWN]
        ]
    )


def _of_category(cell: CategoryCell, *, pale: bool, alone: bool) -> Value:
    assert cell.category is not None
    value = _linked(cell.count or 0, "idea_list", programme=cell.programme.pk, category=cell.category.pk)
    return Value(value.amount, value.text if alone else f"{value.text} · {cell.programme.year}", value.url, pale=pale)


def _linked(count: int, page: str, **query: int | str) -> Value:
    """What is counted nowhere leads nowhere."""
    return Value(count, str(count), f"{reverse(page)}?{urlencode(query)}" if count else "")
