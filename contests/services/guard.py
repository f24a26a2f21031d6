"""The verbs of the guard desk: look for groups of ballots that stand out, propose what is to be done, settle it.

A group is found by how its ballots came in, never by what is on them, and its rows say neither whose they are nor what
was chosen. Voided ballots stay, with the record of who voided them and why.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta

from django.db import connection, transaction
from django.db.models import Count, Max, QuerySet

from communities.models import User
from communities.refusal import Refused, refuse_if
from contests import guard, locks
from contests.alike import alike_in
from contests.enums import VoidReason
from contests.figures import unsigned_papers
from contests.models import Ballot, BallotFlag, BallotTrace, BallotVoid, Contest
from contests.voting_enums import FlagKind, FlagState, SheetCheck, VotingRefusal
from contests.voting_rules import why_not_propose, why_not_settle

AGAIN = "'"
"""Behind the subject of a group that came again after its ballots were voided."""
WITHOUT_ROWS = frozenset({FlagKind.TURNOUT, FlagKind.HELPER})
"""Kinds that count people, not ballots: which ballots are theirs nobody knows."""
KEPT = timedelta(days=183)
"""How long after voting traces are kept where no result was confirmed: at most six months."""

# From each voided ballot along its chain: what it costs grows with the voided ones, not with all.
CAST_AFTER_VOID_SQL = """
WITH RECURSIVE later AS (
    SELECT ballot.id FROM contests_ballotvoid void JOIN contests_ballot ballot ON ballot.supersedes_id = void.ballot_id
     WHERE void.reason = %(stuffing)s AND ballot.contest_id = %(contest)s
     UNION
    SELECT ballot.id FROM later JOIN contests_ballot ballot ON ballot.supersedes_id = later.id
)
SELECT id FROM later
"""


@transaction.atomic
def look_for_stuffing(*, contest: Contest, now: datetime) -> int:
    """Flag every group that stands out and is not flagged yet; returns how many were found now.

    A group that grows keeps its flag until somebody proposes what is to be done. One whose ballots were voided is
    flagged anew when it comes again, one whose ballots stand when it has grown by half.
    """
    groups = {(each.kind, each.subject): each.ballots for each in guard.suspicious(alike_in(contest))}
    groups |= _crowded(contest) | _much_helped(contest) | _cast_again(contest) | _by_two_ways(contest)
    flags = {(flag.kind, flag.subject): flag for flag in contest.flags.select_for_update()}
    new = []
    for (kind, group), size in groups.items():
        subject, known = group, flags.get((kind, group))
        while (
            known is not None
            and known.state == FlagState.SETTLED
            and guard.comes_again(known.voids, known.ballots, size)
        ):
            subject += AGAIN
            known = flags.get((kind, subject))
        if known is None:
            new.append(BallotFlag(contest=contest, kind=kind, subject=subject, ballots=size, found_at=now))
        elif known.state == FlagState.OPEN and known.ballots != size:
            BallotFlag.objects.filter(pk=known.pk).update(ballots=size)
    return len(BallotFlag.objects.bulk_create(new, ignore_conflicts=True))


@transaction.atomic
def propose_settlement(*, flag: BallotFlag, voids: bool, reason: str, by: User) -> BallotFlag:
    """An officer says what is to be done with a group, and why; an earlier proposal is replaced.

    It is about the ballots that the group has now, none of which is under way: later ones are not touched. Raises `Refused`.
    """
    contest = locks.exclude_others(flag.contest)
    flag = BallotFlag.objects.select_for_update(of=("self",)).get(pk=flag.pk)
    refuse_if(why_not_propose(by, contest, flag))
    if not reason.strip():
        raise Refused(VotingRefusal.REASON_MISSING)
    values = {
        "voids": voids and flag.kind not in WITHOUT_ROWS,
        "reason": reason.strip(),
        "proposed_by": by,
        "state": FlagState.PROPOSED,
        "seen_to": None,
    }
    if flag.kind not in WITHOUT_ROWS:
        flag.seen_to = None
        values |= _in_force(flag).order_by().aggregate(ballots=Count("pk"), seen_to=Max("pk"))
    if BallotFlag.objects.unsettled().filter(pk=flag.pk).update(**values) != 1:
        raise Refused(VotingRefusal.FLAG_SETTLED)
    flag.refresh_from_db()
    return flag


@transaction.atomic
def settle_flag(*, flag: BallotFlag, agreed: bool, by: User, now: datetime) -> BallotFlag:
    """The second person agrees, and the ballots are voided or stand; or does not, and somebody proposes anew.

    Only those ballots are voided that the proposal was about and that still count; what came since is a new group.
    Nothing comes into the box meanwhile, nor is voided elsewhere. Raises `Refused`: no approver, the person who proposed
    it, nothing proposed, or settled already.
    """
    contest = locks.exclude_others(flag.contest)
    flag = BallotFlag.objects.select_for_update(of=("self",)).get(pk=flag.pk)
    refuse_if(why_not_settle(by, contest, flag))
    if not agreed:
        flag.state, flag.reason, flag.proposed_by, flag.voids = FlagState.OPEN, "", None, False
        flag.seen_to = None
        flag.save()
        return flag
    if flag.voids:
        ballots = list(_in_force(flag).order_by("?"))
        flag.ballots = len(ballots)
        BallotVoid.objects.bulk_create(
            [BallotVoid(ballot=ballot, reason=VoidReason.STUFFING, voided_by=by) for ballot in ballots]
        )
        _flag_the_rest(flag, now)
    flag.state, flag.settled_by, flag.settled_at = FlagState.SETTLED, by, now
    flag.save()
    return flag


def _flag_the_rest(flag: BallotFlag, now: datetime) -> None:
    """What came into the group since it was looked at is a group of its own, however small: somebody looks at it too."""
    rest = BallotFlag(contest=flag.contest, kind=flag.kind, subject=flag.subject + AGAIN, found_at=now)
    rest.ballots = _in_force(rest).count()
    if rest.ballots:
        BallotFlag.objects.bulk_create([rest], ignore_conflicts=True)


def rows_of(flag: BallotFlag) -> QuerySet[BallotTrace]:
    """The ballots in force of a group, as traces: when they came in and by how, nothing of voters or choices."""
    rows = BallotTrace.objects.filter(ballot__contest=flag.contest_id, ballot__superseded_by__isnull=True)
    subject = flag.subject.rstrip(AGAIN)
    match flag.kind:
        case FlagKind.NETWORK:
            rows = rows.filter(network=subject)
        case FlagKind.DEVICE:
            rows = rows.filter(device=subject)
        case FlagKind.SEGMENT:
            rows = rows.filter(segment=subject)
        case FlagKind.BURST:
            rows = rows.filter(ballot__cast_at=_moment(int(subject)))
        case FlagKind.NEW_ACCOUNTS:
            begins = _moment(60 * int(subject))
            until = begins + timedelta(hours=1)
            rows = rows.filter(is_new=True, ballot__cast_at__gte=begins, ballot__cast_at__lt=until)
        case FlagKind.TWO_WAYS:
            rows = rows.filter(pk__in=_codes_beside_accounts(flag.contest_id))
        case FlagKind.CAST_AGAIN:
            rows = rows.filter(ballot__in=_cast_after_void(flag.contest_id))
        case _:
            rows = rows.none()
    if flag.seen_to is not None:
        rows = rows.filter(pk__lte=flag.seen_to)
    return rows.select_related("ballot").order_by("ballot__cast_at", "network", "device")


def came_since(flag: BallotFlag) -> int:
    """How many ballots of the group came after it was proposed what is to be done, as long as that is not settled."""
    if flag.seen_to is None or flag.state != FlagState.PROPOSED or not flag.voids:
        return 0
    whole = BallotFlag(contest=flag.contest, kind=flag.kind, subject=flag.subject)
    return _in_force(whole).filter(pk__gt=flag.seen_to).count()


@dataclass(frozen=True, slots=True)
class People:
    """Whom a group without rows counts: the voters of a community (id), or those whom a helper (id) helped on a day."""

    community: int | None = None
    helper: int | None = None
    day: str = ""


def people_of(flag: BallotFlag) -> People | None:
    """The people of a group that has no ballots of its own; None of another group, or of a place that nobody finds any more."""
    subject = flag.subject.rstrip(AGAIN)
    match flag.kind:
        case FlagKind.TURNOUT:
            place = flag.contest.communities.filter(community__code=subject).first()
            return People(community=place.community_id) if place else None
        case FlagKind.HELPER:
            helper, _space, day = subject.partition(" ")
            return People(helper=int(helper), day=day)
        case _:
            return None


def subject_in_words(flag: BallotFlag) -> str:
    """What a group without rows is about: a community, or a helper and the day."""
    subject = flag.subject.rstrip(AGAIN)
    match flag.kind:
        case FlagKind.TURNOUT:
            return flag.contest.communities.filter(community__code=subject).values_list("name", flat=True).first() or ""
        case FlagKind.HELPER:
            helper, _space, day = subject.partition(" ")
            return f"{User.objects.get(pk=helper)} · {day}"
        case _:
            return ""


def refuse_unsettled(contest: Contest) -> None:
    """Nothing is final while ballots that stand out, or sheets of paper votes, wait for somebody. Raises `Refused`."""
    if flags := contest.flags.unsettled().count():
        raise Refused(VotingRefusal.FLAGS_OPEN, count=flags)
    if sheets := contest.paper_sheets.filter(state=SheetCheck.ENTERED).count():
        raise Refused(VotingRefusal.SHEETS_OPEN, count=sheets)


def refuse_unmatched(contest: Contest) -> None:
    """Nothing is counted while somebody may count twice, or papers count for which nobody signed. Raises `Refused`."""
    if places := unsigned_papers(contest):
        raise Refused(VotingRefusal.PAPERS_UNSIGNED, places=" · ".join(places))
    if lines := contest.voters.unmatched().count():
        raise Refused(VotingRefusal.LINES_UNMATCHED, count=lines)


@transaction.atomic
def purge_traces(*, now: datetime) -> int:
    """Delete traces whose time is over; the result's confirmation deletes those of its contest itself."""
    old = BallotTrace.objects.filter(ballot__contest__voting_closes_at__lt=now - KEPT)
    return old.delete()[0]


def _crowded(contest: Contest) -> dict[tuple[FlagKind, str], int]:
    """Communities of which more people voted than their ceiling says; the subject is the community's code."""
    voted = contest.voters.voted().order_by().values_list("community__code").annotate(Count("pk"))
    people = dict(contest.communities.values_list("community__code", "registered_population"))
    return {
        (FlagKind.TURNOUT, code): count
        for code, count in voted
        if guard.too_many(count, people.get(code), contest.turnout_ceiling)
    }


def _much_helped(contest: Contest) -> dict[tuple[FlagKind, str], int]:
    """Helpers who helped more people on a day than there is time for; the subject is the helper's id and the day.

    Their ballots have nothing in their traces, so the sessions are counted.
    """
    days = contest.helper_sessions.order_by().values_list("helper", "day").annotate(count=Count("pk"))
    busy = days.filter(count__gte=guard.HELPED_LEAST)
    return {(FlagKind.HELPER, f"{helper} {day}"): count for helper, day, count in busy}


def _by_two_ways(contest: Contest) -> dict[tuple[FlagKind, str], int]:
    """Ballots by code from devices with which an account voted too: a family's telephone, or one person twice."""
    count = _codes_beside_accounts(contest.pk).filter(ballot__void__isnull=True).count()
    return {(FlagKind.TWO_WAYS, "devices"): count} if count >= guard.TWO_WAYS_LEAST else {}


def _codes_beside_accounts(contest: int) -> QuerySet[BallotTrace]:
    """The traces, in the contest (id), of ballots in force by code; accounts are known by the series of their number."""
    traces = BallotTrace.objects.filter(ballot__contest=contest, ballot__superseded_by__isnull=True).exclude(device="")
    return traces.filter(segment="", device__in=traces.exclude(segment="").values("device"))


def _cast_again(contest: Contest) -> dict[tuple[FlagKind, str], int]:
    """Ballots in force of voters one of whose ballots was voided as stuffing."""
    count = Ballot.objects.valid().filter(pk__in=_cast_after_void(contest.pk)).count()
    return {(FlagKind.CAST_AGAIN, "box"): count} if count else {}


def _cast_after_void(contest: int) -> list[int]:
    """Ids of the ballots, of the contest (id), of voters an earlier ballot of whom was voided as stuffing."""
    with connection.cursor() as cursor:
        cursor.execute(CAST_AFTER_VOID_SQL, {"contest": contest, "stuffing": VoidReason.STUFFING.value})
        return [ballot for (ballot,) in cursor.fetchall()]


def _in_force(flag: BallotFlag) -> QuerySet[Ballot]:
    """The ballots of the group that count."""
    return Ballot.objects.valid().filter(trace__in=rows_of(flag))


def _moment(minute: int) -> datetime:
    return datetime.fromtimestamp(60 * minute, UTC)
