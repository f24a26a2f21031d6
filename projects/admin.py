"""The office's pages of projects: awards that wait for one, and a project's states and milestones."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import PermissionDenied
from django.db import models
from django.db.models import Count, Min, Sum
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy
from django.views.decorators.http import require_POST
from unfold.widgets import (
    UnfoldAdminDateWidget,
    UnfoldAdminRadioSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from communities.models import User
from communities.office import NoteForm, OfficeAdmin, OfficeInline, Verb, VerbForm, Waiting, only_used, works
from communities.refusal import Refused
from contests.enums import ContestState
from contests.models import Award, Contest
from projects.dashboard import community_table, year_asked_for
from projects.enums import ENDED_STATES, PROJECT_TRANSITIONS, MilestoneState, ProjectState
from projects.models import Milestone, Project
from projects.querysets import ProjectQuerySet
from projects.services import add_milestone, approve_projects, move_project, reach_milestone
from proposals.money import yuan


class MilestoneForm(VerbForm):
    """Something the project promises to reach by a day."""

    title = forms.CharField(label=gettext_lazy("title"), max_length=60, widget=UnfoldAdminTextInputWidget)
    due_on = forms.DateField(
        label=pgettext_lazy("milestone", "due"), widget=UnfoldAdminDateWidget({"type": "date"}, format="%Y-%m-%d")
    )


class ReachForm(VerbForm):
    """Which open milestone was reached, when, and what came of it."""

    milestone = forms.ModelChoiceField(
        label=gettext_lazy("milestone"),
        queryset=Milestone.objects.none(),
        empty_label=None,
        widget=UnfoldAdminRadioSelectWidget,
    )
    on = forms.DateField(
        label=gettext_lazy("reached on"),
        initial=timezone.localdate,
        widget=UnfoldAdminDateWidget({"type": "date"}, format="%Y-%m-%d"),
    )
    note = forms.CharField(
        label=gettext_lazy("what was reached"),
        max_length=500,
        required=False,
        widget=UnfoldAdminTextareaWidget({"rows": 4}),
    )

    def __init__(self, *args: Any, obj: Project, user: User, **kwargs: Any) -> None:
        super().__init__(*args, obj=obj, user=user, **kwargs)
        self.fields["milestone"].queryset = obj.milestones.filter(state=MilestoneState.OPEN)


def _move(to: ProjectState, label: Promise, **parts: Any) -> Verb:
    def act(project: Project, user: User, note: str = "") -> str:
        move_project(project=project, to=to, by=user, now=timezone.now(), note=note)
        return _("The project is now: %s.") % project.get_state_display()

    def possible(project: Project) -> bool:
        return to in PROJECT_TRANSITIONS[ProjectState(project.state)]

    return Verb(to.lower().replace("_", "-"), label, act, possible, **parts)


def _add(project: Project, user: User, **promise: Any) -> str:
    return _("Added: %s.") % add_milestone(project=project, by=user, now=timezone.now(), **promise)


def _reach(_project: Project, user: User, **report: Any) -> str:
    return _("Reached: %s.") % reach_milestone(by=user, now=timezone.now(), **report)


def _running(project: Project) -> bool:
    return project.state not in ENDED_STATES


class OverdueFilter(admin.SimpleListFilter):
    title = gettext_lazy("milestones")
    parameter_name = "milestones"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("overdue", _("overdue"))]

    def queryset(self, request: HttpRequest, queryset: ProjectQuerySet) -> ProjectQuerySet:
        if self.value() != "overdue":
            return queryset
        return queryset.filter(pk__in=Milestone.objects.overdue(timezone.localdate()).values("project"))


class MilestoneInline(OfficeInline):
    model = Milestone
    fields = ["title", "due_on", "state", "done_on", "note"]


@admin.register(Project)
class ProjectAdmin(OfficeAdmin):
    list_display = ["title", "state_shown", "community", "lead", "granted", "milestones_shown"]
    list_filter = ["state", OverdueFilter, only_used("award__entry__contest__programme"), only_used("community")]
    list_select_related = ["community"]
    search_fields = ["title", "lead"]
    fields = ["community", "lead", "granted", "approved_at"]
    readonly_fields = ["granted"]
    inlines = [MilestoneInline]
    change_form_template = "admin/projects/project/change_form.html"
    verbs = (
        _move(ProjectState.AGREED, gettext_lazy("The agreement is signed"), variant="primary"),
        _move(ProjectState.IN_PROGRESS, gettext_lazy("Begin the work"), variant="primary"),
        _move(ProjectState.MIDTERM, gettext_lazy("Begin the mid-term review"), variant="primary"),
        _move(ProjectState.FINAL_REVIEW, gettext_lazy("Begin the final evaluation"), variant="primary"),
        _move(ProjectState.COMPLETED, gettext_lazy("Complete"), form=NoteForm, variant="primary"),
        Verb("reach-milestone", gettext_lazy("A milestone was reached"), _reach, _running, form=ReachForm),
        Verb("add-milestone", gettext_lazy("Add a milestone"), _add, _running, form=MilestoneForm),
        _move(ProjectState.RECTIFYING, gettext_lazy("Have something put right"), form=NoteForm),
        _move(ProjectState.SUSPENDED, gettext_lazy("Suspend"), form=NoteForm),
        _move(
            ProjectState.TERMINATED,
            gettext_lazy("Terminate"),
            form=NoteForm,
            warning=gettext_lazy("A terminated project is not taken up again."),
            variant="danger",
        ),
    )

    def scoped(self, queryset: ProjectQuerySet, user: User) -> ProjectQuerySet:
        return queryset.in_office_of(user)

    def get_queryset(self, request: HttpRequest) -> models.QuerySet[Any]:
        return super().get_queryset(request).with_milestone_counts()

    def waiting(self, request: HttpRequest) -> list[Waiting]:
        visible = self.get_queryset(request).order_by().values("pk")
        overdue = Milestone.objects.overdue(timezone.localdate()).filter(project__in=visible)
        late = overdue.order_by().aggregate(count=Count("project", distinct=True), due=Min("due_on"))
        awards = self._awards(request).order_by().aggregate(count=Count("pk"), oldest=Min("created_at"))
        url = self.list_url(milestones="overdue")
        return [
            Waiting(_("Awards without a project"), awards["count"], self._awards_url(), awards["oldest"]),
            Waiting(_("Projects with a milestone overdue"), late["count"], url, due=late["due"], overdue=True),
        ]

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("communities.<str:kind>", wrap(self.communities_table), name=self.url_name("communities")),
            path("awards/", wrap(self.awards_view), name=self.url_name("awards")),
            path("awards/<int:pk>/approve/", wrap(require_POST(self.approve_view)), name=self.url_name("approve")),
            *super().get_urls(),
        ]

    def communities_table(self, request: HttpRequest, kind: str) -> HttpResponseBase:
        """The communities of a year side by side, as on the first page, as a spreadsheet."""
        programme = year_asked_for(request)
        if programme is None:
            raise Http404
        return community_table(programme, kind)

    @admin.display(description=gettext_lazy("amount (yuan)"), ordering="amount")
    def granted(self, project: Project) -> str:
        return yuan(project.amount)

    @admin.display(description=gettext_lazy("milestones reached"))
    def milestones_shown(self, project: Any) -> str:
        return f"{project.milestones_done}/{project.milestone_count}"

    def around(self, project: Project, user: User) -> dict[str, Any]:
        return {"events": project.events.select_related("actor"), "award": project.award}

    def _awards_url(self) -> str:
        return reverse(f"admin:{self.url_name('awards')}")

    def _contests(self, request: HttpRequest) -> models.QuerySet[Contest]:
        contests = Contest.objects.filter(state=ContestState.CONFIRMED)
        return contests if request.user.is_superuser else contests.in_office_of(request.user)

    def _awards(self, request: HttpRequest) -> models.QuerySet[Award]:
        """Selected awards of confirmed contests that no project carries out yet."""
        return Award.objects.selected().filter(entry__contest__in=self._contests(request), project__isnull=True)

    def awards_view(self, request: HttpRequest) -> HttpResponse:
        """What waits for a project, contest by contest, with one button for each contest."""
        waiting = self._awards(request)
        sums = waiting.order_by().values("entry__contest", "entry__contest__name")
        context = {
            "title": _("Awards without a project"),
            "contests": sums.annotate(count=Count("pk"), total=Sum("amount")).order_by("entry__contest"),
            "awards": waiting.select_related("entry__community", "entry__contest", "result").order_by(
                "entry__contest", "result__rank"
            ),
            "may": works(request.user),
        }
        return self.page(request, "admin/projects/project/awards.html", context)

    def approve_view(self, request: HttpRequest, pk: int) -> HttpResponse:
        if not works(request.user):
            raise PermissionDenied
        contest = get_object_or_404(self._contests(request), pk=pk)
        try:
            made = approve_projects(contest=contest, by=request.user, now=timezone.now())
            messages.success(request, _("New projects: %s.") % len(made))
        except Refused as refused:
            messages.error(request, str(refused))
            return redirect(self._awards_url())
        return redirect(self.list_url())
