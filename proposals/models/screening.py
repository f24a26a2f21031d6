"""What officers judge of ideas."""

from __future__ import annotations

from django.conf import settings
from django.core.validators import MaxLengthValidator
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from communities.history import UNALTERABLE
from proposals.enums import ScreeningDecision, ScreeningReason, Verdict
from proposals.models.ideas import Idea, IdeaEvent
from proposals.screening_querysets import ScreeningQuerySet


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
    # The idea that says the same, which the resident reads of if everyone may; empty for what was judged before this was kept.
    duplicate_of = models.ForeignKey(
        Idea,
        on_delete=models.PROTECT,
        null=True,
        blank=True,
        editable=False,
        related_name="duplicates",
        verbose_name=_("same as idea"),
    )
    note = models.TextField(_("message to the resident"), blank=True, validators=[MaxLengthValidator(500)])
    at = models.DateTimeField(_("when"))
    # The text that was judged, as `Idea.revision` counts; empty for what was screened before this was kept.
    revision = models.PositiveIntegerField(_("version of the text"), null=True, editable=False)
    # Doubtful ideas need two officers: the first one's judgement moves nothing until the second has decided.
    is_opinion = models.BooleanField(_("first opinion"), default=False, editable=False)
    # What it moved; empty for first opinions, and for what was screened before this was kept.
    event = models.OneToOneField(
        IdeaEvent,
        on_delete=models.PROTECT,
        null=True,
        editable=False,
        related_name="screening",
        verbose_name=_("event"),
    )

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
            models.CheckConstraint(
                condition=Q(duplicate_of__isnull=True)
                | (Q(reason=ScreeningReason.DUPLICATE) & ~Q(duplicate_of=F("idea"))),
                name="proposals_screening_same_as_another",
                violation_error_message=_("Only a duplicate is the same as another idea, and never as itself."),
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
                & (
                    Q(public_benefit=Verdict.DOUBT)
                    | Q(sustainability=Verdict.DOUBT)
                    | Q(capacity_building=Verdict.DOUBT)
                ),
                name="proposals_screening_opinion_doubts",
                violation_error_message=_("Only a doubtful judgement is a first opinion."),
            ),
            models.CheckConstraint(
                condition=Q(is_opinion=False) | Q(event__isnull=True),
                name="proposals_screening_opinion_moves_nothing",
                violation_error_message=_("A first opinion changes no state."),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.idea} – {self.get_decision_display()}"
