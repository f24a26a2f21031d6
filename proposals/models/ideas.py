"""Ideas, who seconds them, and their screening."""

from __future__ import annotations

import uuid

import pghistory
from django.conf import settings
from django.contrib.postgres.indexes import GinIndex
from django.core.validators import MaxLengthValidator, MinLengthValidator
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from communities import names
from communities.fulltext import WithoutWords, words_of
from communities.history import APPEND_ONLY, UNALTERABLE, Event
from communities.models import Community
from programmes.models import Category, Programme
from proposals import receipts
from proposals.enums import (
    IDEA_PUBLIC_STATES,
    IdeaChannel,
    IdeaState,
    ScreeningDecision,
    ScreeningReason,
    Verdict,
)
from proposals.querysets import IdeaPhotoQuerySet, IdeaQuerySet, ScreeningQuerySet

TITLE_LENGTH = (4, 30)
TEXT_LENGTH = (20, 500)

MAX_PHOTOS = 3
# For why a photo was taken down.
REASON_LENGTH = 200


def photo_path(photo: IdeaPhoto, filename: str) -> str:
    """Where a photo's file lies in the storage."""
    return f"ideas/{photo.idea_id}/{filename}"


IdeaManager = WithoutWords.from_queryset(IdeaQuerySet)


@pghistory.track(
    model_name="IdeaVersion",
    fields=["title", "problem", "solution", "category", "community"],
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
        help_text=_("As the resident wants to be named in public; empty when they do not want it."),
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
        indexes = [
            # The screening queue, and the public list by state, newest first.
            models.Index(fields=["programme", "state", "submitted_at"], name="proposals_idea_queue"),
            # The public list of a year, and its count however it is filtered.
            models.Index(
                fields=["programme", "-submitted_at", "-id"],
                include=["community", "category", "state"],
                condition=Q(state__in=sorted(IDEA_PUBLIC_STATES)),
                name="proposals_idea_public",
            ),
            # The public ideas of a community, and how many each has.
            models.Index(
                fields=["community", "-submitted_at", "-id"],
                condition=Q(state__in=sorted(IDEA_PUBLIC_STATES)),
                name="proposals_idea_of_community",
            ),
            # The office's list of all ideas.
            models.Index(fields=["submitted_at", "id"], name="proposals_idea_by_date"),
            GinIndex(fields=["words"], name="proposals_idea_words"),
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
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("idea_detail", args=[self.pk])


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


class IdeaPhoto(models.Model):
    """A picture of the place or the problem, as `photos.develop` makes it: no metadata, sides in pixels."""

    idea = models.ForeignKey(Idea, on_delete=models.CASCADE, related_name="photos", verbose_name=_("idea"))
    position = models.PositiveSmallIntegerField(_("position"))
    image = models.FileField(_("photo"), upload_to=photo_path)
    # Empty until a worker has made it.
    thumbnail = models.FileField(_("small photo"), upload_to=photo_path, blank=True)
    digest = models.CharField(_("SHA-256"), max_length=64)
    width = models.PositiveIntegerField(_("width"))
    height = models.PositiveIntegerField(_("height"))
    added_at = models.DateTimeField(_("added at"))
    # The file is missing or cannot be read: no worker tries again.
    unreadable_at = models.DateTimeField(_("found unreadable at"), null=True, blank=True)
    # Taken down by an officer; the row and the file stay, and only the office sees them.
    taken_down_at = models.DateTimeField(_("taken down at"), null=True, blank=True)
    taken_down_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("taken down by"),
    )
    taken_down_reason = models.CharField(
        _("why it was taken down"), max_length=REASON_LENGTH, blank=True, default="", db_default=""
    )

    objects = IdeaPhotoQuerySet.as_manager()

    class Meta:
        verbose_name = _("photo")
        verbose_name_plural = _("photos")
        ordering = ["position"]
        indexes = [
            # The work that waits for a worker.
            models.Index(
                fields=["id"],
                condition=Q(thumbnail="", unreadable_at__isnull=True),
                name="proposals_photo_undeveloped",
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["idea", "position"],
                name="proposals_ideaphoto_place_once",
                violation_error_message=_("There is a photo in this place already."),
            ),
            models.UniqueConstraint(
                fields=["idea", "digest"],
                name="proposals_ideaphoto_once",
                violation_error_message=_("This photo is there already."),
            ),
            models.CheckConstraint(
                condition=Q(position__lt=MAX_PHOTOS),
                name="proposals_ideaphoto_three_at_most",
                violation_error_message=_("An idea has three photos at most."),
            ),
            models.CheckConstraint(
                condition=Q(taken_down_at__isnull=True, taken_down_by__isnull=True, taken_down_reason="")
                | (Q(taken_down_at__isnull=False, taken_down_by__isnull=False) & ~Q(taken_down_reason="")),
                name="proposals_ideaphoto_taken_down_with_reason",
                violation_error_message=_("A photo is taken down by somebody, at a time and for a reason."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.idea} – {self.position + 1}"

    def get_absolute_url(self) -> str:
        return reverse("idea_photo", args=[self.idea_id, self.digest])


class Screening(models.Model):
    """One officer's judgement of an idea by the three criteria, with the decision that followed."""

    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="screenings", verbose_name=_("idea"))
    officer = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="+", verbose_name=_("officer")
    )
    public_benefit = models.CharField(_("public benefit"), max_length=5, choices=Verdict.choices)
    sustainability = models.CharField(_("sustainability"), max_length=5, choices=Verdict.choices)
    capacity_building = models.CharField(
        _("potential to grow community organisations"), max_length=5, choices=Verdict.choices
    )
    # Why the officer judged so; these stay in the office.
    public_benefit_note = models.CharField(_("note on public benefit"), max_length=200, blank=True)
    sustainability_note = models.CharField(_("note on sustainability"), max_length=200, blank=True)
    capacity_building_note = models.CharField(_("note on community organisations"), max_length=200, blank=True)
    decision = models.CharField(_("decision"), max_length=10, choices=ScreeningDecision.choices)
    reason = models.CharField(_("reason"), max_length=20, choices=ScreeningReason.choices, blank=True)
    note = models.TextField(_("message to the resident"), blank=True, validators=[MaxLengthValidator(500)])
    at = models.DateTimeField(_("when"))
    # The text that was judged, as `Idea.revision` counts; empty for what was screened before this was kept.
    revision = models.PositiveIntegerField(_("version of the text"), null=True, editable=False)
    # Doubtful ideas need two officers: the first one's judgement moves nothing until the second has decided.
    is_opinion = models.BooleanField(_("first opinion"), default=False, editable=False)

    objects = ScreeningQuerySet.as_manager()

    class Meta:
        verbose_name = _("screening")
        verbose_name_plural = _("screenings")
        ordering = ["at", "pk"]
        triggers = UNALTERABLE
        constraints = [
            models.CheckConstraint(
                condition=Q(decision=ScreeningDecision.ACCEPT) | ~Q(reason=""),
                name="proposals_screening_reason_given",
                violation_error_message=_("Every decision but acceptance needs a reason."),
            ),
            models.CheckConstraint(
                condition=~Q(decision=ScreeningDecision.ACCEPT)
                | ~(
                    Q(public_benefit=Verdict.FAIL) | Q(sustainability=Verdict.FAIL) | Q(capacity_building=Verdict.FAIL)
                ),
                name="proposals_screening_accepted_passes",
                violation_error_message=_("An idea that fails a criterion cannot be accepted."),
            ),
            models.UniqueConstraint(
                fields=["idea", "revision"],
                condition=Q(is_opinion=True),
                name="proposals_screening_one_opinion",
                violation_error_message=_("Somebody has given a first opinion of this text already."),
            ),
            models.CheckConstraint(
                condition=Q(is_opinion=False)
                | Q(revision__isnull=False)
                & ~Q(decision=ScreeningDecision.RETURN)
                & (
                    Q(public_benefit=Verdict.DOUBT)
                    | Q(sustainability=Verdict.DOUBT)
                    | Q(capacity_building=Verdict.DOUBT)
                ),
                name="proposals_screening_opinion_doubts",
                violation_error_message=_("Only a doubtful judgement is a first opinion."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.idea} – {self.get_decision_display()}"


class IdeaEvent(Event):
    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="events", verbose_name=_("idea"))

    class Meta(Event.Meta):
        verbose_name = _("event of an idea")
        verbose_name_plural = _("events of ideas")
        triggers = APPEND_ONLY
        indexes = [models.Index(fields=["notified_at", "at"], name="proposals_ideaevent_outbox")]

    def get_to_state_display(self) -> str:
        return str(IdeaState(self.to_state).label)

    def get_reason_display(self) -> str:
        return str(ScreeningReason(self.reason).label) if self.reason else ""
