"""The verb of the public's side: cast a ballot, or change it."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.contrib.postgres.aggregates import ArrayAgg
from django.db import connection, transaction

from communities.models import User
from communities.refusal import Refused, refuse_if
from contests import locks
from contests.enums import ContestRefusal, EntryStatus
from contests.models import Ballot, Contest, ContestSecret, HelperSession, HouseholdCode, Voter
from contests.secrecy import blinded, voter_key
from contests.services.enrolment import line_of_code, own_line
from contests.voting_enums import ChoicesFrom, VoteWay, VotingRefusal
from contests.voting_rules import why_not_vote

RECEIPT_BYTES = 8
NEW = timedelta(days=1)
SEGMENT = len("+861380000")
"""Of a number in E.164 form: the series of ten thousand to which it belongs."""

# What the rules of a ballot ask about. It travels with the lock and is written by hand: on the evening before closing each
# round trip to the database is felt, and so is each query that Django puts together anew, for that takes longer than its
# answer.
READ = {"state", "programme_id", "voting_opens_at", "voting_closes_at", "min_choices", "max_choices", "choices_from"}
BOX = [each.attname for each in Contest._meta.concrete_fields if each.primary_key or each.attname in READ]  # noqa: SLF001
BOX_SQL = f"""
SELECT {", ".join(f"contest.{column}" for column in BOX)}, secret.id, secret.key,
       ARRAY(SELECT community_id FROM contests_entry
              WHERE contest_id = contest.id AND status = %(taking_part)s AND id = ANY(%(chosen)s)
                AND NOT EXISTS (SELECT FROM contests_recusal recusal
                                  JOIN contests_panelist seat ON seat.id = recusal.panelist_id
                                 WHERE recusal.entry_id = contests_entry.id AND seat.user_id = %(chooser)s))
  FROM contests_contest contest LEFT JOIN contests_contestsecret secret ON secret.contest_id = contest.id
 WHERE contest.id = %(contest)s
"""  # noqa: S608

# The ballot, its choices, its trace and the mark on the roll, in one statement for the same reason.
CAST_SQL = """
WITH ballot AS (
    INSERT INTO contests_ballot (contest_id, receipt, voter_key, supersedes_id, cast_at)
    VALUES (%(contest)s, %(receipt)s, %(voter_key)s, %(supersedes)s, %(minute)s)
    RETURNING id
), choices AS (
    INSERT INTO contests_ballotchoice (ballot_id, entry_id)
    SELECT ballot.id, entry FROM ballot, unnest(%(entries)s::bigint[]) entry
), trace AS (
    INSERT INTO contests_ballottrace (ballot_id, network, device, segment, is_new)
    SELECT ballot.id, %(network)s, %(device)s, %(segment)s, %(is_new)s FROM ballot
), roll AS (
    UPDATE contests_voter SET has_voted = true, is_adult = true, way = %(way)s
     WHERE id = %(voter)s AND NOT has_voted
)
SELECT id FROM ballot
"""


@dataclass(frozen=True, slots=True)
class WayIn:
    """By which network, which device and which browser a ballot comes; kept as hashes, for the guard desk only."""

    network: str = ""
    device: str = ""


@dataclass(frozen=True, slots=True)
class Helped:
    """That an officer helps the voter of this line (id). `again`: the ballot in force was cast in the same `session` (id)."""

    line: int
    again: bool = False
    session: int | None = None


@transaction.atomic
def cast_ballot(
    *,
    contest: Contest,
    entries: Collection[int],
    by: User | None,
    now: datetime,
    code: int | None = None,
    helped: Helped | None = None,
    way_in: WayIn | None = None,
) -> Ballot:
    """Cast a ballot for these entries (ids), or replace the one cast before; casting it declares that one is 18.

    The voter is who is logged in, or the line that the household code (id) opened, or who is helped by `by`. That line
    of the roll is locked, so that two clicks come one after the other; the second, with the same choices within the
    minute, gives back the same ballot. Later it replaces it: else casting a guess would tell whoever has a household's
    code whether it is right. The ballot carries a hash of the voter under the contest's secret, and the minute, nothing else.
    An expert has no choice of what they keep out of. Raises `Refused`.
    """
    chosen = set(entries)
    contest, places = _box(contest, chosen, by if helped is None else None)
    voter = _voter_line(contest, by, code, helped)
    if helped is not None and voter is None:
        raise Refused(VotingRefusal.LINE_JOINED)
    refuse_if(why_not_vote(contest, voter, now, known=by is not None))
    assert voter is not None
    if helped is not None and voter.has_voted and not helped.again:
        raise Refused(VotingRefusal.VOTED_ALREADY)
    _check(contest, voter, chosen, places)
    key = voter_key(contest, voter)
    last, before = _last_with_choices(contest, key) if voter.has_voted else (None, set())
    minute = now.replace(second=0, microsecond=0)
    if last is not None and before == chosen and last.cast_at == minute:
        return last
    ballot = Ballot(
        contest=contest,
        receipt=secrets.token_hex(RECEIPT_BYTES),
        voter_key=key,
        supersedes=last,
        cast_at=minute,
    )
    way = VoteWay.HELPED if helped else VoteWay.ONLINE
    # A helper's tablet is one device and one network for many people, who are counted by their own lines of the roll.
    trace = _trace(contest, None if helped else by, WayIn() if helped else way_in or WayIn(), now)
    _write(ballot, voter, chosen, way, trace)
    if helped is not None and helped.session is not None:
        HelperSession.objects.filter(pk=helped.session, contest=contest, has_voted=False).update(has_voted=True)
    return ballot


def last_ballot(*, contest: Contest, by: User | None, code: int | None = None) -> Ballot | None:
    """The voter's own ballot in force, to show and change it; never anyone else's, and not after confirmation."""
    return ballot_of(contest, voter_of(contest=contest, by=by, code=code))


def ballot_of(contest: Contest, voter: Voter | None) -> Ballot | None:
    """The ballot in force of a line of the roll, which is the caller's own."""
    if voter is None or not voter.has_voted or not hasattr(contest, "secret"):
        return None
    key = voter_key(contest, voter)
    return Ballot.objects.last_of_voters().filter(contest=contest, voter_key=key).prefetch_related("choices").first()


def voter_of(*, contest: Contest, by: User | None, code: int | None = None) -> Voter | None:
    """The line of who is logged in, else of the household code that was opened, if there is one; nothing is written."""
    if by is not None:
        return Voter.objects.filter(contest=contest, user=by).first()
    if code is None:
        return None
    opened = HouseholdCode.objects.valid().filter(pk=code, contest=contest, voter__user=None)
    return Voter.objects.filter(code__in=opened).first()


@dataclass(frozen=True, slots=True)
class Turnout:
    """That a person voted in a contest. `cast_at`: the minute of the ballot in force; None once nobody can tell."""

    contest: Contest
    cast_at: datetime | None


def turnout_of(*, by: User) -> list[Turnout]:
    """The contests in which the person voted, the latest first; never how. Two queries."""
    lines = Voter.objects.filter(user=by, has_voted=True).select_related("contest__secret")
    voters = list(lines.order_by("-contest__created_at", "-contest__pk"))
    keys = {voter.pk: voter_key(voter.contest, voter) for voter in voters if hasattr(voter.contest, "secret")}
    ballots = Ballot.objects.last_of_voters().filter(
        contest__in=[voter.contest_id for voter in voters], voter_key__in=keys.values()
    )
    moments = dict(ballots.values_list("voter_key", "cast_at"))
    return [Turnout(voter.contest, moments.get(keys.get(voter.pk, ""))) for voter in voters]


def _box(contest: Contest, chosen: set[int], chooser: User | None) -> tuple[Contest, list[int]]:
    """The contest, kept from closing, and the communities (ids) of those of the chosen entries that one may choose.

    Of the contest only what a ballot needs is read.
    """
    parameters: dict[str, Any] = {
        "contest": contest.pk,
        "taking_part": EntryStatus.IN.value,
        "chosen": sorted(chosen),
        "chooser": chooser.pk if chooser else None,
    }
    with connection.cursor() as cursor:
        cursor.execute(f"{locks.SHARE_SQL};{BOX_SQL}", parameters)
        found = cursor.fetchone()
    if found is None:
        raise Contest.DoesNotExist
    *read, secret, key, places = found
    box = Contest.from_db(connection.alias, BOX, read)
    if secret is not None:
        ContestSecret(pk=secret, contest=box, key=key)
    return box, places


def _check(contest: Contest, voter: Voter, chosen: set[int], places: list[int]) -> None:
    """Raise `Refused` unless as many entries as the rules say are chosen, all of which take part and may be chosen."""
    if len(chosen) < contest.min_choices:
        raise Refused(ContestRefusal.TOO_FEW_CHOICES, least=contest.min_choices)
    if len(chosen) > contest.max_choices:
        raise Refused(ContestRefusal.TOO_MANY_CHOICES, most=contest.max_choices)
    if len(places) != len(chosen):
        raise Refused(ContestRefusal.UNKNOWN_CHOICE)
    if contest.choices_from == ChoicesFrom.OWN_COMMUNITY and set(places) != {voter.community_id}:
        raise Refused(VotingRefusal.OTHER_COMMUNITY)


def _last_with_choices(contest: Contest, key: str) -> tuple[Ballot | None, set[int]]:
    """The voter's last ballot, with the ids of its entries; none where it is void, so that the same may be cast anew."""
    rows = Ballot.objects.last_of_voters().filter(contest=contest, voter_key=key).select_related("void")
    last = rows.annotate(chosen=ArrayAgg("choices__entry_id")).first()
    return last, set() if hasattr(last, "void") else set(getattr(last, "chosen", ()))


def _voter_line(contest: Contest, by: User | None, code: int | None, helped: Helped | None) -> Voter | None:
    """The line of the roll, locked, of whoever votes."""
    if helped is not None:
        return Voter.objects.select_for_update().filter(pk=helped.line, contest=contest).first()
    return line_of_code(contest, code) if by is None and code is not None else own_line(contest, by)


def _trace(contest: Contest, by: User | None, way_in: WayIn, now: datetime) -> dict[str, Any]:
    """The columns of a trace: hashes under the contest's secret, and whether the account was made a day ago at most."""
    segment = by.phone[:SEGMENT] if by is not None else ""
    parts = {"network": way_in.network, "device": way_in.device, "segment": segment}
    hashed = {name: blinded(contest, f"{name}:{value}") if value else "" for name, value in parts.items()}
    return {**hashed, "is_new": by is not None and now - by.date_joined < NEW}


def _write(ballot: Ballot, voter: Voter, chosen: set[int], way: VoteWay, trace: dict[str, Any]) -> None:
    parameters: dict[str, Any] = {
        "contest": ballot.contest_id,
        "receipt": ballot.receipt,
        "voter_key": ballot.voter_key,
        "supersedes": ballot.supersedes_id,
        "minute": ballot.cast_at,
        "entries": sorted(chosen),
        "way": way.value,
        "voter": voter.pk,
        **trace,
    }
    with connection.cursor() as cursor:
        cursor.execute(CAST_SQL, parameters)
        (ballot.pk,) = cursor.fetchone()
