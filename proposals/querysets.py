"""Reads of ideas and proposals in the office's own words."""

from __future__ import annotations

from collections.abc import Collection
from datetime import datetime, time
from decimal import Decimal
from typing import TYPE_CHECKING

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.search import SearchVectorExact
from django.db import models
from django.db.models import Case, Count, Exists, ExpressionWrapper, F, Func, OuterRef, Q, Subquery, Sum, Value, When
from django.db.models.functions import Coalesce
from django.utils import timezone

from communities.bigrams import Query
from communities.enums import STREET_ROLES
from communities.fulltext import Bigrams, SearchableQuerySet, TsQuery
from communities.querysets import scope_of
from programmes.enums import Action, StageKind
from programmes.workdays import first_days
from proposals.document_enums import BudgetSource
from proposals.enums import (
    IDEA_PUBLIC_STATES,
    PROPOSAL_ASKING_STATES,
    PROPOSAL_EDITABLE_STATES,
    PROPOSAL_PUBLIC_STATES,
    ConsolidationKind,
    IdeaState,
    ProposalState,
)
from proposals.hiding import competing, kept_from, nameless

if TYPE_CHECKING:
    from communities.models import User
    from proposals.models import Consolidation, Idea, IdeaEvent, Proposal
    from proposals.screening_querysets import ScreeningQuerySet


_MOMENTS: ArrayField[list[datetime], list[datetime]] = ArrayField(models.DateTimeField())


class _OneOf(Func):
    """The element of an array with a number, counted from 1."""

    template = "((%(expressions)s])"
    arg_joiner = ")["
    output_field = models.DateTimeField()


def _first_moments(now: datetime) -> list[datetime]:
    """By number of working days, from 1: what was handed in before that moment has waited for more than so many."""
    days = first_days(timezone.localdate(now))[1:]
    return [timezone.make_aware(datetime.combine(day, time.min)) for day in days]


# What is searched in a proposal besides the name of its team, the weightiest first.
TOLD = ("title", "summary", "goal", "needs_analysis", "plan")


class IdeaQuerySet(SearchableQuerySet["Idea"]):
    NEWEST_FIRST = ("-submitted_at", "-pk")

    def public(self) -> IdeaQuerySet:
        """What everyone may read, by the state that everyone knows: that of a decision once it cannot be taken back."""
        return self.filter(self.is_public())

    def is_public(self) -> Q:
        """As a condition; see `public`."""
        shown = self.model.objects.untold(IDEA_PUBLIC_STATES)
        hidden = self.model.objects.untold(frozenset(IdeaState) - IDEA_PUBLIC_STATES)
        told = Q(state__in=sorted(IDEA_PUBLIC_STATES)) & ~Q(pk__in=hidden.values("pk"))
        return told | Q(pk__in=shown.values("pk"))

    def handed_in(self) -> IdeaQuerySet:
        """Whatever became of them since; drafts that nobody handed in are not among them."""
        return self.filter(submitted_at__isnull=False)

    def ever_accepted(self) -> IdeaQuerySet:
        """Those that a screening accepted, also when they were joined into a proposal or withdrawn afterwards."""
        screenings: ScreeningQuerySet = apps.get_model("proposals", "Screening").objects.all()
        return self.filter(pk__in=screenings.accepting().values("idea"))

    def of(self, author: User) -> IdeaQuerySet:
        return self.filter(author=author)

    def spoken_for_by(self, user: User) -> IdeaQuerySet:
        """For which the person speaks; see `rules.speaks_for`."""
        scope = scope_of(user)
        served = Q(community__in=scope.communities) | Q(programme__subdistrict__in=scope.in_roles(STREET_ROLES))
        follows = Q(author__isnull=False, author__phone_verified_at__isnull=False)
        return self.filter(Q(author=user) | (Q(entered_by__isnull=False) & served & ~follows))

    def awaiting_screening(self) -> IdeaQuerySet:
        """Oldest first: who waited longest is served first."""
        return self.filter(state=IdeaState.SUBMITTED).order_by("submitted_at", "pk")

    def screening_overdue(self, now: datetime) -> IdeaQuerySet:
        return self.with_lateness(now).filter(Q(is_late=True))

    def without_outcome(self, now: datetime) -> IdeaQuerySet:
        """Returned and not revised, or accepted and not joined, although the time for that is over.

        What waits for its screening is `screening_overdue`; of what was joined see `ProposalQuerySet.not_handed_in`.
        """
        years = apps.get_model("programmes", "Programme").objects
        unrevised = Q(state=IdeaState.RETURNED, programme__in=years.done_with(Action.REVISE_IDEA, now).values("pk"))
        unjoined = Q(state=IdeaState.ACCEPTED, programme__in=years.done_with(Action.CONSOLIDATE, now).values("pk"))
        return self.filter(unrevised | unjoined)

    def with_lateness(self, now: datetime) -> IdeaQuerySet:
        """Adds `is_late`: still waiting after the working days of its year, or although its screening stage is over."""
        stages = apps.get_model("programmes", "Stage").objects
        ended = stages.filter(programme=OuterRef("programme"), kind=StageKind.SCREENING, closes_at__lte=now)
        beyond = Q(submitted_at__lt=_OneOf(Value(_first_moments(now), _MOMENTS), F("programme__screening_days")))
        late = Q(state=IdeaState.SUBMITTED) & (beyond | Q(Exists(ended)))
        return self.annotate(is_late=ExpressionWrapper(late, models.BooleanField()))

    def with_opinion(self, user: User) -> IdeaQuerySet:
        """Adds `has_opinion`: waits for a second officer; and `is_own_opinion`: `user` gave the first opinion."""
        opinions = apps.get_model("proposals", "Screening").objects.filter(
            is_opinion=True, idea=OuterRef("pk"), revision=OuterRef("revision")
        )
        waiting = Q(state=IdeaState.SUBMITTED)
        return self.annotate(
            has_opinion=ExpressionWrapper(waiting & Q(Exists(opinions)), models.BooleanField()),
            is_own_opinion=ExpressionWrapper(waiting & Q(Exists(opinions.filter(officer=user))), models.BooleanField()),
        )

    def queue_place(self, idea: Idea) -> tuple[int, int]:
        """Of the ideas that await screening: the place of this one, from 1 on, and how many there are."""
        before = Q(submitted_at__lt=idea.submitted_at) | Q(submitted_at=idea.submitted_at, pk__lte=idea.pk)
        waiting = self.filter(state=IdeaState.SUBMITTED).order_by()
        found = waiting.aggregate(place=Count("pk", filter=before), waiting=Count("pk"))
        return found["place"], found["waiting"]

    def visible_to(self, user: User | AnonymousUser) -> IdeaQuerySet:
        """Public ideas, one's own, and for officers those of their scope; drafts only to their authors."""
        if not user.is_authenticated:
            return self.public()
        scope = scope_of(user)
        officers = Q(programme__subdistrict__in=scope.subdistricts) | Q(community__in=scope.communities)
        return self.filter(self.is_public() | Q(author=user) | (officers & ~Q(state=IdeaState.DRAFT)))

    def in_office_of(self, user: User) -> IdeaQuerySet:
        """What the admin shows: ideas of the sub-districts for which the person works or supervises."""
        return self.filter(programme__subdistrict__in=scope_of(user).subdistricts)

    def at_desk_of(self, user: User) -> IdeaQuerySet:
        """What a community officer follows: ideas of their communities, from the first submission on."""
        return self.filter(community__in=scope_of(user).communities).exclude(state=IdeaState.DRAFT)

    def untold(self, before: Collection[str] = tuple(IdeaState)) -> IdeaQuerySet:
        """With a decision that may still be taken back, and that found them in one of these states; see `Idea.shown_state`."""
        events: IdeaEventQuerySet = apps.get_model("proposals", "IdeaEvent").objects.all()
        return self.filter(pk__in=events.untold(timezone.now()).filter(from_state__in=sorted(before)).values("idea"))

    def told(self) -> IdeaQuerySet:
        """Without those whose screening residents do not know yet."""
        return self.exclude(pk__in=self.model.objects.untold({IdeaState.SUBMITTED}).values("pk"))

    def shown_in(self, state: str) -> IdeaQuerySet:
        """What residents read as being in this state."""
        untold = self.model.objects.untold()
        told = Q(state=state) & ~Q(pk__in=untold.values("pk"))
        return self.filter(told | Q(pk__in=self.model.objects.untold({state}).values("pk")))

    def with_told(self) -> IdeaQuerySet:
        """Adds `decided_from`, for which `Idea.state_before` otherwise asks one by one."""
        untold = apps.get_model("proposals", "IdeaEvent").objects.untold(timezone.now()).filter(idea=OuterRef("pk"))
        return self.annotate(decided_from=Coalesce(Subquery(untold.values("from_state")[:1]), Value("")))

    def with_page_parts(self) -> IdeaQuerySet:
        """All that a row of a list shows, in one query."""
        parts = self.select_related("community", "category", "author", "programme").with_seconding_count().with_told()
        return parts.annotate(is_nameless=Exists(self.model.objects.nameless().filter(pk=OuterRef("pk"))))

    def nameless(self) -> IdeaQuerySet:
        """Whose contributor is not told, because a proposal that they are part of is judged without names."""
        proposals = apps.get_model("proposals", "Proposal").objects.nameless().values("pk")
        joined: ConsolidationQuerySet = apps.get_model("proposals", "Consolidation").objects.of_the_record()
        return self.filter(pk__in=joined.filter(proposal__in=proposals).values("idea"))

    def with_seconding_count(self) -> IdeaQuerySet:
        """Adds `seconding_count`: how many residents say the idea is theirs too; counted only for rows that are shown."""
        secondings = apps.get_model("proposals", "Seconding").objects.filter(idea=OuterRef("pk"))
        counted = secondings.order_by().values("idea").annotate(number=Count("pk")).values("number")
        return self.annotate(seconding_count=Coalesce(Subquery(counted), 0))

    def longest_waiting_first(self) -> IdeaQuerySet:
        """Those that wait for screening, who waited longest first; behind them the others, the newest first."""
        since = Case(When(state=IdeaState.SUBMITTED, then=F("submitted_at")))
        return self.order_by(since.asc(nulls_last=True), *self.NEWEST_FIRST)


class ProposalQuerySet(SearchableQuerySet["Proposal"]):
    NEWEST_FIRST = ("-created_at", "-pk")

    def public(self) -> ProposalQuerySet:
        return self.filter(state__in=sorted(PROPOSAL_PUBLIC_STATES))

    def public_to(self, user: User | AnonymousUser) -> ProposalQuerySet:
        """Public ones, without those that the person keeps out of."""
        return self.public().exclude(kept_from(user)) if user.is_authenticated else self.public()

    def qualified(self) -> ProposalQuerySet:
        return self.filter(state=ProposalState.QUALIFIED)

    def in_a_contest(self) -> ProposalQuerySet:
        return self.filter(competing())

    def in_no_contest(self) -> ProposalQuerySet:
        """Never entered, or taken out again."""
        return self.exclude(competing())

    def not_handed_in(self, now: datetime) -> ProposalQuerySet:
        """Still being written although the time to hand in is over: their ideas are without an outcome until they end."""
        years = apps.get_model("programmes", "Programme").objects.done_with(Action.QUALIFY_PROPOSAL, now)
        return self.filter(state__in=sorted(PROPOSAL_EDITABLE_STATES), programme__in=years.values("pk"))

    def visible_to(self, user: User | AnonymousUser) -> ProposalQuerySet:
        """Public ones, and those that one has to do with.

        Whoever keeps out of judging a proposal that is their own work (author, lead, officer of the place, accompanying
        organisation) still reads it as that; nothing of how it is judged stands on its pages.
        """
        if not user.is_authenticated:
            return self.public()
        # A subquery, so that nothing is counted more than once by what is annotated later.
        own = self.model.objects.known_to(user).values("pk")
        public = Q(state__in=sorted(PROPOSAL_PUBLIC_STATES)) & ~kept_from(user)
        return self.filter(public | Q(pk__in=own))

    def known_to(self, user: User) -> ProposalQuerySet:
        """One's own by an idea; for officers and accompanying organisations those of their scope."""
        scope = scope_of(user)
        return self.filter(
            Q(programme__subdistrict__in=scope.subdistricts)
            | Q(community__in=scope.communities)
            | Q(pk__in=self.model.objects.accompanied_by(user).values("pk"))
            | Q(pk__in=self.model.objects.of(user).values("pk"))
        )

    def accompanied_by(self, user: User) -> ProposalQuerySet:
        """Those of the communities that an organisation of the person accompanies in their year."""
        accompanied = self.model.objects.filter(
            programme__accompaniments__organisation__in=scope_of(user).organisations,
            programme__accompaniments__community=models.F("community"),
            programme__accompaniments__ended_at__isnull=True,
        )
        return self.filter(pk__in=accompanied.values("pk"))

    def written_by(self, user: User) -> ProposalQuerySet:
        """Where the person writes: in the street office, or in an organisation that accompanies the community."""
        offices = scope_of(user).in_roles(STREET_ROLES)
        accompanied = self.model.objects.accompanied_by(user)
        return self.filter(Q(programme__subdistrict__in=offices) | Q(pk__in=accompanied.values("pk")))

    def opined_on_by(self, user: User) -> ProposalQuerySet:
        """Where the person writes for the residents' committee or otherwise: at least an opinion."""
        written = self.model.objects.written_by(user)
        return self.filter(Q(community__in=scope_of(user).communities) | Q(pk__in=written.values("pk")))

    def in_office_of(self, user: User) -> ProposalQuerySet:
        """What the admin shows: proposals of the sub-districts for which the person works or supervises."""
        return self.filter(programme__subdistrict__in=scope_of(user).subdistricts)

    def at_desk_of(self, user: User) -> ProposalQuerySet:
        """Proposals of a community officer's communities, and of those that the person's organisation accompanies."""
        accompanied = self.model.objects.accompanied_by(user)
        return self.filter(Q(community__in=scope_of(user).communities) | Q(pk__in=accompanied.values("pk")))

    def of(self, author: User) -> ProposalQuerySet:
        """Those that an idea of the person is part of, in the year it was joined or entered again later."""
        own = self.model.objects.filter(consolidations__undone_at__isnull=True, consolidations__idea__author=author)
        first = Coalesce("origin", "pk")
        return self.filter(
            Q(pk__in=own.values("pk")) | Q(origin__in=own.annotate(first=first).order_by().values("first"))
        )

    def led_by(self, user: User) -> ProposalQuerySet:
        """For which the person speaks; see `rules.lead_of`."""
        leading = apps.get_model("proposals", "Consolidation").objects.of_the_record()
        own = leading.filter(kind=ConsolidationKind.PRIMARY, idea__author=user)
        return self.filter(Q(lead=user) | Q(lead__isnull=True, pk__in=own.values("proposal")))

    def handed_in_by(self, user: User) -> ProposalQuerySet:
        """Which the person may hand in when their time comes: who writes, and who leads."""
        written, led = (self.model.objects.written_by(user), self.model.objects.led_by(user))
        return self.filter(Q(pk__in=written.values("pk")) | Q(pk__in=led.values("pk")))

    def followed_by(self, user: User) -> ProposalQuerySet:
        """Whose rounds of polishing the person may read: who writes, who leads, and who supervises."""
        own = self.model.objects.handed_in_by(user)
        return self.filter(Q(programme__subdistrict__in=scope_of(user).subdistricts) | Q(pk__in=own.values("pk")))

    def with_requested_total(self) -> ProposalQuerySet:
        """Adds `requested_total`: what the budget lines ask of the office, in yuan.

        A subquery, so that a page of a long list adds up its own rows only.
        """
        asked = Sum("budget_lines__amount", filter=Q(budget_lines__source=BudgetSource.REQUESTED))
        own = self.model.objects.filter(pk=OuterRef("pk")).order_by().values("pk").annotate(asked=asked)
        total = models.DecimalField(max_digits=12, decimal_places=2)
        return self.annotate(requested_total=Coalesce(Subquery(own.values("asked")), 0, output_field=total))

    def asking(self) -> ProposalQuerySet:
        """Those that ask for this year's money."""
        return self.filter(state__in=sorted(PROPOSAL_ASKING_STATES))

    def requested_sum(self) -> Decimal:
        """What these proposals ask of the office together, in yuan."""
        asked = self.filter(budget_lines__source=BudgetSource.REQUESTED).order_by()
        return asked.aggregate(total=Sum("budget_lines__amount"))["total"] or Decimal("0.00")

    def nameless(self) -> ProposalQuerySet:
        """Whose applicants are not told while it is judged without names; in whatever year it was entered."""
        first = Coalesce("origin", "pk")
        judged = self.model.objects.filter(nameless()).annotate(first=first).order_by().values("first")
        return self.annotate(first=first).filter(first__in=judged)

    def with_shown_team(self) -> ProposalQuerySet:
        """Adds `shown_team`: the team's name, empty where it is not told."""
        hidden = Exists(self.model.objects.nameless().filter(pk=OuterRef("pk")))
        return self.annotate(shown_team=Case(When(hidden, then=Value("")), default=F("team_name")))

    def with_all_words(self, query: Query) -> ProposalQuerySet:
        """A team's name that is not told finds nothing."""
        return super().with_all_words(query).told(query.all_words()) if query else self.none()

    def similar_to(self, query: Query) -> ProposalQuerySet:
        return super().similar_to(query).told(query.any_word()) if query else self.none()

    def told(self, words: str) -> ProposalQuerySet:
        """Without those in which only a name that is not told holds these words (a tsquery)."""
        hidden = self.model.objects.nameless().values("pk")
        return self.filter(~Q(pk__in=hidden) | Q(SearchVectorExact(Bigrams(*TOLD), TsQuery(words))))

    def with_page_parts(self) -> ProposalQuerySet:
        return self.select_related("community", "category", "programme")


class IdeaEventQuerySet(models.QuerySet["IdeaEvent"]):
    def in_force(self) -> IdeaEventQuerySet:
        """Without decisions that were taken back, and without the taking back."""
        taken_back = self.model.objects.filter(undoes=OuterRef("pk"))
        return self.filter(~Exists(taken_back), undoes__isnull=True)

    def untold(self, now: datetime) -> IdeaEventQuerySet:
        """Decisions that may still be taken back: nobody was told, and nothing was built on them."""
        return self.filter(not_before__gt=now, notified_at__isnull=True, idea__state=F("to_state"))

    def shown(self, now: datetime) -> IdeaEventQuerySet:
        """What residents read."""
        return self.in_force().exclude(not_before__gt=now, notified_at__isnull=True, idea__state=F("to_state"))

    def due(self, now: datetime) -> IdeaEventQuerySet:
        """What may be told now: not before its moment, and not before what happened to the same idea earlier."""
        earlier = Q(at__lt=OuterRef("at")) | Q(at=OuterRef("at"), pk__lt=OuterRef("pk"))
        held = self.model.objects.filter(earlier, idea=OuterRef("idea"), not_before__gt=now, notified_at__isnull=True)
        return self.exclude(not_before__gt=now).exclude(Exists(held))


class ConsolidationQuerySet(models.QuerySet["Consolidation"]):
    def of_the_record(self) -> ConsolidationQuerySet:
        """What made the proposals that they are, or were when they ended."""
        return self.filter(undone_at__isnull=True)

    def in_force(self) -> ConsolidationQuerySet:
        """Where each idea is now."""
        return self.of_the_record().filter(ended_at__isnull=True)

    def of_one_act(self, joined: Consolidation) -> ConsolidationQuerySet:
        """What one officer joined into one proposal at one moment together with this."""
        return self.filter(proposal=joined.proposal_id, created_by=joined.created_by_id, created_at=joined.created_at)

    def named(self) -> ConsolidationQuerySet:
        """Whose authors want to be named on the proposal's page."""
        return self.in_force().filter(named=True)

    def behind(self, proposal: Proposal) -> ConsolidationQuerySet:
        """Of the record of the proposal itself and of those that it goes on from."""
        first = proposal.origin_id or proposal.pk
        line = Q(proposal=first) | Q(proposal__origin=first)
        return self.of_the_record().filter(line, proposal__lte=proposal.pk)
