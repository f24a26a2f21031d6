"""The verbs of the experts' side: save and submit a score sheet."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import datetime
from decimal import Decimal

from django.db import transaction

from communities.models import User
from communities.refusal import Refused, refuse_if
from contests import locks
from contests.enums import ContestRefusal, SheetState
from contests.models import (
    Criterion,
    Entry,
    Mark,
    Panelist,
    Remark,
    ScoreSheet,
)
from contests.rules import why_not_score
from contests.scale import is_point


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
    remarks: Mapping[int, str] | None = None,
    comment: str,
    revision: int | None = None,
    submit: bool = False,
    by: User,
    now: datetime,
) -> ScoreSheet:
    """Keep what an expert has scored so far, and with `submit` hand the sheet in for good.

    `points` and `remarks` by criterion id, `None` for a criterion without points yet. `revision` is that of the sheet
    which the expert had in view. Raises `Refused`: not assigned, recused, closed, submitted before, saved elsewhere
    meanwhile, points outside 0…maximum or off the half-point steps; on submission also incomplete, or few points
    without a reason.
    """
    sheet = _sheet_to_score(panelist, entry, by, now)
    criteria = rubric(entry)
    reasons = {pk: text.strip() for pk, text in (remarks or {}).items()}
    if revision is not None and revision != sheet.revision:
        # The answer to a saving may have been lost on its way: what is sent again is no conflict.
        if not submit and _holds(sheet, points, reasons, comment):
            return sheet
        raise Refused(ContestRefusal.SHEET_CHANGED)
    _check(criteria, points)
    if submit:
        _check_complete(criteria, points, reasons)
    sheet.marks.all().delete()
    sheet.remarks.all().delete()
    Mark.objects.bulk_create(
        [
            Mark(sheet=sheet, criterion=criterion, points=value)
            for criterion in criteria
            if (value := points.get(criterion.pk)) is not None
        ]
    )
    Remark.objects.bulk_create(
        [
            Remark(sheet=sheet, criterion=criterion, text=text)
            for criterion in criteria
            if (text := reasons.get(criterion.pk))
        ]
    )
    sheet.comment = comment
    return _keep(sheet, submit=submit, now=now)


@transaction.atomic
def submit_sheet(*, panelist: Panelist, entry: Entry, revision: int, by: User, now: datetime) -> ScoreSheet:
    """Hand in for good what was saved last and the expert has looked over. Raises `Refused` as `save_sheet` does."""
    sheet = _sheet_to_score(panelist, entry, by, now)
    if revision != sheet.revision:
        raise Refused(ContestRefusal.SHEET_CHANGED)
    points: dict[int, Decimal | None] = dict(sheet.marks.values_list("criterion_id", "points"))
    _check_complete(rubric(entry), points, dict(sheet.remarks.values_list("criterion_id", "text")))
    return _keep(sheet, submit=True, now=now)


def _sheet_to_score(panelist: Panelist, entry: Entry, by: User, now: datetime) -> ScoreSheet:
    """The expert's sheet, locked: of two savings at once the second sees what the first one did."""
    if panelist.user_id != by.pk:
        raise Refused(ContestRefusal.NOT_ASSIGNED)
    entry.contest = locks.share(entry.contest)
    refuse_if(why_not_score(panelist, entry, None, now))
    ScoreSheet.objects.get_or_create(entry=entry, panelist=panelist)
    sheet = ScoreSheet.objects.select_for_update().get(entry=entry, panelist=panelist)
    refuse_if(why_not_score(panelist, entry, sheet, now))
    return sheet


def _holds(sheet: ScoreSheet, points: Mapping[int, Decimal | None], reasons: Mapping[int, str], comment: str) -> bool:
    """Whether the sheet says exactly this."""
    given = {pk: value for pk, value in points.items() if value is not None}
    explained = {pk: text for pk, text in reasons.items() if text}
    return (
        given == dict(sheet.marks.values_list("criterion_id", "points"))
        and explained == dict(sheet.remarks.values_list("criterion_id", "text"))
        and comment == sheet.comment
    )


def _keep(sheet: ScoreSheet, *, submit: bool, now: datetime) -> ScoreSheet:
    sheet.revision += 1
    if submit:
        sheet.state = SheetState.SUBMITTED
        sheet.submitted_at = now
    sheet.save()
    return sheet


def _check(criteria: Iterable[Criterion], points: Mapping[int, Decimal | None]) -> None:
    for criterion in criteria:
        value = points.get(criterion.pk)
        if value is not None and not is_point(value, criterion.max_points):
            raise Refused(ContestRefusal.POINTS_OUTSIDE)


def _check_complete(
    criteria: Iterable[Criterion], points: Mapping[int, Decimal | None], reasons: Mapping[int, str]
) -> None:
    for criterion in criteria:
        value = points.get(criterion.pk)
        if value is None:
            raise Refused(ContestRefusal.SHEET_INCOMPLETE)
        if value < criterion.remark_below and not reasons.get(criterion.pk):
            raise Refused(ContestRefusal.REMARK_MISSING)
