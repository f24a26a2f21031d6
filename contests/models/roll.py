"""The electoral roll: who may vote, how they came onto it, and the codes that open a ballot without an account.

A line is a voter, and a voter has one ballot on whatever way they come: by account, by the household code that was
given to them, with a helper, or on paper. The roll says that and how someone voted, never when or what.
"""

from __future__ import annotations

from django.conf import settings
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from communities.history import UNALTERABLE
from communities.models import Community
from contests.models.contest import Contest
from contests.querysets import HouseholdCodeQuerySet, VoterQuerySet
from contests.voting_enums import CodeState, CodeVoidReason, RollAct, RollSource, VoteWay


class Voter(models.Model):
    """A line of the electoral roll of a contest.

    `reference` is the number under which the residents' committee keeps the person or household; there is no name and
    no address. `phone_hash` recognises the person when they come with an account.
    """

    # The unique constraints begin with the contest. An index of it alone would be one more to keep, and on a roll that grows
    # fast a line is looked for through it, among all lines, until the database has counted them.
    contest = models.ForeignKey(
        Contest, on_delete=models.CASCADE, db_index=False, related_name="voters", verbose_name=_("contest")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="voters",
        verbose_name=_("user"),
    )
    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="+", verbose_name=_("community"))
    source = models.CharField(_("came by"), max_length=10, choices=RollSource.choices, default=RollSource.RESIDENCY)
    reference = models.CharField(_("number on the roster"), max_length=40, blank=True)
    phone_hash = models.CharField(max_length=64, null=True, blank=True, editable=False)
    is_adult = models.BooleanField(_("declared to be 18 or older"), default=False)
    has_voted = models.BooleanField(_("has voted"), default=False)
    way = models.CharField(_("voted how"), max_length=10, choices=VoteWay.choices, blank=True, default=VoteWay.NONE)
    unmarking_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("asked to take the paper mark back"),
    )
    # A line that was struck off stays, so that nobody comes onto the roll again by themselves.
    struck_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("struck off by"),
    )
    # Once voting is over: nobody who voted with an account voted by this line as well.
    told_apart_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        db_index=False,
        related_name="+",
        verbose_name=_("told apart from the accounts by"),
    )

    objects = VoterQuerySet.as_manager()

    class Meta:
        verbose_name = _("voter")
        verbose_name_plural = _("electoral roll")
        # By the number: the order of contests would be joined, and the contest locked for all when a voter locks a line.
        ordering = ["contest_id", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "user"],
                name="contests_voter_once",
                violation_error_message=_("This person is on the roll already."),
            ),
            models.UniqueConstraint(
                fields=["contest", "phone_hash"],
                name="contests_voter_phone_once",
                violation_error_message=_("The person with this mobile number is on the roll already."),
            ),
            models.UniqueConstraint(
                fields=["contest", "community", "reference"],
                condition=~Q(reference=""),
                name="contests_voter_reference_once",
                violation_error_message=_("This number is on the roll already."),
            ),
            models.CheckConstraint(
                condition=Q(has_voted=False, way=VoteWay.NONE) | (Q(has_voted=True) & ~Q(way=VoteWay.NONE)),
                name="contests_voter_way_of_vote",
                violation_error_message=_("Of who has voted the roll says how."),
            ),
            models.CheckConstraint(
                condition=Q(has_voted=False) | Q(is_adult=True),
                name="contests_voter_adults_vote",
                violation_error_message=_("Only who is 18 or older votes."),
            ),
            models.CheckConstraint(
                condition=Q(unmarking_by__isnull=True) | Q(way=VoteWay.PAPER),
                name="contests_voter_unmarking_of_paper",
                violation_error_message=_("Only a paper mark is taken back."),
            ),
            models.CheckConstraint(
                condition=Q(struck_by__isnull=True) | Q(has_voted=False),
                name="contests_voter_struck_has_no_vote",
                violation_error_message=_("Who has voted is not struck off the roll."),
            ),
        ]

    def __str__(self) -> str:
        return self.reference or (str(self.user) if self.user_id else str(self.get_source_display()))


class RollEvent(models.Model):
    """What somebody of the office did to the roll, and on which day: not when, for that could be held against ballots.

    `line` is the number of the line, which may be gone since; `lines` how many it was about.
    """

    contest = models.ForeignKey(
        Contest, on_delete=models.PROTECT, related_name="roll_events", verbose_name=_("contest")
    )
    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="+", verbose_name=_("community"))
    act = models.CharField(_("act"), max_length=16, choices=RollAct.choices)
    line = models.PositiveBigIntegerField(_("line of the roll"), null=True, blank=True)
    reference = models.CharField(_("number on the roster"), max_length=40, blank=True)
    lines = models.PositiveIntegerField(_("number of lines"), default=1)
    note = models.CharField(_("note"), max_length=200, blank=True)
    by = models.ForeignKey(settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("who"))
    day = models.DateField(_("day"), auto_now_add=True)

    class Meta:
        verbose_name = _("act on the roll")
        verbose_name_plural = _("acts on the roll")
        ordering = ["-pk"]
        triggers = UNALTERABLE
        constraints = [
            models.CheckConstraint(
                condition=~Q(act=RollAct.STRUCK) | ~Q(note=""),
                name="contests_rollevent_struck_with_reason",
                violation_error_message=_("Nobody is struck off the roll without a reason."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.get_act_display()} · {self.day}"


class CodeBatch(models.Model):
    """Household codes issued together for one community; they are printed at once and not kept."""

    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="batches", verbose_name=_("contest"))
    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="+", verbose_name=_("community"))
    # Made with the form: a page that is sent twice issues its codes once.
    key = models.UUIDField(unique=True, editable=False)
    issued_by = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("issued by")
    )
    issued_at = models.DateTimeField(_("issued at"))

    class Meta:
        verbose_name = _("sheet of household codes")
        verbose_name_plural = _("sheets of household codes")
        ordering = ["-issued_at", "-pk"]

    def __str__(self) -> str:
        return f"{self.community} {self.pk}"


class HouseholdCode(models.Model):
    """One household's code. `serial` runs within a community of the contest and stands on the paper.

    `voter` is the line of the roll that the code opened; it is forgotten when the result is confirmed, `was_used` is not.
    """

    batch = models.ForeignKey(CodeBatch, on_delete=models.CASCADE, related_name="codes", verbose_name=_("sheet"))
    contest = models.ForeignKey(Contest, on_delete=models.CASCADE, related_name="codes", verbose_name=_("contest"))
    community = models.ForeignKey(Community, on_delete=models.PROTECT, related_name="+", verbose_name=_("community"))
    serial = models.PositiveIntegerField(_("serial number"))
    code_hash = models.CharField(max_length=64, unique=True, editable=False)
    voter = models.OneToOneField(
        Voter, on_delete=models.SET_NULL, null=True, blank=True, related_name="code", verbose_name=_("voter")
    )
    was_used = models.BooleanField(_("used"), default=False)
    replaces = models.OneToOneField(
        "self", on_delete=models.PROTECT, null=True, blank=True, related_name="replaced_by", verbose_name=_("replaces")
    )
    void_reason = models.CharField(_("why void"), max_length=10, choices=CodeVoidReason.choices, blank=True)
    voided_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("voided by"),
    )
    voided_at = models.DateTimeField(_("voided at"), null=True, blank=True)

    objects = HouseholdCodeQuerySet.as_manager()

    class Meta:
        verbose_name = _("household code")
        verbose_name_plural = _("household codes")
        ordering = ["serial"]
        constraints = [
            models.UniqueConstraint(
                fields=["contest", "community", "serial"],
                name="contests_householdcode_serial_once",
                violation_error_message=_("This serial number is taken."),
            ),
            models.CheckConstraint(
                condition=Q(voided_at__isnull=True, void_reason="") | (Q(voided_at__isnull=False) & ~Q(void_reason="")),
                name="contests_householdcode_void_with_reason",
                violation_error_message=_("A code is void with a reason and a date, or not at all."),
            ),
            models.CheckConstraint(
                condition=Q(replaces__isnull=True) | ~Q(replaces=F("id")),
                name="contests_householdcode_replaces_another",
                violation_error_message=_("A code replaces another one."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.serial:04}"

    @property
    def state(self) -> CodeState:
        if self.voided_at is not None:
            return CodeState.VOID
        return CodeState.USED if self.was_used else CodeState.FREE
