"""The verbs on drafts: keep what somebody has typed so far, and throw it away."""

from __future__ import annotations

import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from communities.models import User
from communities.refusal import Refused, refuse_if
from programmes.models import Programme
from proposals.enums import ProposalRefusal
from proposals.models import Idea, IdeaDraft
from proposals.rules import why_not_keep_draft


@dataclass(frozen=True, slots=True)
class Seen:
    """What the form knows of its draft: the save it was made from (0: none), and which tab it is open in."""

    revision: int
    writer: uuid.UUID


@transaction.atomic
def save_draft(
    *,
    programme: Programme,
    key: uuid.UUID,
    typed: Mapping[str, str],
    seen: Seen,
    by: User,
    now: datetime,
    idea: Idea | None = None,
) -> IdeaDraft:
    """Keep what stands in a form; each form (`key`) has one draft, and the same save twice changes nothing.

    With an `idea` it is the form in which that is revised.

    Raises `Refused`: DRAFT_ELSEWHERE where another tab saved since, ALREADY_HANDED_IN for a form that became an idea, and
    whatever `why_not_keep_draft` says.
    """
    hold_desk(by)
    if Idea.objects.filter(author=by, submission_key=key).exists():
        raise Refused(ProposalRefusal.ALREADY_HANDED_IN)
    if idea is not None:
        idea.refresh_from_db(fields=["state"])
    stored = IdeaDraft.objects.filter(author=by, key=key).first()
    refuse_if(why_not_keep_draft(by, typed, is_new=stored is None, idea=idea))
    if stored is None:
        return IdeaDraft.objects.create(
            programme=programme, idea=idea, author=by, key=key, typed=dict(typed), writer=seen.writer, saved_at=now
        )
    if stored.typed == dict(typed):
        return stored
    if stored.revision != seen.revision and stored.writer != seen.writer:
        raise Refused(ProposalRefusal.DRAFT_ELSEWHERE)
    stored.programme, stored.typed = programme, dict(typed)
    stored.writer, stored.saved_at = seen.writer, now
    stored.revision += 1
    stored.save(update_fields=["programme", "typed", "writer", "saved_at", "revision"])
    return stored


@transaction.atomic
def discard_draft(*, key: uuid.UUID, by: User) -> None:
    """Throw a draft of one's own away; one that is gone already stays gone."""
    hold_desk(by)
    IdeaDraft.objects.filter(author=by, key=key).delete()


def hold_desk(user: User) -> None:
    """Until this transaction ends nobody else saves, counts or hands in drafts of this person."""
    User.objects.select_for_update(no_key=True).only("pk").get(pk=user.pk)
