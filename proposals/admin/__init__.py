"""The office's pages of ideas and proposals."""

from proposals.admin.ideas import IdeaAdmin
from proposals.admin.proposals import ProposalAdmin
from proposals.admin.referrals import ReferralAdmin
from proposals.admin.remarks import RemarkAdmin
from proposals.admin.wordings import ReasonWordingAdmin

__all__ = ["IdeaAdmin", "ProposalAdmin", "ReasonWordingAdmin", "ReferralAdmin", "RemarkAdmin"]
