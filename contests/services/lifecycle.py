"""The verbs that take a contest from draft to a confirmed result."""

from __future__ import annotations

import secrets
from datetime import datetime
from decimal import Decimal
from typing import Any

from django.contrib.sessions.backends.cached_db import SessionStore
from django.contrib.sessions.models import Session
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import F, QuerySet
from django.db.models.functions import TruncDay
from django.utils.translation import ngettext

from communities.models import Community, User
from communities.refusal import Refused, refuse_if
from contests import locks, ruleset
from contests.computation import compute
from contests.enums import (
    CONTEST_TRANSITIONS,
    AwardReason,
    AwardState,
    ContestRefusal,
    ContestState,
    Decision,
    RunKind,
)
from contests.models import (
    Award,
    BallotTrace,
    Contest,
    ContestCommunity,
    ContestEvent,
    ContestSecret,
    Entry,
    HelperSession,
    Overruling,
    PitchSession,
    Result,
    TallyRun,
    Voter,
)
from contests.pitch_enums import ON_STAGE, PitchState
from contests.rules import (
    closes_early,
    unready,
    why_not_close,
    why_not_confirm,
    why_not_enter,
    why_not_open,
    why_not_publicise,
)
from contests.scoring import TallyError
from contests.services.blinding import refuse_unlooked
from contests.services.guard import look_for_stuffing, refuse_unsettled
from contests.services.recusing import detect_recusals, refuse_namesakes
from contests.turnout import replaced_after_reissue
from programmes.models import ZoneCommunity
from proposals.models import Proposal
from proposals.money import yuan
from proposals.services.joining import seal
from proposals.services.proposals import hold, requested_amount

# One round trip for however many rows, which an update of all at once would leave in the order in which they were written.
IN_NO_ORDER_SQL = """
DO $$
DECLARE line record;
BEGIN
    FOR line IN {rows} LOOP
        UPDATE {table} SET {key} = {key} WHERE {key} = line.{key};
    END LOOP;
END $$
"""


@transaction.atomic
def enter_proposal(*, contest: Contest, proposal: Proposal, by: User, now: datetime) -> Entry:
    """Enter a qualified proposal; its title, place, category and amount are fixed from now on.

    Numbers run within the contest (`001`, `002`, …). Raises `Refused`.
    """
    contest = Contest.objects.select_for_update().select_related("programme").get(pk=contest.pk)
    # Whoever withdraws it comes before or after.
    hold(proposal)
    refuse_if(why_not_enter(by, contest, proposal, now))
    if contest.entries.filter(proposal=proposal).exists():
        raise Refused(ContestRefusal.ENTERED_ALREADY)
    amount = requested_amount(proposal)
    if amount <= 0:
        raise Refused(ContestRefusal.NO_AMOUNT)
    membership = ZoneCommunity.objects.filter(programme=contest.programme, community=proposal.community).first()
    return Entry.objects.create(
        contest=contest,
        proposal=proposal,
        number=f"{contest.entries.count() + 1:03}",
        title=proposal.title,
        community=proposal.community,
        category=proposal.category,
        zone_id=membership.zone_id if membership else None,
        requested_amount=amount,
    )


@transaction.atomic
def open_contest(*, contest: Contest, by: User, now: datetime) -> Contest:
    """Open a contest: freeze and hash its rules, freeze the communities' figures, make the voters' secret.

    Its proposals are sealed: no idea joins or leaves them any more.

    Raises `Refused`: no officer, wrong state or stage, rules that cannot work, no criteria, entries or windows, names in
    what is judged blind, or an expert of whom nobody knows yet whether they are on a team.
    """
    contest = locks.exclude_others(contest)
    refuse_if(why_not_open(by, contest, now))
    if problems := ruleset.problems(contest.ruleset):
        raise Refused(ContestRefusal.RULES_UNSOUND, problems=" ".join(str(problem.label) for _, problem in problems))
    refuse_if(next(iter(unready(contest)), None))
    refuse_unlooked(contest)
    detect_recusals(contest=contest)
    refuse_namesakes(contest)
    ContestCommunity.objects.bulk_create(
        [
            ContestCommunity(
                contest=contest,
                community=community,
                name=community.name,
                registered_population=community.registered_population,
            )
            for community in Community.objects.in_subdistrict(contest.programme.subdistrict)
        ],
        ignore_conflicts=True,
    )
    ContestSecret.objects.create(contest=contest, key=secrets.token_hex(32))
    Contest.objects.filter(pk=contest.pk).update(rules_sha256=ruleset.sha256(contest.ruleset), opened_at=now)
    seal(Proposal.objects.filter(pk__in=contest.entries.values("proposal")), now=now)
    move(contest, to=ContestState.OPEN, by=by, now=now)
    contest.refresh_from_db()
    return contest


@transaction.atomic
def close_contest(*, contest: Contest, by: User, now: datetime, reason: str = "") -> Contest:
    """Close scoring and voting; marks and ballots that are being saved are waited for, conflicts looked for once more.

    Before the windows are over it takes an approver, and the event tells why. A pitch session
    that nobody ended ends with it. Raises `Refused`.
    """
    contest = locks.exclude_others(contest)
    refuse_if(why_not_close(by, contest, now))
    if closes_early(contest, now) and not reason.strip():
        raise Refused(ContestRefusal.REASON_MISSING)
    detect_recusals(contest=contest)
    look_for_stuffing(contest=contest, now=now)
    move(contest, to=ContestState.CLOSED, by=by, now=now, note=reason.strip())
    ended = {"state": PitchState.ENDED, "on_now": None, "ends_at": None, "seconds_left": None}
    begun = PitchSession.objects.filter(contest=contest, state__in=ON_STAGE)
    begun.update(**ended, revision=F("revision") + 1, changed_at=now)
    return contest


@transaction.atomic
def publicise_result(*, contest: Contest, by: User, now: datetime) -> list[Award]:
    """Put the latest final run on public notice: its decisions become awards.

    A decision that the office overruled becomes the award in its place; the computed result stays beside it. Raises
    `Refused`: ballots that stand out and are not settled, no final run or another one under way, an incomplete entry,
    inputs that changed after the run, an overruling that waits for its second signature, or overrulings that pass the
    budget.
    """
    contest = locks.exclude_others(contest)
    refuse_if(why_not_publicise(by, contest))
    refuse_unsettled(contest)
    overrulings = _signed_overrulings(contest)
    ranked = _publishable_run(contest).results.filter(rank__isnull=False).in_published_order()
    awards = [_award(result, overrulings.get(result.entry_id), now) for result in ranked]
    total = sum((award.amount for award in awards), Decimal("0.00"))
    if contest.budget and total > contest.budget:
        raise Refused(ContestRefusal.OVER_BUDGET, total=yuan(total), budget=yuan(contest.budget))
    awards = Award.objects.bulk_create(awards)
    move(contest, to=ContestState.PUBLICISED, by=by, now=now)
    return awards


@transaction.atomic
def confirm_result(*, contest: Contest, by: User, now: datetime) -> Contest:
    """A second person confirms the published result. The secret that hashed the voters is destroyed for good."""
    contest = locks.exclude_others(contest)
    publicised = contest.events.filter(to_state=ContestState.PUBLICISED).last()
    refuse_if(why_not_confirm(by, contest, publicised.actor_id if publicised else None, now))
    move(contest, to=ContestState.CONFIRMED, by=by, now=now, note=_what_only_the_secret_tells(contest))
    ContestSecret.objects.filter(contest=contest).delete()
    BallotTrace.objects.filter(ballot__contest=contest).delete()
    _blur_log_ins(contest)
    _forget_codes(contest)
    _shuffle_roll(contest)
    return contest


def move(contest: Contest, *, to: ContestState, by: User | None, now: datetime, note: str = "") -> None:
    """The one place where a contest changes its state: compare, set, and leave an event."""
    old = ContestState(contest.state)
    if to not in CONTEST_TRANSITIONS[old]:
        raise Refused(ContestRefusal.WRONG_STATE)
    if Contest.objects.filter(pk=contest.pk, state=old).update(state=to) != 1:
        raise Refused(ContestRefusal.WRONG_STATE)
    contest.state = to
    ContestEvent.objects.create(contest=contest, actor=by, from_state=old, to_state=to, note=note, at=now)


def _what_only_the_secret_tells(contest: Contest) -> str:
    """What stays in the record of how codes that were given anew were used."""
    replaced = replaced_after_reissue(contest)
    told = ngettext(
        "%(count)s ballot was replaced after its household's code had been given anew.",
        "%(count)s ballots were replaced after their households' codes had been given anew.",
        replaced,
    )
    return told % {"count": replaced} if replaced else ""


def _blur_log_ins(contest: Contest) -> None:
    """Of the moments at which voters came to the site only the days stay.

    Who logs in to vote is seen a minute later in the box: second and minute together would pair the two. Sessions that
    are kept at hand end by the second as well; they are read anew, with their day.
    """
    moments = ("last_login", "date_joined", "phone_verified_at")
    people = User.objects.filter(pk__in=contest.voters.values("user"))
    people.update(**{moment: TruncDay(moment) for moment in moments})
    Session.objects.update(expire_date=TruncDay("expire_date"))
    for rows in (people, Session.objects.all()):
        _write_in_no_order(rows)
    transaction.on_commit(_read_sessions_anew)


def _read_sessions_anew() -> None:
    keys = Session.objects.values_list("session_key", flat=True)
    cache.delete_many([SessionStore.cache_key_prefix + key for key in keys])


def _forget_codes(contest: Contest) -> None:
    """Forget which code opened which line; codes were marked as used one after the other."""
    contest.codes.update(voter=None)
    _write_in_no_order(contest.codes.all())


def _write_in_no_order(rows: QuerySet[Any]) -> None:
    """Write rows anew that keep their keys, so that their place in the table tells nothing of when each was written."""
    table = rows.query.get_meta()
    ids, parameters = rows.order_by("?").values(table.pk.name).query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(IN_NO_ORDER_SQL.format(rows=ids, table=table.db_table, key=table.pk.column), parameters)


def _shuffle_roll(contest: Contest) -> None:
    """Write the roll, and that people were helped, anew in no order.

    People came onto the roll in the transaction of their first ballot, and help began just before one. The order of the
    ids, the place of the rows in the table and the numbers of the transactions would pair them without any secret.
    """
    lines = list(contest.voters.order_by("?").values())
    contest.voters.all().delete()
    Voter.objects.bulk_create([Voter(**{**line, "id": None}) for line in lines], batch_size=5000)
    helped = list(contest.helper_sessions.order_by("?").values())
    contest.helper_sessions.all().delete()
    HelperSession.objects.bulk_create([HelperSession(**{**each, "id": None}) for each in helped], batch_size=5000)


def _publishable_run(contest: Contest) -> TallyRun:
    """The final run that may be published as it is."""
    if contest.runs.unfinished().exists():
        raise Refused(ContestRefusal.RUN_UNDER_WAY)
    run = TallyRun.objects.latest_done(contest, RunKind.FINAL)
    if run is None:
        raise Refused(ContestRefusal.NO_FINAL_RUN)
    if not _is_current(run, contest):
        raise Refused(ContestRefusal.TALLY_STALE)
    if run.results.filter(reason=AwardReason.INCOMPLETE).exists():
        raise Refused(ContestRefusal.INCOMPLETE)
    return run


def _signed_overrulings(contest: Contest) -> dict[int, Overruling]:
    """The office's own decisions by entry id; one without its second signature is in the way."""
    overrulings = Overruling.objects.filter(entry__contest=contest)
    if unsigned := overrulings.filter(signed_at__isnull=True).select_related("entry").first():
        raise Refused(ContestRefusal.OVERRULING_UNSIGNED, entry=unsigned.entry)
    return {overruling.entry_id: overruling for overruling in overrulings}


def _is_current(run: TallyRun, contest: Contest) -> bool:
    """Whether a tally of now would find what the run found."""
    try:
        as_of_now = compute(contest)
    except TallyError:
        return False
    return (as_of_now.counts, as_of_now.sha256) == (run.counts, run.results_sha256)


def _award(result: Result, overruling: Overruling | None, now: datetime) -> Award:
    decided = overruling or result
    return Award(
        entry_id=result.entry_id,
        result=result,
        overruling=overruling,
        state=AwardState(Decision(decided.decision).value),
        amount=decided.amount,
        created_at=now,
    )
