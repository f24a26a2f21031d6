"""The verbs on questions and answers under ideas: ask, answer, release, withhold, hide, report."""

from __future__ import annotations

import uuid
from datetime import datetime

from django.db import transaction

from communities.models import User
from communities.refusal import Refused, refuse_if
from proposals.enums import ProposalRefusal
from proposals.models import Idea, Remark, RemarkEvent, RemarkReport
from proposals.moderation import (
    why_not_answer,
    why_not_ask,
    why_not_moderate,
    why_not_report,
    why_not_settle_reports,
)
from proposals.remark_enums import RemarkState
from proposals.rules import is_author
from proposals.services.drafts import hold_desk


@transaction.atomic
def ask(*, idea: Idea, text: str, key: uuid.UUID, by: User, now: datetime) -> Remark:
    """A verified resident asks about an idea; an officer sees it before anybody else does.

    The same form sent twice (`key`) asks once. Raises `Refused`, or `ValidationError` for a text that no form lets
    through.
    """
    hold_desk(by)
    if earlier := Remark.objects.filter(author=by, key=key).first():
        return earlier
    refuse_if(why_not_ask(by, idea, now))
    return _write(Remark(idea=idea, author=by, text=text, key=key, written_at=now))


@transaction.atomic
def answer(*, question: Remark, text: str, key: uuid.UUID, by: User, now: datetime) -> Remark:
    """The author of the idea or an officer answers a question; the answer waits for release like the question did."""
    hold_desk(by)
    if earlier := Remark.objects.filter(author=by, key=key).first():
        return earlier
    refuse_if(why_not_answer(by, question, now))
    in_office = not is_author(by, question.idea)
    row = Remark(idea=question.idea, question=question, author=by, from_office=in_office, text=text, key=key)
    row.written_at = now
    return _write(row)


@transaction.atomic
def release(*, remark: Remark, by: User, now: datetime) -> Remark:
    """An officer lets everyone read it: what waited, or what was withheld or hidden and may stand after all."""
    return _moderate(remark, to=RemarkState.RELEASED, by=by, now=now, note="")


@transaction.atomic
def withhold(*, remark: Remark, note: str, by: User, now: datetime) -> Remark:
    """An officer does not let it be read, and tells the writer why."""
    return _moderate(remark, to=RemarkState.WITHHELD, by=by, now=now, note=note)


@transaction.atomic
def hide(*, remark: Remark, note: str, by: User, now: datetime) -> Remark:
    """An officer takes out of sight what was released, with a reason for its writer; the record stays."""
    _moderate(remark, to=RemarkState.HIDDEN, by=by, now=now, note=note)
    _settle(remark, by=by, now=now)
    return remark


@transaction.atomic
def keep_reported(*, remark: Remark, by: User, now: datetime) -> Remark:
    """An officer has read the reports and finds that it may stay."""
    refuse_if(why_not_settle_reports(by, remark))
    if not _settle(remark, by=by, now=now):
        raise Refused(ProposalRefusal.WRONG_STATE)
    return remark


@transaction.atomic
def report(*, remark: Remark, reason: str, by: User, now: datetime) -> RemarkReport:
    """Somebody says why a question or answer should not stand there; once, until an officer has looked at it."""
    hold_desk(by)
    if earlier := RemarkReport.objects.waiting().filter(remark=remark, user=by).first():
        return earlier
    # Held, so that no report comes to what is hidden at the same moment.
    remark.refresh_from_db(fields=["state"], from_queryset=Remark.objects.select_for_update(no_key=True))
    refuse_if(why_not_report(by, remark, reason))
    return RemarkReport.objects.create(remark=remark, user=by, reason=reason, at=now)


def _write(remark: Remark) -> Remark:
    """Store it as waiting, and leave the event."""
    remark.full_clean(validate_constraints=False)
    remark.save(force_insert=True)
    RemarkEvent.objects.create(remark=remark, actor=remark.author, to_state=remark.state, at=remark.written_at)
    return remark


def _moderate(remark: Remark, *, to: RemarkState, by: User, now: datetime, note: str) -> Remark:
    """The one place where a remark changes its state: compare, set, and leave an event."""
    old = RemarkState(remark.state)
    refuse_if(why_not_moderate(by, remark, to, note))
    if Remark.objects.filter(pk=remark.pk, state=old).update(state=to) != 1:
        raise Refused(ProposalRefusal.WRONG_STATE)
    remark.state = to
    RemarkEvent.objects.create(remark=remark, actor=by, from_state=old, to_state=to, note=note, at=now)
    return remark


def _settle(remark: Remark, *, by: User, now: datetime) -> int:
    return RemarkReport.objects.waiting().filter(remark=remark).update(settled_at=now, settled_by=by)
