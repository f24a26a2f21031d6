"""The verbs on the electoral roll: draw it up, enter and strike lines, mark who voted on paper."""

from __future__ import annotations

import random
from collections.abc import Sequence

from django.db import IntegrityError, transaction

from communities import phones
from communities.models import Community, Residency, User
from communities.refusal import Refused, refuse_if
from contests import locks
from contests.figures import counted_papers, paper_marks
from contests.models import Contest, RollEvent, Voter
from contests.roster import RosterRow, WrongRow
from contests.secrecy import voter_key
from contests.voting_enums import RollAct, RollSource, RosterProblem, VoteWay, VotingRefusal
from contests.voting_rules import why_not_keep_roll, why_not_mark_paper

BATCH = 1000


@transaction.atomic
def draw_up_roll(*, contest: Contest, community: Community, by: User) -> int:
    """Put all verified residents of a community on the roll; returns how many came. Doing it twice changes nothing.

    They come in no order: what is written later about a line tells nothing by its place. Raises `Refused`.
    """
    contest = locks.share(contest)
    refuse_if(why_not_keep_roll(by, contest, community))
    new = Residency.objects.verified().filter(community=community, user__phone_hash__isnull=False)
    new = new.exclude(user__voters__contest=contest).select_related("user")
    lines = [
        Voter(contest=contest, user=residency.user, community=community, phone_hash=residency.user.phone_hash)
        for residency in new
    ]
    random.shuffle(lines)
    return _added(contest, community, lines, RollAct.DRAWN_UP, by)


@transaction.atomic
def enter_voter(*, contest: Contest, community: Community, reference: str, phone: str, adult: bool, by: User) -> Voter:
    """Put one person on the roll by their number on the committee's roster; `phone` (E.164) may be empty.

    Raises `Refused`: no officer of the community, voting over, not 18, on the roll already, or a verified resident of
    another community.
    """
    contest = locks.share(contest)
    refuse_if(why_not_keep_roll(by, contest, community))
    if not adult:
        raise Refused(VotingRefusal.ADULTS_ONLY)
    phone_hash = phones.keyed_hash(phone) if phone else None
    if phone_hash in _living_elsewhere(contest, community):
        raise Refused(VotingRefusal.LIVES_ELSEWHERE)
    line = Voter(
        contest=contest,
        community=community,
        source=RollSource.OFFICER,
        reference=reference,
        phone_hash=phone_hash,
        is_adult=True,
    )
    try:
        with transaction.atomic():
            line.save()
    except IntegrityError as error:
        raise Refused(VotingRefusal.ON_ROLL_ALREADY) from error
    write_down(line, RollAct.ENTERED, by)
    return line


@transaction.atomic
def import_roster(*, contest: Contest, community: Community, rows: Sequence[RosterRow], by: User) -> int:
    """Put the rows of a roster on the roll; returns how many came. Who is on it already is passed over."""
    contest = locks.share(contest)
    refuse_if(why_not_keep_roll(by, contest, community))
    good, _wrong = beside_roll(contest, community, rows)
    lines = [
        Voter(
            contest=contest,
            community=community,
            source=RollSource.ROSTER,
            reference=row.reference,
            phone_hash=phones.keyed_hash(row.phone) if row.phone else None,
            is_adult=True,
        )
        for row in good
    ]
    return _added(contest, community, lines, RollAct.IMPORTED, by)


def beside_roll(
    contest: Contest, community: Community, rows: Sequence[RosterRow]
) -> tuple[list[RosterRow], list[WrongRow]]:
    """Which rows of a roster are new, and which are on the roll already or of somebody who lives elsewhere."""
    lines = contest.voters.all()
    references = set(lines.filter(community=community).exclude(reference="").values_list("reference", flat=True))
    known: set[str | None] = set(lines.exclude(phone_hash=None).values_list("phone_hash", flat=True))
    elsewhere = _living_elsewhere(contest, community)
    good: list[RosterRow] = []
    wrong: list[WrongRow] = []
    for row in rows:
        if row.reference in references:
            wrong.append(WrongRow(row.line, row.reference, RosterProblem.ON_ROLL))
        elif (phone_hash := phones.keyed_hash(row.phone) if row.phone else None) in known:
            wrong.append(WrongRow(row.line, row.reference, RosterProblem.PHONE_ON_ROLL))
        elif phone_hash in elsewhere:
            wrong.append(WrongRow(row.line, row.reference, RosterProblem.LIVES_ELSEWHERE))
        else:
            good.append(row)
    return good, wrong


def _living_elsewhere(contest: Contest, community: Community) -> set[str | None]:
    """The hashes of the numbers of verified residents of the other communities: their ballots count there."""
    others = Residency.objects.verified().filter(subdistrict=contest.programme.subdistrict_id)
    others = others.exclude(community=community).filter(user__phone_hash__isnull=False)
    return set(others.values_list("user__phone_hash", flat=True))


@transaction.atomic
def mark_paper_vote(*, voter: Voter, by: User) -> Voter:
    """The person signs the printed roll and votes on paper; from now on there is no ballot for them on the site.

    Raises `Refused`: no officer of the community, voting over, or they have voted in some way already.
    """
    refuse_if(why_not_mark_paper(by, locks.share(voter.contest), voter.community))
    _set(voter, VotingRefusal.VOTED_ALREADY, way=VoteWay.PAPER, has_voted=True, is_adult=True)
    write_down(voter, RollAct.MARKED, by)
    return voter


@transaction.atomic
def unmark_paper_vote(*, voter: Voter, by: User) -> Voter:
    """Take a wrong mark back: one person asks, and a second one does it; then the voter may vote in another way.

    Not where the papers that count would be more than the marks that are left. A ballot on the site that was voided
    because of the mark stays void and in the box, so they have voted there still: the one that they cast now takes its
    place. Raises `Refused`.
    """
    contest = locks.share(voter.contest)
    refuse_if(why_not_mark_paper(by, contest, voter.community))
    locks.papers_of(voter.community)
    marked = Voter.objects.filter(pk=voter.pk, way=VoteWay.PAPER)
    if marked.filter(unmarking_by__isnull=True).update(unmarking_by=by):
        write_down(voter, RollAct.UNMARKING_ASKED, by)
        voter.refresh_from_db()
        return voter
    if marked.filter(unmarking_by=by).exists():
        raise Refused(VotingRefusal.UNMARK_SECOND)
    new = VoteWay.ONLINE if _is_in_the_box(voter) else VoteWay.NONE
    if marked.update(way=new, has_voted=new != VoteWay.NONE, unmarking_by=None, told_apart_by=None) != 1:
        raise Refused(VotingRefusal.NOT_VOTED_ON_PAPER)
    _refuse_counted(contest, voter.community)
    write_down(voter, RollAct.UNMARKED, by)
    voter.refresh_from_db()
    return voter


@transaction.atomic
def strike_voter(*, voter: Voter, reason: str, by: User) -> Voter:
    """Strike a line off the roll, with the reason; nobody votes by it any more. Raises `Refused`: they have voted."""
    refuse_if(why_not_keep_roll(by, locks.share(voter.contest), voter.community))
    if not reason.strip():
        raise Refused(VotingRefusal.REASON_MISSING)
    _set(voter, VotingRefusal.VOTED_ALREADY, struck_by=by)
    write_down(voter, RollAct.STRUCK, by, note=reason.strip())
    return voter


def _is_in_the_box(voter: Voter) -> bool:
    """Whether there is a ballot of this line, be it void."""
    if not hasattr(voter.contest, "secret"):
        return False
    return voter.contest.ballots.filter(voter_key=voter_key(voter.contest, voter)).exists()


def _set(voter: Voter, otherwise: VotingRefusal, **columns: object) -> None:
    """Change a line by which nobody has voted and that stands; else raise `Refused`."""
    lines = Voter.objects.filter(pk=voter.pk)
    if lines.standing().filter(has_voted=False).update(**columns) != 1:
        if not lines.exists():
            raise Refused(VotingRefusal.LINE_JOINED)
        raise Refused(otherwise if lines.standing().exists() else VotingRefusal.STRUCK)
    voter.refresh_from_db()


def write_down(line: Voter, act: RollAct, by: User, *, lines: int = 1, note: str = "") -> None:
    """Leave the row of an act on a line."""
    place = {"contest_id": line.contest_id, "community_id": line.community_id}
    RollEvent.objects.create(**place, act=act, line=line.pk, reference=line.reference, lines=lines, note=note, by=by)


def _refuse_counted(contest: Contest, community: Community) -> None:
    """Raise `Refused` where more papers count than voters are marked, now that a mark is taken back."""
    papers, marks = counted_papers(contest, community), paper_marks(contest, community)
    if papers > marks:
        raise Refused(VotingRefusal.PAPERS_OVER_MARKS, papers=papers, marks=marks)


def _added(contest: Contest, community: Community, lines: Sequence[Voter], act: RollAct, by: User) -> int:
    """Write new lines; who came onto the roll meanwhile is passed over."""
    locks.one_roster(contest)
    here = contest.voters.filter(community=community)
    before = here.count()
    Voter.objects.bulk_create(lines, batch_size=BATCH, ignore_conflicts=True)
    came = here.count() - before
    if came:
        RollEvent.objects.create(contest=contest, community=community, act=act, lines=came, by=by)
    return came
