"""The verbs on papers that are handed in with a proposal: add, remove."""

from __future__ import annotations

from datetime import datetime
from functools import partial
from typing import BinaryIO

from django.core.files.base import ContentFile
from django.db import DatabaseError, transaction

from communities.models import User
from communities.refusal import Refused, refuse_if
from proposals.attachments import AnotherKind, NotAnAttachment, TooManySlides, examine
from proposals.enums import ProposalRefusal
from proposals.models import MAX_ATTACHMENTS, Attachment, Proposal
from proposals.rules import why_not_edit_proposal


def add_attachment(*, proposal: Proposal, file: BinaryIO, name: str, by: User, now: datetime) -> Attachment:
    """Attach a file while the proposal may be edited; the same one a second time (double click) changes nothing.

    Looking through a file takes a while and is done before the proposal is held. Raises `Refused`.
    """
    refuse_if(why_not_edit_proposal(by, proposal, now))
    try:
        paper = examine(file, name)
    except AnotherKind as error:
        raise Refused(ProposalRefusal.ANOTHER_KIND) from error
    except TooManySlides as error:
        raise Refused(ProposalRefusal.TOO_MANY_SLIDES, slides=error.slides) from error
    except NotAnAttachment as error:
        raise Refused(ProposalRefusal.NOT_AN_ATTACHMENT) from error
    with transaction.atomic():
        _hold(proposal, by, now)
        if earlier := proposal.attachments.filter(digest=paper.digest).first():
            return earlier
        taken = set(proposal.attachments.values_list("position", flat=True))
        free = next((position for position in range(MAX_ATTACHMENTS) if position not in taken), None)
        if free is None:
            raise Refused(ProposalRefusal.TOO_MANY_ATTACHMENTS)
        row = Attachment(
            proposal=proposal,
            position=free,
            kind=paper.kind,
            name=paper.name,
            size=len(paper.data),
            digest=paper.digest,
            added_by=by,
            added_at=now,
        )
        row.file.save(paper.name, ContentFile(paper.data), save=False)
        try:
            row.save(force_insert=True)
        except DatabaseError:
            row.file.delete(save=False)
            raise
    return row


@transaction.atomic
def remove_attachment(*, proposal: Proposal, digest: str, by: User, now: datetime) -> None:
    """Remove a file for good while the proposal may be edited; one that is gone already stays gone."""
    _hold(proposal, by, now)
    row = proposal.attachments.filter(digest=digest).first()
    if row is None:
        return
    row.delete()
    transaction.on_commit(partial(row.file.storage.delete, str(row.file.name)))


def _hold(proposal: Proposal, by: User, now: datetime) -> None:
    """Keep the proposal as it is until this transaction ends."""
    proposal.refresh_from_db(fields=["state"], from_queryset=Proposal.objects.select_for_update(no_key=True))
    refuse_if(why_not_edit_proposal(by, proposal, now))
