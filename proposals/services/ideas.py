"""The verbs on ideas: submit, revise, mend, withdraw, screen, take a screening back, and close what was left over."""

from __future__ import annotations

import uuid
from dataclasses import asdict, dataclass, fields
from datetime import datetime

from django.db import transaction

from communities.models import Community, User
from communities.refusal import Refused, refuse_if
from communities.services.people import rename
from communities.waiting import moment
from programmes.models import Category, Programme
from proposals.enums import (
    CLOSING_DECISIONS,
    CLOSING_REASONS,
    DECISION_STATES,
    IDEA_TRANSITIONS,
    Disposition,
    IdeaState,
    ProposalRefusal,
    ScreeningDecision,
    ScreeningReason,
    Verdict,
)
from proposals.models import Idea, IdeaDraft, IdeaEvent, Referral, Screening
from proposals.rules import (
    why_not_consent,
    why_not_mend_idea,
    why_not_place,
    why_not_revise_idea,
    why_not_show_name,
    why_not_submit_idea,
    why_not_withdraw_idea,
)
from proposals.screening_rules import (
    UNDO_TIME,
    needs_second_officer,
    why_not_answer_opinion,
    why_not_call_duplicate,
    why_not_close,
    why_not_decide,
    why_not_decide_late,
    why_not_screen,
    why_not_undo_screening,
)
from proposals.services.drafts import hold_desk


@dataclass(frozen=True, slots=True)
class IdeaText:
    """What a resident writes; lengths are checked by the form and again by `Idea.full_clean`."""

    title: str
    community: Community
    category: Category
    problem: str
    solution: str
    own_contribution: str = ""
    location_text: str = ""
    beneficiaries: str = ""
    beneficiary_estimate: int | None = None
    willing_to_join: bool = False


@dataclass(frozen=True, slots=True)
class Consent:
    """What a resident agreed to: a version of the privacy notice, and separately that their name is shown."""

    version: str
    shows_name: bool = False

    def columns(self, now: datetime) -> dict[str, object]:
        """As columns of `Idea`."""
        return {
            "consent_version": self.version,
            "consent_at": now,
            "name_consent_at": now if self.shows_name else None,
        }


@dataclass(frozen=True, slots=True)
class Receiver:
    """Who takes a referred idea over; `contact` and `note` stay in the office."""

    disposition: Disposition
    receiver: str
    contact: str = ""
    note: str = ""


@dataclass(frozen=True, slots=True)
class Judgement:
    """What an officer decides about an idea; `note` is for the resident, the notes on criteria stay in the office.

    An idea that is referred has a receiver in `to`, others have none; a duplicate names the idea that it is the same as.
    """

    public_benefit: Verdict
    sustainability: Verdict
    capacity_building: Verdict
    decision: ScreeningDecision
    reason: ScreeningReason | None = None
    note: str = ""
    public_benefit_note: str = ""
    sustainability_note: str = ""
    capacity_building_note: str = ""
    to: Receiver | None = None
    duplicate_of: Idea | None = None

    @property
    def verdicts(self) -> tuple[Verdict, Verdict, Verdict]:
        return self.public_benefit, self.sustainability, self.capacity_building

    def why_not(self, idea: Idea) -> ProposalRefusal | None:
        """Whether its parts agree, and fit the idea."""
        receiver = self.to.receiver if self.to else ""
        return why_not_decide(self.decision, self.verdicts, self.reason, self.note, receiver) or why_not_call_duplicate(
            idea, self.decision, self.reason, self.duplicate_of
        )


@transaction.atomic
def submit_idea(
    *,
    programme: Programme,
    text: IdeaText,
    consent: Consent,
    key: uuid.UUID,
    by: User,
    now: datetime,
    name: str = "",
) -> Idea:
    """A resident hands in an idea, and if they like says how they want to be named from now on.

    `key` comes with the form: sent a second time (double click, reload) it gives back the idea of the first time. The
    draft of the form goes.
    Raises `Refused`, or `ValidationError` for a text that a form would not have let through.
    """
    # Saves of the form's draft wait, so that none comes back after the idea.
    hold_desk(by)
    if earlier := Idea.objects.filter(author=by, submission_key=key).first():
        return earlier
    refuse_if(
        why_not_submit_idea(by, programme, now)
        or why_not_place(programme, text.community, text.category)
        or why_not_consent(consent.version)
    )
    if name and name != by.display_name:
        rename(name=name, by=by)
    idea = Idea(
        programme=programme,
        author=by,
        submission_key=key,
        state=IdeaState.SUBMITTED,
        submitted_at=now,
        **columns_of(text),
        **consent.columns(now),
    )
    idea.full_clean(validate_constraints=False)
    idea.save(force_insert=True)
    IdeaDraft.objects.filter(author=by, key=key).delete()
    record(idea, by=by, from_state=IdeaState.DRAFT, to=IdeaState.SUBMITTED, now=now)
    return idea


@transaction.atomic
def revise_idea(*, idea: Idea, text: IdeaText, revision: int, by: User, now: datetime) -> Idea:
    """The author changes a draft or returned idea and hands it in (again).

    `revision` is the one the form was made from; if the text was saved since, the answer is `Refused(STALE)`. Drafts of
    the revision go.
    """
    # As in `submit_idea`.
    hold_desk(by)
    _hold_author(idea)
    if idea.revision != revision:
        raise Refused(ProposalRefusal.STALE)
    old = IdeaState(idea.state)
    refuse_if(why_not_revise_idea(by, idea, now) or why_not_place(idea.programme, text.community, text.category))
    for name, value in columns_of(text).items():
        setattr(idea, name, value)
    idea.full_clean(validate_constraints=False)
    changed = Idea.objects.filter(pk=idea.pk, revision=revision, state=old).update(
        **columns_of(text), revision=revision + 1, submitted_at=now
    )
    if not changed:
        raise Refused(ProposalRefusal.STALE)
    _move(idea, to=IdeaState.SUBMITTED, expected=old, by=by, now=now)
    IdeaDraft.objects.filter(idea=idea).delete()
    idea.refresh_from_db()
    return idea


@transaction.atomic
def mend_idea(*, idea: Idea, text: IdeaText, revision: int, by: User, now: datetime) -> Idea:
    """The author puts something right in an idea that waits for screening.

    It keeps its place in the queue and whoever seconds it, and its earlier texts among its versions. `revision` as in
    `revise_idea`.
    """
    # An officer who gives an opinion or decides meanwhile comes before or after.
    held = Idea.objects.select_for_update(of=("self",)).select_related("programme", "community", "author")
    idea = held.get(pk=idea.pk)
    refuse_if(why_not_mend_idea(by, idea, now) or why_not_place(idea.programme, text.community, text.category))
    if idea.revision != revision:
        raise Refused(ProposalRefusal.STALE)
    for name, value in columns_of(text).items():
        setattr(idea, name, value)
    idea.full_clean(validate_constraints=False)
    Idea.objects.filter(pk=idea.pk).update(**columns_of(text), revision=revision + 1)
    idea.refresh_from_db()
    return idea


@transaction.atomic
def withdraw_idea(*, idea: Idea, by: User, now: datetime) -> Idea:
    """The author takes an idea back, as long as it is not part of a proposal."""
    _hold_author(idea)
    refuse_if(why_not_withdraw_idea(by, idea))
    _move(idea, to=IdeaState.WITHDRAWN, expected=IdeaState(idea.state), by=by, now=now)
    return idea


@transaction.atomic
def show_name(*, idea: Idea, shown: bool, by: User, now: datetime) -> Idea:
    """The author agrees that their name is shown beside the idea, or takes that back; saying it twice changes nothing."""
    _hold_author(idea)
    refuse_if(why_not_show_name(by, idea, shown=shown))
    Idea.objects.filter(pk=idea.pk, name_consent_at__isnull=shown).update(name_consent_at=now if shown else None)
    idea.refresh_from_db(fields=["name_consent_at"])
    return idea


@transaction.atomic
def screen(
    *,
    idea: Idea,
    judgement: Judgement,
    by: User,
    now: datetime,
    seen: int | None = None,
    revision: int | None = None,
) -> Screening:
    """A street officer judges a submitted idea by the three criteria and decides.

    `revision` is the text that the officer read, without it that of `idea`; if the author has revised it since, the
    answer is `Refused(STALE)`. Two officers may open the same idea. The first decision stands; the second officer is told whose it was. A doubtful
    judgement that decides is kept as a first opinion and moves nothing, until another officer, who has read it (`seen`
    is its number), confirms it or decides otherwise. Raises `Refused`.
    """
    refused = why_not_screen(by, idea, now)
    if refused == ProposalRefusal.WRONG_STATE:
        raise _decided_already(idea) or Refused(refused)
    refuse_if(refused)
    refuse_if(judgement.why_not(idea) or why_not_decide_late(idea, judgement.decision, now))
    # One officer at a time, so that an opinion and a decision do not miss each other.
    locked = Idea.objects.select_for_update().get(pk=idea.pk)
    opinion = Screening.objects.opinion_of(locked)
    is_opinion = opinion is None and needs_second_officer(judgement.verdicts)
    reason = judgement.reason or ""
    to = DECISION_STATES[judgement.decision]
    if locked.state != IdeaState.SUBMITTED:
        raise _decided_already(idea) or Refused(ProposalRefusal.WRONG_STATE)
    if locked.revision != (idea.revision if revision is None else revision):
        raise Refused(ProposalRefusal.STALE)
    if refused := why_not_answer_opinion(by, opinion, seen):
        raise _told_who(refused, opinion) if opinion else Refused(refused)
    event = None
    if not is_opinion:
        words = {"reason": reason, "note": judgement.note}
        event = _move(idea, to=to, expected=IdeaState.SUBMITTED, by=by, now=now, not_before=now + UNDO_TIME, **words)
    names = [field.name for field in fields(judgement) if field.name != "to"]
    columns = {name: getattr(judgement, name) for name in names} | {"reason": reason}
    screening = Screening.objects.create(
        idea=idea, officer=by, at=now, revision=locked.revision, is_opinion=is_opinion, event=event, **columns
    )
    if judgement.to and judgement.decision == ScreeningDecision.REFER:
        Referral.objects.create(screening=screening, **asdict(judgement.to))
    return screening


@transaction.atomic
def undo_screening(*, screening: Screening, by: User, now: datetime) -> Idea:
    """The officer who decided takes the decision back, before anybody is told of it.

    The idea waits again in its old place in the queue, or is open as before if it was closed. The office's history keeps
    the decision and its taking back; residents read of neither. Raises `Refused`.
    """
    # Whoever joins, withdraws or revises the idea meanwhile comes before or after.
    idea = Idea.objects.select_for_update(of=("self",)).select_related("programme").get(pk=screening.idea_id)
    screening = Screening.objects.select_related("event").get(pk=screening.pk)
    screening.idea = idea
    refuse_if(why_not_undo_screening(by, screening, now))
    # A sender that is at work on the event has marked it when it lets go of the row.
    event = screening.event
    assert event is not None
    if IdeaEvent.objects.filter(pk=event.pk, notified_at__isnull=True).update(notified_at=now) != 1:
        raise Refused(ProposalRefusal.TOLD_ALREADY)
    back = IdeaState(event.from_state)
    _move(idea, to=back, expected=IdeaState(idea.state), by=by, now=now, undoes=event)
    return idea


@transaction.atomic
def close_idea(
    *, idea: Idea, decision: ScreeningDecision, note: str, by: User, now: datetime, to: Receiver | None = None
) -> Screening:
    """The office refers or turns down what was not revised or joined in time, so that it has an outcome too.

    Nobody judges it anew: the verdicts are those of its screening, and no second officer is asked. Its author is told
    once it can no longer be taken back. Raises `Refused`.
    """
    refuse_if(why_not_close(by, idea, now))
    reason, state = CLOSING_REASONS[IdeaState(idea.state)], IdeaState(idea.state)
    if decision not in CLOSING_DECISIONS:
        raise Refused(ProposalRefusal.WRONG_STATE)
    refuse_if(why_not_decide(decision, (), reason, note, to.receiver if to else ""))
    to_state, words = DECISION_STATES[decision], {"reason": reason, "note": note}
    event = _move(idea, to=to_state, expected=state, by=by, now=now, not_before=now + UNDO_TIME, **words)
    judged = Screening.objects.decisions().filter(idea=idea).last()
    if judged is None:
        raise Refused(ProposalRefusal.WRONG_STATE)
    screening = Screening.objects.create(
        idea=idea,
        officer=by,
        public_benefit=judged.public_benefit,
        sustainability=judged.sustainability,
        capacity_building=judged.capacity_building,
        decision=decision,
        reason=reason,
        note=note,
        at=now,
        revision=idea.revision,
        event=event,
    )
    if to and decision == ScreeningDecision.REFER:
        Referral.objects.create(screening=screening, **asdict(to))
    return screening


def consolidate_idea(*, idea: Idea, by: User | None, now: datetime, note: str) -> None:
    """An accepted idea becomes part of a proposal; called by the verbs on proposals, in their transaction."""
    _move(idea, to=IdeaState.CONSOLIDATED, expected=IdeaState.ACCEPTED, by=by, now=now, note=note)


def release_idea(*, idea: Idea, by: User, now: datetime, note: str) -> None:
    """The opposite of `consolidate_idea`: the idea is accepted again and may be joined anew."""
    _move(idea, to=IdeaState.ACCEPTED, expected=IdeaState.CONSOLIDATED, by=by, now=now, note=note)


def _hold_author(idea: Idea) -> None:
    """Whose idea it is now, so who speaks for it, stays so until this transaction ends."""
    idea.refresh_from_db(fields=["author"], from_queryset=Idea.objects.select_for_update(no_key=True))


def _move(
    idea: Idea, *, to: IdeaState, expected: IdeaState, by: User | None, now: datetime, **further: object
) -> IdeaEvent:
    """The one place where an idea changes its state: compare, set, and leave an event with what else it tells."""
    if to not in IDEA_TRANSITIONS[expected]:
        raise Refused(ProposalRefusal.WRONG_STATE)
    if Idea.objects.filter(pk=idea.pk, state=expected).update(state=to) != 1:
        raise Refused(ProposalRefusal.WRONG_STATE)
    idea.state = to
    return record(idea, by=by, from_state=expected, to=to, now=now, **further)


def record(
    idea: Idea, *, by: User | None, from_state: IdeaState, to: IdeaState, now: datetime, **further: object
) -> IdeaEvent:
    """Leave the event of a change of state; `further` are columns of its row besides."""
    return IdeaEvent.objects.create(idea=idea, actor=by, from_state=from_state, to_state=to, at=now, **further)


def _decided_already(idea: Idea) -> Refused | None:
    """The refusal that tells who was first, if somebody was."""
    first = Screening.objects.decisions().filter(idea=idea).select_related("officer").last()
    return _told_who(ProposalRefusal.DECIDED_ALREADY, first) if first else None


def _told_who(reason: ProposalRefusal, first: Screening) -> Refused:
    """The refusal with who was first, what they decided, and when."""
    return Refused(
        reason,
        who=first.officer,
        decision=first.get_decision_display(),
        when=moment(first.at),
    )


def columns_of(text: IdeaText) -> dict[str, object]:
    """The text as columns of `Idea`."""
    return {field.name: getattr(text, field.name) for field in fields(text)}
