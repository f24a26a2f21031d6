"""The verbs by which an office overrules a computed decision: propose, sign, take back (`tally.md` 3)."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from django.db import transaction

from communities.models import User
from communities.refusal import Refused, refuse_if
from contests import locks
from contests.enums import ContestAct, ContestRefusal, Decision, RunKind
from contests.models import ContestEvent, Entry, Overruling, Result, TallyRun
from contests.rules import why_not_overrule, why_not_sign
from proposals.money import yuan

NOTHING = Decimal("0.00")


@transaction.atomic
def propose_overruling(
    *, entry: Entry, decision: Decision, amount: Decimal, reason: str, by: User, now: datetime
) -> Overruling:
    """Propose another decision about a ranked entry than the final tally's; an unsigned earlier proposal is replaced.

    `amount` in yuan, zero unless selected. Raises `Refused`: no officer, wrong state, no rank, signed already, the
    same decision, or an amount that does not fit.
    """
    contest = locks.exclude_others(entry.contest)
    refuse_if(why_not_overrule(by, contest))
    computed = _computed(entry)
    if (computed.decision, computed.amount) == (decision, amount):
        raise Refused(ContestRefusal.SAME_DECISION)
    if not (0 < amount <= entry.requested_amount if decision == Decision.SELECTED else amount == 0):
        raise Refused(ContestRefusal.AMOUNT_WRONG, requested=yuan(entry.requested_amount))
    if Overruling.objects.filter(entry=entry, signed_at__isnull=False).exists():
        raise Refused(ContestRefusal.OVERRULING_SIGNED)
    proposal = {"decision": decision, "amount": amount, "reason": reason, "proposed_by": by, "proposed_at": now}
    overruling, _ = Overruling.objects.update_or_create(entry=entry, defaults=proposal)
    _record(overruling, ContestAct.OVERRULING_PROPOSED, by=by, now=now)
    return overruling


@transaction.atomic
def sign_overruling(*, overruling: Overruling, by: User, now: datetime) -> Overruling:
    """The second signature: from now on the decision is in force and fixed. Raises `Refused`."""
    contest = locks.exclude_others(overruling.entry.contest)
    overruling = _as_it_is(overruling)
    refuse_if(why_not_sign(by, contest, overruling))
    overruling.signed_by = by
    overruling.signed_at = now
    overruling.save(update_fields=["signed_by", "signed_at"])
    _record(overruling, ContestAct.OVERRULING_SIGNED, by=by, now=now)
    return overruling


@transaction.atomic
def withdraw_overruling(*, overruling: Overruling, by: User, now: datetime) -> None:
    """Take an unsigned proposal back; the contest's history keeps it. Raises `Refused`."""
    contest = locks.exclude_others(overruling.entry.contest)
    overruling = _as_it_is(overruling)
    refuse_if(why_not_overrule(by, contest))
    if overruling.signed_at is not None:
        raise Refused(ContestRefusal.OVERRULING_SIGNED)
    _record(overruling, ContestAct.OVERRULING_WITHDRAWN, by=by, now=now)
    overruling.delete()


def _computed(entry: Entry) -> Result:
    run = TallyRun.objects.latest_done(entry.contest, RunKind.FINAL)
    result = run.results.filter(entry=entry, rank__isnull=False).first() if run else None
    if result is None:
        raise Refused(ContestRefusal.NOT_RANKED)
    return result


def _as_it_is(overruling: Overruling) -> Overruling:
    """The row now that nobody else can touch it; one that was taken back meanwhile is refused."""
    current = Overruling.objects.filter(pk=overruling.pk).select_related("entry").first()
    if current is None:
        raise Refused(ContestRefusal.WRONG_STATE)
    return current


def _record(overruling: Overruling, act: ContestAct, *, by: User, now: datetime) -> None:
    """An event that changes no state and keeps the words of a proposal that may be replaced or taken back."""
    contest = overruling.entry.contest
    decision = f"{overruling.entry}: {overruling.decision}, {overruling.amount}"
    ContestEvent.objects.create(
        contest=contest,
        actor=by,
        from_state=contest.state,
        to_state=contest.state,
        reason=act,
        note=f"{decision}\n{overruling.reason}",
        at=now,
    )
