"""The verbs of the panel's work: who reads which entry, evenly or by hand, and what happens when somebody drops out."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime

from django.db import transaction

from communities.models import User
from communities.refusal import Refused, refuse_if
from contests import locks
from contests.balancing import Case, Seat, balance
from contests.enums import ContestAct, ContestRefusal, ContestState
from contests.models import (
    Assignment,
    Contest,
    ContestEvent,
    Departure,
    Entry,
    Expert,
    Panelist,
    PitchSlot,
    Recusal,
    ScoreSheet,
)
from contests.rules import why_not_assign, why_not_depart
from contests.services.recusing import detect_recusals


@transaction.atomic
def assign(*, contest: Contest, panelists: Iterable[Panelist], entries: Iterable[Entry], by: User) -> int:
    """Assign every one of these entries to every one of these experts; returns how many assignments are new.

    Experts get nothing that a conflict keeps them out of; what is found is noted as a recusal. Whoever has dropped out
    gets nothing. In a contest that is open already an event tells which experts have got more to do, by their codes,
    one a line. Raises `Refused`: no officer, a contest that is closed, or an entry of which an expert may have seen scores.
    """
    contest = locks.exclude_others(contest)
    refuse_if(why_not_assign(by, contest))
    panelists, entries = list(panelists), list(entries)
    wanted = [entry.pk for entry in entries]
    _refuse_seen(contest, panelists, entries)
    return give(contest, {panelist.pk: wanted for panelist in panelists}, by)


@transaction.atomic
def assign_evenly(*, contest: Contest, each: int, by: User) -> int:
    """Let every entry have so many experts, nobody with more than the others; returns how many assignments are new.

    Assignments that are there stay. Experts bound to a zone get entries of that zone; those who know about the category
    are preferred. Raises `Refused`: no officer, a contest that is closed, or nobody to read for each entry.
    """
    contest = locks.exclude_others(contest)
    refuse_if(why_not_assign(by, contest))
    if each < 1:
        raise Refused(ContestRefusal.NO_READERS)
    detect_recusals(contest=contest)
    return _spread(contest, defaultdict(lambda: each), by)


@transaction.atomic
def take_away(*, panelist: Panelist, entries: Iterable[Entry], by: User) -> int:
    """Take entries off an expert's list, but for those they have handed in a sheet for; returns how many were taken."""
    contest = locks.exclude_others(panelist.contest)
    refuse_if(why_not_assign(by, contest))
    return take(panelist.pk, [entry.pk for entry in entries])


@transaction.atomic
def depart(*, panelist: Panelist, reason: str, by: User, now: datetime) -> int:
    """An expert drops out: what they have not handed in goes evenly to the others; returns how many entries found one.

    Sheets that they have handed in stay and count. Raises `Refused`: no officer, a contest that is closed, somebody
    who is gone already, or no reason.
    """
    contest = locks.exclude_others(panelist.contest)
    refuse_if(why_not_depart(by, panelist, contest))
    if not reason.strip():
        raise Refused(ContestRefusal.REASON_MISSING)
    Departure.objects.create(panelist=panelist, reason=reason.strip(), noted_by=by, at=now)
    ContestEvent.objects.create(
        contest=contest,
        actor=by,
        from_state=contest.state,
        to_state=contest.state,
        reason=ContestAct.EXPERT_LEFT,
        note=f"{panelist.code}: {reason.strip()}",
        at=now,
    )
    readers = _readers(contest)
    wanted = {entry: len(codes) for entry, codes in readers.items()}
    take(panelist.pk, list(wanted))
    detect_recusals(contest=contest)
    return _spread(contest, wanted, by)


def _readers(contest: Contest) -> dict[int, set[str]]:
    """Codes of the experts who have each entry (id) and do not keep out of it."""
    readers: dict[int, set[str]] = defaultdict(set)
    standing = Assignment.objects.standing().filter(panelist__contest=contest)
    for entry, code in standing.values_list("entry_id", "panelist__code"):
        readers[entry].add(code)
    return readers


def _spread(contest: Contest, wanted: Mapping[int, int], by: User) -> int:
    """Give each entry (id) as many experts as it wants, evenly; `wanted` may know only some entries."""
    seats = {seat.code: seat for seat in Panelist.objects.seated().filter(contest=contest).select_related("zone")}
    known = dict(Expert.objects.filter(user__panelists__in=seats.values()).values_list("user_id", "fields"))
    kept_out: dict[int, set[str]] = defaultdict(set)
    for entry, code in Recusal.objects.filter(entry__contest=contest).values_list("entry_id", "panelist__code"):
        kept_out[entry].add(code)
    codes_by_seat = {seat.pk: code for code, seat in seats.items()}
    for panelist, entry in scores_seen(contest):
        if panelist in codes_by_seat:
            kept_out[entry].add(codes_by_seat[panelist])
    readers = _readers(contest)
    entries = {entry.number: entry for entry in contest.entries.taking_part().select_related("category", "zone")}
    cases = [
        Case(
            number=number,
            wanted=wanted[entry.pk] if isinstance(wanted, defaultdict) or entry.pk in wanted else 0,
            category=entry.category.code,
            zone=entry.zone.code if entry.zone else "",
            given=frozenset(readers[entry.pk]),
            kept_out=frozenset(kept_out[entry.pk]),
        )
        for number, entry in entries.items()
    ]
    places = [
        Seat(code, frozenset(known.get(seat.user_id or 0, ())), seat.zone.code if seat.zone else "")
        for code, seat in seats.items()
    ]
    lists: dict[int, list[int]] = defaultdict(list)
    for number, codes in balance(places, cases, contest.seed).items():
        for code in codes:
            lists[seats[code].pk].append(entries[number].pk)
    return give(contest, lists, by)


def scores_seen(contest: Contest) -> set[tuple[int, int]]:
    """Who (id of the seat) may have seen scores of which entry (id) without having it to judge.

    A score that was shown to the hall was seen by all. Whoever presides reads those of all entries, where the contest
    says so: what is handed in by others is not scored by them as well.
    """
    if contest.state == ContestState.DRAFT:
        return set()
    seats = list(Panelist.objects.seated().filter(contest=contest))
    shown = PitchSlot.objects.filter(session__contest=contest, revealed_at__isnull=False).values_list(
        "entry", flat=True
    )
    seen = {(seat.pk, entry) for entry in shown for seat in seats}
    chair = next((seat for seat in seats if seat.is_chair), None)
    if chair is not None and contest.shows_scores:
        others = ScoreSheet.objects.counted().filter(entry__contest=contest).exclude(panelist=chair)
        seen |= {(chair.pk, entry) for entry in others.values_list("entry", flat=True)}
    return seen - set(Assignment.objects.filter(panelist__contest=contest).values_list("panelist_id", "entry_id"))


def _refuse_seen(contest: Contest, panelists: Collection[Panelist], entries: Collection[Entry]) -> None:
    seen = scores_seen(contest)
    pairs = [
        f"{panelist.code} – {entry.number}"
        for panelist in panelists
        for entry in entries
        if (panelist.pk, entry.pk) in seen
    ]
    if pairs:
        raise Refused(ContestRefusal.SCORES_SEEN, pairs=", ".join(pairs[:20]))


def give(contest: Contest, lists: Mapping[int, Collection[int]], by: User) -> int:
    """Put entries on the experts' lists (ids by id), without what is there, kept out of, or of somebody who is gone."""
    detect_recusals(contest=contest)
    kept_out = set(Recusal.objects.filter(entry__contest=contest).values_list("panelist_id", "entry_id"))
    seated = {seat.pk: seat.code for seat in Panelist.objects.seated().filter(contest=contest)}
    before = _loads(contest)
    Assignment.objects.bulk_create(
        [
            Assignment(panelist_id=seat, entry_id=entry)
            for seat, entries in lists.items()
            for entry in entries
            if seat in seated and (seat, entry) not in kept_out
        ],
        ignore_conflicts=True,
    )
    after = _loads(contest)
    busier = [code for seat, code in seated.items() if after[seat] > before[seat]]
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


def _loads(contest: Contest) -> Counter[int]:
    """How many entries each expert (id) of the contest has to score."""
    return Counter(Assignment.objects.filter(panelist__contest=contest).values_list("panelist_id", flat=True))


def take(panelist: int, entries: Collection[int]) -> int:
    """Take entries (ids) off the list of an expert (id), but for those with a sheet handed in; returns how many."""
    done = ScoreSheet.objects.submitted().filter(panelist=panelist).values("entry")
    taken = Assignment.objects.filter(panelist=panelist, entry__in=entries).exclude(entry__in=done)
    return taken.delete()[0]
