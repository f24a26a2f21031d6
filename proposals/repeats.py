"""Proposals of one year that the same team or the same lead stands behind: one each is the rule, and the office is warned."""

from __future__ import annotations

import unicodedata
from collections import defaultdict
from dataclasses import dataclass

from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from communities.names import tidied
from proposals.enums import PROPOSAL_EXITS
from proposals.models import Proposal
from proposals.notices import leads_of

LEAD, TEAM = _("the same lead"), _("the same team")


@dataclass(frozen=True, slots=True)
class Repeat:
    """Several proposals, oldest first, and what they have in common; nobody is named, as a contest may be blind."""

    proposals: tuple[Proposal, ...]
    common: tuple[str | Promise, ...]


def repeats_of(proposals: QuerySet[Proposal]) -> list[Repeat]:
    """Among these, without those that have ended. Warnings: nothing is refused for them. Three queries at most."""
    going = proposals.exclude(state__in=sorted(PROPOSAL_EXITS))
    leads = leads_of(going.order_by().values("pk"))
    together: dict[tuple[str | Promise, object], list[Proposal]] = defaultdict(list)
    for proposal in going.only("title", "team_name").order_by("created_at", "pk"):
        if lead := leads.get(proposal.pk):
            together[LEAD, lead].append(proposal)
        if team := _plain(proposal.team_name):
            together[TEAM, team].append(proposal)
    common: dict[tuple[Proposal, ...], list[str | Promise]] = defaultdict(list)
    for (what, _who), group in together.items():
        if len(group) > 1:
            common[tuple(group)].append(what)
    return [Repeat(group, tuple(what)) for group, what in common.items()]


def _plain(team: str) -> str:
    """How names of teams are compared: full width or not, capitals or not, with blanks or not are the same."""
    return unicodedata.normalize("NFKC", tidied(team)).casefold().replace(" ", "")
