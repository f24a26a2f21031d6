"""The verb with which the office enters what the receiver of an idea answered."""

from __future__ import annotations

from datetime import date, datetime

from django.db import transaction

from communities.models import User
from communities.refusal import refuse_if
from proposals.enums import IdeaState
from proposals.models import Idea, Referral
from proposals.screening_rules import why_not_answer_referral
from proposals.services.ideas import record


@transaction.atomic
def answer_referral(*, referral: Referral, text: str, on: date, by: User, now: datetime) -> Referral:
    """Keep the receiver's answer of a day, once; the author hears of it and everyone may read it. Raises `Refused`."""
    # Whoever withdraws the idea meanwhile comes before or after.
    Idea.objects.select_for_update(no_key=True).get(pk=referral.screening.idea_id)
    referral.refresh_from_db(fields=["replied_on"])
    locked = Referral.objects.select_for_update(of=("self",), no_key=True)
    referral.refresh_from_db(fields=["replied_on"], from_queryset=locked)
    refuse_if(why_not_answer_referral(by, referral, on, now))
    Referral.objects.filter(pk=referral.pk).update(reply=text.strip(), replied_on=on, recorded_by=by)
    idea = referral.screening.idea
    record(idea, by=by, from_state=IdeaState.REFERRED, to=IdeaState.REFERRED, now=now, note=text.strip())
    referral.refresh_from_db()
    return referral
