"""The verb of the coaching log."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction
from django.utils import timezone

from communities.models import Organisation, User
from communities.querysets import scope_of
from communities.refusal import Refused, refuse_if
from proposals.enums import ProposalRefusal
from proposals.models import CoachingNote, Proposal
from proposals.rules import why_not_edit_proposal
from proposals.services.document import hold_stored


@transaction.atomic
def note_coaching(*, proposal: Proposal, held_on: date, text: str, by: User, now: datetime) -> CoachingNote:
    """Write down what was worked on, while the proposal may be edited. A day that has not come is `Refused`.

    The same sent a second time (double click, reload) gives back the note of the first time.
    """
    proposal = hold_stored(proposal)
    refuse_if(why_not_edit_proposal(by, proposal, now))
    if held_on > timezone.localdate(now):
        raise Refused(ProposalRefusal.NOT_YET)
    if earlier := proposal.coaching_notes.filter(author=by, held_on=held_on, text=text).first():
        return earlier
    return CoachingNote.objects.create(
        proposal=proposal,
        author=by,
        organisation=_organisation_of(by, proposal),
        held_on=held_on,
        text=text,
        written_at=now,
    )


def _organisation_of(user: User, proposal: Proposal) -> Organisation | None:
    """For which of their organisations the person coaches; nobody's for the office."""
    accompanying = Organisation.objects.filter(
        accompaniments__programme=proposal.programme_id,
        accompaniments__community=proposal.community_id,
        accompaniments__ended_at__isnull=True,
        pk__in=scope_of(user).organisations,
    )
    return accompanying.first()
