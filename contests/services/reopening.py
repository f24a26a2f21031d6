"""The verb that gives an expert a sheet back that was handed in."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from communities.models import User
from communities.refusal import Refused, refuse_if
from contests import locks
from contests.enums import ContestAct, ContestRefusal, SheetState
from contests.models import ContestEvent, Reopening, ScoreSheet
from contests.notices import reopened_place
from contests.rules import why_not_reopen


@transaction.atomic
def reopen_sheet(*, sheet: ScoreSheet, reason: str, by: User, now: datetime) -> Reopening:
    """Let the expert change a submitted sheet; until it is handed in again it does not count.

    What was handed in is kept as it was. The expert hears of it. Raises `Refused`: no approver or the expert's own
    sheet, a sheet that is not submitted or not to be scored any more, or no reason.
    """
    contest = locks.share(sheet.entry.contest)
    sheet = ScoreSheet.objects.select_for_update(of=("self",)).select_related("panelist", "entry").get(pk=sheet.pk)
    sheet.entry.contest = contest
    refuse_if(why_not_reopen(by, sheet, now))
    if not reason.strip():
        raise Refused(ContestRefusal.REASON_MISSING)
    reopening = Reopening.objects.create(sheet=sheet, reason=reason.strip(), reopened_by=by, at=now)
    ScoreSheet.objects.filter(pk=sheet.pk).update(
        state=SheetState.DRAFT, submitted_at=None, revision=sheet.revision + 1
    )
    ContestEvent.objects.create(
        contest=contest,
        actor=by,
        from_state=contest.state,
        to_state=contest.state,
        reason=ContestAct.SHEET_REOPENED,
        note=f"{reopened_place(sheet)}: {reason.strip()}",
        at=now,
    )
    reopening.refresh_from_db()
    return reopening
