"""How many ideas were turned away for which reason, by year, community or category."""

from __future__ import annotations

from dataclasses import dataclass

from django.db.models import Count, TextChoices
from django.utils.translation import gettext_lazy as _

from programmes.models import Programme
from proposals.enums import ScreeningReason
from proposals.screening_querysets import ScreeningQuerySet


class Grouping(TextChoices):
    YEAR = "programme", _("By year")
    COMMUNITY = "community", _("By community")
    CATEGORY = "category", _("By category")


# What a group is called, from the screening on.
NAMES = {
    Grouping.YEAR: "idea__programme__year",
    Grouping.COMMUNITY: "idea__community__name",
    Grouping.CATEGORY: "idea__category__name",
}


@dataclass(frozen=True, slots=True)
class ReasonCount:
    """`ideas` of a group (its number and name) were given the reason, whatever became of them later."""

    group: int
    name: str
    reason: ScreeningReason
    ideas: int


def reason_counts(
    screenings: ScreeningQuerySet, grouping: Grouping, programme: Programme | None = None
) -> list[ReasonCount]:
    """By group, the most frequent reason first, of one year or of all; without first opinions, which nobody was told."""
    given = screenings.decisions().exclude(reason="").order_by()
    if programme:
        given = given.filter(idea__programme=programme)
    counted = given.values_list(f"idea__{grouping}", NAMES[grouping], "reason").annotate(
        ideas=Count("idea", distinct=True)
    )
    ordered = counted.order_by(NAMES[grouping], f"idea__{grouping}", "-ideas", "reason")
    return [ReasonCount(group, str(name), ScreeningReason(reason), ideas) for group, name, reason, ideas in ordered]
