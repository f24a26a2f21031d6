"""The office's pages of contests, of the pool of experts, and the button that enters a proposal."""

from contests.admin.contest import ContestAdmin
from contests.admin.entering import EnterableProposalAdmin
from contests.admin.experts import ExpertAdmin

__all__ = ["ContestAdmin", "EnterableProposalAdmin", "ExpertAdmin"]
