"""The tables of a contest, in the order in which they are filled."""

from contests.models.ballots import Ballot, BallotChoice, BallotVoid, JuryScore, OfflineCount
from contests.models.blind import BlindCheck
from contests.models.contest import (
    Contest,
    ContestCommunity,
    ContestEvent,
    ContestSecret,
    Entry,
)
from contests.models.experts import Expert
from contests.models.guard import BallotFlag, BallotTrace
from contests.models.inviting import Invitation, InvitationMessage
from contests.models.judging import Assignment, Departure, OtherPerson, Panelist, Recusal
from contests.models.paper import HelperSession, PaperSheet
from contests.models.pitch import PitchSession, PitchSlot
from contests.models.roll import CodeBatch, HouseholdCode, RollEvent, Voter
from contests.models.rubric import Criterion
from contests.models.sheets import Mark, Remark, Reopening, ScoreSheet
from contests.models.tally import Award, Overruling, Result, TallyRun

__all__ = [
    "Assignment",
    "Award",
    "Ballot",
    "BallotChoice",
    "BallotFlag",
    "BallotTrace",
    "BallotVoid",
    "BlindCheck",
    "CodeBatch",
    "Contest",
    "ContestCommunity",
    "ContestEvent",
    "ContestSecret",
    "Criterion",
    "Departure",
    "Entry",
    "Expert",
    "HelperSession",
    "HouseholdCode",
    "Invitation",
    "InvitationMessage",
    "JuryScore",
    "Mark",
    "OfflineCount",
    "OtherPerson",
    "Overruling",
    "Panelist",
    "PaperSheet",
    "PitchSession",
    "PitchSlot",
    "Recusal",
    "Remark",
    "Reopening",
    "Result",
    "RollEvent",
    "ScoreSheet",
    "TallyRun",
    "Voter",
]
