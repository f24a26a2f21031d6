"""The verbs by which a contest is judged blind in its texts too: where applicants are named, and that somebody looked at it."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import prefetch_related_objects

from communities.models import User
from communities.refusal import Refused, refuse_if
from contests import locks
from contests.enums import ContestAct, ContestRefusal
from contests.models import BlindCheck, Contest, ContestEvent, Entry
from contests.naming import named_in
from contests.rules import why_not_look_at_names
from proposals.document import TABLES
from proposals.models import Consolidation, Proposal

ROWS = (*TABLES, "attachments")
UNREAD = frozenset(
    {"proposal.team_name", "teammember.name", "teammember.phone_token", "plannedactivity.owner", "attachment.digest"}
)
"""Of all that is typed into a proposal, what no page shows to an expert who judges it blind."""
IDEA = ("title", "problem", "solution")


def names_in(entries: Iterable[Entry]) -> dict[Entry, dict[str, str]]:
    """Where members, the team, the lead and the authors are named in what experts read: by its key, a line to be shown.

    The number of queries is the same for any number of entries.
    """
    entries = list(entries)
    prefetch_related_objects(entries, "proposal__lead", *(f"proposal__{rows}" for rows in ROWS))
    behind: dict[int, list[Consolidation]] = {}
    joined = Consolidation.objects.in_force().filter(proposal__in=[entry.proposal_id for entry in entries])
    for row in joined.select_related("idea__author").order_by("pk"):
        behind.setdefault(row.proposal_id, []).append(row)
    return {entry: _named(entry.proposal, behind.get(entry.proposal_id, [])) for entry in entries}


def unlooked(contest: Contest) -> dict[Entry, list[str]]:
    """Entries of a blind contest that name applicants where nobody has looked yet, with the places."""
    if not contest.is_blind:
        return {}
    found = names_in(contest.entries.taking_part().select_related("proposal", "blind_check"))
    new = {entry: [line for key, line in at.items() if key not in _looked_at(entry)] for entry, at in found.items()}
    return {entry: lines for entry, lines in new.items() if lines}


@transaction.atomic
def look_at_names(*, entry: Entry, reason: str, releases_papers: bool, by: User, now: datetime) -> BlindCheck:
    """Somebody of the office looked at where the applicants are named, and says why it may stand; again replaces it.

    With `releases_papers` experts may read the papers that are attached now. Raises `Refused`.
    """
    contest = locks.exclude_others(entry.contest)
    refuse_if(why_not_look_at_names(by, contest))
    if not reason.strip():
        raise Refused(ContestRefusal.REASON_MISSING)
    entry = Entry.objects.select_related("proposal").get(pk=entry.pk)
    papers = sorted(entry.proposal.attachments.values_list("digest", flat=True)) if releases_papers else []
    said = {"found": "\n".join(names_in([entry])[entry]), "reason": reason.strip(), "papers": papers}
    check, _new = BlindCheck.objects.update_or_create(entry=entry, defaults={**said, "looked_by": by, "at": now})
    ContestEvent.objects.create(
        contest=contest,
        actor=by,
        from_state=contest.state,
        to_state=contest.state,
        reason=ContestAct.NAMES_LOOKED_AT,
        note=f"{entry.number}: {check.reason}",
        at=now,
    )
    return check


def refuse_unlooked(contest: Contest) -> None:
    """A blind contest does not open while nobody has looked at where its applicants are named. Raises `Refused`."""
    if found := unlooked(contest):
        raise Refused(ContestRefusal.NAMES_UNLOOKED, entries=", ".join(entry.number for entry in found))


def _looked_at(entry: Entry) -> list[str]:
    check = getattr(entry, "blind_check", None)
    return check.found.split("\n") if check else []


def _named(proposal: Proposal, behind: list[Consolidation]) -> dict[str, str]:
    names = [proposal.team_name, *(member.name for member in proposal.members.all())]
    people = [proposal.lead, *(row.idea.author for row in behind)]
    names += [person.display_name for person in people if person is not None]
    return {
        f"{key} {name}": f"{label} · {name}"
        for key, label, text in _texts(proposal, behind)
        for name in named_in(text, names)
    }


def _texts(proposal: Proposal, behind: list[Consolidation]) -> Iterator[tuple[str, str, str]]:
    """What experts read of the proposal, with a key of its place and what that is called."""
    yield from _fields(proposal, _typed_into(Proposal))
    for rows in ROWS:
        for row in getattr(proposal, rows).all():
            yield from _fields(row, _typed_into(type(row)))
    for joined in behind:
        yield from _fields(joined.idea, IDEA)


def _typed_into(model: type[models.Model]) -> tuple[str, ...]:
    """The columns of free text that experts read; a new one is among them until somebody says that it is hidden."""
    table = model._meta  # noqa: SLF001
    typed = (each for each in table.concrete_fields if isinstance(each, models.CharField | models.TextField))
    free = (each.name for each in typed if each.editable and not each.choices)
    return tuple(name for name in free if f"{table.model_name}.{name}" not in UNREAD)


def _fields(row: models.Model, names: Iterable[str]) -> Iterator[tuple[str, str, str]]:
    table = row._meta  # noqa: SLF001
    for name in names:
        field: Any = table.get_field(name)
        yield f"{table.model_name}.{name}", f"{table.verbose_name} · {field.verbose_name}", getattr(row, name)
