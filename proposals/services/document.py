"""Reading and writing the document of a proposal: whole, or one section at a time."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, fields
from datetime import datetime
from typing import Any

from django.db import models, transaction

from communities import phones
from communities.models import User
from communities.refusal import Refused, refuse_if
from proposals.changes import SectionChange, changed_sections, packed, unpacked
from proposals.document import (
    COLUMNS,
    PARTS,
    PLACE,
    TABLES,
    ActivityRow,
    BudgetItem,
    Document,
    MemberRow,
    Named,
    ObjectiveRow,
    RiskRow,
    Rows,
)
from proposals.document_enums import OPINIONS, DocumentSection
from proposals.enums import ProposalRefusal, ProposalState
from proposals.models import BudgetLine, Objective, PlannedActivity, PolishRound, Proposal, Risk, TeamMember
from proposals.writing_rules import why_not_write_section

KINDS: dict[str, tuple[type[models.Model], type[Any]]] = {
    "members": (TeamMember, MemberRow),
    "objectives": (Objective, ObjectiveRow),
    "activities": (PlannedActivity, ActivityRow),
    "risk_rows": (Risk, RiskRow),
    "budget_lines": (BudgetLine, BudgetItem),
}


def document_of(proposal: Proposal) -> Document:
    """The stored document; one query for each table that is not prefetched."""
    return Document(
        columns={name: getattr(proposal, name) for name in COLUMNS},
        rows=Rows(**{name: rows_of(proposal, name) for name in TABLES}),
        place={name: Named(row.pk, row.name) for name in PLACE for row in [getattr(proposal, name)]},
    )


def rows_of(proposal: Proposal, table: str) -> tuple[Any, ...]:
    """One stored table as plain rows, in order."""
    kind = KINDS[table][1]
    names = [field.name for field in fields(kind)]
    return tuple(kind(**{name: getattr(row, name) for name in names}) for row in getattr(proposal, table).all())


def mark_of(proposal: Proposal, section: DocumentSection) -> str:
    """Sixteen hex digits of what is stored of a section: two pages with one mark were made from the same text."""
    part = PARTS[section]
    content = [str(getattr(proposal, name)) for name in part.columns]
    if part.table:
        content += [str(value) for row in rows_of(proposal, part.table) for value in asdict(row).values()]
    return hashlib.sha256("\0".join(content).encode()).hexdigest()[:16]


@transaction.atomic
def save_section(
    *,
    proposal: Proposal,
    section: DocumentSection,
    columns: Mapping[str, object],
    rows: Sequence[Any],
    mark: str,
    by: User,
    now: datetime,
) -> Proposal:
    """Replace one section; `columns` and `rows` are what `PARTS` says of it.

    `mark` is the section's mark when the page was made (`mark_of`). If somebody has saved this section since, the answer
    is `Refused(STALE)`, unless what they saved is the same; what others saved in other sections does not matter.
    """
    stored = hold_stored(proposal)
    refuse_if(why_not_write_section(by, stored, section, now))
    part = PARTS[section]
    typed = {name: columns[name] for name in part.columns}
    tables = {part.table: rows} if part.table else {}
    if all(getattr(stored, name) == value for name, value in typed.items()) and all(
        rows_of(stored, table) == tuple(rows) for table, rows in tables.items()
    ):
        return stored
    if mark_of(stored, section) != mark:
        raise Refused(ProposalRefusal.STALE)
    if section not in OPINIONS:
        begin_round(stored, now)
    return write(stored, typed, tables)


def hold_stored(proposal: Proposal) -> Proposal:
    """The row as it is stored, kept until this transaction ends; a form may have written into `proposal` already."""
    held = Proposal.objects.select_for_update(of=("self",), no_key=True)
    return held.select_related("programme", "community", "category").get(pk=proposal.pk)


def begin_round(proposal: Proposal, now: datetime) -> None:
    """Remember the document before the first change of a round of polishing. Needs the proposal held."""
    if proposal.state != ProposalState.COACHING or proposal.rounds.under_way().exists():
        return
    PolishRound.objects.create(
        proposal=proposal, number=proposal.rounds.count() + 1, before=packed(document_of(proposal)), begun_at=now
    )


def unseen_changes(proposal: Proposal, document: Document) -> list[SectionChange]:
    """What was changed in the round that is under way, as long as the lead has not been shown it."""
    current = proposal.rounds.under_way().filter(presented_at__isnull=True).first()
    return changed_sections(unpacked(current.before), document) if current else []


def write(proposal: Proposal, columns: Mapping[str, object], tables: Mapping[str, Sequence[Any]]) -> Proposal:
    """Store columns and tables of a proposal that the transaction holds, and count its revision.

    Raises `ValidationError` when a text is too long. A table is replaced only if it differs.
    """
    for name, value in columns.items():
        setattr(proposal, name, value)
    proposal.full_clean(validate_constraints=False)
    revision = models.F("revision") + 1
    Proposal.objects.filter(pk=proposal.pk).update(**columns, revision=revision)
    for table, rows in tables.items():
        if rows_of(proposal, table) != tuple(rows):
            _replace(proposal, table, rows)
    proposal.refresh_from_db()
    return proposal


def _replace(proposal: Proposal, table: str, rows: Sequence[Any]) -> None:
    model: Any = KINDS[table][0]
    getattr(proposal, table).all().delete()
    model.objects.bulk_create(
        model(proposal=proposal, position=position, **_stored(row)) for position, row in enumerate(rows)
    )


def _stored(row: Any) -> dict[str, Any]:
    """The columns of a row; a telephone number is encrypted."""
    values = asdict(row)
    if "phone" in values:
        number = values.pop("phone")
        values["phone_token"] = phones.encrypt(number) if number else ""
    return values
