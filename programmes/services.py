"""The verbs on a year: hand a community over to another support organisation."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from communities.models import Organisation, User
from communities.refusal import Refused, refuse_if
from programmes.enums import ProgrammeRefusal
from programmes.models import Accompaniment
from programmes.rules import why_not_hand_over


@transaction.atomic
def hand_over(*, accompaniment: Accompaniment, to: Organisation, by: User, now: datetime) -> Accompaniment:
    """From now on the other organisation accompanies the community; returns the new accompaniment.

    The members of the first one lose sight of its proposals at once. Their log, changes and papers stay, under their
    names. Raises `Refused`, also when a colleague was faster.
    """
    refuse_if(why_not_hand_over(by, accompaniment, to))
    ended = Accompaniment.objects.in_force().filter(pk=accompaniment.pk).update(ended_at=now, ended_by=by)
    if ended != 1:
        raise Refused(ProgrammeRefusal.HANDED_OVER)
    return Accompaniment.objects.create(
        programme=accompaniment.programme, community=accompaniment.community, organisation=to
    )
