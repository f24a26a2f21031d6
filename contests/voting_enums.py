"""Values of the public vote: the electoral roll, household codes, and why a voter or an officer is refused."""

from django.db.models import TextChoices
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy


class ChoicesFrom(TextChoices):
    """Which entries a voter may choose."""

    ALL = "ALL", _("Entries of all communities")
    OWN_COMMUNITY = "OWN_COMMUNITY", _("Only entries of the voter's own community")


class RollSource(TextChoices):
    """How a line came onto the electoral roll."""

    RESIDENCY = "RESIDENCY", _("Verified resident with an account")
    ROSTER = "ROSTER", _("From the residents' roster")
    OFFICER = "OFFICER", _("Entered by an officer")
    CODE = "CODE", _("By household code")


class VoteWay(TextChoices):
    """How somebody voted. The roll shows only that they did, and the way of a paper ballot, whose mark may be a mistake."""

    NONE = "", _("Not yet")
    ONLINE = "ONLINE", _("On the site")
    HELPED = "HELPED", _("On the site, with a helper")
    PAPER = "PAPER", _("On paper")


class RollAct(TextChoices):
    """What somebody of the office did to the roll; each leaves a row."""

    DRAWN_UP = "DRAWN_UP", _("Verified residents put on the roll")
    ENTERED = "ENTERED", _("Entered by an officer")
    IMPORTED = "IMPORTED", _("Roster imported")
    MARKED = "MARKED", _("Marked as voting on paper")
    UNMARKING_ASKED = "UNMARKING_ASKED", _("Asked to take a paper mark back")
    UNMARKED = "UNMARKED", _("Paper mark taken back")
    STRUCK = "STRUCK", _("Struck off the roll")
    JOINED = "JOINED", _("Two lines of one person joined")
    TOLD_APART = "TOLD_APART", _("Compared with the accounts: other people")


class CodeState(TextChoices):
    """What became of a household code; read from its row, never stored."""

    FREE = "FREE", pgettext_lazy("code", "Not used yet")
    USED = "USED", pgettext_lazy("code", "Used")
    VOID = "VOID", pgettext_lazy("code", "Void")


class CodeVoidReason(TextChoices):
    LOST = "LOST", _("Lost")
    SPOILED = "SPOILED", _("Misprinted or damaged")
    MOVED = "MOVED", _("The household has moved away")
    MISUSED = "MISUSED", _("In the wrong hands")


class SheetCheck(TextChoices):
    """How far a counting sheet of paper votes is."""

    ENTERED = "ENTERED", _("Waits for a second person")
    VERIFIED = "VERIFIED", pgettext_lazy("counting sheet", "Counted")


class FlagKind(TextChoices):
    """Why a group of ballots stands out (`contests.guard`)."""

    TURNOUT = "TURNOUT", _("More voters than a community is likely to have")
    BURST = "BURST", _("Many ballots in one minute")
    NETWORK = "NETWORK", _("Many ballots from one network")
    DEVICE = "DEVICE", _("Many ballots from one device")
    NEW_ACCOUNTS = "NEW_ACCOUNTS", _("Many accounts that had just been made")
    SEGMENT = "SEGMENT", _("Many numbers of one series")
    HELPER = "HELPER", _("Many people helped by one helper on one day")
    TWO_WAYS = "TWO_WAYS", _("By household code, from devices that vote with an account too")
    CAST_AGAIN = "CAST_AGAIN", _("Cast again after a ballot was voided")


class FlagState(TextChoices):
    OPEN = "OPEN", _("To be looked at")
    PROPOSED = "PROPOSED", _("Waits for a second person")
    SETTLED = "SETTLED", _("Settled")


class RosterProblem(TextChoices):
    """What is wrong with one row of a roster; the label is what the officer reads."""

    NO_REFERENCE = "NO_REFERENCE", _("The number on the roster is missing.")
    LONG_REFERENCE = "LONG_REFERENCE", _("The number on the roster has more than 40 characters.")
    TWICE = "TWICE", _("The same number stands in an earlier row.")
    PHONE_WRONG = "PHONE_WRONG", _("This is no mobile number.")
    PHONE_TWICE = "PHONE_TWICE", _("The same mobile number stands in an earlier row.")
    UNDER_AGE = "UNDER_AGE", _("Only who is 18 or older votes; this row says otherwise or nothing.")
    LIVES_ELSEWHERE = "LIVES_ELSEWHERE", _("The person with this mobile number is a resident of another community.")
    ON_ROLL = "ON_ROLL", _("This number is on the roll already.")
    PHONE_ON_ROLL = "PHONE_ON_ROLL", _("The person with this mobile number is on the roll already.")


class VotingRefusal(TextChoices):
    """Why a verb of the public vote is refused; the label is what the person reads."""

    NOT_AN_OFFICER = "NOT_AN_OFFICER", _("Only an officer of this community or the street office may do this.")
    ROLL_CLOSED = "ROLL_CLOSED", _("The roll is closed: voting is over.")
    ON_ROLL_ALREADY = "ON_ROLL_ALREADY", _("This person is on the roll already.")
    LIVES_ELSEWHERE = "LIVES_ELSEWHERE", _("The person with this mobile number is a resident of another community.")
    NO_LONGER_VERIFIED = (
        "NO_LONGER_VERIFIED",
        _("That you live here is no longer confirmed, so you cannot vote. Ask your community officer."),
    )
    ADULTS_ONLY = "ADULTS_ONLY", _("Only who is 18 or older votes.")
    FILE_UNREADABLE = "FILE_UNREADABLE", _("The file cannot be read. Save it as .xlsx or .csv and choose it again.")
    FILE_EMPTY = "FILE_EMPTY", _("The file has no rows below its heading.")
    FILE_LONG = "FILE_LONG", _("The file has more than %(most)s rows. Divide it.")
    NO_REFERENCE_COLUMN = "NO_REFERENCE_COLUMN", _("The file has no column “%(column)s”.")
    PREVIEW_OLD = "PREVIEW_OLD", _("This preview is out of date. Choose the file again.")
    CODE_UNKNOWN = "CODE_UNKNOWN", _("This code does not exist. Compare it with the paper, letter by letter.")
    SUM_FIRST = (
        "SUM_FIRST",
        _("Very many tries came over this connection. Please answer the question further down, then press again."),
    )
    CODE_VOID = "CODE_VOID", _("This code is no longer valid. The residents' committee gives you a new one.")
    CODE_TAKEN = "CODE_TAKEN", _("This code belongs to somebody who votes with an account. Log in to vote.")
    CODE_OF_ACCOUNT = (
        "CODE_OF_ACCOUNT",
        _(
            "This mobile number is on the roll already. Log in with it and open the code again: then both have one ballot."
        ),
    )
    CODE_SECOND = "CODE_SECOND", _("You have used another household code already. Everyone votes once.")
    CODE_VOID_ALREADY = "CODE_VOID_ALREADY", _("This code is void already.")
    TOO_MANY_CODES = "TOO_MANY_CODES", _("At most %(most)s codes are issued at once.")
    NO_LINES = "NO_LINES", _("Every line of the roster has a code or an account already.")
    NO_FREE_CODES = "NO_FREE_CODES", _("This sheet has no unused codes any more.")
    BATCH_SHOWN = "BATCH_SHOWN", _("These codes were shown once and are not kept. Void the sheet and issue a new one.")
    VOTED_ON_PAPER = "VOTED_ON_PAPER", _("You have voted on paper, so there is no second ballot here.")
    VOTED_ALREADY = "VOTED_ALREADY", _("This person has voted already.")
    STRUCK = "STRUCK", _("This line is struck off the roll. The community officer tells why.")
    LINE_JOINED = "LINE_JOINED", _("This line has been joined with another one meanwhile. Look the person up again.")
    UNMARK_SECOND = "UNMARK_SECOND", _("You have asked for this yourself; a second person takes the mark back.")
    NOT_TWO_LINES = (
        "NOT_TWO_LINES",
        _("Type the number of a line of the same community's roster that belongs to no account."),
    )
    TWO_CODES = "TWO_CODES", _("Both lines have a household code. Make one of the codes void first.")
    BOTH_VOTED = (
        "BOTH_VOTED",
        _("Both lines have voted, so one ballot becomes void. A street approver joins them."),
    )
    NO_SUCH_ACCOUNT = (
        "NO_SUCH_ACCOUNT",
        _("No account of this community on the roll has this mobile number. Compare it with the list of voters."),
    )
    VOTING_RUNS = "VOTING_RUNS", _("Voting is not over yet: somebody of these may still vote with an account.")
    NOT_VOTED_ON_PAPER = "NOT_VOTED_ON_PAPER", _("This person is not marked as having voted on paper.")
    OTHER_COMMUNITY = "OTHER_COMMUNITY", _("In this contest you choose among the entries of your own community.")
    NO_SUCH_RECEIPT = "NO_SUCH_RECEIPT", _("No ballot of this contest has this code. Compare it letter by letter.")
    SHEET_TWICE = "SHEET_TWICE", _("A sheet with this number is entered already.")
    SHEET_GONE = "SHEET_GONE", _("The entry of this sheet has been taken back meanwhile.")
    SHEET_VERIFIED = "SHEET_VERIFIED", _("This sheet has been verified already.")
    SECOND_PERSON = "SECOND_PERSON", _("A second person types the sheet again; you have entered it yourself.")
    SHEET_DIFFERS = (
        "SHEET_DIFFERS",
        _(
            "What you typed differs from the first entry. Compare each figure with the paper; nothing was counted. "
            "Tries left: %(left)s."
        ),
    )
    SHEET_TRIED = (
        "SHEET_TRIED",
        _("This sheet was typed differently too often. Take the entry back, then two people type it anew."),
    )
    PAPERS_OVER_MARKS = (
        "PAPERS_OVER_MARKS",
        _(
            "%(papers)s papers of this community would count, but only %(marks)s voters are marked as voting on paper. "
            "Mark everyone who signed the printed roll, or count the papers again."
        ),
    )
    PAPER_OF_OTHERS = (
        "PAPER_OF_OTHERS",
        _("Entry %(entry)s is of another community. Voters choose among the entries of their own here."),
    )
    TOO_MANY_MARKS = "TOO_MANY_MARKS", _("Entry %(entry)s has more votes than there are valid papers.")
    PAPERS_AND_MARKS = (
        "PAPERS_AND_MARKS",
        _("%(votes)s votes do not fit %(papers)s papers with %(least)s to %(most)s choices each."),
    )
    PAPER_CLOSED = (
        "PAPER_CLOSED",
        _("Paper votes are entered while the contest is open or closed, before its final tally."),
    )
    SCAN_UNREADABLE = "SCAN_UNREADABLE", _("The scan must be a picture (JPEG, PNG) or a PDF of at most 10 MB.")
    CONSENT_MISSING = "CONSENT_MISSING", _("Ask the person first whether they want help.")
    HELP_OVER = "HELP_OVER", _("The time for this session is over. Nothing was lost for the voter: begin again.")
    FLAG_SETTLED = "FLAG_SETTLED", _("This has been settled already.")
    FLAG_PROPOSED = "FLAG_PROPOSED", _("Say first whether you agree with what has been proposed.")
    FLAG_NOT_PROPOSED = "FLAG_NOT_PROPOSED", _("Somebody has to propose first what is to be done.")
    APPROVER_NEEDED = "APPROVER_NEEDED", _("A street approver settles this, and not the person who proposed it.")
    REASON_MISSING = "REASON_MISSING", _("Say why.")
    FLAGS_OPEN = (
        "FLAGS_OPEN",
        _("Ballots that stand out have not been settled (%(count)s). Look at the guard desk first."),
    )
    SHEETS_OPEN = "SHEETS_OPEN", _("Counting sheets wait for their second person (%(count)s).")
    LINES_UNMATCHED = (
        "LINES_UNMATCHED",
        _(
            "Voters without an account have not been compared with the accounts yet (%(count)s). The communities do that "
            "under “Voted twice?” of the roll."
        ),
    )
    PAPERS_UNSIGNED = (
        "PAPERS_UNSIGNED",
        _(
            "More papers are counted than voters are marked as voting on paper: %(places)s. Mark everyone who signed the "
            "printed roll."
        ),
    )
    COUNTS_HIDDEN = "COUNTS_HIDDEN", _("Nobody counts the votes before voting is over.")
