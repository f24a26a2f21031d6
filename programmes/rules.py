"""What the stage of the year permits."""

from __future__ import annotations

from datetime import datetime

from communities.enums import OrganisationKind
from communities.models import Organisation
from communities.rules import Person, is_street_officer
from programmes.enums import Action, ProgrammeRefusal
from programmes.models import Accompaniment, Programme


def permits(programme: Programme, action: Action, now: datetime) -> bool:
    """Whether a stage that is open now permits the act; see `enums.STAGE_ACTIONS`."""
    return Programme.objects.filter(pk=programme.pk).allowing(action, now).exists()


def is_over(programme: Programme, action: Action, now: datetime) -> bool:
    """Whether the time for the act has been, and comes no more this year."""
    return Programme.objects.filter(pk=programme.pk).done_with(action, now).exists()


def why_not_hand_over(user: Person, accompaniment: Accompaniment, to: Organisation) -> ProgrammeRefusal | None:
    """The office replaces a support organisation by another one, in the middle of the year too."""
    subdistrict = accompaniment.programme.subdistrict_id
    if not is_street_officer(user, subdistrict):
        return ProgrammeRefusal.NOT_AN_OFFICER
    if accompaniment.ended_at is not None:
        return ProgrammeRefusal.HANDED_OVER
    fits = to.kind == OrganisationKind.SUPPORT and to.subdistrict_id == subdistrict
    return None if fits and to.pk != accompaniment.organisation_id else ProgrammeRefusal.NOT_SUPPORT
