"""The verb by which an officer begins to help somebody at the screen."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.utils import timezone

from communities.models import User
from communities.refusal import Refused, refuse_if
from contests import locks
from contests.models import HelperSession, Voter
from contests.voting_enums import VotingRefusal
from contests.voting_rules import why_not_help


@transaction.atomic
def begin_help(*, voter: Voter, consented: bool, by: User, now: datetime, place: str = "") -> HelperSession:
    """Write down that the officer helps somebody today; whom, and when, is not written anywhere.

    Raises `Refused`: no officer of the community, voting not open, no consent, or somebody who has voted: an officer
    never sees a ballot that is in the box.
    """
    contest = locks.share(voter.contest)
    line = Voter.objects.select_related("community").filter(pk=voter.pk).first()
    if line is None:
        raise Refused(VotingRefusal.LINE_JOINED)
    refuse_if(why_not_help(by, contest, line, now))
    if not consented:
        raise Refused(VotingRefusal.CONSENT_MISSING)
    return HelperSession.objects.create(
        contest=contest,
        community=line.community,
        helper=by,
        day=timezone.localdate(now),
        place=" ".join(place.split()),
        consented=True,
    )
