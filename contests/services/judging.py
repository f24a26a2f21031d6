"""The verbs of the experts' side: assign, save and submit a score sheet."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from communities.models import User
from communities.refusal import Refused, refuse_if
from contests import locks
from contests.enums import ContestAct, ContestRefusal, ContestState, SheetState
from contests.models import (
    Assignment,
    Contest,
    ContestEvent,
    Criterion,
    Entry,
    Mark,
    Panelist,
    Recusal,
    ScoreSheet,
)
from contests.rules import why_not_assign, why_not_score
from contests.services.recusing import detect_recusals

STEP = Decimal("0.5")


@transaction.atomic
def assign(*, contest: Contest, panelists: Iterable[Panelist], entries: Iterable[Entry], by: User) -> int:
    """Assign every one of these entries to every one of these experts; returns how many assignments are new.

    Experts get nothing that a conflict keeps them out of; what is found is noted as a recusal. In a contest that is open already an event tells which experts have got more to do, by their codes, one a line.
    Raises `Refused`: no officer, or a contest that is closed.
    """
    contest = locks.share(contest)
    refuse_if(why_not_assign(by, contest))
    panelists, entries = list(panelists), list(entries)
    detect_recusals(contest=contest)
    kept_out = set(Recusal.objects.filter(entry__contest=contest).values_list("panelist_id", "entry_id"))
    before = _assignments(contest)
    Assignment.objects.bulk_create(
        [
            Assignment(panelist=panelist, entry=entry)
            for panelist in panelists
            for entry in entries
            if (panelist.pk, entry.pk) not in kept_out
        ],
        ignore_conflicts=True,
    )
    after = _assignments(contest)
    busier = [panelist.code for panelist in panelists if after[panelist.pk] > before[panelist.pk]]
    if busier and contest.state == ContestState.OPEN:
        ContestEvent.objects.create(
            contest=contest,
            actor=by,
            from_state=contest.state,
            to_state=contest.state,
            reason=ContestAct.ENTRIES_ASSIGNED,
            note="\n".join(busier),
        )
    return after.total() - before.total()


def _assignments(contest: Contest) -> Counter[int]:
    """How many entries each expert (id) of the contest has to score."""
    return Counter(Assignment.objects.filter(panelist__contest=contest).values_list("panelist_id", flat=True))


def rubric(entry: Entry) -> list[Criterion]:
    """The criteria of an entry in order: those of its zone if the zone has any, else the contest's."""
    criteria = list(entry.contest.criteria.order_by("position", "code"))
    own = [criterion for criterion in criteria if entry.zone_id and criterion.zone_id == entry.zone_id]
    return own or [criterion for criterion in criteria if criterion.zone_id is None]


@transaction.atomic
def save_sheet(
    *,
    panelist: Panelist,
    entry: Entry,
    points: Mapping[int, Decimal | None],
    comment: str,
    submit: bool,
    by: User,
    now: datetime,
) -> ScoreSheet:
    """Keep what an expert has scored so far, and with `submit` hand the sheet in for good.

    `points` by criterion id, `None` for a criterion without points yet. Raises `Refused`: not assigned, recused,
    closed, submitted before, points outside 0…maximum or off the half-point steps, or incomplete on submission.
    """
    if panelist.user_id != by.pk:
        raise Refused(ContestRefusal.NOT_ASSIGNED)
    entry.contest = locks.share(entry.contest)
    refuse_if(why_not_score(panelist, entry, None, now))
    ScoreSheet.objects.get_or_create(entry=entry, panelist=panelist)
    sheet = ScoreSheet.objects.select_for_update().get(entry=entry, panelist=panelist)
    refuse_if(why_not_score(panelist, entry, sheet, now))
    criteria = rubric(entry)
    _check(criteria, points, submit=submit)
    sheet.marks.all().delete()
    Mark.objects.bulk_create(
        [
            Mark(sheet=sheet, criterion=criterion, points=value)
            for criterion in criteria
            if (value := points.get(criterion.pk)) is not None
        ]
    )
    sheet.comment = comment
    if submit:
        sheet.state = SheetState.SUBMITTED
        sheet.submitted_at = now
    sheet.save()
    return sheet


def _check(criteria: Iterable[Criterion], points: Mapping[int, Decimal | None], *, submit: bool) -> None:
    for criterion in criteria:
        value = points.get(criterion.pk)
        if value is None:
            if submit:
                raise Refused(ContestRefusal.SHEET_INCOMPLETE)
        elif not 0 <= value <= criterion.max_points or value % STEP:
            raise Refused(ContestRefusal.POINTS_OUTSIDE)
