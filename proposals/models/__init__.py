"""The tables of ideas and of the proposals they are joined into."""

from proposals.models.ideas import TEXT_LENGTH, TITLE_LENGTH, Idea, IdeaEvent, Screening, Seconding
from proposals.models.proposals import BudgetLine, Consolidation, Proposal, ProposalEvent

__all__ = [
    "TEXT_LENGTH",
    "TITLE_LENGTH",
    "BudgetLine",
    "Consolidation",
    "Idea",
    "IdeaEvent",
    "Proposal",
    "ProposalEvent",
    "Screening",
    "Seconding",
]
