"""Values of ideas and proposals: states, transitions, verdicts, and reasons."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class IdeaState(TextChoices):
    # Where each idea begins: the first step of its history goes from here. What is being written is an `IdeaDraft`; ideas
    # in this state are from before those, and still their authors'.
    DRAFT = "DRAFT", pgettext_lazy("idea", "Draft")
    SUBMITTED = "SUBMITTED", pgettext_lazy("idea", "Waiting for screening")
    RETURNED = "RETURNED", pgettext_lazy("idea", "Returned for revision")
    ACCEPTED = "ACCEPTED", pgettext_lazy("idea", "Accepted")
    CONSOLIDATED = "CONSOLIDATED", pgettext_lazy("idea", "Joined into a proposal")
    REFERRED = "REFERRED", pgettext_lazy("idea", "Referred elsewhere")
    REJECTED = "REJECTED", pgettext_lazy("idea", "Not accepted")
    WITHDRAWN = "WITHDRAWN", pgettext_lazy("idea", "Withdrawn")


CLOSED = frozenset({IdeaState.REFERRED, IdeaState.REJECTED})

DECIDED_FROM = frozenset({IdeaState.SUBMITTED, IdeaState.RETURNED, IdeaState.ACCEPTED})
"""Where the office decides about an idea, so where one goes back whose decision is taken back."""

IDEA_TRANSITIONS: dict[IdeaState, frozenset[IdeaState]] = {
    IdeaState.DRAFT: frozenset({IdeaState.SUBMITTED, IdeaState.WITHDRAWN}),
    IdeaState.SUBMITTED: frozenset(
        {IdeaState.RETURNED, IdeaState.ACCEPTED, IdeaState.REFERRED, IdeaState.REJECTED, IdeaState.WITHDRAWN}
    ),
    # An officer who takes a decision back lets the idea wait again.
    # What nobody answered, or nothing became of, is closed when the time for that is over; taken back, it is as before.
    IdeaState.RETURNED: CLOSED | {IdeaState.SUBMITTED, IdeaState.WITHDRAWN},
    IdeaState.ACCEPTED: CLOSED | {IdeaState.CONSOLIDATED, IdeaState.SUBMITTED, IdeaState.WITHDRAWN},
    # Undoing a consolidation gives the idea back as accepted.
    IdeaState.CONSOLIDATED: frozenset({IdeaState.ACCEPTED}),
    IdeaState.REFERRED: DECIDED_FROM | {IdeaState.WITHDRAWN},
    IdeaState.REJECTED: DECIDED_FROM | {IdeaState.WITHDRAWN},
    IdeaState.WITHDRAWN: frozenset(),
}

IDEA_PUBLIC_STATES = frozenset({IdeaState.SUBMITTED, IdeaState.ACCEPTED, IdeaState.CONSOLIDATED, IdeaState.REFERRED})
"""Ideas that everyone may read; the others are between the resident and the office."""

IDEA_OPEN_STATES = frozenset({IdeaState.DRAFT, IdeaState.SUBMITTED, IdeaState.RETURNED})
"""Ideas to which their authors may add photos: the office has not decided yet."""

IDEA_FROZEN_STATES = frozenset({IdeaState.ACCEPTED, IdeaState.CONSOLIDATED, IdeaState.REFERRED, IdeaState.REJECTED})
"""Ideas whose text the database keeps as it was judged."""

IDEA_PUBLIC_REASONS = frozenset({IdeaState.REFERRED, IdeaState.RETURNED})
"""Steps whose reason everyone reads, where the idea itself is shown; the office's words about it are the author's only."""

IDEA_SECONDED_STATES = frozenset({IdeaState.SUBMITTED, IdeaState.ACCEPTED})
"""Ideas that residents may second; what is part of a proposal is supported with the ballot."""


class Likeness(TextChoices):
    """How alike two ideas are, for people."""

    VERY = "VERY", pgettext_lazy("idea", "Very similar")
    ALIKE = "ALIKE", pgettext_lazy("idea", "Similar")


class IdeaChannel(TextChoices):
    ONLINE = "ONLINE", _("Online")
    PAPER = "PAPER", _("Paper form")
    PHONE = "PHONE", _("Telephone")
    MEETING = "MEETING", _("Meeting")


ENTERED_CHANNELS = [(channel.value, channel.label) for channel in IdeaChannel if channel != IdeaChannel.ONLINE]
"""Ways on which an idea reaches an officer, who enters it."""


class Verdict(TextChoices):
    PASS = "PASS", pgettext_lazy("verdict", "Pass")
    DOUBT = "DOUBT", pgettext_lazy("verdict", "Doubtful")
    FAIL = "FAIL", pgettext_lazy("verdict", "Fail")


class ScreeningDecision(TextChoices):
    ACCEPT = "ACCEPT", _("Accept")
    RETURN = "RETURN", _("Return for revision")
    REFER = "REFER", _("Refer elsewhere")
    REJECT = "REJECT", _("Reject")


DECISION_STATES: dict[ScreeningDecision, IdeaState] = {
    ScreeningDecision.ACCEPT: IdeaState.ACCEPTED,
    ScreeningDecision.RETURN: IdeaState.RETURNED,
    ScreeningDecision.REFER: IdeaState.REFERRED,
    ScreeningDecision.REJECT: IdeaState.REJECTED,
}


class Disposition(TextChoices):
    """What happens to a good idea that the contest does not carry out."""

    RESIDENTS_MEETING = "RESIDENTS_MEETING", _("Put before the residents' meeting")
    COMMUNITY_GROUP = "COMMUNITY_GROUP", _("Taken on by a community organisation")
    SOCIAL_ORGANISATION = "SOCIAL_ORGANISATION", _("Carried out by a professional social organisation")
    ACTION_GROUP = "ACTION_GROUP", _("Residents form an action group")
    STREET_DEPARTMENT = "STREET_DEPARTMENT", _("A department of the street office is asked to help")


class ScreeningReason(TextChoices):
    """Why an idea was not accepted as it is; needed for every decision but acceptance."""

    INDIVIDUAL_NEED = "INDIVIDUAL_NEED", _("Concerns a few people, who can settle it themselves")
    PRIVATE_DOMAIN = "PRIVATE_DOMAIN", _("A cost that residents bear themselves")
    OTHER_DUTY_HOLDER = "OTHER_DUTY_HOLDER", _("The duty of the property company or owner")
    GOV_DUTY = "GOV_DUTY", _("The duty of a government department")
    DUP_GOV_PROJECT = "DUP_GOV_PROJECT", _("Already in a government project")
    ALREADY_FUNDED = "ALREADY_FUNDED", _("Already funded elsewhere")
    LEGAL_CHANNEL = "LEGAL_CHANNEL", _("Belongs before a court or another legal body")
    PETITION_REPEAT = "PETITION_REPEAT", _("A petition or repeated complaint")
    DISPUTE = "DISPUTE", _("A dispute between parties")
    UNCLEAR = "UNCLEAR", _("Incomplete or unclear")
    ADVERTISING = "ADVERTISING", _("Advertising or business for profit")
    NOT_ELIGIBLE = "NOT_ELIGIBLE", _("Place or applicant outside the programme")
    OVER_CAP = "OVER_CAP", _("Above the cap")
    PLAGIARISM = "PLAGIARISM", _("Copied from others")
    ILLEGAL_CONTENT = "ILLEGAL_CONTENT", _("Unlawful content")
    DUPLICATE = "DUPLICATE", _("Same as an earlier idea")
    NOT_ANSWERED = "NOT_ANSWERED", _("Not revised in time")
    NOT_JOINED = "NOT_JOINED", _("Good, but part of no proposal this year")


CLOSING_REASONS: dict[IdeaState, ScreeningReason] = {
    IdeaState.RETURNED: ScreeningReason.NOT_ANSWERED,
    IdeaState.ACCEPTED: ScreeningReason.NOT_JOINED,
}
"""Why ideas in these states are closed when the time to revise or to join them is over; given for nothing else."""

CLOSING_DECISIONS = (ScreeningDecision.REFER, ScreeningDecision.REJECT)


class ProposalState(TextChoices):
    DRAFT = "DRAFT", pgettext_lazy("proposal", "Draft")
    COACHING = "COACHING", pgettext_lazy("proposal", "Being polished")
    SUBMITTED = "SUBMITTED", pgettext_lazy("proposal", "Submitted")
    QUALIFIED = "QUALIFIED", pgettext_lazy("proposal", "Qualified")
    POOLED = "POOLED", pgettext_lazy("proposal", "In the project pool")
    WITHDRAWN = "WITHDRAWN", pgettext_lazy("proposal", "Withdrawn")
    DISQUALIFIED = "DISQUALIFIED", pgettext_lazy("proposal", "Disqualified")


PROPOSAL_TRANSITIONS: dict[ProposalState, frozenset[ProposalState]] = {
    ProposalState.DRAFT: frozenset({ProposalState.COACHING, ProposalState.WITHDRAWN}),
    ProposalState.COACHING: frozenset({ProposalState.SUBMITTED, ProposalState.WITHDRAWN}),
    ProposalState.SUBMITTED: frozenset(
        {ProposalState.COACHING, ProposalState.QUALIFIED, ProposalState.DISQUALIFIED, ProposalState.WITHDRAWN}
    ),
    ProposalState.QUALIFIED: frozenset({ProposalState.POOLED, ProposalState.WITHDRAWN, ProposalState.DISQUALIFIED}),
    ProposalState.POOLED: frozenset({ProposalState.QUALIFIED, ProposalState.WITHDRAWN}),
    ProposalState.WITHDRAWN: frozenset(),
    ProposalState.DISQUALIFIED: frozenset(),
}

PROPOSAL_EXITS = frozenset({ProposalState.WITHDRAWN, ProposalState.DISQUALIFIED})
"""Ends of a proposal; nobody gets there without a reason, nor back into polishing."""

PROPOSAL_ASKING_STATES = frozenset({ProposalState.SUBMITTED, ProposalState.QUALIFIED})
"""Proposals that ask for this year's money, so that they count towards the cap of their community."""

PROPOSAL_PUBLIC_STATES = frozenset({ProposalState.QUALIFIED, ProposalState.POOLED})
PROPOSAL_FROZEN_STATES = frozenset({ProposalState.QUALIFIED, ProposalState.POOLED})
"""Proposals whose document and budget the database keeps as they were qualified: contests judge them."""

PROPOSAL_OPINION_STATES = frozenset({ProposalState.COACHING, ProposalState.SUBMITTED})
PROPOSAL_EDITABLE_STATES = frozenset({ProposalState.DRAFT, ProposalState.COACHING})

PROPOSAL_OPEN_STATES = PROPOSAL_EDITABLE_STATES | {ProposalState.SUBMITTED, ProposalState.QUALIFIED}
"""Proposals on their way to a contest."""


class ConsolidationKind(TextChoices):
    PRIMARY = "PRIMARY", _("Leading idea")
    MERGED = "MERGED", _("Merged idea")


class ProposalReason(TextChoices):
    """Why a proposal came back, was withdrawn or disqualified; told to the authors of its ideas."""

    NEED_UNPROVEN = "NEED_UNPROVEN", _("What is needed, and by whom, is not shown yet")
    PLAN_UNCLEAR = "PLAN_UNCLEAR", _("The plan is not clear or cannot be carried out so")
    BUDGET_UNCLEAR = "BUDGET_UNCLEAR", _("Prices or quantities of the budget are not plain")
    BUDGET_NOT_ELIGIBLE = "BUDGET_NOT_ELIGIBLE", _("The budget asks for what public money may not pay")
    TEAM_WEAK = "TEAM_WEAK", _("The team cannot carry it out yet")
    OPINION_MISSING = "OPINION_MISSING", _("The residents' committee has not said what it thinks")
    PERMIT_MISSING = "PERMIT_MISSING", _("A permit or somebody's agreement is missing")
    TEAM_GAVE_UP = "TEAM_GAVE_UP", _("The team does not go on with it")
    DONE_OTHERWISE = "DONE_OTHERWISE", _("It is being done in another way")
    DUPLICATE = "DUPLICATE", _("Another proposal does the same")
    NOT_ELIGIBLE = "NOT_ELIGIBLE", _("It lies outside this year's programme")
    FALSE_STATEMENTS = "FALSE_STATEMENTS", _("Something in it is not true")
    OTHER = "OTHER", _("Another reason")


class RoundStep(TextChoices):
    """Reasons of events that leave a proposal in its state."""

    ROUND_SHOWN = "ROUND_SHOWN", _("Changes shown to the lead")
    ROUND_ACCEPTED = "ROUND_ACCEPTED", _("Changes accepted by the lead")
    ROUND_DECLINED = "ROUND_DECLINED", _("Some changes declined by the lead")
    LEAD_NAMED = "LEAD_NAMED", _("Lead named")
    REENTERED = "REENTERED", _("Entered again from the project pool")


class ClaimState(TextChoices):
    """Whether an idea on paper is somebody's: as it is offered to them, or as it was decided."""

    OFFERED = "OFFERED", pgettext_lazy("claim", "Offered")
    CONFIRMED = "CONFIRMED", pgettext_lazy("claim", "Confirmed")
    REFUSED = "REFUSED", pgettext_lazy("claim", "Not confirmed")


class ProposalRefusal(TextChoices):
    """Why a verb on ideas or proposals is refused; the label is what the person reads."""

    LOGIN_NEEDED = "LOGIN_NEEDED", _("Log in with your mobile number first.")
    PHONE_UNVERIFIED = "PHONE_UNVERIFIED", _("Confirm your mobile number first.")
    STAGE_CLOSED = "STAGE_CLOSED", _("The time for this is over or has not come yet; the calendar shows when.")
    NOT_YOURS = "NOT_YOURS", _("Only the person who wrote this may change it.")
    NOT_AN_OFFICER = "NOT_AN_OFFICER", _("Only an officer of this street office may do this.")
    NOT_YOUR_COMMUNITY = (
        "NOT_YOUR_COMMUNITY",
        _("Only officers of the community or of the street office may do this for its residents."),
    )
    NOT_A_RESIDENT = "NOT_A_RESIDENT", _("Only verified residents of the sub-district may second an idea.")
    BEING_DECIDED = "BEING_DECIDED", _("The office is deciding about this idea just now. Look again in ten minutes.")
    OWN_SECONDED = "OWN_SECONDED", _("This idea is your own; others second it.")
    OWN_IDEA = "OWN_IDEA", _("Nobody screens their own idea; ask a colleague.")
    WRONG_STATE = "WRONG_STATE", _("This is not possible in the present state. Load the page again to see it.")
    DECIDED_ALREADY = (
        "DECIDED_ALREADY",
        _("%(who)s has decided this idea already (%(decision)s, %(when)s). Your decision was not saved."),
    )
    NOT_YOUR_DECISION = "NOT_YOUR_DECISION", _("Only the officer who decided takes the decision back; ask them.")
    TOLD_ALREADY = (
        "TOLD_ALREADY",
        _(
            "The ten minutes are over and the message is on its way, so the decision stands. Tell the resident yourself."
        ),
    )
    COLLEAGUE_DECIDES = (
        "COLLEAGUE_DECIDES",
        _("You have given your opinion of this idea. Because of the doubt a colleague decides; nothing was saved."),
    )
    OPINION_GIVEN = (
        "OPINION_GIVEN",
        _("%(who)s has given a first opinion (%(decision)s, %(when)s). Read it below, then decide."),
    )
    REASON_NEEDED = "REASON_NEEDED", _("Give a reason, and tell the resident what it means.")
    SAME_AS_WHICH = "SAME_AS_WHICH", _("Name the idea that says the same: the number of another one of this year.")
    RECEIVER_NEEDED = "RECEIVER_NEEDED", _("Say who takes the idea over, and what happens to it there.")
    ANSWERED_ALREADY = "ANSWERED_ALREADY", _("A colleague has entered an answer already. Load the page to read it.")
    BEFORE_REFERRAL = "BEFORE_REFERRAL", _("The answer is older than the referral; correct the day.")
    NOT_OVER_YET = (
        "NOT_OVER_YET",
        _("The time to revise this idea or to join it into a proposal is not over yet, so it is not closed."),
    )
    TOO_LATE_TO_ACCEPT = (
        "TOO_LATE_TO_ACCEPT",
        _("The time to join ideas into proposals is over: refer this one elsewhere, or turn it down with a reason."),
    )
    TOO_LATE_TO_RETURN = (
        "TOO_LATE_TO_RETURN",
        _("The time to revise ideas is over, so the resident could not answer: accept, refer or turn down this one."),
    )
    CRITERION_FAILED = "CRITERION_FAILED", _("An idea that fails a criterion cannot be accepted.")
    STALE = "STALE", _("Someone changed this while you were writing. Your text is still here: compare and save again.")
    CONSENT_NEEDED = (
        "CONSENT_NEEDED",
        _("Without consent to what is kept nothing can be handed in. Read the page on privacy and tick the box."),
    )
    NO_NAME = "NO_NAME", _("There is no name to show yet; choose one in your profile first.")
    NOT_A_RESIDENT_ASKS = "NOT_A_RESIDENT_ASKS", _("Only verified residents of the sub-district may ask here.")
    OWN_ASKED = "OWN_ASKED", _("This idea is your own; neighbours ask, and you answer.")
    TOO_MANY_QUESTIONS = (
        "TOO_MANY_QUESTIONS",
        _("Five of your questions and answers wait for release. Please wait until an officer has read them."),
    )
    NOT_ANSWERING = "NOT_ANSWERING", _("Only the author of the idea or an officer may answer.")
    TOO_MANY_REPORTS = (
        "TOO_MANY_REPORTS",
        _("Ten of your reports wait for an officer. Please wait for an answer first."),
    )
    NOTE_NEEDED = "NOTE_NEEDED", _("Say why; the person who wrote it reads it.")
    TOO_MANY_DRAFTS = (
        "TOO_MANY_DRAFTS",
        _("You have ten unfinished drafts. Hand one in or delete one first; what you wrote is still on this page."),
    )
    DRAFT_ELSEWHERE = (
        "DRAFT_ELSEWHERE",
        _("Another window has saved this draft since. What you wrote is still here: compare, then choose."),
    )
    DRAFT_TOO_LONG = (
        "DRAFT_TOO_LONG",
        _("This is too long to be kept as a draft. It is still on this page: please make it shorter."),
    )
    ALREADY_HANDED_IN = (
        "ALREADY_HANDED_IN",
        _("This idea has been handed in already; you find it under “My ideas”. For another idea open a new form."),
    )
    OTHER_PROGRAMME = "OTHER_PROGRAMME", _("The idea belongs to another programme.")
    OTHER_PLACE = "OTHER_PLACE", _("Choose a community and a category of this programme.")
    HAS_AUTHOR = "HAS_AUTHOR", _("This idea belongs to somebody already.")
    CLAIM_DECIDED = "CLAIM_DECIDED", _("A colleague has decided this already.")
    OFFER_ANSWERED = "OFFER_ANSWERED", _("Whether this idea is yours has been settled already.")
    OFFERED_TO_SOMEBODY = (
        "OFFERED_TO_SOMEBODY",
        _("Only the person whose number it is says whether the idea is theirs."),
    )
    TOO_MANY_CLAIMS = "TOO_MANY_CLAIMS", _("Five of your receipts wait for confirmation. Show them at the office.")
    NO_SUCH_RECEIPT = (
        "NO_SUCH_RECEIPT",
        _("There is no receipt with this number. Compare it with your paper, or ask at your community's office."),
    )
    JOINED_ALREADY = (
        "JOINED_ALREADY",
        _("%(who)s has joined “%(idea)s” into “%(proposal)s” already (%(when)s). Nothing was changed."),
    )
    LEADS_OTHERS = "LEADS_OTHERS", _("Other ideas were joined to this one in the proposal. Undo their joining first.")
    LAST_IDEA = (
        "LAST_IDEA",
        _("A proposal that is handed in needs an idea behind it. Join another one to it, or return it for polishing."),
    )
    CHANGES_UNDECIDED = "CHANGES_UNDECIDED", _("Say of every change whether you accept it. Nothing was saved yet.")
    NO_IDEA = "NO_IDEA", _("Choose at least one accepted idea.")
    BEING_SCREENED = (
        "BEING_SCREENED",
        _(
            "An officer has begun to judge it, so its text stays as it is. Wait for the answer, or withdraw it and write anew."
        ),
    )
    NOT_A_PHOTO = "NOT_A_PHOTO", _("This is no photo that can be shown: take a JPEG, PNG or WebP of up to 5 MB.")
    PHOTO_TOO_LARGE = "PHOTO_TOO_LARGE", _("Too many pixels: at most %(megapixels)s million, as 8,000 by 6,000.")
    TOO_MANY_PHOTOS = "TOO_MANY_PHOTOS", _("An idea has three photos at most. Remove one first.")
    PHOTO_TAKEN_DOWN = "PHOTO_TAKEN_DOWN", _("The office has taken this photo down; it stays so.")
    NO_SUCH_VERSION = "NO_SUCH_VERSION", _("Only a version that a later one has replaced can be withheld.")
    WITHHELD_ALREADY = "WITHHELD_ALREADY", _("This version is withheld already. Load the page to read why.")
    NO_BUDGET = "NO_BUDGET", _("The proposal requests no money: add its budget lines first.")
    OVER_PROJECT_CAP = (
        "OVER_PROJECT_CAP",
        _("It asks for %(asked)s yuan; a project may ask for %(cap)s yuan at most. That is %(over)s yuan too much."),
    )
    OVER_COMMUNITY_CAP = (
        "OVER_COMMUNITY_CAP",
        _(
            "It asks for %(asked)s yuan, and other proposals of %(community)s that are handed in ask for %(others)s yuan. "
            "Together they may ask for %(cap)s yuan at most. That is %(over)s yuan too much."
        ),
    )
    NOT_AN_ATTACHMENT = (
        "NOT_AN_ATTACHMENT",
        _("This file cannot be taken: attach one of up to 10 MB, without password, macros or files inside it."),
    )
    ANOTHER_KIND = (
        "ANOTHER_KIND",
        _("Attach a PDF, a Word document (.docx), slides (.pptx) or a picture (JPG, PNG), each under its own ending."),
    )
    TOO_MANY_SLIDES = (
        "TOO_MANY_SLIDES",
        _("These are %(slides)s slides; a pitch has 15 at most: leave some out and attach the file again."),
    )
    TOO_MANY_ATTACHMENTS = "TOO_MANY_ATTACHMENTS", _("A proposal has five attachments at most. Remove one first.")
    NOT_YOUR_OPINION = (
        "NOT_YOUR_OPINION",
        _("The residents' committee and the accompanying organisation each write their own opinion."),
    )
    NOT_THE_LEAD = "NOT_THE_LEAD", _("Only the proposal's lead answers, or the office for the lead.")
    NO_AUTHOR = "NO_AUTHOR", _("The lead is one of the authors of the proposal's ideas.")
    NOTHING_CHANGED = "NOTHING_CHANGED", _("Nothing was changed since the lead looked last.")
    ROUND_SHOWN = "ROUND_SHOWN", _("These changes wait for the lead's answer already.")
    ROUND_ANSWERED = "ROUND_ANSWERED", _("These changes are answered already, or were not shown yet.")
    ROUND_UNANSWERED = "ROUND_UNANSWERED", _("The lead has not answered every change yet; show them first.")
    ANSWER_NEEDED = "ANSWER_NEEDED", _("Write down how the lead told you the answer.")
    NOT_POOLED = "NOT_POOLED", _("Only a proposal of the project pool is entered again.")
    NO_LATER_YEAR = "NO_LATER_YEAR", _("Choose a later year of the same street office.")
    REENTERED = "REENTERED", _("This proposal has been entered in that year already.")
    WHY_NEEDED = "WHY_NEEDED", _("Say why: choose a reason, and write what it means here.")
    PLEDGE_NEEDED = (
        "PLEDGE_NEEDED",
        _("Read the statement of integrity as it is now, and tick the box; without it nothing is handed in."),
    )
    NOT_COACHING = "NOT_COACHING", _("The street office has not begun the polishing of this proposal yet.")
    NOT_YET = "NOT_YET", _("This day has not come yet; the log tells what was done.")
    INCOMPLETE = "INCOMPLETE", _("The document is not complete yet. Missing: %(missing)s.")
    IN_A_CONTEST = (
        "IN_A_CONTEST",
        _("This proposal takes part in a contest and stays in it. To leave the contest, ask the street office."),
    )
    JUDGED = "JUDGED", _("This proposal was found fit for the contest; its ideas, text and amount are fixed.")
