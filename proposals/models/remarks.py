"""Questions about ideas and their answers: read by everyone only after an officer released them (先审后发)."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxLengthValidator, MinLengthValidator
from django.db import models
from django.db.models import Q
from django.utils.text import Truncator
from django.utils.translation import gettext_lazy as _

from communities.history import APPEND_ONLY, Event
from proposals.models.ideas import Idea
from proposals.remark_enums import RemarkState
from proposals.remark_querysets import RemarkQuerySet, RemarkReportQuerySet

REMARK_LENGTH = (5, 300)
REPORT_LENGTH = 200


class Remark(models.Model):
    """A resident's question about an idea, or an answer to one. Nothing of it is ever rewritten or deleted."""

    idea = models.ForeignKey(Idea, on_delete=models.PROTECT, related_name="remarks", verbose_name=_("idea"))
    # Empty for a question.
    question = models.ForeignKey(
        "self",
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="answers",
        verbose_name=_("answer to"),
    )
    author = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="remarks", verbose_name=_("who")
    )
    # Answered in office, and not as the author of the idea.
    from_office = models.BooleanField(_("from the office"), default=False)
    text = models.TextField(
        _("text"), validators=[MinLengthValidator(REMARK_LENGTH[0]), MaxLengthValidator(REMARK_LENGTH[1])]
    )
    state = models.CharField(
        _("state"), max_length=10, choices=RemarkState.choices, default=RemarkState.PENDING, editable=False
    )
    # Sent with the form, so that a double click does not ask twice.
    key = models.UUIDField(editable=False)
    written_at = models.DateTimeField(_("written at"))

    objects = RemarkQuerySet.as_manager()

    class Meta:
        verbose_name = _("question or answer")
        verbose_name_plural = _("questions and answers")
        ordering = ["written_at", "pk"]
        indexes = [
            # What waits to be released, the oldest first.
            models.Index(
                fields=["written_at", "id"], condition=Q(state=RemarkState.PENDING), name="proposals_remark_queue"
            ),
        ]
        constraints = [
            models.UniqueConstraint(
                fields=["author", "key"],
                name="proposals_remark_once",
                violation_error_message=_("This has arrived already."),
            ),
            models.CheckConstraint(
                condition=~Q(text=""),
                name="proposals_remark_says_something",
                violation_error_message=_("Write what you want to know, or what you answer."),
            ),
            models.CheckConstraint(
                condition=Q(from_office=False) | Q(question__isnull=False),
                name="proposals_remark_office_answers",
                violation_error_message=_("The office answers questions; it asks none here."),
            ),
        ]

    def __str__(self) -> str:
        return Truncator(self.text).chars(40)

    def get_absolute_url(self) -> str:
        return f"{self.idea.get_absolute_url()}?questions=all#question-{self.question_id or self.pk}"


class RemarkEvent(Event):
    remark = models.ForeignKey(
        Remark, on_delete=models.PROTECT, related_name="events", verbose_name=_("question or answer")
    )

    class Meta(Event.Meta):
        verbose_name = _("event of a question or answer")
        verbose_name_plural = _("events of questions and answers")
        triggers = APPEND_ONLY
        indexes = [models.Index(fields=["notified_at", "at"], name="proposals_remark_outbox")]

    def get_to_state_display(self) -> str:
        return str(RemarkState(self.to_state).label)

    def get_reason_display(self) -> str:
        return ""


class RemarkReport(models.Model):
    """Somebody finds that a released question or answer should not stand there, and says why."""

    remark = models.ForeignKey(
        Remark, on_delete=models.PROTECT, related_name="reports", verbose_name=_("question or answer")
    )
    user = models.ForeignKey(
        settings.AUTH_USER_MODEL, on_delete=models.PROTECT, related_name="remark_reports", verbose_name=_("who")
    )
    reason = models.CharField(_("why"), max_length=REPORT_LENGTH)
    at = models.DateTimeField(_("when"))
    # Empty until an officer has hidden the remark or found that it may stay.
    settled_at = models.DateTimeField(_("settled at"), null=True, blank=True)
    settled_by = models.ForeignKey(
        settings.AUTH_USER_MODEL,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        related_name="+",
        verbose_name=_("settled by"),
    )

    objects = RemarkReportQuerySet.as_manager()

    class Meta:
        verbose_name = _("report")
        verbose_name_plural = _("reports")
        ordering = ["at", "pk"]
        constraints = [
            models.UniqueConstraint(
                fields=["remark", "user"],
                condition=Q(settled_at__isnull=True),
                name="proposals_remarkreport_once",
                violation_error_message=_("You have reported this already."),
            ),
            models.CheckConstraint(
                condition=~Q(reason=""),
                name="proposals_remarkreport_says_why",
                violation_error_message=_("Say what is wrong with it."),
            ),
            models.CheckConstraint(
                condition=Q(settled_at__isnull=True, settled_by__isnull=True)
                | Q(settled_at__isnull=False, settled_by__isnull=False),
                name="proposals_remarkreport_settled_whole",
                violation_error_message=_("A report is settled by somebody, at a time."),
            ),
        ]

    def __str__(self) -> str:
        return self.reason
