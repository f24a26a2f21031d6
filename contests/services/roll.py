"""The verbs on the electoral roll: draw it up, enter a voter, import a roster, mark who voted on paper."""

from __future__ import annotations

import random
from collections.abc import Sequence

from django.db import IntegrityError, transaction

from communities import phones
from communities.models import Community, Residency, User
from communities.refusal import Refused, refuse_if
from contests import locks
from contests.figures import counted_papers, paper_marks
from contests.models import Contest, Voter
from contests.roster import RosterRow, WrongRow
from contests.secrecy import voter_key
from contests.voting_enums import RollSource, RosterProblem, VoteWay, VotingRefusal
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
    return _added(contest, community, lines)


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
    return _added(contest, community, lines)


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


def mark_paper_vote(*, voter: Voter, by: User) -> Voter:
    """The person signs the printed roll and votes on paper; from now on there is no ballot for them on the site.

    Raises `Refused`: no officer of the community, voting over, or they have voted in some way already.
    """
    return _mark(voter, by, old=VoteWay.NONE, new=VoteWay.PAPER, otherwise=VotingRefusal.VOTED_ALREADY)


def unmark_paper_vote(*, voter: Voter, by: User) -> Voter:
    """Take a wrong mark back, before voting is over; then the person may vote in another way. Raises `Refused`.

    A ballot on the site that was voided because of the mark stays void and in the box, so they have voted there still:
    the one that they cast now takes its place.
    """
    new = VoteWay.ONLINE if _is_in_the_box(voter) else VoteWay.NONE
    return _mark(voter, by, old=VoteWay.PAPER, new=new, otherwise=VotingRefusal.NOT_VOTED_ON_PAPER)


def _is_in_the_box(voter: Voter) -> bool:
    """Whether there is a ballot of this line, be it void."""
    if not hasattr(voter.contest, "secret"):
        return False
    return voter.contest.ballots.filter(voter_key=voter_key(voter.contest, voter)).exists()


@transaction.atomic
def _mark(voter: Voter, by: User, *, old: VoteWay, new: VoteWay, otherwise: VotingRefusal) -> Voter:
    contest = locks.share(voter.contest)
    refuse_if(why_not_mark_paper(by, contest, voter.community))
    if old == VoteWay.PAPER:
        locks.papers_of(voter.community)
    voted = new != VoteWay.NONE
    adult = {"is_adult": True} if voted else {}
    if Voter.objects.filter(pk=voter.pk, way=old).update(way=new, has_voted=voted, **adult) != 1:
        raise Refused(otherwise)
    if old == VoteWay.PAPER:
        _refuse_counted(contest, voter.community)
    voter.refresh_from_db()
    return voter


def _refuse_counted(contest: Contest, community: Community) -> None:
    """Raise `Refused` where more papers count than voters are marked, now that a mark is taken back."""
    papers, marks = counted_papers(contest, community), paper_marks(contest, community)
    if papers > marks:
        raise Refused(VotingRefusal.PAPERS_OVER_MARKS, papers=papers, marks=marks)


def _added(contest: Contest, community: Community, lines: Sequence[Voter]) -> int:
    """Write new lines; who came onto the roll meanwhile is passed over."""
    here = contest.voters.filter(community=community)
    before = here.count()
    Voter.objects.bulk_create(lines, batch_size=BATCH, ignore_conflicts=True)
    return here.count() - before
