"""The verbs by which somebody who is on the roll twice counts once: two lines become one, or are told apart.

By an account a person is known, by a household's code, or a line of the roster without a number, the residents' committee
alone knows whose it is. So it compares those who voted like that with the accounts, before the final tally.
"""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime

from django.db import transaction

from communities import phones
from communities.models import Community, User
from communities.refusal import Refused, refuse_if
from contests import locks
from contests.models import Contest, HouseholdCode, RollEvent, Voter
from contests.services.enrolment import merged
from contests.services.roll import write_down
from contests.voting_enums import RollAct, VotingRefusal
from contests.voting_rules import why_not_join, why_not_tell_apart


@transaction.atomic
def join_lines(*, voter: Voter, reference: str, by: User) -> Voter:
    """Make one line of an account's and of the roster's that has this number: the same person, whose one ballot counts.

    Raises `Refused`.
    """
    contest = locks.share(voter.contest)
    there = contest.voters.filter(community=voter.community_id, reference=reference).exclude(reference="")
    return _joined(contest, voter.pk, there.values_list("pk", flat=True).first(), by)


@transaction.atomic
def join_account(*, line: Voter, phone: str, by: User) -> Voter:
    """Make one line of this one and of the account's with this number (E.164), as `join_lines`. Raises `Refused`."""
    contest = locks.share(line.contest)
    accounts = contest.voters.filter(community=line.community_id, user__phone_hash=phones.keyed_hash(phone))
    own = accounts.values_list("pk", flat=True).first()
    if own is None:
        raise Refused(VotingRefusal.NO_SUCH_ACCOUNT)
    return _joined(contest, own, line.pk, by)


@transaction.atomic
def tell_apart(*, contest: Contest, community: Community, lines: Collection[int], by: User, now: datetime) -> int:
    """Say that none of the voters of these lines (ids) voted with an account as well; returns of how many it was open.

    Raises `Refused`: no officer of the community, voting not over, or tallied already.
    """
    contest = locks.share(contest)
    refuse_if(why_not_tell_apart(by, contest, community, now))
    open_still = contest.voters.unmatched().filter(community=community, pk__in=lines)
    told = Voter.objects.filter(pk__in=open_still.values("pk"), told_apart_by__isnull=True).update(told_apart_by=by)
    if told:
        place = {"contest": contest, "community": community}
        RollEvent.objects.create(**place, act=RollAct.TOLD_APART, lines=told, by=by)
    return told


def _joined(contest: Contest, account: int, another: int | None, by: User) -> Voter:
    """One line of two (ids), locked in the order of `contests.services.enrolment`."""
    if another is None:
        raise Refused(VotingRefusal.NOT_TWO_LINES)
    lines = contest.voters.select_for_update(of=("self",)).select_related("community")
    own = lines.filter(pk=account).first()
    pair = [account, another]
    codes_of_both = list(HouseholdCode.objects.select_for_update(of=("self",)).filter(voter__in=pair).order_by("pk"))
    valid = [code for code in codes_of_both if code.voided_at is None]
    other = lines.filter(pk=another).exclude(pk=account).first()
    if own is None or other is None:
        raise Refused(VotingRefusal.NOT_TWO_LINES)
    refuse_if(why_not_join(by, contest, own, other))
    if len(valid) > 1:
        raise Refused(VotingRefusal.TWO_CODES)
    kept = merged(contest, own, other)
    # A void code stays where there is no other: a ballot that was cast by it is not shown to the account.
    HouseholdCode.objects.filter(pk__in=[code.pk for code in (valid or codes_of_both)[:1]]).update(voter=kept)
    write_down(kept, RollAct.JOINED, by, lines=2)
    return kept
