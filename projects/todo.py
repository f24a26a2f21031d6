"""What waits for a resident, a community officer, or a member of a support organisation."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from datetime import datetime

from django.db.models import Case, Count, DateTimeField, Max, Min, OuterRef, Q, Subquery, When
from django.db.models.functions import Coalesce
from django.urls import reverse
from django.utils.translation import gettext as _

from communities.enums import ResidencyState
from communities.models import Notification, Residency, User
from communities.querysets import scope_of
from communities.waiting import Waiting, oldest_first
from contests.models import Contest, Voter
from programmes.enums import Action
from programmes.models import Programme, Stage
from proposals.enums import IdeaState, ProposalState
from proposals.handing import to_hand_over
from proposals.models import Consolidation, Idea, IdeaClaim, PolishRound, Proposal


def for_resident(user: User, now: datetime) -> list[Waiting]:
    """Eight queries: community, offers, ideas that want work, changes to answer, names to be asked for, ballots, messages."""
    residencies = list(user.residencies.select_related("community").order_by("created_at", "pk"))
    contests = list(Contest.objects.voting_now(now).select_related("programme").order_by("voting_closes_at", "pk"))
    voted = set(Voter.objects.filter(user=user, has_voted=True).values_list("contest_id", flat=True))
    items = [
        *_community(user, residencies, contests),
        *_offers(user),
        *_ideas(user, now),
        *_changes(user, now),
        *_namings(user),
        *_ballots(residencies, [contest for contest in contests if contest.pk not in voted]),
        _unread(user),
    ]
    return oldest_first(items)


def for_desk(user: User, years: list[Programme], now: datetime) -> list[Waiting]:
    """Five queries at most.

    Residencies to verify, ideas on paper that residents say are theirs, answers to residents without an account, ideas
    at their authors, proposals that are being polished.
    """
    items = [
        *_residencies(user, now),
        *_claims(user),
        *_answers(user, now),
        *_returned(user, years, now),
        *_polishing(user, years, now),
    ]
    return oldest_first(items)


def this_year(user: User) -> list[Programme]:
    """The programmes in which the person works as community officer or support member."""
    at_work = (a for a in scope_of(user).appointments if a.community_id is not None or a.organisation_id is not None)
    return Programme.objects.newest_of({a.subdistrict_id for a in at_work})


def closing(action: Action, now: datetime) -> Subquery:
    """When the time for the act ends in the programme of the outer row; empty where it is not open."""
    stages = Stage.objects.permitting(action, now).filter(programme=OuterRef("programme"))
    return Subquery(stages.values("closes_at")[:1], output_field=DateTimeField(null=True))


def _community(user: User, residencies: list[Residency], contests: list[Contest]) -> Iterator[Waiting]:
    """Only who is verified votes; until then this is the first thing to do, and a ballot box that closes is its end."""
    states = {residency.state for residency in residencies}
    if not user.phone_token or ResidencyState.VERIFIED in states:
        return
    url = reverse("name_community")
    due = min((contest.voting_closes_at for contest in contests if contest.voting_closes_at), default=None)
    if ResidencyState.PENDING in states:
        named = next(residency for residency in residencies if residency.state == ResidencyState.PENDING)
        yield Waiting(
            _("%(community)s has not verified yet that you live there") % {"community": named.community},
            1,
            url,
            since=named.created_at,
            due=due,
            note=_("You need not do anything. To speed it up, show a paper at the residents' committee."),
        )
    elif residencies:
        yield Waiting(
            _("Your community could not be verified"),
            1,
            url,
            since=residencies[-1].decided_at,
            due=due,
            note=_("Ask at the residents' committee, or name the right community."),
            action=_("Name my community"),
        )
    else:
        yield Waiting(
            _("Say in which community you live"),
            1,
            url,
            since=user.date_joined,
            due=due,
            note=_("Everyone may submit ideas; to vote you have to be verified there once."),
            action=_("Name my community"),
        )


def _offers(user: User) -> Iterator[Waiting]:
    """Ideas on paper that came with the person's number; to be answered at any time."""
    for title, since in IdeaClaim.objects.offered_to(user).values_list("idea__title", "at"):
        yield Waiting(
            _("Is the idea “%(title)s” yours?") % {"title": title},
            1,
            f"{reverse('my')}#offers",
            since=since,
            note=_("The office wrote it down with your mobile number. Until you answer, the office speaks for it."),
            action=_("Answer"),
        )


def _ideas(user: User, now: datetime) -> Iterator[Waiting]:
    """Ideas that the author may still change: those the office gave back, and drafts."""
    ours = Q(state=IdeaState.RETURNED)
    until = Case(When(ours, then=closing(Action.REVISE_IDEA, now)), default=closing(Action.SUBMIT_IDEA, now))
    ideas = (
        Idea.objects.of(user).told().filter(ours | Q(state=IdeaState.DRAFT)).annotate(since=_given_back(), until=until)
    )
    found = ideas.filter(until__isnull=False).order_by("since", "pk")
    for pk, title, state, since, due in found.values_list("pk", "title", "state", "since", "until"):
        returned = state == IdeaState.RETURNED
        words = _("Revise your idea “%(title)s”") if returned else _("Finish your draft “%(title)s”")
        yield Waiting(
            words % {"title": title},
            1,
            reverse("idea_edit", args=[pk]),
            since=since,
            due=due,
            note=_("The office has given it back to you with a message.") if returned else "",
            action=_("Revise") if returned else _("Write on"),
        )


def _changes(user: User, now: datetime) -> Iterator[Waiting]:
    """What was changed in proposals for which the person speaks; nothing is handed in before the answer."""
    rounds = PolishRound.objects.awaiting(user)
    until = Stage.objects.permitting(Action.EDIT_PROPOSAL, now).filter(programme=OuterRef("proposal__programme"))
    found = rounds.annotate(until=Subquery(until.values("closes_at")[:1])).order_by("presented_at", "pk")
    for proposal, title, number, since, due in found.values_list(
        "proposal", "proposal__title", "number", "presented_at", "until"
    ):
        yield Waiting(
            _("Answer the changes to the proposal “%(title)s”") % {"title": title},
            1,
            reverse("proposal_round", args=[proposal, number]),
            since=since,
            due=due,
            note=_("It is handed in only after your answer."),
            action=_("Answer"),
        )


def _namings(user: User) -> Iterator[Waiting]:
    """Whether the proposals that one's ideas became part of may name one; to be answered at any time."""
    asked = Consolidation.objects.in_force().filter(idea__author=user, named__isnull=True)
    for idea, proposal, since in asked.order_by("created_at", "pk").values_list(
        "idea", "proposal__title", "created_at"
    ):
        yield Waiting(
            _("May the proposal “%(title)s” name you?") % {"title": proposal},
            1,
            reverse("idea_detail", args=[idea]),
            since=since,
            note=_("Your idea is part of it. You can change your answer at any time."),
            action=_("Answer"),
        )


def _given_back() -> Coalesce:
    """When the idea came back to its author; for a draft, when it was begun."""
    return Coalesce(
        Max("events__at", filter=Q(events__to_state=IdeaState.RETURNED, events__undoes__isnull=True)), "created_at"
    )


def _ballots(residencies: list[Residency], contests: list[Contest]) -> Iterator[Waiting]:
    at_home = {residency.subdistrict_id for residency in residencies if residency.state == ResidencyState.VERIFIED}
    for contest in contests:
        if contest.programme.subdistrict_id in at_home:
            yield Waiting(
                _("Vote in “%(contest)s”") % {"contest": contest},
                1,
                reverse("ballot", args=[contest.pk]),
                since=contest.voting_opens_at,
                due=contest.voting_closes_at,
                note=_("You have not voted yet. A ballot can be changed until voting closes."),
                action=_("To the ballot"),
            )


def _unread(user: User) -> Waiting:
    unread = Notification.objects.shown_to(user).unread().order_by()
    found = unread.aggregate(count=Count("pk"), oldest=Min("at"))
    return Waiting(
        _("Messages you have not read"),
        found["count"],
        reverse("notifications"),
        since=found["oldest"],
        action=_("Read"),
    )


def _residencies(user: User, now: datetime) -> Iterator[Waiting]:
    """To be decided before the next ballot closes, because only verified residents vote."""
    if not scope_of(user).communities:
        return
    votes = Contest.objects.open().filter(
        voting_closes_at__gt=now, programme__subdistrict__in=[a.subdistrict_id for a in scope_of(user).appointments]
    )
    pending = Residency.objects.at_desk_of(user).awaiting_verification().order_by()
    closes = Subquery(votes.order_by("voting_closes_at").values("voting_closes_at")[:1])
    found = pending.annotate(closes=closes).aggregate(count=Count("pk"), oldest=Min("created_at"), due=Min("closes"))
    yield Waiting(
        _("Residents to verify"),
        found["count"],
        "#residencies",
        since=found["oldest"],
        due=found["due"],
        note=_("Until then they cannot vote."),
        action=_("Look"),
    )


def _claims(user: User) -> Iterator[Waiting]:
    """Ideas on paper of which residents say that they are theirs."""
    if not scope_of(user).communities:
        return
    claims = IdeaClaim.objects.for_officers().filter(idea__community__in=scope_of(user).communities)
    found = claims.order_by().aggregate(count=Count("pk"), oldest=Min("at"))
    yield Waiting(
        _("Whose idea is it?"),
        found["count"],
        reverse("desk_claims"),
        since=found["oldest"],
        note=_("Residents say that an idea on paper is theirs."),
        action=_("Look"),
    )


def _answers(user: User, now: datetime) -> Iterator[Waiting]:
    """What residents without an account are still to be told."""
    if not scope_of(user).communities:
        return
    answers = to_hand_over(now).filter(idea__community__in=scope_of(user).communities)
    found = answers.order_by().aggregate(count=Count("pk"), oldest=Min("at"))
    yield Waiting(
        _("Answers to pass on"),
        found["count"],
        reverse("desk_answers"),
        since=found["oldest"],
        note=_("These residents have no account: nobody tells them unless you do."),
        action=_("Look"),
    )


def _returned(user: User, years: list[Programme], now: datetime) -> Iterator[Waiting]:
    """Given back ideas whose authors may need a helping hand before the time for it ends."""
    if not scope_of(user).communities:
        return
    returned = Idea.objects.at_desk_of(user).filter(programme__in=years, state=IdeaState.RETURNED)
    rows = returned.annotate(since=_given_back(), until=closing(Action.REVISE_IDEA, now)).filter(until__isnull=False)
    yield _together(
        rows.order_by().values_list("since", "until"),
        _("Ideas that residents are to revise"),
        f"{reverse('desk_ideas')}?state={IdeaState.RETURNED}",
        _("Some of them may need your help to write it down."),
    )


def _polishing(user: User, years: list[Programme], now: datetime) -> Iterator[Waiting]:
    """For who accompanies communities: proposals at their hands, and until when they can be changed."""
    if not scope_of(user).organisations:
        return
    coached = Proposal.objects.at_desk_of(user).filter(programme__in=years, state=ProposalState.COACHING)
    moved = Coalesce(Max("events__at"), "created_at")
    rows = coached.annotate(since=moved, until=closing(Action.EDIT_PROPOSAL, now))
    yield _together(
        rows.order_by().values_list("since", "until"),
        _("Proposals to polish"),
        f"{reverse('desk_proposals')}?state={ProposalState.COACHING}",
        _("Talk to the authors, and write down with the street office what they want."),
    )


def _together(found: Iterable[tuple[datetime, datetime | None]], title: str, url: str, note: str) -> Waiting:
    """Many rows of one kind as one line: the oldest beginning and the next end."""
    rows = list(found)
    since = min((since for since, _until in rows), default=None)
    due = min((until for _since, until in rows if until is not None), default=None)
    return Waiting(title, len(rows), url, since=since, due=due, note=note, action=_("Look"))
