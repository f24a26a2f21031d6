"""How a person comes to their one line of the electoral roll, on whatever way they come.

Lines are locked in one order: the account's, the code, the code's. All functions run in the caller's transaction.
"""

from __future__ import annotations

from django.db import IntegrityError, transaction

from communities.models import User
from communities.refusal import Refused
from communities.rules import verified_residency
from contests.enums import VoidReason
from contests.models import Ballot, BallotVoid, Contest, HouseholdCode, Voter
from contests.secrecy import voter_key
from contests.voting_enums import RollSource, VoteWay, VotingRefusal


def own_line(contest: Contest, by: User | None) -> Voter | None:
    """The line of somebody who logged in by phone, locked; None for others, and for who may not vote here.

    A roster line with the same number is theirs; a verified resident without one is put on the roll.
    """
    if by is None or by.phone_hash is None:
        return None
    lines = Voter.objects.select_for_update().filter(contest=contest)
    if line := lines.filter(user=by).first():
        return line
    if by.phone_verified_at is not None and (line := lines.filter(user=None, phone_hash=by.phone_hash).first()):
        Voter.objects.filter(pk=line.pk).update(user=by)
        line.user = by
        return line
    residency = verified_residency(by, contest.programme.subdistrict)
    if residency is None:
        return None
    try:
        with transaction.atomic():
            Voter.objects.create(contest=contest, user=by, community=residency.community, phone_hash=by.phone_hash)
    except IntegrityError:
        # Another request, or a roster with the same number, was faster.
        Voter.objects.filter(contest=contest, user=None, phone_hash=by.phone_hash).update(user=by)
    return lines.get(user=by)


def line_of_code(contest: Contest, code: int) -> Voter | None:
    """The line that an opened code stands for, locked. Raises `Refused` when the code is void or belongs to an account."""
    row = HouseholdCode.objects.filter(pk=code, contest=contest).first()
    if row is None or row.voided_at is not None:
        raise Refused(VotingRefusal.CODE_VOID)
    line = _locked(row)
    if line is not None and line.user_id is not None:
        raise Refused(VotingRefusal.CODE_TAKEN)
    return line


def _locked(code: HouseholdCode) -> Voter | None:
    """The code's line as it is once nobody else works on it."""
    return Voter.objects.select_for_update(of=("self",)).filter(code=code).first()


def join_code(*, contest: Contest, code: HouseholdCode, own: Voter | None, by: User | None) -> None:
    """Give a code (locked) its line: the person's own, the one made for it, or a new one. Raises `Refused`."""
    person = by if by is not None and by.phone_hash is not None else None
    line = _locked(code)
    if line is not None and line.user_id is not None and (person is None or line.user_id != person.pk):
        raise Refused(VotingRefusal.CODE_TAKEN)
    if own is not None and HouseholdCode.objects.filter(voter=own).exclude(pk=code.pk).exists():
        raise Refused(VotingRefusal.CODE_SECOND)
    if line is None:
        line = own or Voter.objects.create(contest=contest, community=code.community, source=RollSource.CODE)
    elif own is not None and own.pk != line.pk:
        line = _merged(contest, own, line, code)
    if person is not None and line.user_id is None:
        Voter.objects.filter(pk=line.pk).update(user=person, phone_hash=person.phone_hash)
    HouseholdCode.objects.filter(pk=code.pk).update(voter=line, was_used=True)


def _merged(contest: Contest, own: Voter, other: Voter, code: HouseholdCode) -> Voter:
    """One line out of two of the same person. Where both voted, one ballot is voided and its record kept."""
    if own.has_voted and other.has_voted:
        _void(contest, own if other.way == VoteWay.PAPER else other)
    keeps = own if own.has_voted or not other.has_voted else other
    way = VoteWay.PAPER if VoteWay.PAPER in {own.way, other.way} else keeps.way
    HouseholdCode.objects.filter(pk=code.pk).update(voter=None)
    (other if keeps is own else own).delete()
    keeps.user, keeps.phone_hash, keeps.community = own.user, own.phone_hash, own.community
    keeps.source, keeps.reference = own.source, own.reference or other.reference
    keeps.way = way
    keeps.save()
    return keeps


def _void(contest: Contest, line: Voter) -> None:
    ballots = Ballot.objects.valid().filter(contest=contest, voter_key=voter_key(contest, line))
    if ballot := ballots.first():
        BallotVoid.objects.create(ballot=ballot, reason=VoidReason.DUPLICATE_VOTER)
