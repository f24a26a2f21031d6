"""Values of funded projects: states, transitions, reasons."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ProjectState(TextChoices):
    APPROVED = "APPROVED", pgettext_lazy("project", "Approved")
    AGREED = "AGREED", pgettext_lazy("project", "Agreement signed")
    IN_PROGRESS = "IN_PROGRESS", pgettext_lazy("project", "In progress")
    MIDTERM = "MIDTERM", pgettext_lazy("project", "Mid-term review")
    RECTIFYING = "RECTIFYING", pgettext_lazy("project", "Putting right")
    FINAL_REVIEW = "FINAL_REVIEW", pgettext_lazy("project", "Final evaluation")
    COMPLETED = "COMPLETED", pgettext_lazy("project", "Completed")
    SUSPENDED = "SUSPENDED", pgettext_lazy("project", "Suspended")
    TERMINATED = "TERMINATED", pgettext_lazy("project", "Terminated")


_EXITS = frozenset({ProjectState.SUSPENDED, ProjectState.TERMINATED})

PROJECT_TRANSITIONS: dict[ProjectState, frozenset[ProjectState]] = {
    ProjectState.APPROVED: frozenset({ProjectState.AGREED}) | _EXITS,
    ProjectState.AGREED: frozenset({ProjectState.IN_PROGRESS}) | _EXITS,
    ProjectState.IN_PROGRESS: frozenset({ProjectState.MIDTERM}) | _EXITS,
    ProjectState.MIDTERM: frozenset({ProjectState.RECTIFYING, ProjectState.FINAL_REVIEW}) | _EXITS,
    ProjectState.RECTIFYING: frozenset({ProjectState.FINAL_REVIEW}) | _EXITS,
    ProjectState.FINAL_REVIEW: frozenset({ProjectState.COMPLETED, ProjectState.RECTIFYING}) | _EXITS,
    ProjectState.COMPLETED: frozenset(),
    ProjectState.SUSPENDED: frozenset({ProjectState.IN_PROGRESS, ProjectState.TERMINATED}),
    ProjectState.TERMINATED: frozenset(),
}


ENDED_STATES = frozenset({ProjectState.COMPLETED, ProjectState.TERMINATED})
"""Projects that nothing more is promised or reached in."""


class MilestoneState(TextChoices):
    OPEN = "OPEN", pgettext_lazy("milestone", "To come")
    DONE = "DONE", pgettext_lazy("milestone", "Reached")


class ProjectAct(TextChoices):
    """What an event tells that is no change of the project's state."""

    MILESTONE_PROMISED = "MILESTONE_PROMISED", _("Milestone added")
    MILESTONE_REACHED = "MILESTONE_REACHED", _("Milestone reached")


class ProjectRefusal(TextChoices):
    """Why a verb on projects is refused; the label is what the person reads."""

    NOT_AN_OFFICER = "NOT_AN_OFFICER", _("Only an officer of this street office may do this.")
    APPROVER_NEEDED = "APPROVER_NEEDED", _("Only a street approver may do this.")
    NOT_CONFIRMED = "NOT_CONFIRMED", _("Projects begin when the result of the contest is confirmed.")
    WRONG_STATE = "WRONG_STATE", _("This is not possible in the present state. Load the page again to see it.")
    DATE_AHEAD = "DATE_AHEAD", _("The day lies ahead; report a milestone when it has been reached.")
    MILESTONE_DONE = "MILESTONE_DONE", _("This milestone was reached already.")
