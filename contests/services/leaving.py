"""The verbs that take an entry out of a contest: withdrawn for those who applied, or disqualified.

Its score sheets and votes stay where they are and count no more (`tally.md` 1); a final tally has to be run again.
"""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from communities.models import User
from communities.refusal import Refused, refuse_if
from contests import locks
from contests.enums import ContestAct, ContestRefusal, EntryStatus
from contests.models import Contest, ContestEvent, Entry
from contests.notices import departed_entry
from contests.rules import why_not_disqualify_entry, why_not_withdraw_entry

ACTS = {
    EntryStatus.WITHDRAWN: ContestAct.ENTRY_WITHDRAWN,
    EntryStatus.DISQUALIFIED: ContestAct.ENTRY_DISQUALIFIED,
}


@transaction.atomic
def withdraw_entry(*, entry: Entry, reason: str, by: User, now: datetime) -> Entry:
    """Take an entry out because those who applied want it; they hear of it.

    Raises `Refused`: no officer, a result on public notice, an entry that is out already, or no reason.
    """
    contest = locks.exclude_others(entry.contest)
    entry.refresh_from_db(fields=["status"])
    refuse_if(why_not_withdraw_entry(by, entry, contest))
    return _take_out(entry, contest, EntryStatus.WITHDRAWN, reason=reason, by=by, now=now)


@transaction.atomic
def disqualify_entry(*, entry: Entry, reason: str, by: User, now: datetime) -> Entry:
    """Take an entry out because it broke the rules; those who applied hear why.

    Raises `Refused`: no approver, a result on public notice, an entry that is out already, or no reason.
    """
    contest = locks.exclude_others(entry.contest)
    entry.refresh_from_db(fields=["status"])
    refuse_if(why_not_disqualify_entry(by, entry, contest))
    return _take_out(entry, contest, EntryStatus.DISQUALIFIED, reason=reason, by=by, now=now)


def _take_out(entry: Entry, contest: Contest, status: EntryStatus, *, reason: str, by: User, now: datetime) -> Entry:
    if not reason.strip():
        raise Refused(ContestRefusal.REASON_MISSING)
    if Entry.objects.taking_part().filter(pk=entry.pk).update(status=status) != 1:
        raise Refused(ContestRefusal.ENTRY_OUT)
    entry.status = status
    ContestEvent.objects.create(
        contest=contest,
        actor=by,
        from_state=contest.state,
        to_state=contest.state,
        reason=ACTS[status],
        note=departed_entry(entry, reason),
        at=now,
    )
    return entry
