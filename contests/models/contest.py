"""The contest itself: its rules, rubric, entries and history."""

from __future__ import annotations

from decimal import Decimal

import pgtrigger
from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from communities.history import APPEND_ONLY, Event, any_changes
from communities.models import Community
from contests.enums import (
    PUBLISHED_STATES,
    ContestAct,
    ContestState,
    EntryStatus,
    OnMisfit,
    PartFunding,
    PublicMethod,
    TieBreak,
)
from contests.querysets import ContestQuerySet, EntryQuerySet
from contests.ruleset import Ruleset
from contests.voting_enums import ChoicesFrom
from programmes.models import Category, Programme, Zone
from proposals.models import Proposal


def default_tie_order() -> list[str]:
    return [tie.value for tie in Ruleset().tie_order]


class ContestRules(models.Model):
    """The columns of a `Ruleset`; `contests.ruleset` says what each means and `tally.md` what it does."""

    expert_weight = models.DecimalField(
        _("weight of the experts"), max_digits=5, decimal_places=4, default=Decimal("0.80")
    )
    public_weight = models.DecimalField(
        _("weight of the public"), max_digits=5, decimal_places=4, default=Decimal("0.20")
    )
    trim_each_side = models.PositiveSmallIntegerField(_("highest and lowest sheets dropped, each"), default=1)
    trim_min_panel = models.PositiveSmallIntegerField(_("dropped from how many sheets on"), default=5)
    quorum = models.PositiveSmallIntegerField(_("sheets an entry needs"), default=3)
    public_method = models.CharField(
        _("how votes become points"), max_length=20, choices=PublicMethod.choices, default=PublicMethod.SHARE_OF_TOP
    )
    floor = models.DecimalField(_("floor of the public score"), max_digits=5, decimal_places=2, default=Decimal(0))
    min_choices = models.PositiveIntegerField(_("choices on a ballot, at least"), default=1)
    max_choices = models.PositiveIntegerField(_("choices on a ballot, at most"), default=3)
    tie_order = ArrayField(
        models.CharField(max_length=20, choices=TieBreak.choices),
        verbose_name=_("tie-breaks"),
        default=default_tie_order,
    )
    seed = models.CharField(_("seed of the draw"), max_length=200, blank=True)
    budget = models.DecimalField(_("budget"), max_digits=14, decimal_places=2, null=True, blank=True)
    project_cap = models.DecimalField(_("cap per project"), max_digits=14, decimal_places=2, null=True, blank=True)
    community_cap = models.DecimalField(_("cap per community"), max_digits=14, decimal_places=2, null=True, blank=True)
    min_final_score = models.DecimalField(
        _("minimum composite score"), max_digits=5, decimal_places=2, default=Decimal(0)
    )
    min_votes = models.PositiveIntegerField(_("minimum votes"), default=0)
    one_per_community = models.BooleanField(_("first the best of each community"), default=False)
    max_per_category = models.PositiveIntegerField(_("awards per category, at most"), default=0)
    on_misfit = models.CharField(
        _("when an entry does not fit"), max_length=20, choices=OnMisfit.choices, default=OnMisfit.SKIP
    )
    part_funding = models.CharField(
        _("part funding"), max_length=10, choices=PartFunding.choices, default=PartFunding.NEVER
    )
    part_min_share = models.DecimalField(
        _("part funding from what share on"), max_digits=5, decimal_places=4, default=Decimal("0.50")
    )
    reserve = models.PositiveIntegerField(_("places on the reserve list"), default=0)

    class Meta:
        abstract = True

    @property
    def ruleset(self) -> Ruleset:
        return Ruleset(
            expert_weight=self.expert_weight,
            public_weight=self.public_weight,
            trim_each_side=self.trim_each_side,
            trim_min_panel=self.trim_min_panel,
            quorum=self.quorum,
            public_method=PublicMethod(self.public_method),
            floor=self.floor,
            min_choices=self.min_choices,
            max_choices=self.max_choices,
            tie_order=tuple(TieBreak(tie) for tie in self.tie_order),
            seed=self.seed,
            budget=self.budget,
            project_cap=self.project_cap,
            community_cap=self.community_cap,
            min_final_score=self.min_final_score,
            min_votes=self.min_votes,
            one_per_community=self.one_per_community,
            max_per_category=self.max_per_category,
            on_misfit=OnMisfit(self.on_misfit),
            part_funding=PartFunding(self.part_funding),
            part_min_share=self.part_min_share,
            reserve=self.reserve,
        )


# Rules of the vote that the tally does not know, fixed with the others.
BALLOT_RULES = ("choices_from", "counts_hidden", "turnout_ceiling")
RULES_CHANGE = any_changes((*Ruleset.__dataclass_fields__, *BALLOT_RULES, "rules_sha256", "is_blind", "shows_scores"))
# FOR SHARE: a rubric that is being changed and a contest that is being opened wait for each other.
CONTEST_DRAFT = "(SELECT state FROM contests_contest WHERE id = %s FOR SHARE) = 'DRAFT'"


class Contest(ContestRules):
    """A round of a programme. Its rules are hashed at opening and fixed from then on.

    Scoring and voting have windows of their own inside the open contest; each is open from its first moment up to,
    not including, its last.
    """

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="contests", verbose_name=_("programme")
    )
    name = models.CharField(_("name"), max_length=100)
    state = models.CharField(_("state"), max_length=12, choices=ContestState.choices, default=ContestState.DRAFT)
    scoring_opens_at = models.DateTimeField(_("scoring opens"), null=True, blank=True)
    scoring_closes_at = models.DateTimeField(_("scoring closes"), null=True, blank=True)
    voting_opens_at = models.DateTimeField(_("voting opens"), null=True, blank=True)
    voting_closes_at = models.DateTimeField(_("voting closes"), null=True, blank=True)
    choices_from = models.CharField(
        _("what a voter may choose"), max_length=20, choices=ChoicesFrom.choices, default=ChoicesFrom.ALL
    )
    counts_hidden = models.BooleanField(
        _("nobody sees counts before voting is over"),
        default=True,
        help_text=_("Otherwise the office sees a live tally while people vote."),
    )
    is_blind = models.BooleanField(
        _("experts do not see who applies"),
        default=False,
        help_text=_(
            "Until the result is published no page shows teams and authors, and experts get no attached papers. "
            "What is written in a proposal should name nobody."
        ),
    )
    shows_scores = models.BooleanField(
        _("experts see the others' scores"),
        default=False,
        help_text=_("Of an entry, without names, once their own sheet for it is in."),
    )
    turnout_ceiling = models.PositiveSmallIntegerField(
        _("turnout that is looked at (%)"),
        default=60,
        help_text=_("Per cent of the registered population of a community; more voters are flagged."),
    )
    rules_sha256 = models.CharField(_("hash of the rules"), max_length=64, blank=True, editable=False)
    # SHA-256 of the archive this contest was read from; blank for one run here.
    source_sha256 = models.CharField(max_length=64, blank=True, editable=False)
    opened_at = models.DateTimeField(_("opened at"), null=True, blank=True, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)

    objects = ContestQuerySet.as_manager()

    class Meta:
        verbose_name = _("contest")
        verbose_name_plural = _("contests")
        ordering = ["-created_at", "-pk"]
        triggers = [
            pgtrigger.Protect(
                name="rules_frozen",
                operation=pgtrigger.Update,
                condition=~pgtrigger.Q(old__state=ContestState.DRAFT) & RULES_CHANGE,
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["source_sha256"],
                condition=~Q(source_sha256=""),
                name="contests_contest_archive_once",
                violation_error_message=_("This archive has been imported already."),
            ),
            models.CheckConstraint(
                condition=Q(expert_weight__gte=0, public_weight__gte=0)
                & Q(expert_weight=Decimal(1) - F("public_weight")),
                name="contests_contest_weights_sum_to_one",
                violation_error_message=_("The two weights must add up to 1."),
            ),
            models.CheckConstraint(
                condition=Q(floor__gte=0, floor__lte=100),
                name="contests_contest_floor_0_100",
                violation_error_message=_("The floor lies between 0 and 100."),
            ),
            models.CheckConstraint(
                condition=Q(min_choices__gte=1, max_choices__gte=F("min_choices")),
                name="contests_contest_choices_in_order",
                violation_error_message=_("A ballot has at least one choice, and no fewer at most than at least."),
            ),
            models.CheckConstraint(
                condition=Q(state=ContestState.DRAFT) | ~Q(rules_sha256=""),
                name="contests_contest_rules_hashed",
                violation_error_message=_("The rules are hashed when the contest opens."),
            ),
            models.CheckConstraint(
                condition=Q(scoring_closes_at__gt=F("scoring_opens_at"))
                | Q(scoring_opens_at__isnull=True)
                | Q(scoring_closes_at__isnull=True),
                name="contests_contest_scoring_window",
                violation_error_message=_("Scoring closes after it opens."),
            ),
            models.CheckConstraint(
                condition=Q(voting_closes_at__gt=F("voting_opens_at"))
                | Q(voting_opens_at__isnull=True)
                | Q(voting_closes_at__isnull=True),
                name="contests_contest_voting_window",
                violation_error_message=_("Voting closes after it opens."),
            ),
        ]

    def __str__(self) -> str:
        return self.name

    def get_absolute_url(self) -> str:
        return reverse("contest_detail", args=[self.pk])

    @property
    def hides_names(self) -> bool:
        """Whether nobody is told who applies (`EntryQuerySet.judged_blind` says the same in SQL)."""
        return self.is_blind and self.state not in PUBLISHED_STATES

    @property
    def is_imported(self) -> bool:
        """Whether it was read from an archive: a public record of a contest, to be tallied but never acted upon."""
        return bool(self.source_sha256)


class ContestSecret(models.Model):
    """The key under which voters are hashed. It is destroyed when the result is confirmed."""

    contest = models.OneToOneField(Contest, on_delete=models.CASCADE, related_name="secret")
    key = models.CharField(max_length=64)

    class Meta:
        verbose_name = _("secret of a contest")
        verbose_name_plural = _("secrets of contests")

    def __str__(self) -> str:
        return str(self.contest)


class ContestCommunity(models.Model):
    """A community in a contest, with name, population and cap as they were when the contest opened."""

    contest = models.ForeignKey(
        Contest, on_delete=models.CASCADE, related_name="communities", verbose_name=_("contest")
    )
    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="+", verbose_name=_("community"))
    name = models.CharField(_("name"), max_length=40)
    registered_population = models.PositiveIntegerField(_("registered population"), null=True, blank=True)
    award_cap = models.DecimalField(_("cap"), max_digits=14, decimal_places=2, null=True, blank=True)

    class Meta:
        verbose_name = _("community in a contest")
        verbose_name_plural = _("communities in contests")
        ordering = ["community__code"]
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "community"],
                name="contests_contestcommunity_once",
                violation_error_message=_("This community is in the contest already."),
            )
        ]

    def __str__(self) -> str:
        return self.name


class Entry(models.Model):
    """A proposal in a contest. What it is judged and funded by is copied here and fixed at entry."""

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="entries", verbose_name=_("contest"))
    proposal = models.ForeignKey(Proposal, on_delete=models.PROTECT, related_name="entries", verbose_name=_("proposal"))
    number = models.CharField(_("number"), max_length=40)
    title = models.CharField(_("title"), max_length=200)
    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="+", verbose_name=_("community"))
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="+", verbose_name=_("category"))
    zone = models.ForeignKey(
        Zone, on_delete=models.PROTECT, null=True, blank=True, related_name="+", verbose_name=_("zone")
    )
    requested_amount = models.DecimalField(_("requested amount"), max_digits=14, decimal_places=2)
    status = models.CharField(_("status"), max_length=12, choices=EntryStatus.choices, default=EntryStatus.IN)

    objects = EntryQuerySet.as_manager()

    class Meta:
        verbose_name = _("entry")
        verbose_name_plural = _("entries")
        ordering = ["number"]
        triggers = [
            pgtrigger.ReadOnly(name="frozen_at_entry", exclude=["status"]),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "number"],
                name="contests_entry_number_once",
                violation_error_message=_("This number is taken."),
            ),
            models.UniqueConstraint(
                fields=["contest", "proposal"],
                name="contests_entry_proposal_once",
                violation_error_message=_("This proposal is in the contest already."),
            ),
            models.CheckConstraint(
                condition=Q(requested_amount__gte=0),
                name="contests_entry_amount_not_negative",
                violation_error_message=_("The requested amount cannot be negative."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number} {self.title}"

    def get_absolute_url(self) -> str:
        return reverse("entry_detail", args=[self.pk])


class ContestEvent(Event):
    contest = models.ForeignKey(Contest, on_delete=models.PROTECT, related_name="events", verbose_name=_("contest"))

    class Meta(Event.Meta):
        verbose_name = _("event of a contest")
        verbose_name_plural = _("events of contests")
        triggers = APPEND_ONLY
        indexes = [
            models.Index(
                fields=["at", "id"], condition=Q(notified_at__isnull=True), name="contests_contestevent_outbox"
            )
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["contest"],
                condition=Q(reason=ContestAct.VOTING_OPENED),
                name="contests_contestevent_voting_opens_once",
                violation_error_message=_("Voting in a contest begins once."),
            )
        ]

    def get_to_state_display(self) -> str:
        return str(ContestState(self.to_state).label)

    def get_reason_display(self) -> str:
        return str(ContestAct(self.reason).label) if self.reason else ""
