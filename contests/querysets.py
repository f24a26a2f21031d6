"""Reads of contests in the office's own words."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.db import models
from django.db.models import Count, Exists, F, Max, OuterRef, Q, Sum
from django.db.models.functions import Coalesce

from communities.enums import Channel, DeliveryState
from communities.querysets import scope_of
from contests.enums import (
    JUDGED_STATES,
    PUBLISHED_STATES,
    AwardReason,
    AwardState,
    ContestAct,
    ContestState,
    Decision,
    EntryStatus,
    InvitationState,
    RunKind,
    RunState,
    SheetState,
)
from proposals.enums import ProposalState

if TYPE_CHECKING:
    from communities.models import Community, User
    from contests.models import (
        Assignment,
        Award,
        Ballot,
        BallotFlag,
        Contest,
        Entry,
        Expert,
        HouseholdCode,
        Invitation,
        InvitationMessage,
        OfflineCount,
        Panelist,
        PitchSlot,
        Recusal,
        Result,
        ScoreSheet,
        TallyRun,
        Voter,
    )


class ContestQuerySet(models.QuerySet["Contest"]):
    def visible_to(self, user: User | AnonymousUser) -> ContestQuerySet:
        """Everyone sees a contest from its opening on, the office also its drafts."""
        opened = ~Q(state=ContestState.DRAFT)
        if not user.is_authenticated:
            return self.filter(opened)
        return self.filter(opened | Q(programme__subdistrict__in=scope_of(user).subdistricts))

    def in_office_of(self, user: User) -> ContestQuerySet:
        """What the admin shows: contests of the sub-districts for which the person works or supervises.

        Who came to the office with a seat on the panel has no part in the office's work on a contest while they keep out
        of one of its entries.
        """
        kept = apps.get_model("contests", "Entry").objects.kept_from(user).order_by()
        return self.filter(programme__subdistrict__in=scope_of(user).subdistricts).exclude(
            pk__in=kept.values("contest")
        )

    def with_entry_count(self, user: User | AnonymousUser) -> ContestQuerySet:
        """Adds `entry_count`: how many entries the person may see."""
        seen = Q()
        if user.is_authenticated:
            entries = apps.get_model("contests", "Entry").objects
            seen = ~Q(entries__in=entries.kept_from(user).order_by().values("pk"))
        return self.annotate(entry_count=Count("entries", filter=seen))

    def voting_now(self, now: datetime) -> ContestQuerySet:
        return self.filter(state=ContestState.OPEN, voting_opens_at__lte=now, voting_closes_at__gt=now)

    def unannounced(self, now: datetime) -> ContestQuerySet:
        """Contests of ours that can be voted in and whose history does not say so yet."""
        return self.voting_now(now).filter(source_sha256="").exclude(events__reason=ContestAct.VOTING_OPENED)

    def open(self) -> ContestQuerySet:
        return self.filter(state=ContestState.OPEN)

    def counted_live(self) -> ContestQuerySet:
        """Open contests whose office may see counts before voting is over."""
        return self.open().filter(counts_hidden=False)

    def decided(self) -> ContestQuerySet:
        """Contests with a published result."""
        return self.filter(state__in=sorted(PUBLISHED_STATES))


class EntryQuerySet(models.QuerySet["Entry"]):
    def taking_part(self) -> EntryQuerySet:
        return self.filter(status=EntryStatus.IN)

    def visible_to(self, user: User | AnonymousUser) -> EntryQuerySet:
        """Everyone sees an entry from the opening on, the office always, but for experts who keep out of it.

        Who came to an office with a seat on the panel still keeps out.
        """
        opened = ~Q(contest__state=ContestState.DRAFT)
        if not user.is_authenticated:
            return self.filter(opened)
        kept = Q(pk__in=self.model.objects.kept_from(user).order_by().values("pk"))
        return self.filter(~kept, opened | Q(contest__programme__subdistrict__in=scope_of(user).subdistricts))

    def open_to(self, user: User | None) -> EntryQuerySet:
        """Without what the person, if it is known who they are, keeps out of."""
        return self if user is None else self.exclude(pk__in=self.model.objects.kept_from(user).order_by().values("pk"))

    def kept_from(self, user: User) -> EntryQuerySet:
        """What the person keeps out of as an expert, until everyone may read the result."""
        return self.filter(contest__state__in=sorted(JUDGED_STATES), recusals__panelist__user=user)

    def to_pool(self) -> EntryQuerySet:
        """Without money once the result is confirmed, and not in the project pool yet.

        A proposal that is funded elsewhere, or is in a contest whose result is still to come, stays out of it.
        """
        entries, awards = self.model.objects, apps.get_model("contests", "Award").objects
        funded = awards.filter(state=AwardState.SELECTED).values("entry__proposal")
        under_way = entries.exclude(contest__state=ContestState.CONFIRMED).values("proposal")
        unfunded = self.filter(
            contest__state=ContestState.CONFIRMED,
            proposal__state=ProposalState.QUALIFIED,
            award__state__in=[AwardState.NOT_SELECTED, AwardState.RESERVE],
        )
        return unfunded.exclude(proposal__in=funded).exclude(proposal__in=under_way)

    def judged_blind(self) -> EntryQuerySet:
        """Whose applicants nobody is told from the moment they are entered until the result is published."""
        return self.filter(contest__is_blind=True).exclude(contest__state__in=sorted(PUBLISHED_STATES))

    def assigned_to(self, panelist: Panelist) -> EntryQuerySet:
        """What the expert may open: assigned, taking part, and not recused."""
        return self.taking_part().filter(assignments__panelist=panelist).exclude(recusals__panelist=panelist)

    def unscored_by(self, panelist: Panelist) -> EntryQuerySet:
        """What the expert still has to do."""
        done = panelist.sheets.submitted().filter(entry=OuterRef("pk"))
        return self.assigned_to(panelist).filter(~Exists(done))

    def with_page_parts(self) -> EntryQuerySet:
        return self.select_related("community", "category", "zone", "contest")


class PanelistQuerySet(models.QuerySet["Panelist"]):
    def of(self, user: User) -> PanelistQuerySet:
        return self.filter(user=user).select_related("contest")

    def seated(self) -> PanelistQuerySet:
        """Without those who have dropped out."""
        return self.filter(departure__isnull=True)

    def with_progress(self) -> PanelistQuerySet:
        """Adds `assigned_count` and `submitted_count`, recused entries left out."""
        return self.annotate(
            assigned_count=Count(
                "assignments",
                filter=Q(assignments__entry__status=EntryStatus.IN) & ~Q(self._recused_from("assignments__entry")),
                distinct=True,
            ),
            submitted_count=Count(
                "sheets",
                filter=Q(sheets__state=SheetState.SUBMITTED, sheets__entry__status=EntryStatus.IN)
                & ~Q(self._recused_from("sheets__entry")),
                distinct=True,
            ),
        )

    def left(self) -> dict[int, int]:
        """How many sheets each expert (id) has still to hand in; those who lack none are left out."""
        lacking = self.with_progress().annotate(left=F("assigned_count") - F("submitted_count")).filter(left__gt=0)
        return dict(lacking.values_list("pk", "left"))

    def _recused_from(self, entry: str) -> Exists:
        """Whether the panelist keeps out of the entry at the end of this path; others may keep out of it too."""
        return Exists(self.model.objects.filter(pk=OuterRef("pk"), recusals__entry=OuterRef(entry)))


class ExpertQuerySet(models.QuerySet["Expert"]):
    def in_office_of(self, user: User) -> ExpertQuerySet:
        """What the admin shows: the pools of the sub-districts for which the person works or supervises."""
        return self.filter(subdistrict__in=scope_of(user).subdistricts)


class InvitationQuerySet(models.QuerySet["Invitation"]):
    def awaited(self, now: datetime) -> InvitationQuerySet:
        """What can still be answered."""
        return self.filter(state=InvitationState.OPEN, expires_at__gt=now)

    def expired(self, now: datetime) -> InvitationQuerySet:
        """Without an answer in time: to be sent again or taken back."""
        return self.filter(state=InvitationState.OPEN, expires_at__lte=now)

    def over(self, before: datetime) -> InvitationQuerySet:
        """Without an answer, and nobody will give one: expired before that moment, or the contest seeks nobody."""
        sought = Q(contest__state__in=[ContestState.DRAFT, ContestState.OPEN])
        return self.filter(~sought | Q(expires_at__lte=before), state=InvitationState.OPEN)


class InvitationMessageQuerySet(models.QuerySet["InvitationMessage"]):
    def due(self, now: datetime) -> InvitationMessageQuerySet:
        """What may go out now, oldest first."""
        return self.filter(state=DeliveryState.WAITING, due_at__lte=now).order_by("pk")

    def by(self, *channels: Channel) -> InvitationMessageQuerySet:
        return self.filter(channel__in=channels)


class AssignmentQuerySet(models.QuerySet["Assignment"]):
    def standing(self) -> AssignmentQuerySet:
        """Without those whose expert keeps out of the entry."""
        void = self.model.objects.filter(entry__recusals__panelist=F("panelist"), pk=OuterRef("pk"))
        return self.filter(~Exists(void))

    def awaited(self) -> AssignmentQuerySet:
        """Standing, with `is_in` where the sheet is handed in; nothing comes any more of those who have dropped out."""
        sheets = apps.get_model("contests", "ScoreSheet").objects.submitted()
        handed_in = sheets.filter(entry=OuterRef("entry"), panelist=OuterRef("panelist"))
        rows = self.standing().annotate(is_in=Exists(handed_in))
        return rows.filter(Q(is_in=True) | Q(panelist__departure__isnull=True))


class PitchSlotQuerySet(models.QuerySet["PitchSlot"]):
    def taking_part(self) -> PitchSlotQuerySet:
        """Without entries that were withdrawn or disqualified after the draw."""
        return self.filter(entry__status=EntryStatus.IN)


class RecusalQuerySet(models.QuerySet["Recusal"]):
    def of_contest(self, contest: Contest) -> RecusalQuerySet:
        """With what a line of the record shows, and `voids_sheet`: a sheet that was handed in no longer counts."""
        handed_in = Q(entry__sheets__panelist=F("panelist"), entry__sheets__state=SheetState.SUBMITTED)
        rows = self.filter(entry__contest=contest).select_related("panelist__user", "entry", "noted_by")
        return rows.annotate(voids_sheet=Exists(self.model.objects.filter(handed_in, pk=OuterRef("pk"))))


class ScoreSheetQuerySet(models.QuerySet["ScoreSheet"]):
    def submitted(self) -> ScoreSheetQuerySet:
        return self.filter(state=SheetState.SUBMITTED)

    def counted(self) -> ScoreSheetQuerySet:
        """Submitted by an expert who does not keep out of the entry."""
        void = self.model.objects.filter(entry__recusals__panelist=F("panelist"), pk=OuterRef("pk"))
        return self.submitted().filter(~Exists(void))


class VoterQuerySet(models.QuerySet["Voter"]):
    def voted(self) -> VoterQuerySet:
        return self.filter(has_voted=True)

    def of_communities(self, communities: models.QuerySet[Community]) -> VoterQuerySet:
        return self.filter(community__in=communities)

    def standing(self) -> VoterQuerySet:
        """Lines that were not struck off."""
        return self.filter(struck_by__isnull=True)

    def unmatched(self) -> VoterQuerySet:
        """Who voted without an account where accounts voted too, and of whom nobody has said yet that they are not one of those.

        A number on the committee's roster tells whose a line is; one that was typed beside a household code does not.
        """
        accounts = self.model.objects.voted().filter(
            contest=OuterRef("contest"), community=OuterRef("community"), user__isnull=False
        )
        unknown = Q(phone_hash__isnull=True) | Q(code__was_used=True)
        return self.voted().filter(unknown, Exists(accounts), user__isnull=True, told_apart_by__isnull=True)

    def in_roll_order(self) -> VoterQuerySet:
        """As the committee's paper lists them: by community and number, accounts without a number last."""
        return self.order_by("community__code", "source", "reference", "user__display_name", "pk")


class HouseholdCodeQuerySet(models.QuerySet["HouseholdCode"]):
    def valid(self) -> HouseholdCodeQuerySet:
        return self.filter(voided_at__isnull=True)

    def counted(self) -> dict[str, int]:
        """How many there are, and how many of them are used or void."""
        void = Q(voided_at__isnull=False)
        return self.order_by().aggregate(
            issued=Count("pk"), used=Count("pk", filter=~void & Q(was_used=True)), void=Count("pk", filter=void)
        )


class BallotQuerySet(models.QuerySet["Ballot"]):
    def last_of_voters(self) -> BallotQuerySet:
        return self.filter(superseded_by__isnull=True)

    def valid(self) -> BallotQuerySet:
        """The last ballot of each voter, unless it is voided."""
        return self.last_of_voters().filter(void__isnull=True)


class BallotFlagQuerySet(models.QuerySet["BallotFlag"]):
    def unsettled(self) -> BallotFlagQuerySet:
        """What is in the way of the final tally."""
        return self.filter(settled_at__isnull=True)


class OfflineCountQuerySet(models.QuerySet["OfflineCount"]):
    def counted(self, contest: Contest) -> OfflineCountQuerySet:
        """Paper counts of the contest that a second person has verified."""
        return self.filter(entry__contest=contest, verified_at__isnull=False)


class TallyRunQuerySet(models.QuerySet["TallyRun"]):
    def unfinished(self) -> TallyRunQuerySet:
        return self.filter(state__in=[RunState.PENDING, RunState.RUNNING])

    def done(self) -> TallyRunQuerySet:
        return self.filter(state=RunState.DONE)

    def latest_done(self, contest: Contest, kind: RunKind | None = None) -> TallyRun | None:
        runs = self.done().filter(contest=contest)
        return (runs.filter(kind=kind) if kind else runs).order_by("-pk").first()

    def before(self, run: TallyRun) -> TallyRun | None:
        """The finished run of the same contest that this one supersedes."""
        return self.done().filter(contest=run.contest_id, pk__lt=run.pk).order_by("-pk").first()

    def visible_to(self, user: User | AnonymousUser) -> TallyRunQuerySet:
        """Finished runs: everyone reads the final ones of published and imported contests, the office all of its own.

        Not even the office reads a count of a contest that hides its counts before voting is over.
        """
        public = Q(contest__state__in=sorted(PUBLISHED_STATES)) | ~Q(contest__source_sha256="")
        published = Q(kind=RunKind.FINAL) & public
        if not user.is_authenticated:
            return self.done().filter(published)
        untimely = Q(kind=RunKind.LIVE, contest__counts_hidden=True, contest__state=ContestState.OPEN)
        in_office = Q(
            contest__in=apps.get_model("contests", "Contest").objects.in_office_of(user).order_by().values("pk")
        )
        return self.done().filter(published | (in_office & ~untimely))

    def shown_to(self, user: User | AnonymousUser, contest: Contest) -> TallyRun | None:
        """The latest run of the contest that the person may read."""
        return self.visible_to(user).latest_done(contest)


class ResultQuerySet(models.QuerySet["Result"]):
    def in_published_order(self) -> ResultQuerySet:
        """Ranked entries in rank order, then all others in number order."""
        return self.order_by(F("rank").asc(nulls_last=True), "entry__number")

    def voted(self) -> ResultQuerySet:
        """Entries for which votes are told."""
        return self.filter(votes__isnull=False)

    def totals(self) -> dict[str, Any]:
        """Of all these: `entries`, `incomplete`, `most_votes`, and what stands: `selected`, `awarded` (yuan).

        What stands is the office's own decision where there is one, else the computed one.
        """
        stands = self.annotate(
            stands=Coalesce("award__overruling__decision", "decision"),
            granted=Coalesce("award__overruling__amount", "amount"),
        )
        chosen = Q(stands=Decision.SELECTED)
        return stands.order_by().aggregate(
            entries=Count("pk"),
            incomplete=Count("pk", filter=Q(reason=AwardReason.INCOMPLETE)),
            most_votes=Max("votes", default=0),
            selected=Count("pk", filter=chosen),
            awarded=Sum("granted", filter=chosen, default=Decimal("0.00")),
        )

    def with_page_parts(self) -> ResultQuerySet:
        signatures = ("award__overruling__proposed_by", "award__overruling__signed_by")
        return self.select_related("entry__community", "entry__category", "entry__zone", *signatures)


class AwardQuerySet(models.QuerySet["Award"]):
    def selected(self) -> AwardQuerySet:
        return self.filter(state=AwardState.SELECTED)
