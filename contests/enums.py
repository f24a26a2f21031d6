"""Values of the contest: what is stored (ASCII), what people read (lazy labels), and which state may follow which."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ContestState(TextChoices):
    DRAFT = "DRAFT", _("Draft")
    OPEN = "OPEN", _("Open")
    CLOSED = "CLOSED", _("Closed")
    TALLIED = "TALLIED", _("Tallied")
    PUBLICISED = "PUBLICISED", _("On public notice")
    CONFIRMED = "CONFIRMED", _("Confirmed")


CONTEST_TRANSITIONS: dict[ContestState, frozenset[ContestState]] = {
    ContestState.DRAFT: frozenset({ContestState.OPEN}),
    ContestState.OPEN: frozenset({ContestState.CLOSED}),
    ContestState.CLOSED: frozenset({ContestState.TALLIED}),
    # A second final run supersedes the first, so TALLIED may follow itself.
    ContestState.TALLIED: frozenset({ContestState.TALLIED, ContestState.PUBLICISED}),
    ContestState.PUBLICISED: frozenset({ContestState.CONFIRMED}),
    ContestState.CONFIRMED: frozenset(),
}


PUBLISHED_STATES = frozenset({ContestState.PUBLICISED, ContestState.CONFIRMED})
"""Contests whose result everyone may read."""

JUDGED_STATES = frozenset({ContestState.OPEN, ContestState.CLOSED, ContestState.TALLIED})
"""Contests that are judged, or have been and are not on public notice yet."""


class EntryStatus(TextChoices):
    IN = "IN", _("Taking part")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    DISQUALIFIED = "DISQUALIFIED", _("Disqualified")


class PublicMethod(TextChoices):
    """How votes become a score of 0–100 (`tally.md` 2.4)."""

    SHARE_OF_TOP = "SHARE_OF_TOP", _("Share of the top entry's votes")
    PER_THOUSAND = "PER_THOUSAND", _("Votes per thousand residents, as a share of the top")
    SHARE_OF_BALLOTS = "SHARE_OF_BALLOTS", _("Share of all valid ballots")
    RANK = "RANK", _("Rank by votes")
    JURY_MEAN = "JURY_MEAN", _("Mean score of the on-site public jury")


class TieBreak(TextChoices):
    """What orders entries with equal composite scores (`tally.md` 2.6)."""

    EXPERT_SCORE = "EXPERT_SCORE", _("Higher expert score")
    PUBLIC_SCORE = "PUBLIC_SCORE", _("Higher public score")
    FIRST_CRITERION = "FIRST_CRITERION", _("Higher mean in the first criterion")
    VOTES = "VOTES", _("More votes")
    LOWER_COST = "LOWER_COST", _("Lower requested amount")
    HIGHER_COST = "HIGHER_COST", _("Higher requested amount")
    DRAW = "DRAW", _("Published draw")


class OnMisfit(TextChoices):
    """What a refusal by a community cap or by the budget does to the entries that follow."""

    SKIP = "SKIP", _("Skip the entry and go on")
    STOP = "STOP", _("End the selection")
    STOP_IN_COMMUNITY = "STOP_IN_COMMUNITY", _("End the selection for that community")


class PartFunding(TextChoices):
    NEVER = "NEVER", _("Never")
    LAST = "LAST", _("The last entry may take the remainder")


class Decision(TextChoices):
    SELECTED = "SELECTED", pgettext_lazy("award", "Selected")
    RESERVE = "RESERVE", pgettext_lazy("award", "Reserve")
    NOT_SELECTED = "NOT_SELECTED", pgettext_lazy("award", "Not selected")


class AwardReason(TextChoices):
    """Why an entry was selected or not (`tally.md` 3); the last three explain entries without a rank."""

    COMMUNITY_GUARANTEE = "COMMUNITY_GUARANTEE", _("Best of its community")
    BY_RANK = "BY_RANK", _("Selected by rank")
    PART_FUNDED = "PART_FUNDED", _("Funded with the remainder")
    AFTER_STOP = "AFTER_STOP", _("Selection had ended")
    BELOW_MIN_SCORE = "BELOW_MIN_SCORE", _("Below the minimum score")
    BELOW_MIN_VOTES = "BELOW_MIN_VOTES", _("Below the minimum votes")
    OVER_PROJECT_CAP = "OVER_PROJECT_CAP", _("Above the cap per project")
    CATEGORY_FULL = "CATEGORY_FULL", _("Category full")
    COMMUNITY_CAP = "COMMUNITY_CAP", _("Community's cap reached")
    BUDGET = "BUDGET", _("Budget exhausted")
    WITHDRAWN = "WITHDRAWN", _("Withdrawn")
    DISQUALIFIED = "DISQUALIFIED", _("Disqualified")
    INCOMPLETE = "INCOMPLETE", _("Too few score sheets")


class SheetState(TextChoices):
    DRAFT = "DRAFT", pgettext_lazy("sheet", "Begun")
    SUBMITTED = "SUBMITTED", pgettext_lazy("sheet", "Submitted")


class AwardState(TextChoices):
    """What the office decided; a cancelled award followed an upheld objection."""

    SELECTED = "SELECTED", pgettext_lazy("award", "Selected")
    RESERVE = "RESERVE", pgettext_lazy("award", "Reserve")
    NOT_SELECTED = "NOT_SELECTED", pgettext_lazy("award", "Not selected")
    CANCELLED = "CANCELLED", pgettext_lazy("award", "Cancelled")


class RecusalGround(TextChoices):
    DECLARED = "DECLARED", _("Declared by the expert")
    SAME_COMMUNITY = "SAME_COMMUNITY", _("Lives in the community")
    SAME_ORGANISATION = "SAME_ORGANISATION", _("Member of the organisation")
    ON_TEAM = "ON_TEAM", _("On the proposal's team")
    SAME_EMPLOYER = "SAME_EMPLOYER", _("Same employer")


class DeclaredTie(TextChoices):
    """What an expert who declares a conflict has to do with those behind the entry."""

    RELATIVE = "RELATIVE", _("A relative or close friend takes part in it")
    EMPLOYER = "EMPLOYER", _("I work or have worked for those behind it")
    ADVISER = "ADVISER", _("I have advised them or helped to write it")
    MEMBER = "MEMBER", _("I belong to an organisation behind it")
    OTHER = "OTHER", _("Something else, which I explain")


class InvitationState(TextChoices):
    """What has become of an invitation to a panel; whether an open one has expired, its day tells."""

    OPEN = "OPEN", pgettext_lazy("invitation", "Awaiting an answer")
    ACCEPTED = "ACCEPTED", pgettext_lazy("invitation", "Accepted")
    DECLINED = "DECLINED", pgettext_lazy("invitation", "Declined")
    WITHDRAWN = "WITHDRAWN", pgettext_lazy("invitation", "Taken back")
    LAPSED = "LAPSED", pgettext_lazy("invitation", "Never answered")


class AssignmentProblem(TextChoices):
    """Why a row of a table of assignments cannot be taken over."""

    NO_EXPERT = "NO_EXPERT", _("No expert of the panel has this code.")
    EXPERT_LEFT = "EXPERT_LEFT", _("This expert has dropped out already.")
    NO_ENTRY = "NO_ENTRY", _("No entry that takes part has this number.")
    RECUSED = "RECUSED", _("The expert keeps out of this entry.")
    SCORES_SEEN = "SCORES_SEEN", _("The expert may have seen scores of this entry.")
    TWICE = "TWICE", _("This row stands above already.")


class VoidReason(TextChoices):
    DUPLICATE_VOTER = "DUPLICATE_VOTER", _("Same voter twice")
    NOT_ELIGIBLE = "NOT_ELIGIBLE", _("Voter not on the roll")
    STUFFING = "STUFFING", _("Manipulated voting")


class RunKind(TextChoices):
    LIVE = "LIVE", _("Live")
    FINAL = "FINAL", _("Final")


class RunState(TextChoices):
    PENDING = "PENDING", _("Waiting")
    RUNNING = "RUNNING", _("Running")
    DONE = "DONE", _("Done")
    FAILED = "FAILED", _("Failed")


class RunStep(TextChoices):
    """The steps of a run in their order; progress is the share of them that is behind."""

    QUEUED = "QUEUED", _("Waiting for a worker")
    COUNTING = "COUNTING", _("Counting the inputs")
    SHEETS = "SHEETS", _("Adding up score sheets")
    VOTES = "VOTES", _("Counting votes")
    SCORES = "SCORES", _("Computing scores and ranks")
    AWARDS = "AWARDS", _("Deciding awards")
    PUBLISHED = "PUBLISHED", _("Results written")


class ContestAct(TextChoices):
    """What an event tells that is no change of the contest's state."""

    OVERRULING_PROPOSED = "OVERRULING_PROPOSED", _("Other decision proposed")
    OVERRULING_SIGNED = "OVERRULING_SIGNED", _("Other decision signed")
    ENTRIES_ASSIGNED = "ENTRIES_ASSIGNED", _("Entries assigned")
    EXPERT_LEFT = "EXPERT_LEFT", _("An expert dropped out")
    SHEET_REOPENED = "SHEET_REOPENED", _("A score sheet reopened")
    EXPERTS_REMINDED = "EXPERTS_REMINDED", _("Experts reminded")
    EXPERT_INVITED = "EXPERT_INVITED", _("An expert invited")
    INVITATION_SENT_AGAIN = "INVITATION_SENT_AGAIN", _("An invitation sent again")
    INVITATION_WITHDRAWN = "INVITATION_WITHDRAWN", _("An invitation taken back")
    INVITATION_ACCEPTED = "INVITATION_ACCEPTED", _("An invitation accepted")
    INVITATION_DECLINED = "INVITATION_DECLINED", _("An invitation declined")
    VOTING_OPENED = "VOTING_OPENED", _("Voting begun")
    OVERRULING_WITHDRAWN = "OVERRULING_WITHDRAWN", _("Proposed decision taken back")
    PITCH_PLANNED = "PITCH_PLANNED", _("Pitch session planned")
    PITCH_DRAWN = "PITCH_DRAWN", _("Order of pitches drawn")
    PITCH_MOVED = "PITCH_MOVED", _("Pitch moved")
    PITCH_STARTED = "PITCH_STARTED", _("Pitch session started")
    PITCH_NEXT = "PITCH_NEXT", _("Next pitch")
    PITCH_BACK = "PITCH_BACK", _("Back to the pitch before")
    PITCH_PAUSED = "PITCH_PAUSED", _("Clock of a pitch stopped")
    PITCH_RESUMED = "PITCH_RESUMED", _("Clock of a pitch let go on")
    PITCH_ENDED = "PITCH_ENDED", _("Pitch session ended")
    SCORE_REVEALED = "SCORE_REVEALED", _("Score of an entry shown to the hall")
    ENTRY_WITHDRAWN = "ENTRY_WITHDRAWN", _("Entry withdrawn from the contest")
    ENTRY_DISQUALIFIED = "ENTRY_DISQUALIFIED", _("Entry disqualified")
    NAMES_LOOKED_AT = "NAMES_LOOKED_AT", _("Names in a blind entry looked at")
    NAMESAKE_CLEARED = "NAMESAKE_CLEARED", _("A namesake is another person")


class MoveCause(TextChoices):
    """Why an entry stands otherwise in one run than in another (`contests.comparison`)."""

    STATUS = "STATUS", _("It takes part, or does so no longer")
    SHEETS = "SHEETS", _("Its score sheets")
    VOTES = "VOTES", _("Its votes")
    OTHERS_VOTES = "OTHERS_VOTES", _("What its votes are worth beside those of others")
    OTHERS = "OTHERS", _("Other entries")


class RuleProblem(TextChoices):
    """What is wrong with one field of a ruleset (`contests.ruleset.problems`)."""

    WEIGHTS_SUM = "WEIGHTS_SUM", _("The weights must add up to 1.")
    NEGATIVE = "NEGATIVE", _("The value must not be negative.")
    OUTSIDE_0_100 = "OUTSIDE_0_100", _("The value must be between 0 and 100.")
    OUTSIDE_0_1 = "OUTSIDE_0_1", _("The share must be between 0 and 1.")
    TOO_MANY_DECIMALS = "TOO_MANY_DECIMALS", _("The value has too many decimal places.")
    TOO_LARGE = "TOO_LARGE", _("The value is too large.")
    QUORUM_ZERO = "QUORUM_ZERO", _("With a positive expert weight the quorum must be at least 1.")
    MIN_CHOICES_ZERO = "MIN_CHOICES_ZERO", _("A ballot must hold at least one choice.")
    CHOICES_REVERSED = "CHOICES_REVERSED", _("The fewest choices must not exceed the most choices.")
    TIE_BREAK_TWICE = "TIE_BREAK_TWICE", _("The same tie-break is listed twice.")
    SEED_MISSING = "SEED_MISSING", _("A seed is needed, because a draw may settle a tie.")
    SEED_UNREADABLE = "SEED_UNREADABLE", _("The seed must be one line of at most 200 printable characters.")
    SHARE_NEEDED = "SHARE_NEEDED", _("Part funding needs a minimum share above 0.")


class TallyProblem(TextChoices):
    """Why a tally cannot be computed from its inputs (`contests.scoring.TallyError`)."""

    POPULATION_UNKNOWN = "POPULATION_UNKNOWN", _("The registered population of a community is not known.")
    NO_BALLOTS = "NO_BALLOTS", _("There are votes on paper, but no valid ballot to take a share of.")


class ContestRefusal(TextChoices):
    """Why a verb on contests is refused; the label is what the person reads."""

    NOT_AN_OFFICER = "NOT_AN_OFFICER", _("Only an officer of this street office may do this.")
    APPROVER_NEEDED = "APPROVER_NEEDED", _("A street approver does this, and not the person who took the step before.")
    WRONG_STATE = "WRONG_STATE", _("This is not possible in the present state. Load the page again to see it.")
    STAGE_CLOSED = "STAGE_CLOSED", _("The time for this is over or has not come yet; the calendar shows when.")
    NOTICE_RUNS = (
        "NOTICE_RUNS",
        _("The result is confirmed after the last day of its public notice; the calendar of the year shows which."),
    )
    RULES_UNSOUND = "RULES_UNSOUND", _("The rules cannot be used: %(problems)s")
    NO_CRITERIA = "NO_CRITERIA", _("The contest has no criteria yet.")
    NO_ENTRIES = "NO_ENTRIES", _("The contest has no entries yet.")
    WINDOWS_MISSING = "WINDOWS_MISSING", _("Say first when scoring and voting open and close.")
    NOT_QUALIFIED = "NOT_QUALIFIED", _("Only a qualified proposal of this programme can be entered.")
    NO_AMOUNT = "NO_AMOUNT", _("The proposal requests no money.")
    ENTERED_ALREADY = "ENTERED_ALREADY", _("This proposal is in the contest already.")
    NOT_ASSIGNED = "NOT_ASSIGNED", _("This entry is not assigned to you.")
    RECUSED = "RECUSED", _("You keep out of this entry.")
    SCORES_SEEN = (
        "SCORES_SEEN",
        _("Whoever may have seen scores of an entry does not score it any more: %(pairs)s. Choose somebody else."),
    )
    NAMES_UNLOOKED = (
        "NAMES_UNLOOKED",
        _(
            "The contest is judged blind, but applicants are named in what experts read: %(entries)s. Mend the texts, or "
            "look at the names and say why they may stand."
        ),
    )
    NOT_BLIND = "NOT_BLIND", _("This contest is not judged blind.")
    NO_NAMESAKE = "NO_NAMESAKE", _("Nobody waits here for this to be said any more. Load the page again.")
    NAMESAKES_UNSETTLED = (
        "NAMESAKES_UNSETTLED",
        _(
            "An expert bears the name of somebody on a team: %(pairs)s. Keep them out, or say how it is known that it is "
            "another person."
        ),
    )
    NO_READERS = "NO_READERS", _("At least one expert reads each entry.")
    EXPERT_LEFT = "EXPERT_LEFT", _("This expert has dropped out already.")
    ROWS_WRONG = (
        "ROWS_WRONG",
        _("Rows %(rows)s do not fit the panel and its entries any more; nothing was changed. Choose the file again."),
    )
    REASON_MISSING = "REASON_MISSING", _("Say why.")
    CLOSES_EARLY = (
        "CLOSES_EARLY",
        _("Scoring or voting is not over yet: before that only a street approver closes the contest, with a reason."),
    )
    NOT_SUBMITTED = "NOT_SUBMITTED", _("This sheet is not submitted; the expert can change it as it is.")
    NOT_CHAIR = "NOT_CHAIR", _("Whoever presides over the panel sees this page, and the office.")
    OWN_SHEETS_FIRST = (
        "OWN_SHEETS_FIRST",
        _("You see the others' scores when all your own sheets are in and the contest shows them, or scoring is over."),
    )
    ENTRY_OUT = "ENTRY_OUT", _("This entry does not take part any more.")
    LEFT_PANEL = "LEFT_PANEL", _("You have dropped out of this panel; its scores are not shown to you any more.")
    NOBODY_TO_REMIND = "NOBODY_TO_REMIND", _("None of these experts has a sheet to hand in.")
    WAY_MISSING = "WAY_MISSING", _("Give either a mobile number or an e-mail address.")
    EXPIRY_WRONG = "EXPIRY_WRONG", _("Choose a day from tomorrow on, at most %(most)s days ahead.")
    INVITED_ALREADY = "INVITED_ALREADY", _("An invitation to this person waits for an answer already.")
    ON_PANEL = "ON_PANEL", _("This person is on the panel already.")
    ON_ITS_WAY = "ON_ITS_WAY", _("A message with this invitation is on its way already.")
    INVITATION_OVER = "INVITATION_OVER", _("This invitation has been answered or taken back.")
    INVITATION_EXPIRED = (
        "INVITATION_EXPIRED",
        _("This invitation has expired. Ask the street office if you still want to judge; it can send it again."),
    )
    NO_LONGER_SOUGHT = "NO_LONGER_SOUGHT", _("The contest is closed; no experts are sought any more.")
    OTHER_ACCOUNT = "OTHER_ACCOUNT", _("This invitation is for somebody else than the account you are logged in with.")
    RUNS_CONTEST = "RUNS_CONTEST", _("Whoever works for this street office does not judge in its contests.")
    CONSENT_NEEDED = "CONSENT_NEEDED", _("Without your consent to the privacy notice you cannot join the panel.")
    TIE_MISSING = "TIE_MISSING", _("Say what ties you to the entry.")
    NOTE_MISSING = "NOTE_MISSING", _("Explain in a few words what ties you to the entry.")
    SCORING_CLOSED = "SCORING_CLOSED", _("Scoring is closed.")
    SHEET_SUBMITTED = "SHEET_SUBMITTED", _("You have submitted this sheet; it cannot be changed any more.")
    SHEET_INCOMPLETE = "SHEET_INCOMPLETE", _("Give points for every criterion before you submit.")
    POINTS_OUTSIDE = "POINTS_OUTSIDE", _("Points lie between 0 and the maximum, in steps of a half.")
    REMARK_MISSING = "REMARK_MISSING", _("Say in a few words why a criterion gets less than 60 per cent of its points.")
    SHEET_CHANGED = (
        "SHEET_CHANGED",
        _("This sheet was saved from another window or device meanwhile. Look at both and save what is to stand."),
    )
    LOGIN_NEEDED = "LOGIN_NEEDED", _("Log in with your mobile number first.")
    NOT_VERIFIED = (
        "NOT_VERIFIED",
        _("Only verified residents vote. Name your community, and its residents' committee will verify you."),
    )
    VOTING_CLOSED = "VOTING_CLOSED", _("Voting is closed. Your ballot was not changed.")
    VOTING_NOT_OPEN = "VOTING_NOT_OPEN", _("Voting has not begun yet.")
    TOO_FEW_CHOICES = "TOO_FEW_CHOICES", _("Choose at least %(least)s.")
    TOO_MANY_CHOICES = "TOO_MANY_CHOICES", _("Choose at most %(most)s.")
    UNKNOWN_CHOICE = "UNKNOWN_CHOICE", _("One of your choices no longer takes part. Choose again.")
    IMPORTED = "IMPORTED", _("This contest was imported: it is a record, and nobody is funded by it.")
    IMPORTED_ALREADY = (
        "IMPORTED_ALREADY",
        _("This archive has been imported already, as contest %(contest)s. Say --replace to import it anew."),
    )
    RUN_UNDER_WAY = "RUN_UNDER_WAY", _("A tally of this contest is under way; wait until it is done.")
    NOT_RANKED = "NOT_RANKED", _("Only an entry that has a rank in the final tally can be overruled.")
    SAME_DECISION = "SAME_DECISION", _("This is what the tally decided; there is nothing to overrule.")
    AMOUNT_WRONG = (
        "AMOUNT_WRONG",
        _("A selected entry has an amount above zero and no more than it asked for (%(requested)s yuan)."),
    )
    OVERRULING_SIGNED = "OVERRULING_SIGNED", _("This decision has been signed; it cannot be changed any more.")
    OVERRULING_UNSIGNED = (
        "OVERRULING_UNSIGNED",
        _("A decision of the office still waits for its second signature (%(entry)s). Have it signed or take it back."),
    )
    OVER_BUDGET = (
        "OVER_BUDGET",
        _("The awards come to %(total)s yuan, above the budget of %(budget)s yuan. Change a decision of the office."),
    )
    NO_FINAL_RUN = "NO_FINAL_RUN", _("Run the final tally first.")
    INCOMPLETE = "INCOMPLETE", _("An entry has too few score sheets; the result cannot be published.")
    TALLY_STALE = "TALLY_STALE", _("The inputs have changed since the final tally; run it again.")
