"""The verb of the public's side: cast a ballot, or change it."""

from __future__ import annotations

import hashlib
import hmac
import secrets
from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from communities.models import User
from communities.refusal import Refused, refuse_if
from communities.rules import verified_residency
from contests import locks
from contests.enums import ContestRefusal
from contests.models import Ballot, BallotChoice, Contest, Voter
from contests.rules import why_not_vote

RECEIPT_BYTES = 8


@transaction.atomic
def cast_ballot(*, contest: Contest, entries: Collection[int], by: User, now: datetime) -> Ballot:
    """Cast a ballot for these entries (ids), or replace the one cast before.

    The voter's line of the roll is locked, so that two clicks come one after the other; the second, with the same
    choices, gives back the same ballot. The ballot carries a hash of the voter under the contest's secret, and the
    minute, nothing else. Raises `Refused`.
    """
    contest = locks.share(contest)
    voter = _enrol(contest, by)
    refuse_if(why_not_vote(by, contest, voter, now))
    assert voter is not None
    chosen = set(entries)
    if len(chosen) < contest.min_choices:
        raise Refused(ContestRefusal.TOO_FEW_CHOICES, least=contest.min_choices)
    if len(chosen) > contest.max_choices:
        raise Refused(ContestRefusal.TOO_MANY_CHOICES, most=contest.max_choices)
    if contest.entries.taking_part().filter(pk__in=chosen).count() != len(chosen):
        raise Refused(ContestRefusal.UNKNOWN_CHOICE)
    voter_key = _voter_key(contest, voter)
    last = Ballot.objects.last_of_voters().filter(contest=contest, voter_key=voter_key).first()
    if last is not None and set(last.choices.values_list("entry_id", flat=True)) == chosen:
        return last
    ballot = Ballot.objects.create(
        contest=contest,
        receipt=secrets.token_hex(RECEIPT_BYTES),
        voter_key=voter_key,
        supersedes=last,
        cast_at=now.replace(second=0, microsecond=0),
    )
    BallotChoice.objects.bulk_create([BallotChoice(ballot=ballot, entry_id=entry) for entry in sorted(chosen)])
    if not voter.has_voted:
        Voter.objects.filter(pk=voter.pk).update(has_voted=True)
    return ballot


def last_ballot(*, contest: Contest, by: User) -> Ballot | None:
    """The voter's own ballot in force, to show and change it; never anyone else's, and not after confirmation."""
    voter = Voter.objects.filter(contest=contest, user=by, has_voted=True).first()
    if voter is None or not hasattr(contest, "secret"):
        return None
    key = _voter_key(contest, voter)
    return Ballot.objects.last_of_voters().filter(contest=contest, voter_key=key).prefetch_related("choices").first()


@dataclass(frozen=True, slots=True)
class Turnout:
    """That a person voted in a contest. `cast_at`: the minute of the ballot in force; None once nobody can tell."""

    contest: Contest
    cast_at: datetime | None


def turnout_of(*, by: User) -> list[Turnout]:
    """The contests in which the person voted, the latest first; never how. Two queries."""
    lines = Voter.objects.filter(user=by, has_voted=True).select_related("contest__secret")
    voters = list(lines.order_by("-contest__created_at", "-contest__pk"))
    keys = {voter.pk: _voter_key(voter.contest, voter) for voter in voters if hasattr(voter.contest, "secret")}
    ballots = Ballot.objects.last_of_voters().filter(
        contest__in=[voter.contest_id for voter in voters], voter_key__in=keys.values()
    )
    moments = dict(ballots.values_list("voter_key", "cast_at"))
    return [Turnout(voter.contest, moments.get(keys.get(voter.pk, ""))) for voter in voters]


def _enrol(contest: Contest, user: User) -> Voter | None:
    """The person's line of the roll, locked; verified residents are put on it when they come."""
    if verified_residency(user, contest.programme.subdistrict) is None:
        return None
    Voter.objects.get_or_create(contest=contest, user=user)
    return Voter.objects.select_for_update().get(contest=contest, user=user)


def _voter_key(contest: Contest, voter: Voter) -> str:
    return hmac.new(contest.secret.key.encode(), str(voter.pk).encode(), hashlib.sha256).hexdigest()
