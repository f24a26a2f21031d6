"""Who is told what by which event of an idea or a proposal."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy

from communities.notice_kinds import Notice
from communities.notices import Message, phrase
from proposals.enums import (
    CLOSING_REASONS,
    ClaimState,
    ConsolidationKind,
    IdeaState,
    ProposalReason,
    ProposalState,
    RoundStep,
    ScreeningReason,
)
from proposals.models import (
    ClaimEvent,
    Consolidation,
    Idea,
    IdeaClaim,
    IdeaEvent,
    Proposal,
    ProposalEvent,
    Remark,
    RemarkEvent,
    Screening,
)
from proposals.remark_enums import RemarkState

# From state, to state → sentence. What is not here is nobody's news: the author did it, or nothing became of it yet.
IDEA_NOTICES: dict[tuple[str, str], Notice] = {
    (IdeaState.SUBMITTED, IdeaState.ACCEPTED): Notice.IDEA_ACCEPTED,
    (IdeaState.SUBMITTED, IdeaState.RETURNED): Notice.IDEA_RETURNED,
    (IdeaState.SUBMITTED, IdeaState.REFERRED): Notice.IDEA_REFERRED,
    (IdeaState.SUBMITTED, IdeaState.REJECTED): Notice.IDEA_REJECTED,
    **{(old, IdeaState.REFERRED): Notice.IDEA_REFERRED for old in CLOSING_REASONS},
    **{(old, IdeaState.REJECTED): Notice.IDEA_CLOSED for old in CLOSING_REASONS},
    (IdeaState.REFERRED, IdeaState.REFERRED): Notice.IDEA_ANSWERED,
    (IdeaState.ACCEPTED, IdeaState.CONSOLIDATED): Notice.IDEA_JOINED,
    (IdeaState.CONSOLIDATED, IdeaState.ACCEPTED): Notice.IDEA_RELEASED,
}
PROPOSAL_NOTICES: dict[tuple[str, str], Notice] = {
    (ProposalState.DRAFT, ProposalState.COACHING): Notice.PROPOSAL_COACHING,
    (ProposalState.SUBMITTED, ProposalState.COACHING): Notice.PROPOSAL_SENT_BACK,
    (ProposalState.SUBMITTED, ProposalState.QUALIFIED): Notice.PROPOSAL_QUALIFIED,
    (ProposalState.POOLED, ProposalState.QUALIFIED): Notice.PROPOSAL_QUALIFIED,
    (ProposalState.QUALIFIED, ProposalState.POOLED): Notice.PROPOSAL_POOLED,
    **{
        (old, ProposalState.WITHDRAWN): Notice.PROPOSAL_WITHDRAWN
        for old in (
            ProposalState.DRAFT,
            ProposalState.COACHING,
            ProposalState.SUBMITTED,
            ProposalState.QUALIFIED,
            ProposalState.POOLED,
        )
    },
    (ProposalState.SUBMITTED, ProposalState.DISQUALIFIED): Notice.PROPOSAL_DISQUALIFIED,
    (ProposalState.QUALIFIED, ProposalState.DISQUALIFIED): Notice.PROPOSAL_DISQUALIFIED,
}
# Events of an idea whose note is the title of a proposal.
ABOUT_A_PROPOSAL = frozenset({Notice.IDEA_JOINED, Notice.IDEA_RELEASED})


SAME_AS = gettext_lazy("The same as idea number %(number)s, “%(title)s”")


def idea_notices(events: Sequence[IdeaEvent]) -> Iterator[Message]:
    """The author hears what was decided, with the reason and the officer's words."""
    yield from messages_of(events, named_by(events))


@dataclass(frozen=True, slots=True)
class Named:
    """What a decision names: who takes the idea over, and an idea that says the same and that everyone can read."""

    receiver: str = ""
    same_as: Idea | None = None


NOBODY = Named()


def named_by(events: Iterable[IdeaEvent]) -> dict[int | None, Named]:
    """By the id of the event; events that name nothing are left out."""
    naming = Q(referral__isnull=False) | Q(duplicate_of__isnull=False)
    rows = Screening.objects.filter(naming, event__in=events).values_list("event", "referral__receiver", "duplicate_of")
    others = readable(other for _event, _receiver, other in rows if other)
    return {event: Named(receiver or "", others.get(other)) for event, receiver, other in rows}


def readable(ideas: Iterable[int]) -> dict[int, Idea]:
    """Those of the ideas (ids) that everyone can read now: only they are named to others."""
    return Idea.objects.public().in_bulk(list(ideas))


def messages_of(events: Sequence[IdeaEvent], named: Mapping[int | None, Named]) -> Iterator[Message]:
    """What is said of the events, given what each of them (ids) names."""
    ideas = Idea.objects.only("author_id", "title").in_bulk({event.idea_id for event in events})
    for event in events:
        idea = ideas[event.idea_id]
        told = told_of(event, idea, named.get(event.pk, NOBODY))
        if told is not None and idea.author_id is not None:
            notice, facts = told
            yield Message(event, [idea.author_id], notice, idea.get_absolute_url(), facts)


def told_of(event: IdeaEvent, idea: Idea, named: Named) -> tuple[Notice, dict[str, object]] | None:
    """The sentence and its facts that whoever gave the idea is told of the event, if it is news."""
    notice = IDEA_NOTICES.get((event.from_state, event.to_state))
    if notice is None:
        return None
    facts: dict[str, object] = {"title": idea.title}
    if named.receiver:
        notice = Notice.IDEA_REFERRED_TO
        facts["receiver"] = named.receiver
    if named.same_as:
        facts["same_as"] = phrase(SAME_AS, number=named.same_as.pk, title=named.same_as.title)
    if notice in ABOUT_A_PROPOSAL:
        facts["proposal"] = event.note
    elif event.note:
        facts["note"] = event.note
    if event.reason:
        facts["reason"] = phrase(ScreeningReason(event.reason).label)
    return notice, facts


def remark_notices(events: Sequence[RemarkEvent]) -> Iterator[Message]:
    """Who wrote it hears whether it is shown; the author of the idea hears of questions, who asked hears of answers."""
    remarks = Remark.objects.select_related("idea", "question").in_bulk({event.remark_id for event in events})
    for event in events:
        remark = remarks[event.remark_id]
        facts: dict[str, object] = {"title": remark.idea.title}
        if event.note:
            facts["note"] = event.note
        for notice, recipient in _heard(remark, event):
            if recipient is not None:
                yield Message(event, [recipient], notice, remark.get_absolute_url(), facts)


def _heard(remark: Remark, event: RemarkEvent) -> Iterator[tuple[Notice, int | None]]:
    """Sentences and to whom (id); what is shown a second time is no news."""
    match event.to_state:
        case RemarkState.WITHHELD:
            yield Notice.REMARK_WITHHELD, remark.author_id
        case RemarkState.HIDDEN:
            yield Notice.REMARK_HIDDEN, remark.author_id
        case RemarkState.RELEASED if event.from_state != RemarkState.HIDDEN:
            if remark.question is None:
                yield Notice.REMARK_SHOWN, remark.author_id
                yield Notice.REMARK_ASKED, remark.idea.author_id
            else:
                yield Notice.REMARK_ANSWERED, remark.question.author_id


def claim_notices(events: Sequence[ClaimEvent]) -> Iterator[Message]:
    """To whom an idea on paper is offered is asked, once; who claimed one hears whether it is theirs.

    Of an idea that is not, no more than they knew.
    """
    claims = IdeaClaim.objects.select_related("idea__community").in_bulk({event.claim_id for event in events})
    for event in events:
        claim = claims[event.claim_id]
        idea = claim.idea
        if claim.offered_by_id is not None:
            if claim.accepted is None:
                offered = {"title": idea.title, "community": idea.community.name}
                yield Message(event, [claim.user_id], Notice.IDEA_OFFERED, f"{reverse('my')}#offers", offered)
        elif event.to_state == ClaimState.CONFIRMED:
            yield Message(
                event, [claim.user_id], Notice.CLAIM_CONFIRMED, idea.get_absolute_url(), {"title": idea.title}
            )
        else:
            facts = {"receipt": idea.receipt, "community": idea.community.name}
            yield Message(event, [claim.user_id], Notice.CLAIM_REFUSED, reverse("receipt_state"), facts)


def proposal_notices(events: Sequence[ProposalEvent]) -> Iterator[Message]:
    """The authors of all ideas that are part of the proposal hear of its state and why; officers' notes stay in the office."""
    proposals = {event.proposal_id for event in events}
    titles = dict(Proposal.objects.filter(pk__in=proposals).values_list("pk", "title"))
    authors = authors_of(proposals)
    leads = leads_of(proposals)
    for event in events:
        if event.reason == RoundStep.ROUND_SHOWN:
            yield _changes(event, titles[event.proposal_id], leads.get(event.proposal_id))
            continue
        if event.reason == RoundStep.REENTERED:
            yield from _reentered(event, titles[event.proposal_id], authors[event.proposal_id])
            continue
        notice = PROPOSAL_NOTICES.get((event.from_state, event.to_state))
        if notice is not None:
            facts: dict[str, object] = {"title": titles[event.proposal_id]}
            if event.reason:
                facts["reason"] = phrase(ProposalReason(event.reason).label)
            link = reverse("proposal_detail", args=[event.proposal_id])
            yield Message(event, authors[event.proposal_id], notice, link, facts)


def _changes(event: ProposalEvent, title: str, lead: int | None) -> Message:
    """The lead hears that an answer is wanted, with what the organisation says about its changes."""
    facts = {"title": title} | ({"note": event.note} if event.note else {})
    link = reverse("proposal_rounds", args=[event.proposal_id])
    return Message(event, [lead] if lead else [], Notice.PROPOSAL_CHANGES, link, facts)


def _reentered(event: ProposalEvent, title: str, authors: list[int]) -> Iterator[Message]:
    """The authors hear once, by the event of the pooled proposal, whose note is the year."""
    if event.from_state:
        facts = {"title": title, "programme": event.note}
        link = reverse("proposal_detail", args=[event.proposal_id])
        yield Message(event, authors, Notice.PROPOSAL_REENTERED, link, facts)


def leads_of(proposals: Collection[int] | QuerySet[Proposal, Any]) -> dict[int, int]:
    """Who speaks for each proposal (ids, or a query of them), as `rules.lead_of` says; without those whose lead has no account."""
    leading = Consolidation.objects.of_the_record().filter(proposal__in=proposals, kind=ConsolidationKind.PRIMARY)
    of_ideas = leading.filter(idea__author__isnull=False).order_by().values_list("proposal_id", "idea__author_id")
    named = Proposal.objects.filter(pk__in=proposals, lead__isnull=False).order_by().values_list("pk", "lead_id")
    return dict(of_ideas) | dict(named)


def authors_of(proposals: Collection[int]) -> dict[int, list[int]]:
    """Authors by proposal (ids), each once: whoever wrote an idea that is part of it, or of what it goes on from."""
    first = {
        pk: origin or pk for pk, origin in Proposal.objects.filter(pk__in=proposals).values_list("pk", "origin_id")
    }
    later: dict[int, list[int]] = defaultdict(list)
    for pk, root in first.items():
        later[root].append(pk)
    line = Q(proposal__in=first.values()) | Q(proposal__origin__in=first.values())
    joined = Consolidation.objects.of_the_record().filter(line, idea__author__isnull=False)
    authors: dict[int, dict[int, None]] = defaultdict(dict)
    for proposal, origin, author in joined.order_by("pk").values_list(
        "proposal_id", "proposal__origin_id", "idea__author_id"
    ):
        for pk in later[origin or proposal]:
            if proposal <= pk:
                authors[pk][author] = None
    return defaultdict(list, {proposal: list(people) for proposal, people in authors.items()})
