"""The verb that takes over a whole table of assignments, and what it would do."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import transaction

from communities.models import User
from communities.refusal import Refused, refuse_if
from contests import locks
from contests.assignment_sheet import AssignmentRow, WrongAssignment
from contests.enums import AssignmentProblem, ContestRefusal
from contests.models import Assignment, Contest, Panelist, Recusal, ScoreSheet
from contests.rules import why_not_assign
from contests.services.assigning import give, scores_seen, take
from contests.services.recusing import detect_recusals

Pair = tuple[int, int]


@dataclass(frozen=True, slots=True)
class Comparison:
    """A table beside what is assigned now; pairs are ids of seat and entry, in the order of the table.

    `absent` stands in no row: it goes if the table is to hold alone, but for what is `handed_in`.
    """

    wrong: list[WrongAssignment]
    new: list[Pair] = field(default_factory=list)
    there: int = 0
    absent: list[Pair] = field(default_factory=list)
    handed_in: int = 0


@transaction.atomic
def compare(*, contest: Contest, rows: Sequence[AssignmentRow]) -> Comparison:
    """What is wrong with which row, and what the table would change. Ties that are found are noted as recusals."""
    detect_recusals(contest=contest)
    seats = {seat.code: seat for seat in contest.panelists.select_related("departure")}
    entries = dict(contest.entries.taking_part().values_list("number", "pk"))
    kept_out = set(Recusal.objects.filter(entry__contest=contest).values_list("panelist_id", "entry_id"))
    seen = scores_seen(contest)
    pairs: dict[Pair, None] = {}
    wrong: list[WrongAssignment] = []
    for row in rows:
        seat, entry = seats.get(row.code), entries.get(row.number)
        problem = _problem(seat, entry, kept_out, seen, pairs)
        if problem or seat is None or entry is None:
            wrong.append(WrongAssignment(row, problem or AssignmentProblem.NO_ENTRY))
        else:
            pairs[seat.pk, entry] = None
    standing = Assignment.objects.standing().filter(panelist__contest=contest)
    now = dict.fromkeys(standing.values_list("panelist_id", "entry_id"))
    done = set(ScoreSheet.objects.submitted().filter(entry__contest=contest).values_list("panelist_id", "entry_id"))
    absent = [pair for pair in now if pair not in pairs]
    return Comparison(
        wrong=wrong,
        new=[pair for pair in pairs if pair not in now],
        there=len(pairs.keys() & now.keys()),
        absent=[pair for pair in absent if pair not in done],
        handed_in=len([pair for pair in absent if pair in done]),
    )


@transaction.atomic
def assign_table(*, contest: Contest, rows: Sequence[AssignmentRow], alone: bool, by: User) -> Comparison:
    """Assign what the rows say, all or nothing; with `alone` take away what they do not say, but for handed-in sheets.

    Raises `Refused`: no officer, a closed contest, or rows that do not fit what the panel is now.
    """
    contest = locks.exclude_others(contest)
    refuse_if(why_not_assign(by, contest))
    found = compare(contest=contest, rows=rows)
    if found.wrong:
        raise Refused(ContestRefusal.ROWS_WRONG, rows=", ".join(str(each.row.line) for each in found.wrong[:20]))
    if alone:
        for seat, entries in _lists(found.absent).items():
            take(seat, entries)
    give(contest, _lists(found.new), by)
    return found


def _problem(
    seat: Panelist | None, entry: int | None, kept_out: set[Pair], seen: set[Pair], above: dict[Pair, None]
) -> AssignmentProblem | None:
    if seat is None:
        return AssignmentProblem.NO_EXPERT
    if hasattr(seat, "departure"):
        return AssignmentProblem.EXPERT_LEFT
    if entry is None:
        return AssignmentProblem.NO_ENTRY
    if (seat.pk, entry) in kept_out:
        return AssignmentProblem.RECUSED
    if (seat.pk, entry) in seen:
        return AssignmentProblem.SCORES_SEEN
    return AssignmentProblem.TWICE if (seat.pk, entry) in above else None


def _lists(pairs: Sequence[Pair]) -> dict[int, list[int]]:
    lists: dict[int, list[int]] = defaultdict(list)
    for seat, entry in pairs:
        lists[seat].append(entry)
    return lists
