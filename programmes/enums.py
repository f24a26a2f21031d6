"""Values of a programme year: its stages, and what may be done in which of them."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _


class StageKind(TextChoices):
    """The eight stages of a year, in order. They may overlap."""

    RESEARCH = "RESEARCH", _("Research and mobilisation")
    IDEA_COLLECTION = "IDEA_COLLECTION", _("Collection of ideas")
    SCREENING = "SCREENING", _("Screening")
    PROPOSAL_INCUBATION = "PROPOSAL_INCUBATION", _("Proposal incubation")
    CONTEST = "CONTEST", _("Proposal contest")
    PUBLICITY = "PUBLICITY", _("Public notice of results")
    IMPLEMENTATION = "IMPLEMENTATION", _("Agreements and implementation")
    CLOSEOUT = "CLOSEOUT", _("Evaluation and showcase")


STAGE_PURPOSES = {
    StageKind.RESEARCH: _(
        "The office and the communities ask residents what is missing, and tell everyone how to take part."
    ),
    StageKind.IDEA_COLLECTION: _("Every resident may hand in ideas, by telephone, computer or on paper."),
    StageKind.SCREENING: _("The office reads every idea by the same three criteria, and answers every author."),
    StageKind.PROPOSAL_INCUBATION: _("Ideas that belong together become a proposal, with a plan and a budget."),
    StageKind.CONTEST: _("Experts score the proposals, and residents vote."),
    StageKind.PUBLICITY: _("The result is shown with all its figures; whoever finds something wrong says so now."),
    StageKind.IMPLEMENTATION: _("Agreements are signed, money is paid, and the projects are carried out."),
    StageKind.CLOSEOUT: _("What was reached is checked, and shown to everyone."),
}
"""What happens in a stage, for residents."""


class Action(TextChoices):
    """Acts that depend on the stage of the year."""

    SUBMIT_IDEA = "SUBMIT_IDEA", _("Submit an idea")
    REVISE_IDEA = "REVISE_IDEA", _("Revise a returned idea")
    SECOND_IDEA = "SECOND_IDEA", _("Second an idea")
    ASK = "ASK", _("Ask and answer questions about ideas")
    SCREEN_IDEA = "SCREEN_IDEA", _("Screen ideas")
    CONSOLIDATE = "CONSOLIDATE", _("Join ideas into proposals")
    UNDO_JOINING = "UNDO_JOINING", _("Undo the joining of ideas")
    EDIT_PROPOSAL = "EDIT_PROPOSAL", _("Edit proposals")
    QUALIFY_PROPOSAL = "QUALIFY_PROPOSAL", _("Qualify proposals")
    ENTER_CONTEST = "ENTER_CONTEST", _("Enter a contest")
    RUN_CONTEST = "RUN_CONTEST", _("Run a contest")


STAGE_ACTIONS: dict[StageKind, frozenset[Action]] = {
    StageKind.RESEARCH: frozenset(),
    StageKind.IDEA_COLLECTION: frozenset(
        {Action.SUBMIT_IDEA, Action.REVISE_IDEA, Action.SECOND_IDEA, Action.ASK, Action.SCREEN_IDEA}
    ),
    StageKind.SCREENING: frozenset(
        {
            Action.REVISE_IDEA,
            Action.SECOND_IDEA,
            Action.ASK,
            Action.SCREEN_IDEA,
            Action.CONSOLIDATE,
            Action.UNDO_JOINING,
        }
    ),
    StageKind.PROPOSAL_INCUBATION: frozenset(
        {
            Action.SECOND_IDEA,
            Action.ASK,
            Action.SCREEN_IDEA,
            Action.CONSOLIDATE,
            Action.UNDO_JOINING,
            Action.EDIT_PROPOSAL,
            Action.QUALIFY_PROPOSAL,
            Action.ENTER_CONTEST,
        }
    ),
    # Until the contest opens, which seals the proposals in it.
    StageKind.CONTEST: frozenset({Action.UNDO_JOINING, Action.ENTER_CONTEST, Action.RUN_CONTEST}),
    StageKind.PUBLICITY: frozenset(),
    StageKind.IMPLEMENTATION: frozenset(),
    StageKind.CLOSEOUT: frozenset(),
}


class ProgrammeRefusal(TextChoices):
    """Why a verb on a programme is refused; the label is what the person reads."""

    NOT_AN_OFFICER = "NOT_AN_OFFICER", _("Only an officer of this street office may do this.")
    HANDED_OVER = "HANDED_OVER", _("This community has been handed over already. Load the page again to see to whom.")
    NOT_SUPPORT = "NOT_SUPPORT", _("Choose another support organisation of the same sub-district.")
