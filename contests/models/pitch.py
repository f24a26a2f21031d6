"""The pitch session (路演): where and when entries are presented, in which order, and who is on."""

from __future__ import annotations

from django.db import models
from django.db.models import Deferrable, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from contests.models.contest import Contest, Entry
from contests.pitch_enums import ON_STAGE, PitchState
from contests.querysets import PitchSlotQuerySet

STAGED = Q(state__in=sorted(ON_STAGE))


class PitchSession(models.Model):
    """The session of a contest. Whoever acts on it names the `revision` they saw, so that no two hosts act at once.

    `on_now` is the position of the slot that is on. Its clock runs until `ends_at`, or stands with `seconds_left`.
    """

    contest = models.OneToOneField(
        Contest, on_delete=models.CASCADE, related_name="pitch_session", verbose_name=_("contest")
    )
    place = models.CharField(pgettext_lazy("pitch session", "place"), max_length=100)
    starts_at = models.DateTimeField(_("begins"))
    minutes = models.PositiveSmallIntegerField(_("minutes per pitch"), default=5)
    pause = models.PositiveSmallIntegerField(_("minutes between two communities"), default=0)
    state = models.CharField(_("state"), max_length=10, choices=PitchState.choices, default=PitchState.PLANNED)
    on_now = models.PositiveSmallIntegerField(_("who is on"), null=True, blank=True)
    ends_at = models.DateTimeField(_("the clock runs until"), null=True, blank=True)
    seconds_left = models.PositiveIntegerField(_("seconds on the standing clock"), null=True, blank=True)
    revision = models.PositiveIntegerField(default=0, editable=False)
    changed_at = models.DateTimeField(_("changed at"))

    class Meta:
        verbose_name = _("pitch session")
        verbose_name_plural = _("pitch sessions")
        constraints = [
            models.CheckConstraint(
                condition=Q(minutes__gte=1, minutes__lte=60),
                name="contests_pitchsession_minutes_1_60",
                violation_error_message=_("A pitch takes between 1 and 60 minutes."),
            ),
            models.CheckConstraint(
                condition=Q(pause__lte=120),
                name="contests_pitchsession_pause_0_120",
                violation_error_message=_("A pause takes at most 120 minutes."),
            ),
            models.CheckConstraint(
                condition=(STAGED & Q(on_now__isnull=False)) | (~STAGED & Q(on_now__isnull=True)),
                name="contests_pitchsession_on_stage",
                violation_error_message=_("Somebody is on as long as the session is under way."),
            ),
            models.CheckConstraint(
                condition=Q(state=PitchState.RUNNING, ends_at__isnull=False, seconds_left__isnull=True)
                | Q(state=PitchState.PAUSED, ends_at__isnull=True, seconds_left__isnull=False)
                | (~STAGED & Q(ends_at__isnull=True, seconds_left__isnull=True)),
                name="contests_pitchsession_clock",
                violation_error_message=_("The clock runs, stands, or is off, as the session is."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.contest}, {self.place}"


class PitchSlot(models.Model):
    """An entry's turn. Its score stands on the big screen once the host has revealed it (亮分)."""

    session = models.ForeignKey(
        PitchSession, on_delete=models.CASCADE, related_name="slots", verbose_name=_("pitch session")
    )
    entry = models.ForeignKey(Entry, on_delete=models.CASCADE, related_name="pitch_slots", verbose_name=_("entry"))
    position = models.PositiveSmallIntegerField(_("position"))
    revealed_at = models.DateTimeField(_("score shown since"), null=True, blank=True)

    objects = PitchSlotQuerySet.as_manager()

    class Meta:
        verbose_name = _("pitch")
        verbose_name_plural = _("pitches")
        ordering = ["position"]
        constraints = [
            models.UniqueConstraint(
                fields=["entry"],
                name="contests_pitchslot_entry_once",
                violation_error_message=_("An entry is presented once."),
            ),
            # Looked at when a statement is done, so that slots can change places in one.
            models.UniqueConstraint(
                fields=["session", "position"],
                deferrable=Deferrable.IMMEDIATE,
                name="contests_pitchslot_position_once",
                violation_error_message=_("Two pitches cannot have the same position."),
            ),
            models.CheckConstraint(
                condition=Q(position__gte=1),
                name="contests_pitchslot_position_from_1",
                violation_error_message=_("Positions begin with 1."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.position}. {self.entry}"
