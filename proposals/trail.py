"""Who changed which sections of a proposal when, from the versions that the database keeps."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from itertools import pairwise
from typing import Any

from communities.models import User
from proposals.document import PARTS
from proposals.document_enums import DocumentSection
from proposals.models import BudgetLine, Objective, PlannedActivity, Proposal, Risk, TeamMember

MODELS: dict[str, Any] = {
    "members": TeamMember,
    "objectives": Objective,
    "activities": PlannedActivity,
    "risk_rows": Risk,
    "budget_lines": BudgetLine,
}
NEWEST = 80
SITTING = timedelta(minutes=15)


@dataclass(slots=True)
class Sitting:
    """One person's changes of some sections without a long break; `who` is None for what no page did."""

    who: User | None
    since: datetime
    until: datetime
    sections: list[DocumentSection]


def trail_of(proposal: Proposal) -> list[Sitting]:
    """The newest first. Reads the newest versions alone, so that a page costs the same however long people wrote."""
    found = sorted({*_columns(proposal), *_tables(proposal)}, reverse=True)[:NEWEST]
    people = User.objects.in_bulk({user for _at, user, _section in found if user})
    sittings: list[Sitting] = []
    for at, user, section in found:
        last = sittings[-1] if sittings else None
        who = people.get(user)
        if last is None or last.who != who or last.since - at > SITTING:
            sittings.append(Sitting(who, at, at, [section]))
            continue
        last.since = at
        if section not in last.sections:
            last.sections.append(section)
    return sittings


Change = tuple[datetime, int, DocumentSection]


def _columns(proposal: Any) -> Iterator[Change]:
    """What each version has different from the one before."""
    versions = proposal.versions.select_related("pgh_context").order_by("-pgh_id")[: NEWEST + 1]
    for new, old in pairwise(versions):
        for section, part in PARTS.items():
            if any(getattr(new, name) != getattr(old, name) for name in part.columns):
                yield new.pgh_created_at, _user(new), section


def _tables(proposal: Proposal) -> Iterator[Change]:
    sections = {part.table: section for section, part in PARTS.items() if part.table}
    for table, model in MODELS.items():
        events = model._meta.get_field("events").related_model.objects.filter(proposal=proposal)  # noqa: SLF001
        for event in events.select_related("pgh_context").order_by("-pgh_id")[:NEWEST]:
            yield event.pgh_created_at, _user(event), sections[table]


def _user(version: Any) -> int:
    """Nobody is 0, so that changes can be sorted."""
    return (version.pgh_context.metadata.get("user") or 0) if version.pgh_context else 0
