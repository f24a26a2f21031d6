"""Ideas, what happened to them, and who seconds them."""

from __future__ import annotations

import uuid
from typing import TYPE_CHECKING, Any

import pghistory
import pgtrigger
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxLengthValidator, MaxValueValidator, MinLengthValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import cached_property
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from communities import names
from communities.fulltext import WithoutWords, words_of
from communities.history import APPEND_ONLY, Event, any_changes
from communities.models import Community
from programmes.models import Category, Programme
from proposals import receipts
from proposals.enums import DECIDED_FROM, IDEA_FROZEN_STATES, IdeaChannel, IdeaState, ScreeningReason
from proposals.querysets import IdeaEventQuerySet, IdeaQuerySet

if TYPE_CHECKING:
    from proposals.models.photos import IdeaPhoto

TITLE_LENGTH = (4, 30)
TEXT_LENGTH = (20, 500)
BENEFICIARIES = (1, 1_000_000)


# What the author writes: kept of each version, compared, and frozen once it was judged.
VERSIONED = (
    "title",
    "problem",
    "solution",
    "location_text",
    "beneficiaries",
    "beneficiary_estimate",
    "own_contribution",
    "category",
    "community",
)
TEXT_CHANGES = any_changes(VERSIONED)


def photo_path(photo: IdeaPhoto, filename: str) -> str:
    """Where a photo's file lies in the storage; migrations look for it here."""
    return f"ideas/{photo.idea_id}/{filename}"


IdeaManager = WithoutWords.from_queryset(IdeaQuerySet)


@pghistory.track(
    model_name="IdeaVersion",
    # When it was handed in is empty for what never was, which is nobody's but the author's.
    fields=[*VERSIONED, "submitted_at"],
    obj_field=pghistory.ObjForeignKey(related_name="versions"),
)
class Idea(models.Model):
    """What a resident proposes (金点子). It keeps its author and number for ever, whatever it is joined into."""

    programme = models.ForeignKey(
        Programme, on_delete=models.PROTECT, related_name="ideas", verbose_name=_("programme")
    )
    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="ideas", verbose_name=_("community")
    )
    category = models.ForeignKey(Category, on_delete=models.PROTECT, related_name="ideas", verbose_name=_("category"))
    # Empty for what came on paper or by telephone without a number to make an account of.
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="ideas",
        verbose_name=_("author"),
    )
    contributor_name = models.CharField(
        _("name shown"),
        max_length=names.LENGTH,
        blank=True,
        default="",
        db_default="",
        help_text=_("As the resident wants to be named; everyone reads it only if they agreed to that."),
    )
    title = models.CharField(
        _("title"),
        max_length=TITLE_LENGTH[1],
        validators=[MinLengthValidator(TITLE_LENGTH[0])],
        help_text=_("One sentence that says what you want, 4 to 30 characters."),
    )
    problem = models.TextField(
        _("what is the problem"),
        validators=[MinLengthValidator(TEXT_LENGTH[0]), MaxLengthValidator(TEXT_LENGTH[1])],
        help_text=_("What is it like today, and whom does it bother? 20 to 500 characters."),
    )
    solution = models.TextField(
        _("what could be done"),
        validators=[MinLengthValidator(TEXT_LENGTH[0]), MaxLengthValidator(TEXT_LENGTH[1])],
        help_text=_("What should be done, and how? 20 to 500 characters."),
    )
    own_contribution = models.CharField(
        _("what I can do for it"),
        max_length=100,
        blank=True,
        help_text=_("For example: an hour a week, tools, flyers."),
    )
    location_text = models.CharField(
        _("where"), max_length=50, blank=True, help_text=_("For example: the west gate. No door numbers, please.")
    )
    beneficiaries = models.CharField(
        _("who benefits"),
        max_length=100,
        blank=True,
        default="",
        db_default="",
        help_text=_("For example: older people without a lift, children on their way to school."),
    )
    beneficiary_estimate = models.PositiveIntegerField(
        _("about how many people"),
        null=True,
        blank=True,
        validators=[MinValueValidator(BENEFICIARIES[0]), MaxValueValidator(BENEFICIARIES[1])],
        help_text=_("A rough figure is enough; leave it empty if you do not know."),
    )
    willing_to_join = models.BooleanField(_("willing to work on the proposal"), default=False, db_default=False)
    # Which version of the privacy notice the resident agreed to (see `communities.privacy`), on the site or before an
    # officer; empty for ideas from before this was kept.
    consent_version = models.CharField(
        _("privacy notice agreed to"), max_length=20, blank=True, default="", db_default="", editable=False
    )
    consent_at = models.DateTimeField(_("agreed at"), null=True, blank=True, editable=False)
    # The separate consent to publish a name (Personal Information Protection Law §25); empty: nobody reads the name.
    name_consent_at = models.DateTimeField(_("agreed to show the name at"), null=True, blank=True, editable=False)
    channel = models.CharField(_("channel"), max_length=10, choices=IdeaChannel.choices, default=IdeaChannel.ONLINE)
    entered_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("entered by"),
    )
    # Handed out on paper; see `receipts`.
    receipt = models.CharField(_("receipt number"), max_length=receipts.LONGEST, null=True, blank=True, editable=False)
    state = models.CharField(_("state"), max_length=20, choices=IdeaState.choices, default=IdeaState.DRAFT)
    # Sent with the form, so that a double click or a reload after a lost answer does not make a second idea.
    submission_key = models.UUIDField(default=uuid.uuid4, editable=False)
    # Counts the saves of the text: a form that was opened before the last one is stale.
    revision = models.PositiveIntegerField(default=1, editable=False)
    created_at = models.DateTimeField(_("created at"), auto_now_add=True)
    submitted_at = models.DateTimeField(_("submitted at"), null=True, blank=True)
    words = words_of("title", "problem", "solution", "location_text")

    objects = IdeaManager()

    class Meta:
        verbose_name = _("idea")
        verbose_name_plural = _("ideas")
        ordering = ["-submitted_at", "-pk"]
        triggers = [
            # What officers judged, and what became part of a proposal, stays word for word as it was.
            pgtrigger.Protect(
                name="text_frozen",
                operation=pgtrigger.Update,
                condition=pgtrigger.Q(old__state__in=sorted(IDEA_FROZEN_STATES)) & TEXT_CHANGES,
            )
        ]
        indexes = [
            # The screening queue, and the public list by state, newest first.
            models.Index(fields=["programme", "state", "submitted_at"], name="proposals_idea_queue"),
            # The public list of a year, and its count however it is filtered; of all states, since what was just
            # decided is public as before.
            models.Index(
                fields=["programme", "-submitted_at", "-id"],
                include=["community", "category", "state"],
                name="proposals_idea_public",
            ),
            # The public ideas of a community, and how many each has.
            models.Index(
                fields=["community", "-submitted_at", "-id"],
                include=["state"],
                name="proposals_idea_of_community",
            ),
            # The office's list of all ideas.
            models.Index(fields=["submitted_at", "id"], name="proposals_idea_by_date"),
            # Looked into some hundred times for similar ideas: new rows go into it at once, not into a list beside it.
            GinIndex(fields=["words"], fastupdate=False, name="proposals_idea_words"),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["author", "submission_key"],
                name="proposals_idea_submitted_once",
                violation_error_message=_("This idea has arrived already."),
            ),
            models.CheckConstraint(
                condition=Q(state=IdeaState.DRAFT) | Q(state=IdeaState.WITHDRAWN) | Q(submitted_at__isnull=False),
                name="proposals_idea_submission_dated",
                violation_error_message=_("A submitted idea has a date."),
            ),
            models.CheckConstraint(
                condition=~Q(channel=IdeaChannel.ONLINE)
                | Q(author__isnull=False, entered_by__isnull=True, receipt__isnull=True, contributor_name=""),
                name="proposals_idea_online_by_author",
                violation_error_message=_("An idea that was handed in online has an author and no receipt."),
            ),
            models.CheckConstraint(
                condition=Q(channel=IdeaChannel.ONLINE) | Q(entered_by__isnull=False, receipt__isnull=False),
                name="proposals_idea_entered_by_officer",
                violation_error_message=_("An idea that was entered for a resident has an officer and a receipt."),
            ),
            models.UniqueConstraint(
                fields=["entered_by", "submission_key"],
                name="proposals_idea_entered_once",
                violation_error_message=_("This idea has been entered already."),
            ),
            models.UniqueConstraint(
                fields=["receipt"],
                name="proposals_idea_receipt_once",
                violation_error_message=_("This receipt number is taken."),
            ),
            models.CheckConstraint(
                condition=Q(beneficiary_estimate__isnull=True) | Q(beneficiary_estimate__range=BENEFICIARIES),
                name="proposals_idea_beneficiaries_counted",
                violation_error_message=_("An idea helps at least one person and at most a million."),
            ),
            models.CheckConstraint(
                condition=Q(consent_version="", consent_at__isnull=True)
                | (~Q(consent_version="") & Q(consent_at__isnull=False)),
                name="proposals_idea_consent_whole",
                violation_error_message=_("Consent has a version and a date."),
            ),
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("idea_detail", args=[self.pk])

    @cached_property
    def state_before(self) -> str:
        """Where it was before a decision so recent that nobody has been told and it may still be taken back; else empty."""
        known: str | None = getattr(self, "decided_from", None)
        if known is not None:
            return known
        return self.events.untold(timezone.now()).values_list("from_state", flat=True).first() or ""

    @property
    def shown_state(self) -> IdeaState:
        """The state for residents' eyes."""
        return IdeaState(self.state_before or self.state)

    def handed_in_versions(self) -> models.QuerySet[Any]:
        """The versions that the office got, the first one first; what was only a draft is not among them."""
        versions: models.QuerySet[Any] = self.versions.filter(submitted_at__isnull=False)  # type: ignore[attr-defined]
        return versions.order_by("pgh_id")


class ReceiptSeries(models.Model):
    """The last running number of the receipts that begin with a prefix; see `receipts.prefix_of`."""

    prefix = models.CharField(_("begins with"), max_length=receipts.PREFIX_LENGTH)
    last = models.PositiveIntegerField(_("last number"), default=0)

    class Meta:
        verbose_name = _("series of receipts")
        verbose_name_plural = _("series of receipts")
        constraints = [
            models.UniqueConstraint(
                fields=["prefix"],
                name="proposals_receiptseries_once",
                violation_error_message=_("This series exists already."),
            )
        ]

    def __str__(self) -> str:
        return self.prefix


class Seconding(models.Model):
    """A resident says that an idea is theirs too (附议); taken back, the row goes."""

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="secondings", verbose_name=_("idea"))
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.CASCADE, related_name="secondings", verbose_name=_("who")
    )
    at = models.DateTimeField(_("when"))

    class Meta:
        verbose_name = _("seconding")
        verbose_name_plural = _("secondings")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["idea", "user"],
                name="proposals_seconding_once",
                violation_error_message=_("You have seconded this idea already."),
            )
        ]

    def __str__(self) -> str:
        return f"{self.user} – {self.idea}"


class IdeaEvent(Event):
    """A decision may be taken back until it is told, so nobody is told of it before `not_before`."""

    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="events", verbose_name=_("idea"))
    not_before = models.DateTimeField(_("told from"), null=True, blank=True, editable=False)
    # The decision that this event took back; residents hear of neither.
    undoes = models.OneToOneField(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="undone_by",
        verbose_name=_("takes back"),
    )

    objects = IdeaEventQuerySet.as_manager()

    class Meta(Event.Meta):
        verbose_name = _("event of an idea")
        verbose_name_plural = _("events of ideas")
        triggers = APPEND_ONLY
        indexes = [
            models.Index(fields=["notified_at", "at"], name="proposals_ideaevent_outbox"),
            # Asked by every page with ideas: what may still be taken back, which is little and soon over.
            models.Index(
                fields=["not_before"],
                condition=Q(not_before__isnull=False, notified_at__isnull=True),
                name="proposals_ideaevent_untold",
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(undoes__isnull=True) | Q(to_state__in=sorted(DECIDED_FROM)),
                name="proposals_ideaevent_undone_goes_back",
                violation_error_message=_("What was decided about an idea is taken back by letting it be as before."),
            )
        ]

    @property
    def is_answer(self) -> bool:
        """The one event that moves nothing: whoever took the idea over has answered."""
        return self.from_state == self.to_state

    def get_to_state_display(self) -> str:
        if self.is_answer:
            return gettext("Answered by the receiver")
        return str(IdeaState(self.to_state).label)

    def get_reason_display(self) -> str:
        return str(ScreeningReason(self.reason).label) if self.reason else ""
