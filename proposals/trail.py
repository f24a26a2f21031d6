"""Who changed which sections of a proposal when, from the versions that the database keeps."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
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


@dataclass(frozen=True, slots=True)
class Trail:
    """Sittings, the newest first; `earlier` is the moment before which it goes on, empty when nothing is left."""

    sittings: list[Sitting]
    earlier: datetime | None


def trail_of(proposal: Proposal, *, since: datetime | None = None, before: datetime | None = None) -> Trail:
    """The newest changes of that time, by default of all time.

    Reads no more than the newest versions, so that a page costs the same however long people wrote.
    """
    time = {name: at for name, at in (("pgh_created_at__gt", since), ("pgh_created_at__lt", before)) if at}
    sources = [_columns(proposal, time), *_tables(proposal, time)]
    found = sorted({change for source in sources for change in source.changes}, reverse=True)
    # What happened before the oldest change of a source that goes on is not complete, and waits for the next page.
    known_from = [source.changes_from for source in sources if source.changes_from]
    if len(found) > NEWEST:
        known_from.append(found[NEWEST - 1][0])
    begins = max(known_from, default=None)
    return Trail(_sittings([change for change in found if begins is None or change[0] >= begins]), begins)


def whole_trail_of(proposal: Proposal) -> Iterator[Sitting]:
    """All of it, page by page."""
    trail = trail_of(proposal)
    yield from trail.sittings
    while trail.earlier:
        trail = trail_of(proposal, before=trail.earlier)
        yield from trail.sittings


Change = tuple[datetime, int, DocumentSection]


@dataclass(frozen=True, slots=True)
class _Source:
    """The newest changes that one table tells of; `changes_from` is the oldest moment of them if there are older ones."""

    changes: list[Change]
    changes_from: datetime | None


def _sittings(found: list[Change]) -> list[Sitting]:
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


def _columns(proposal: Any, time: Mapping[str, datetime]) -> _Source:
    """What each version has different from the one before, which may be older than the time asked for."""
    until = {name: at for name, at in time.items() if name.endswith("__lt")}
    found = proposal.versions.filter(**until).select_related("pgh_context").order_by("-pgh_id")[: NEWEST + 1]
    versions, since = list(found), time.get("pgh_created_at__gt")
    changes = [
        (new.pgh_created_at, _user(new), section)
        for new, old in pairwise(versions)
        if since is None or new.pgh_created_at > since
        for section, part in PARTS.items()
        if any(getattr(new, name) != getattr(old, name) for name in part.columns)
    ]
    oldest = versions[-2].pgh_created_at if len(versions) > NEWEST else None
    return _Source(changes, oldest if oldest and (since is None or oldest > since) else None)


def _tables(proposal: Proposal, time: Mapping[str, datetime]) -> Iterator[_Source]:
    sections = {part.table: section for section, part in PARTS.items() if part.table}
    for table, model in MODELS.items():
        events = model._meta.get_field("events").related_model.objects.filter(proposal=proposal, **time)  # noqa: SLF001
        newest = list(events.select_related("pgh_context").order_by("-pgh_id")[:NEWEST])
        changes = [(event.pgh_created_at, _user(event), sections[table]) for event in newest]
        yield _Source(changes, newest[-1].pgh_created_at if len(newest) == NEWEST else None)


def _user(version: Any) -> int:
    """Nobody is 0, so that changes can be sorted."""
    return (version.pgh_context.metadata.get("user") or 0) if version.pgh_context else 0
