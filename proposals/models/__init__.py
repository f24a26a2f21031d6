"""The tables of ideas and of the proposals they are joined into."""

from proposals.models.attachments import MAX_ATTACHMENTS, Attachment
from proposals.models.claims import ClaimEvent, IdeaClaim
from proposals.models.coaching import CoachingNote
from proposals.models.document import Objective, PlannedActivity, Risk, TeamMember
from proposals.models.drafts import IdeaDraft
from proposals.models.handing import ToldInPerson
from proposals.models.ideas import (
    BENEFICIARIES,
    TEXT_LENGTH,
    TITLE_LENGTH,
    VERSIONED,
    Idea,
    IdeaEvent,
    ReceiptSeries,
    Seconding,
)
from proposals.models.photos import MAX_PHOTOS, REASON_LENGTH, IdeaPhoto
from proposals.models.proposals import JOINING_NOTE_LENGTH, BudgetLine, Consolidation, Proposal, ProposalEvent
from proposals.models.referrals import RECEIVER_LENGTH, REPLY_LENGTH, Referral
from proposals.models.remarks import REMARK_LENGTH, REPORT_LENGTH, Remark, RemarkEvent, RemarkReport
from proposals.models.rounds import PolishRound
from proposals.models.screening import Screening
from proposals.models.versions import WITHHOLDING_LENGTH, WithheldVersion
from proposals.models.wordings import ReasonWording
from proposals.models.words import WordCount

__all__ = [
    "BENEFICIARIES",
    "JOINING_NOTE_LENGTH",
    "MAX_ATTACHMENTS",
    "MAX_PHOTOS",
    "REASON_LENGTH",
    "RECEIVER_LENGTH",
    "REMARK_LENGTH",
    "REPLY_LENGTH",
    "REPORT_LENGTH",
    "TEXT_LENGTH",
    "TITLE_LENGTH",
    "VERSIONED",
    "WITHHOLDING_LENGTH",
    "Attachment",
    "BudgetLine",
    "ClaimEvent",
    "CoachingNote",
    "Consolidation",
    "Idea",
    "IdeaClaim",
    "IdeaDraft",
    "IdeaEvent",
    "IdeaPhoto",
    "Objective",
    "PlannedActivity",
    "PolishRound",
    "Proposal",
    "ProposalEvent",
    "ReasonWording",
    "ReceiptSeries",
    "Referral",
    "Remark",
    "RemarkEvent",
    "RemarkReport",
    "Risk",
    "Screening",
    "Seconding",
    "TeamMember",
    "ToldInPerson",
    "WithheldVersion",
    "WordCount",
]
