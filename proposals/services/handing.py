"""The verb by which an answer counts as told to a resident without an account."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from communities.models import User
from communities.refusal import refuse_if
from proposals.handing import why_not_hand_over
from proposals.models import Idea, IdeaEvent, ToldInPerson


@transaction.atomic
def hand_over(*, event: IdeaEvent, by: User, now: datetime) -> ToldInPerson:
    """An officer has told the resident; who says it first is kept, and saying it again changes nothing.

    The idea is held meanwhile, so that of two officers one is first, and nobody confirms it to be somebody's. Raises
    `Refused`.
    """
    held = Idea.objects.select_for_update(of=("self",), no_key=True)
    event.idea = held.select_related("community").get(pk=event.idea_id)
    refuse_if(why_not_hand_over(by, event, now))
    told, _new = ToldInPerson.objects.get_or_create(event=event, defaults={"by": by, "at": now})
    return told
