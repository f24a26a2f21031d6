"""The office's pages of contests, and the button that enters a proposal."""

from contests.admin.contest import ContestAdmin
from contests.admin.entering import EnterableProposalAdmin

__all__ = ["ContestAdmin", "EnterableProposalAdmin"]
