"""The verb of the public's side: cast a ballot, or change it."""

from __future__ import annotations

import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from communities.models import User
from communities.refusal import Refused, refuse_if
from contests import locks
from contests.enums import ContestRefusal
from contests.models import Ballot, BallotChoice, Contest, HouseholdCode, Voter
from contests.secrecy import voter_key
from contests.services.enrolment import line_of_code, own_line
from contests.voting_enums import ChoicesFrom, VoteWay, VotingRefusal
from contests.voting_rules import why_not_vote

RECEIPT_BYTES = 8


@transaction.atomic
def cast_ballot(
    *, contest: Contest, entries: Collection[int], by: User | None, now: datetime, code: int | None = None
) -> Ballot:
    """Cast a ballot for these entries (ids), or replace the one cast before; casting it declares that one is 18.

    The voter is who is logged in, or the line that the household code (id) opened. That line of the roll is locked, so
    that two clicks come one after the other; the second, with the same choices, gives back the same ballot. The ballot
    carries a hash of the voter under the contest's secret, and the minute, nothing else. Raises `Refused`.
    """
    contest = locks.share(contest)
    voter = line_of_code(contest, code) if by is None and code is not None else own_line(contest, by)
    refuse_if(why_not_vote(contest, voter, now, known=by is not None))
    assert voter is not None
    chosen = set(entries)
    _check(contest, voter, chosen)
    key = voter_key(contest, voter)
    last = Ballot.objects.last_of_voters().filter(contest=contest, voter_key=key).first()
    if last is not None and set(last.choices.values_list("entry_id", flat=True)) == chosen:
        return last
    ballot = Ballot.objects.create(
        contest=contest,
        receipt=secrets.token_hex(RECEIPT_BYTES),
        voter_key=key,
        supersedes=last,
        cast_at=now.replace(second=0, microsecond=0),
    )
    BallotChoice.objects.bulk_create([BallotChoice(ballot=ballot, entry_id=entry) for entry in sorted(chosen)])
    if not voter.has_voted:
        Voter.objects.filter(pk=voter.pk).update(has_voted=True, way=VoteWay.ONLINE, is_adult=True)
    return ballot


def last_ballot(*, contest: Contest, by: User | None, code: int | None = None) -> Ballot | None:
    """The voter's own ballot in force, to show and change it; never anyone else's, and not after confirmation."""
    voter = voter_of(contest=contest, by=by, code=code)
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


def _check(contest: Contest, voter: Voter, chosen: set[int]) -> None:
    """Raise `Refused` unless as many entries as the rules say are chosen, all of which take part and may be chosen."""
    if len(chosen) < contest.min_choices:
        raise Refused(ContestRefusal.TOO_FEW_CHOICES, least=contest.min_choices)
    if len(chosen) > contest.max_choices:
        raise Refused(ContestRefusal.TOO_MANY_CHOICES, most=contest.max_choices)
    places = list(contest.entries.taking_part().filter(pk__in=chosen).values_list("community_id", flat=True))
    if len(places) != len(chosen):
        raise Refused(ContestRefusal.UNKNOWN_CHOICE)
    if contest.choices_from == ChoicesFrom.OWN_COMMUNITY and set(places) != {voter.community_id}:
        raise Refused(VotingRefusal.OTHER_COMMUNITY)
