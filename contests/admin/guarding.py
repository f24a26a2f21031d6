"""Groups of ballots that stand out, as the first page of the office tells of them."""

from __future__ import annotations

from collections.abc import Iterator

from django.db.models import Count, Min, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from communities.waiting import Waiting
from contests.models import BallotFlag, Contest
from contests.voting_enums import FlagState

STEPS = {
    FlagState.OPEN: _("Groups of ballots that stand out, in the way of the final tally"),
    FlagState.PROPOSED: _("Groups of ballots to be settled by an approver, in the way of the final tally"),
}


def waiting(contests: QuerySet[Contest]) -> Iterator[Waiting]:
    """What is to be looked at and what is to be settled, contest by contest, each with its guard desk."""
    flags = BallotFlag.objects.unsettled().filter(contest__in=contests.order_by().values("pk"))
    groups = flags.order_by("contest").values("contest", "state")
    for row in groups.annotate(count=Count("pk"), oldest=Min("found_at")):
        yield Waiting(STEPS[row["state"]], row["count"], reverse("guard", args=[row["contest"]]), row["oldest"])
