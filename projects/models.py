"""Funded projects: what became of an award."""

from __future__ import annotations

from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communities.fulltext import WithoutWords, words_of
from communities.history import APPEND_ONLY, Event
from communities.models import Community
from contests.models import Award
from projects.enums import MilestoneState, ProjectAct, ProjectState
from projects.querysets import MilestoneQuerySet, ProjectQuerySet

ProjectManager = WithoutWords.from_queryset(ProjectQuerySet)


class Project(models.Model):
    """One award being carried out; `amount` is what was granted, in yuan."""

    award = models.OneToOneField(Award, on_delete=models.PROTECT, related_name="project", verbose_name=_("award"))
    title = models.CharField(_("title"), max_length=200)
    community = models.ForeignKey(
        Community, on_delete=models.PROTECT, related_name="projects", verbose_name=_("community")
    )
    lead = models.CharField(_("led by"), max_length=60)
    amount = models.DecimalField(_("amount"), max_digits=14, decimal_places=2)
    state = models.CharField(_("state"), max_length=20, choices=ProjectState.choices, default=ProjectState.APPROVED)
    approved_at = models.DateTimeField(_("approved at"))

    words = words_of("title", "lead")

    objects = ProjectManager()

    class Meta:
        verbose_name = _("project")
        verbose_name_plural = _("projects")
        ordering = ["-approved_at", "pk"]
        indexes = [
            # The list of projects, newest first.
            models.Index(fields=["-approved_at", "id"], name="projects_project_newest"),
            GinIndex(fields=["words"], name="projects_project_words"),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(amount__gte=0),
                name="projects_project_amount_not_negative",
                violation_error_message=_("The amount cannot be negative."),
            )
        ]

    def __str__(self) -> str:
        return self.title

    def get_absolute_url(self) -> str:
        return reverse("project_detail", args=[self.pk])


class Milestone(models.Model):
    """Something a project promised to reach by a day, and what was reached."""

    project = models.ForeignKey(Project, on_delete=models.CASCADE, related_name="milestones", verbose_name=_("project"))
    title = models.CharField(_("title"), max_length=60)
    due_on = models.DateField(pgettext_lazy("milestone", "due"))
    state = models.CharField(_("state"), max_length=5, choices=MilestoneState.choices, default=MilestoneState.OPEN)
    done_on = models.DateField(_("reached on"), null=True, blank=True)
    note = models.TextField(_("what was reached"), blank=True, max_length=500)

    objects = MilestoneQuerySet.as_manager()

    class Meta:
        verbose_name = _("milestone")
        verbose_name_plural = _("milestones")
        ordering = ["due_on", "pk"]
        constraints = [
            models.CheckConstraint(
                condition=Q(state=MilestoneState.OPEN, done_on__isnull=True)
                | Q(state=MilestoneState.DONE, done_on__isnull=False),
                name="projects_milestone_done_dated",
                violation_error_message=_("A milestone that was reached has a date."),
            )
        ]

    def __str__(self) -> str:
        return self.title


class ProjectEvent(Event):
    project = models.ForeignKey(Project, on_delete=models.PROTECT, related_name="events", verbose_name=_("project"))

    class Meta(Event.Meta):
        verbose_name = _("event of a project")
        verbose_name_plural = _("events of projects")
        triggers = APPEND_ONLY
        indexes = [
            models.Index(
                fields=["at", "id"], condition=Q(notified_at__isnull=True), name="projects_projectevent_outbox"
            )
        ]

    def get_to_state_display(self) -> str:
        return str(ProjectState(self.to_state).label)

    def get_reason_display(self) -> str:
        return str(ProjectAct(self.reason).label) if self.reason else ""
