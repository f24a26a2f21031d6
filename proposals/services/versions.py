"""The verb on earlier versions of an idea: take one out of the public comparison."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from communities.models import User
from communities.refusal import refuse_if
from proposals.models import Idea, WithheldVersion
from proposals.moderation import why_not_withhold


@transaction.atomic
def withhold_version(*, idea: Idea, number: int, reason: str, by: User, now: datetime) -> WithheldVersion:
    """An officer takes an earlier version (1 is the first) out of sight, for example because it names somebody.

    The text stays for the office, and everyone reads the reason in its place. Raises `Refused`.
    """
    # Nobody hands in the next version, or withholds the same one, meanwhile.
    Idea.objects.select_for_update(of=("self",), no_key=True).get(pk=idea.pk)
    refuse_if(why_not_withhold(by, idea, number, reason))
    version = idea.handed_in_versions()[number - 1]
    return WithheldVersion.objects.create(version=version, by=by, at=now, reason=reason.strip())
