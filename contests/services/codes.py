"""The verbs on household codes: issue a sheet of them, void it or one of them, give another for it, and open the ballot by one."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db import IntegrityError, transaction
from django.db.models import Max

from communities import phones
from communities.models import Community, User
from communities.refusal import Refused, refuse_if
from contests import codes, locks
from contests.models import CodeBatch, Contest, HouseholdCode, Voter
from contests.services.enrolment import join_code, keep_number, own_line
from contests.voting_enums import CodeVoidReason, RollSource, VotingRefusal
from contests.voting_rules import why_not_keep_roll, why_not_open_code

MOST = 1000


@dataclass(frozen=True, slots=True)
class Issued:
    """A code in its only moment in the clear, to be printed; `reference` where it was made for a line of the roll."""

    serial: int
    code: str
    reference: str = ""


@transaction.atomic
def issue_codes(
    *, contest: Contest, community: Community, number: int, for_roll: bool, key: UUID, by: User, now: datetime
) -> tuple[CodeBatch, list[Issued]]:
    """Issue codes for a community: `number` of them for any household, or one for each line of its roster without one.

    Of a long roster the first `MOST` lines get theirs; issuing again goes on behind them. `key` was made with the form:
    the same form sent twice issues once, and the second time there is nothing to show. Raises `Refused`: no officer of the community, voting over, too many, or issued already.
    """
    contest = locks.share(contest)
    refuse_if(why_not_keep_roll(by, contest, community))
    _number_alone(community.pk)
    lines: list[Voter | None] = [None] * number
    if for_roll:
        lines = _without_code(contest, community)
        if not lines:
            raise Refused(VotingRefusal.NO_LINES)
    if not 0 < len(lines) <= MOST:
        raise Refused(VotingRefusal.TOO_MANY_CODES, most=MOST)
    try:
        with transaction.atomic():
            batch = CodeBatch.objects.create(contest=contest, community=community, key=key, issued_by=by, issued_at=now)
    except IntegrityError as error:
        raise Refused(VotingRefusal.BATCH_SHOWN) from error
    return batch, _made(batch, lines, _let_go(lines))


def _number_alone(community: int) -> None:
    """Two sheets of a community (id) at once would number their codes alike; voters of it are not held up."""
    Community.objects.select_for_update(no_key=True).get(pk=community)


def _without_code(contest: Contest, community: Community) -> list[Voter | None]:
    """The next lines of the roster without a code that is valid."""
    rostered = contest.voters.filter(community=community, source__in=[RollSource.ROSTER, RollSource.OFFICER])
    rostered = rostered.standing().filter(user__isnull=True).exclude(code__in=HouseholdCode.objects.valid())
    # Whoever takes such a line with their account now opens a code of theirs by it, and keeps it.
    return [*rostered.order_by("reference").select_for_update(of=("self",))[:MOST]]


def _let_go(lines: Sequence[Voter | None]) -> list[HouseholdCode | None]:
    """The void code of each line, which is its no more: the next one replaces it."""
    void = HouseholdCode.objects.filter(voter__in=[line.pk for line in lines if line])
    of_line = {code.voter_id: code for code in void}
    void.update(voter=None)
    return [of_line.get(line.pk) if line else None for line in lines]


@transaction.atomic
def void_batch(*, batch: CodeBatch, reason: CodeVoidReason, by: User, now: datetime) -> int:
    """Make all codes of a sheet void that nobody has used, because it was lost or never printed; returns how many.

    A code that was used is voided or replaced by itself, for its household has a line of the roll. Raises `Refused`.
    """
    refuse_if(why_not_keep_roll(by, locks.share(batch.contest), batch.community))
    unused = HouseholdCode.objects.valid().filter(batch=batch, was_used=False)
    voided = unused.update(voided_at=now, voided_by=by, void_reason=reason)
    if not voided:
        raise Refused(VotingRefusal.NO_FREE_CODES)
    return voided


@transaction.atomic
def void_code(*, code: HouseholdCode, reason: CodeVoidReason, by: User, now: datetime) -> HouseholdCode:
    """Make a code worthless. A ballot that was cast by it stays; it can be voided with the others' at the guard desk."""
    refuse_if(why_not_keep_roll(by, locks.share(code.contest), code.community))
    voided = HouseholdCode.objects.valid().filter(pk=code.pk)
    if voided.update(voided_at=now, voided_by=by, void_reason=reason) != 1:
        raise Refused(VotingRefusal.CODE_VOID_ALREADY)
    code.refresh_from_db()
    return code


@transaction.atomic
def reissue_code(
    *, code: HouseholdCode, reason: CodeVoidReason, by: User, now: datetime
) -> tuple[HouseholdCode, Issued]:
    """Void a code and make another one for the same household: it opens the same line, so nobody votes twice."""
    void_code(code=code, reason=reason, by=by, now=now)
    _number_alone(code.community_id)
    line = Voter.objects.select_for_update(of=("self",)).filter(code=code).first()
    _let_go([line])
    [issued] = _made(code.batch, [line], [code])
    return HouseholdCode.objects.get(batch=code.batch, serial=issued.serial), issued


def find_code(typed: str) -> HouseholdCode | None:
    """The code in what somebody typed, if it is one."""
    rows = HouseholdCode.objects.select_related("contest__programme__subdistrict", "community")
    return rows.filter(code_hash=hashed(codes.read(typed))).first()


@transaction.atomic
def open_code(*, code: HouseholdCode, by: User | None, now: datetime, phone: str = "") -> HouseholdCode:
    """Open the ballot by a code: it gets its line of the roll, or meets the one that the person has already.

    `by` is the person who is logged in, if anyone: then the code is theirs, and account and code have one ballot. Without
    an account `phone` (E.164, may be empty) says whose the ballot is, in case they come with an account later.
    Raises `Refused`: void, of somebody else, a number that is on the roll, or voting is over.
    """
    contest = locks.share(code.contest)
    refuse_if(why_not_open_code(contest, now))
    # A roster with the person's number, or another code of theirs, may come onto the roll meanwhile: the database waits
    # for it, and the second time it is met.
    for _ in range(2):
        try:
            with transaction.atomic():
                return _met(contest, code, by, phone)
        except IntegrityError:
            continue
    raise Refused(VotingRefusal.CODE_OF_ACCOUNT)


def _met(contest: Contest, code: HouseholdCode, by: User | None, phone: str) -> HouseholdCode:
    """The code, with its line. Raises `IntegrityError` where the person came onto the roll in this moment."""
    own = own_line(contest, by)
    code = HouseholdCode.objects.select_for_update(of=("self",)).select_related("community").get(pk=code.pk)
    if code.voided_at is not None:
        raise Refused(VotingRefusal.CODE_VOID)
    join_code(contest=contest, code=code, own=own, by=by)
    if by is None and phone:
        keep_number(code=code, phone_hash=phones.keyed_hash(phone))
    return code


def hashed(code: str) -> str:
    return codes.keyed_hash(code, settings.PHONE_KEY)


def _made(batch: CodeBatch, lines: Sequence[Voter | None], replaced: Sequence[HouseholdCode | None]) -> list[Issued]:
    """New codes with the next serial numbers, one for each line (or for whoever comes), in place of another or of none."""
    there = HouseholdCode.objects.filter(contest=batch.contest_id, community=batch.community_id)
    first = (there.aggregate(last=Max("serial"))["last"] or 0) + 1
    issued = [Issued(serial, codes.draw(), line.reference if line else "") for serial, line in enumerate(lines, first)]
    rows = [
        HouseholdCode(
            batch=batch,
            contest_id=batch.contest_id,
            community_id=batch.community_id,
            serial=each.serial,
            code_hash=hashed(each.code),
            voter=line,
            was_used=before.was_used if before else False,
            replaces=before,
        )
        for each, line, before in zip(issued, lines, replaced, strict=True)
    ]
    # In no order, so that the place of a row tells nothing.
    secrets.SystemRandom().shuffle(rows)
    HouseholdCode.objects.bulk_create(rows)
    return issued
