"""The verbs on rounds of polishing: begin with the first change, show to the lead, accept or decline."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.db import transaction

from communities.models import User
from communities.refusal import Refused, refuse_if
from proposals.changes import changed_sections, packed, unpacked
from proposals.document import PARTS, Document
from proposals.document_enums import DocumentSection
from proposals.enums import ProposalRefusal, ProposalState, RoundStep
from proposals.models import PolishRound, Proposal, ProposalEvent
from proposals.rules import leads
from proposals.services.document import document_of, hold_stored, write
from proposals.writing_rules import why_not_answer_round, why_not_present_round


@transaction.atomic
def present_round(*, proposal: Proposal, note: str, by: User, now: datetime) -> PolishRound:
    """Show the changes of the round that is under way to the proposal's lead, who is told. Raises `Refused`."""
    held = hold_stored(proposal)
    refuse_if(why_not_present_round(by, held, now))
    current = held.rounds.under_way().first()
    if current is None or not changed_sections(unpacked(current.before), document_of(held)):
        raise Refused(ProposalRefusal.NOTHING_CHANGED)
    if current.presented_at is not None:
        raise Refused(ProposalRefusal.ROUND_SHOWN)
    current.presented_at, current.presented_by, current.note = now, by, note
    current.save(update_fields=["presented_at", "presented_by", "note"])
    _record(held, RoundStep.ROUND_SHOWN, by=by, note=note, now=now)
    return current


@transaction.atomic
def answer_round(
    *,
    polish_round: PolishRound,
    accepted: Collection[DocumentSection],
    declined: Collection[DocumentSection],
    mark: str,
    answer: str,
    by: User,
    now: datetime,
) -> PolishRound:
    """The lead accepts or declines each changed section; where it is declined the earlier text is put back as a new version.

    What nobody has decided is not taken for accepted: then nothing is saved, `Refused(CHANGES_UNDECIDED)`.
    `mark` is that of the document the lead looked at (`mark_of_document`): if somebody wrote since, the answer is
    `Refused(STALE)`. The office answers for a lead who said so, and writes down how; who changed what, both texts
    and the answer stay.
    """
    held = hold_stored(polish_round.proposal)
    current = PolishRound.objects.get(pk=polish_round.pk)
    refuse_if(why_not_answer_round(by, held, current, now))
    if not leads(by, held) and not answer.strip():
        raise Refused(ProposalRefusal.ANSWER_NEEDED)
    document = document_of(held)
    if mark_of_document(document) != mark:
        raise Refused(ProposalRefusal.STALE)
    before = unpacked(current.before)
    changed = [change.section for change in changed_sections(before, document)]
    if not set(changed) <= {*accepted, *declined}:
        raise Refused(ProposalRefusal.CHANGES_UNDECIDED)
    put_back = [section for section in changed if section in declined]
    current.after, current.declined, current.answer = packed(document), [s.value for s in put_back], answer
    current.answered_at, current.answered_by = now, by
    current.save(update_fields=["after", "declined", "answer", "answered_at", "answered_by"])
    if put_back:
        _put_back(held, put_back, before, document)
    _record(held, RoundStep.ROUND_DECLINED if put_back else RoundStep.ROUND_ACCEPTED, by=by, note=answer, now=now)
    return current


def mark_of_document(document: Document) -> str:
    """Sixteen hex digits of all of it but telephone numbers."""
    return hashlib.sha256(json.dumps(packed(document), sort_keys=True).encode()).hexdigest()[:16]


def _put_back(proposal: Proposal, sections: Collection[DocumentSection], before: Document, document: Document) -> None:
    """Telephone numbers were not kept; members who are still there keep theirs."""
    phones = {row.name: row.phone for row in document.rows.members}
    columns = {name: before.columns[name] for section in sections for name in PARTS[section].columns}
    if DocumentSection.BASICS in sections:
        columns |= {f"{name}_id": row.pk for name, row in before.place.items()}
    tables: dict[str, Any] = {
        PARTS[section].table: getattr(before.rows, PARTS[section].table) for section in sections if PARTS[section].table
    }
    if "members" in tables:
        tables["members"] = [replace(row, phone=phones.get(row.name, "")) for row in tables["members"]]
    write(proposal, columns, tables)


def _record(proposal: Proposal, step: RoundStep, *, by: User, note: str, now: datetime) -> None:
    ProposalEvent.objects.create(
        proposal=proposal,
        actor=by,
        from_state=ProposalState.COACHING,
        to_state=ProposalState.COACHING,
        reason=step,
        note=note,
        at=now,
    )
