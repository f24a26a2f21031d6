"""How a person comes to their one line of the electoral roll, on whatever way they come.

Lines are locked in one order: the account's, the code, the code's. All functions run in the caller's transaction.
"""

from __future__ import annotations

from typing import Any

from django.db import IntegrityError, connection, transaction

from communities.enums import ResidencyState
from communities.models import User
from communities.refusal import Refused
from contests.enums import VoidReason
from contests.models import Ballot, BallotVoid, Contest, HouseholdCode, Voter
from contests.secrecy import voter_key
from contests.voting_enums import RollSource, VoteWay, VotingRefusal

COLUMNS = [field.attname for field in Voter._meta.concrete_fields]  # noqa: SLF001

# The line of a roster with the person's number becomes theirs, else a verified residency brings them onto the roll, else
# they are on it already; then the line is locked. Three plain statements that travel together: on the evening before
# closing nearly every ballot is a first one, and each round trip to the database is felt.
OWN_LINE_SQL = """
UPDATE contests_voter SET user_id = %(user)s
 WHERE contest_id = %(contest)s AND phone_hash = %(phone_hash)s AND user_id IS NULL AND %(is_confirmed)s
   AND NOT EXISTS (SELECT FROM contests_voter WHERE contest_id = %(contest)s AND user_id = %(user)s);
INSERT INTO contests_voter
       (contest_id, user_id, community_id, source, reference, phone_hash, is_adult, has_voted, way)
SELECT %(contest)s, %(user)s, residency.community_id, %(source)s, '', %(phone_hash)s, false, false, ''
  FROM communities_residency residency JOIN programmes_programme programme USING (subdistrict_id)
 WHERE residency.user_id = %(user)s AND residency.state = %(verified)s AND programme.id = %(programme)s
   AND NOT EXISTS (SELECT FROM contests_voter WHERE contest_id = %(contest)s AND user_id = %(user)s)
ON CONFLICT DO NOTHING;
SELECT {columns}, source <> %(source)s OR EXISTS (
           SELECT FROM communities_residency residency JOIN programmes_programme programme USING (subdistrict_id)
            WHERE residency.user_id = %(user)s AND residency.state = %(verified)s AND programme.id = %(programme)s
       ) AS lives_here
  FROM contests_voter WHERE contest_id = %(contest)s AND user_id = %(user)s FOR UPDATE
""".format(columns=", ".join(COLUMNS))  # noqa: S608


def own_line(contest: Contest, by: User | None) -> Voter | None:
    """The line of somebody who logged in by phone, locked; None for others, and for who may not vote here.

    A roster line with the same number is theirs; a verified resident without one is put on the roll. Raises `Refused`
    for who is on it as a resident and is no longer verified.
    """
    if by is None or by.phone_hash is None:
        return None
    parameters: dict[str, Any] = {
        "contest": contest.pk,
        "programme": contest.programme_id,
        "user": by.pk,
        "phone_hash": by.phone_hash,
        "is_confirmed": by.phone_verified_at is not None,
        "verified": ResidencyState.VERIFIED.value,
        "source": RollSource.RESIDENCY.value,
    }
    # A roster with the same number that is being imported is waited for, and its line taken the second time.
    for _ in range(2):
        with connection.cursor() as cursor:
            cursor.execute(OWN_LINE_SQL, parameters)
            found = cursor.fetchone()
        if found is not None:
            *line, lives_here = found
            if not lives_here:
                raise Refused(VotingRefusal.NO_LONGER_VERIFIED)
            return Voter.from_db(connection.alias, COLUMNS, line)
    return None


def line_of_code(contest: Contest, code: int) -> Voter | None:
    """The line that an opened code stands for, locked. Raises `Refused` when the code is void or belongs to an account."""
    row = HouseholdCode.objects.filter(pk=code, contest=contest).first()
    if row is None or row.voided_at is not None:
        raise Refused(VotingRefusal.CODE_VOID)
    line = _locked(row)
    if line is None and row.voter_id is not None:
        # The line was waited for and joined with another meanwhile: the code has that one now.
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
    if any(each is not None and each.struck_by_id is not None for each in (own, line)):
        raise Refused(VotingRefusal.STRUCK)
    if own is not None and HouseholdCode.objects.filter(voter=own).exclude(pk=code.pk).exists():
        raise Refused(VotingRefusal.CODE_SECOND)
    if line is None:
        line = own or Voter.objects.create(contest=contest, community=code.community, source=RollSource.CODE)
    elif own is not None and own.pk != line.pk:
        line = merged(contest, own, line)
    if person is not None and line.user_id is None:
        Voter.objects.filter(pk=line.pk).update(user=person, phone_hash=person.phone_hash)
    HouseholdCode.objects.filter(pk=code.pk).update(voter=line, was_used=True)


def keep_number(*, code: HouseholdCode, phone_hash: str) -> None:
    """Note on the line of an opened code whose it is. Raises `Refused` for a number that is on another line.

    Nobody has confirmed the number, so it opens no other line: whoever it belongs to takes this line with their account.
    """
    try:
        with transaction.atomic():
            Voter.objects.filter(code=code, phone_hash__isnull=True).update(phone_hash=phone_hash)
    except IntegrityError as error:
        raise Refused(VotingRefusal.CODE_OF_ACCOUNT) from error


def merged(contest: Contest, own: Voter, other: Voter) -> Voter:
    """One line out of two of the same person. Where both voted, one ballot is voided and its record kept.

    The codes of both are let go of. Where both are marked as voting on paper, two papers are in the box and two marks stay. Raises `Refused`.
    """
    if own.way == other.way == VoteWay.PAPER:
        raise Refused(VotingRefusal.VOTED_ON_PAPER)
    if own.has_voted and other.has_voted:
        _void(contest, own if other.way == VoteWay.PAPER else other)
    keeps = own if own.has_voted or not other.has_voted else other
    way = VoteWay.PAPER if VoteWay.PAPER in {own.way, other.way} else keeps.way
    HouseholdCode.objects.filter(voter__in=[own, other]).update(voter=None)
    (other if keeps is own else own).delete()
    keeps.user, keeps.phone_hash, keeps.community = own.user, own.phone_hash, own.community
    # A number on the roster of another community means somebody else here.
    here = other.reference if other.community_id == own.community_id else ""
    keeps.source, keeps.reference = own.source, own.reference or here
    keeps.way, keeps.told_apart_by = way, None
    keeps.save()
    return keeps


def _void(contest: Contest, line: Voter) -> None:
    ballots = Ballot.objects.valid().filter(contest=contest, voter_key=voter_key(contest, line))
    if ballot := ballots.first():
        BallotVoid.objects.create(ballot=ballot, reason=VoidReason.DUPLICATE_VOTER)
