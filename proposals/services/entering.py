"""The verb with which officers enter ideas that residents bring on paper, by telephone or to a meeting."""

from __future__ import annotations

import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import IntegrityError, transaction
from django.db.models import F

from communities import names
from communities.models import Community, User
from communities.refusal import refuse_if
from communities.rules import why_not_name
from communities.services.people import register_resident
from programmes.models import Programme
from proposals import receipts
from proposals.enums import IdeaChannel, IdeaState
from proposals.models import Idea, ReceiptSeries
from proposals.rules import why_not_consent, why_not_enter_idea, why_not_place
from proposals.services.claiming import offer_idea
from proposals.services.ideas import Consent, IdeaText, columns_of, record


@dataclass(frozen=True, slots=True)
class Contributor:
    """Who brought an idea: how to name them, and the number (E.164), both only if the person wants it."""

    name: str = ""
    phone: str = ""


@transaction.atomic
def enter_idea(
    *,
    programme: Programme,
    text: IdeaText,
    channel: IdeaChannel,
    contributor: Contributor,
    consent: Consent,
    key: uuid.UUID,
    by: User,
    now: datetime,
) -> Idea:
    """An officer enters an idea for a resident; it gets a receipt number to hand out.

    The idea has no author. With a number it is offered to the account of that number, which is made if it is new and
    opens to whoever logs in with it. `key` comes with the form: sent a second time it gives back the idea of the first
    time. Raises `Refused`, or `ValidationError` as `submit_idea` does.
    """
    if earlier := Idea.objects.filter(entered_by=by, submission_key=key).first():
        return earlier
    name = names.tidied(contributor.name)
    refuse_if(
        why_not_enter_idea(by, programme, text.community, now)
        or why_not_place(programme, text.community, text.category)
        or why_not_consent(consent.version)
        or why_not_name(name)
    )
    idea = Idea(
        programme=programme,
        contributor_name=name,
        channel=channel,
        entered_by=by,
        receipt=_next_receipt(programme, text.community),
        submission_key=key,
        state=IdeaState.SUBMITTED,
        submitted_at=now,
        **columns_of(text),
        **consent.columns(now),
    )
    idea.full_clean(validate_constraints=False)
    try:
        with transaction.atomic():
            idea.save(force_insert=True)
    except IntegrityError:
        # The other click was faster; its idea is the one.
        if earlier := Idea.objects.filter(entered_by=by, submission_key=key).first():
            return earlier
        raise
    record(idea, by=by, from_state=IdeaState.DRAFT, to=IdeaState.SUBMITTED, now=now)
    if contributor.phone:
        offer_idea(idea=idea, to=register_resident(phone=contributor.phone), by=by, now=now)
    return idea


def _next_receipt(programme: Programme, community: Community) -> str:
    """Counts the series on; its row stays locked until the transaction ends, so that no number is given twice."""
    prefix = receipts.prefix_of(programme.year, community.code)
    ReceiptSeries.objects.bulk_create([ReceiptSeries(prefix=prefix)], ignore_conflicts=True)
    series = ReceiptSeries.objects.filter(prefix=prefix)
    series.update(last=F("last") + 1)
    return receipts.receipt(prefix, series.get().last)
