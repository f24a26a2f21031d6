"""The verb that reminds experts of the sheets they have not handed in, and who would be told on which way."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction

from communities.enums import Channel
from communities.models import NotificationChoice, User
from communities.notice_kinds import NoticeKind, default_channels
from communities.refusal import Refused, refuse_if
from communities.services.outbox import ways_to
from contests import locks
from contests.enums import ContestAct, ContestRefusal
from contests.models import Contest, ContestEvent, Panelist
from contests.rules import why_not_remind


@dataclass(frozen=True, slots=True)
class Reminder:
    """Whom a reminder would reach, of how many sheets, and on which ways."""

    seat: Panelist
    left: int
    channels: tuple[Channel, ...]


def reminders(contest: Contest) -> list[Reminder]:
    """Experts with an account who have sheets to hand in, by code."""
    left = contest.panelists.filter(user__isnull=False, user__is_active=True).left()
    behind = contest.panelists.filter(pk__in=left).select_related("user").order_by("code")
    choices = NotificationChoice.objects.filter(kind=NoticeKind.SCORING, user__panelists__in=behind)
    chosen = {choice.user_id: choice.channels for choice in choices}
    return [Reminder(seat, left[seat.pk], _channels(seat.user, chosen)) for seat in behind]


@transaction.atomic
def remind(*, contest: Contest, panelists: Iterable[Panelist], by: User, now: datetime) -> int:
    """Remind these experts, but for those who lack nothing any more; returns how many are told.

    The event names them by their codes, one a line; the outbox tells them within moments, each how many are missing.
    Raises `Refused`: no officer, scoring is not open, or nobody is left to be reminded.
    """
    contest = locks.share(contest)
    refuse_if(why_not_remind(by, contest, now))
    wanted = {panelist.pk for panelist in panelists}
    codes = [reminder.seat.code for reminder in reminders(contest) if reminder.seat.pk in wanted]
    if not codes:
        raise Refused(ContestRefusal.NOBODY_TO_REMIND)
    ContestEvent.objects.create(
        contest=contest,
        actor=by,
        from_state=contest.state,
        to_state=contest.state,
        reason=ContestAct.EXPERTS_REMINDED,
        note="\n".join(codes),
        at=now,
    )
    return len(codes)


def _channels(user: User | None, chosen: dict[int, frozenset[Channel]]) -> tuple[Channel, ...]:
    if user is None:
        return ()
    wanted = chosen.get(user.pk, default_channels(NoticeKind.SCORING))
    reachable = ways_to(user) | {Channel.SITE}
    return tuple(channel for channel in Channel if channel in wanted & reachable)
