"""What people are told: the sentences, the kinds that one can choose by, and what is told where unless one chooses.

A `Notice` is a sentence with `%(name)s` places for the facts of the case. Only its value and the facts are stored, so
that everyone reads it in their own language.
"""

from __future__ import annotations

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _

from communities.enums import Channel


class NoticeKind(TextChoices):
    """Lines of the settings page."""

    IDEA_DECIDED = "IDEA_DECIDED", _("Decisions on my ideas")
    IDEA_JOINED = "IDEA_JOINED", _("My idea becomes part of a proposal")
    QUESTIONS = "QUESTIONS", _("Questions and answers about ideas")
    PROPOSAL_MOVED = "PROPOSAL_MOVED", _("Steps of a proposal with my idea")
    CONTEST_OPENED = "CONTEST_OPENED", _("Contests in which I can vote")
    AWARD_DECIDED = "AWARD_DECIDED", _("Funding of a proposal with my idea")
    RESULT_PUBLISHED = "RESULT_PUBLISHED", _("Results of contests")
    PROJECT_MOVED = "PROJECT_MOVED", _("Progress of a project from my idea")
    RESIDENCY_DECIDED = "RESIDENCY_DECIDED", _("Verification of where I live")
    SCORING = "SCORING", _("Entries that I am to score")
    OFFICE_WORK = "OFFICE_WORK", _("What waits for my signature")


class Notice(TextChoices):
    """Everything that people are told, word for word."""

    IDEA_ACCEPTED = "IDEA_ACCEPTED", _("Your idea “%(title)s” has been accepted.")
    IDEA_RETURNED = "IDEA_RETURNED", _("Your idea “%(title)s” came back: please add to it and hand it in again.")
    IDEA_REFERRED = "IDEA_REFERRED", _("Your idea “%(title)s” has been passed on to those in charge of it.")
    IDEA_REFERRED_TO = (
        "IDEA_REFERRED_TO",
        _("Your idea “%(title)s” has been passed on to those in charge of it: %(receiver)s."),
    )
    IDEA_ANSWERED = "IDEA_ANSWERED", _("Those to whom your idea “%(title)s” was passed on have answered.")
    IDEA_REJECTED = "IDEA_REJECTED", _("Your idea “%(title)s” was not accepted.")
    IDEA_CLOSED = "IDEA_CLOSED", _("This year your idea “%(title)s” goes no further.")
    IDEA_JOINED = (
        "IDEA_JOINED",
        _(
            "Your idea “%(title)s” is now part of the proposal “%(proposal)s”. "
            "On the page of your idea you can say whether you want to be named."
        ),
    )
    IDEA_RELEASED = (
        "IDEA_RELEASED",
        _("Your idea “%(title)s” is no longer part of the proposal “%(proposal)s”. It stays accepted."),
    )
    IDEA_OFFERED = (
        "IDEA_OFFERED",
        _(
            "The office of %(community)s wrote down the idea “%(title)s” with your mobile number. "
            "Please say whether it is yours."
        ),
    )
    CLAIM_CONFIRMED = (
        "CLAIM_CONFIRMED",
        _("The idea “%(title)s”, which you gave on paper, is among yours now: follow it here."),
    )
    CLAIM_REFUSED = (
        "CLAIM_REFUSED",
        _(
            "The idea with the receipt %(receipt)s could not be confirmed as yours. Show your receipt at the office of %(community)s."
        ),
    )
    REMARK_ASKED = "REMARK_ASKED", _("A neighbour asks about your idea “%(title)s”.")
    REMARK_SHOWN = "REMARK_SHOWN", _("Your question about the idea “%(title)s” can be read by everyone now.")
    REMARK_ANSWERED = "REMARK_ANSWERED", _("Your question about the idea “%(title)s” has an answer.")
    REMARK_WITHHELD = "REMARK_WITHHELD", _("What you wrote about the idea “%(title)s” is not shown.")
    REMARK_HIDDEN = "REMARK_HIDDEN", _("What you wrote about the idea “%(title)s” is no longer shown.")
    PROPOSAL_COACHING = "PROPOSAL_COACHING", _("The proposal “%(title)s” with your idea is being polished.")
    PROPOSAL_SENT_BACK = "PROPOSAL_SENT_BACK", _("The proposal “%(title)s” with your idea is being worked over again.")
    PROPOSAL_CHANGES = (
        "PROPOSAL_CHANGES",
        _("The proposal “%(title)s” was changed: please look, and accept or decline."),
    )
    PROPOSAL_QUALIFIED = "PROPOSAL_QUALIFIED", _("The proposal “%(title)s” with your idea may enter the contest.")
    PROPOSAL_POOLED = "PROPOSAL_POOLED", _("The proposal “%(title)s” with your idea is kept in the project pool.")
    PROPOSAL_REENTERED = (
        "PROPOSAL_REENTERED",
        _("The proposal “%(title)s” with your idea is entered again: %(programme)s."),
    )
    PROPOSAL_WITHDRAWN = "PROPOSAL_WITHDRAWN", _("The proposal “%(title)s” with your idea has been withdrawn.")
    PROPOSAL_DISQUALIFIED = "PROPOSAL_DISQUALIFIED", _("The proposal “%(title)s” with your idea was disqualified.")
    PROPOSAL_ENTERED = (
        "PROPOSAL_ENTERED",
        _("The proposal “%(title)s” with your idea takes part in the contest “%(contest)s” as number %(number)s."),
    )
    PROPOSAL_PITCHED = (
        "PROPOSAL_PITCHED",
        _("The proposal “%(title)s” is presented to the experts on %(at)s: %(place)s, pitch no. %(turn)s."),
    )
    ENTRY_WITHDRAWN = (
        "ENTRY_WITHDRAWN",
        _("The proposal “%(title)s” with your idea was withdrawn from the contest “%(contest)s”: %(reason)s"),
    )
    ENTRY_DISQUALIFIED = (
        "ENTRY_DISQUALIFIED",
        _("The proposal “%(title)s” with your idea was disqualified in the contest “%(contest)s”: %(reason)s"),
    )
    VOTING_OPENED = "VOTING_OPENED", _("Voting in the contest “%(contest)s” has begun. You can vote until %(closes)s.")
    RESULT_PUBLISHED = "RESULT_PUBLISHED", _("The result of the contest “%(contest)s” is on public notice.")
    RESULT_CONFIRMED = (
        "RESULT_CONFIRMED",
        _("The result of the contest “%(contest)s” is final for the proposal “%(title)s” with your idea."),
    )
    AWARD_SELECTED = (
        "AWARD_SELECTED",
        _("The proposal “%(title)s” with your idea was selected: %(amount)s yuan. The result is on public notice."),
    )
    AWARD_RESERVE = (
        "AWARD_RESERVE",
        _("The proposal “%(title)s” with your idea is on the reserve list. The result is on public notice."),
    )
    AWARD_NOT_SELECTED = (
        "AWARD_NOT_SELECTED",
        _("The proposal “%(title)s” with your idea was not selected. The page of the result says why."),
    )
    PROJECT_APPROVED = "PROJECT_APPROVED", _("Your idea becomes the project “%(title)s” with %(amount)s yuan.")
    PROJECT_AGREED = "PROJECT_AGREED", _("The agreement on the project “%(title)s” has been signed.")
    PROJECT_BEGUN = "PROJECT_BEGUN", _("Work on the project “%(title)s” has begun.")
    PROJECT_MIDTERM = "PROJECT_MIDTERM", _("The project “%(title)s” has come to its mid-term review.")
    PROJECT_RECTIFYING = "PROJECT_RECTIFYING", _("Something in the project “%(title)s” has to be put right first.")
    PROJECT_FINAL_REVIEW = "PROJECT_FINAL_REVIEW", _("The project “%(title)s” is being evaluated.")
    PROJECT_COMPLETED = "PROJECT_COMPLETED", _("The project “%(title)s” from your idea is completed.")
    PROJECT_SUSPENDED = "PROJECT_SUSPENDED", _("The project “%(title)s” has been suspended.")
    PROJECT_TERMINATED = "PROJECT_TERMINATED", _("The project “%(title)s” has been ended early.")
    MILESTONE_REACHED = "MILESTONE_REACHED", _("The project “%(title)s” has reached: %(milestone)s.")
    SHEET_REOPENED = (
        "SHEET_REOPENED",
        _("Your score sheet for “%(title)s” is open again. Submit it anew before %(closes)s."),
    )
    SHEETS_MISSING = (
        "SHEETS_MISSING",
        _("In the contest “%(contest)s” %(left)s of your score sheets are missing. Scoring closes on %(closes)s."),
    )
    SCORING_OPENED = (
        "SCORING_OPENED",
        _("The contest “%(contest)s” has entries for you to score. Scoring is open from %(opens)s until %(closes)s."),
    )
    ENTRIES_ASSIGNED = (
        "ENTRIES_ASSIGNED",
        _("More entries of the contest “%(contest)s” have been assigned to you. Scoring closes on %(closes)s."),
    )
    RESIDENCY_VERIFIED = "RESIDENCY_VERIFIED", _("You are verified as a resident of %(community)s. You can vote.")
    RESIDENCY_REFUSED = (
        "RESIDENCY_REFUSED",
        _(
            "That you live in %(community)s could not be verified. Ask at the residents' committee, or name another "
            "community."
        ),
    )
    OVERRULING_TO_SIGN = "OVERRULING_TO_SIGN", _("A decision in the contest “%(contest)s” waits for a signature.")
    RESULT_TO_CONFIRM = (
        "RESULT_TO_CONFIRM",
        _("The result of the contest “%(contest)s” is on public notice and waits for confirmation."),
    )


KIND_OF: dict[Notice, NoticeKind] = {
    **dict.fromkeys(
        (
            Notice.IDEA_ACCEPTED,
            Notice.IDEA_RETURNED,
            Notice.IDEA_REFERRED,
            Notice.IDEA_REFERRED_TO,
            Notice.IDEA_ANSWERED,
            Notice.IDEA_REJECTED,
            Notice.IDEA_CLOSED,
            Notice.IDEA_OFFERED,
            Notice.CLAIM_CONFIRMED,
            Notice.CLAIM_REFUSED,
        ),
        NoticeKind.IDEA_DECIDED,
    ),
    **dict.fromkeys((Notice.IDEA_JOINED, Notice.IDEA_RELEASED), NoticeKind.IDEA_JOINED),
    **dict.fromkeys((notice for notice in Notice if notice.startswith("REMARK_")), NoticeKind.QUESTIONS),
    **dict.fromkeys((notice for notice in Notice if notice.startswith("PROPOSAL_")), NoticeKind.PROPOSAL_MOVED),
    **dict.fromkeys((Notice.ENTRY_WITHDRAWN, Notice.ENTRY_DISQUALIFIED), NoticeKind.PROPOSAL_MOVED),
    Notice.VOTING_OPENED: NoticeKind.CONTEST_OPENED,
    Notice.RESULT_PUBLISHED: NoticeKind.RESULT_PUBLISHED,
    **dict.fromkeys(
        (Notice.RESULT_CONFIRMED, Notice.AWARD_SELECTED, Notice.AWARD_RESERVE, Notice.AWARD_NOT_SELECTED),
        NoticeKind.AWARD_DECIDED,
    ),
    **dict.fromkeys((notice for notice in Notice if notice.startswith("PROJECT_")), NoticeKind.PROJECT_MOVED),
    Notice.MILESTONE_REACHED: NoticeKind.PROJECT_MOVED,
    **dict.fromkeys(
        (Notice.SCORING_OPENED, Notice.ENTRIES_ASSIGNED, Notice.SHEET_REOPENED, Notice.SHEETS_MISSING),
        NoticeKind.SCORING,
    ),
    **dict.fromkeys((Notice.RESIDENCY_VERIFIED, Notice.RESIDENCY_REFUSED), NoticeKind.RESIDENCY_DECIDED),
    **dict.fromkeys((Notice.OVERRULING_TO_SIGN, Notice.RESULT_TO_CONFIRM), NoticeKind.OFFICE_WORK),
}

# Rights and dates hang on these: an idea that came back can be handed in again, whoever was not verified cannot vote,
# an entry that nobody scores leaves a contest without a result. They always stay on the site.
KEPT_ON_SITE = frozenset({NoticeKind.IDEA_DECIDED, NoticeKind.RESIDENCY_DECIDED, NoticeKind.SCORING})

RESIDENTS_KINDS = (
    NoticeKind.IDEA_DECIDED,
    NoticeKind.IDEA_JOINED,
    NoticeKind.QUESTIONS,
    NoticeKind.PROPOSAL_MOVED,
    NoticeKind.CONTEST_OPENED,
    NoticeKind.AWARD_DECIDED,
    NoticeKind.RESULT_PUBLISHED,
    NoticeKind.PROJECT_MOVED,
    NoticeKind.RESIDENCY_DECIDED,
)
EXPERTS_KINDS = (NoticeKind.SCORING, NoticeKind.RESULT_PUBLISHED)
OFFICE_KINDS = (NoticeKind.OFFICE_WORK,)

# Text messages cost money and interrupt, so only what somebody waits for comes by one unless they ask for more.
BY_SMS = frozenset({NoticeKind.IDEA_DECIDED, NoticeKind.AWARD_DECIDED, NoticeKind.RESIDENCY_DECIDED})


def default_channels(kind: NoticeKind) -> frozenset[Channel]:
    """Where somebody is told who has chosen nothing; an e-mail goes only to an address that was confirmed."""
    return frozenset({Channel.SITE, Channel.EMAIL} | ({Channel.SMS} if kind in BY_SMS else set()))
