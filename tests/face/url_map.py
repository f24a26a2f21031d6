"""The table of all pages: what is opened in Chromium, as whom, and of which row.

To add a page: a `Page` with the name of its URL pattern. `who` and `of` name attributes of `World` (tests/face/world.py);
add what is missing there. `of` gives the number in the address, `args` what follows it, `query` what stands behind the
question mark; both may quote the world, as in `?idea={idea_accepted.pk}`. A variant (an empty list, a form with
mistakes, a closed stage) is another `Page` with the same name. What answers GET with something else than a page stands
in `NOT_PAGES`, with what it is; the suite holds it to that.
Pages of the admin come from its registry; a new model needs its rows in `ROWS`.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import Enum

from django.apps import apps
from django.contrib import admin
from django.urls import URLPattern, URLResolver, get_resolver, reverse

from communities.office import OfficeAdmin
from contests.enums import ContestState
from proposals.document_enums import DocumentSection
from proposals.enums import IdeaState, ProposalState
from tests.face import filled
from tests.face.filled import Fields
from tests.face.world import World

ANYONE = ""
MODES = ("normal", "elder")
LANGUAGES = ("zh", "en")


@dataclass(frozen=True, slots=True)
class Page:
    """One page, or one variant of it.

    `submit` is the form to send empty once the page is there, or with what the function `filled` of tests/face/filled.py
    types into it; `modes` and `languages` are those in which it is worth a look.
    """

    name: str
    who: str = ANYONE
    of: str = ""
    args: tuple[str, ...] = ()
    query: str = ""
    status: int = 200
    submit: str = ""
    filled: str = ""
    modes: tuple[str, ...] = MODES
    languages: tuple[str, ...] = LANGUAGES

    def path(self, world: World) -> str:
        numbers = [getattr(world, self.of).pk] if self.of else []
        further = [argument.format_map(vars(world)) for argument in self.args]
        return reverse(self.name, args=numbers + further) + self.query.format_map(vars(world))

    @property
    def in_office(self) -> bool:
        return self.name.startswith("admin:")

    def __str__(self) -> str:
        parts = [self.name, self.of and f"of {self.of}", *self.args, self.query, self.who and f"as {self.who}"]
        sent = f"sent with {self.filled}" if self.filled else "sent empty"
        return " ".join(part for part in [*parts, sent if self.submit else ""] if part)

    def typed(self, world: World) -> Fields:
        """What is typed into the form before it is sent."""
        return getattr(filled, self.filled)(world) if self.filled else {}


class Kind(Enum):
    """What answers GET, if not a page of its own."""

    POST_ONLY = "answers 405"
    FILE = "is no HTML"
    PIECE = "is HTML without <html>, for htmx"
    REDIRECT = "leads to a page"
    CLOSED = "is refused to everybody"


@dataclass(frozen=True, slots=True)
class NotAPage:
    """`name` is the route where the pattern has no name; `address` is needed then. It may quote the world's attributes."""

    name: str
    kind: Kind
    who: str = ANYONE
    of: str = ""
    address: str = ""
    headers: dict[str, str] = field(default_factory=dict)

    def path(self, world: World) -> str:
        numbers = (getattr(world, self.of).pk,) if self.of else ()
        return self.address.format_map(vars(world)) or reverse(self.name, args=numbers)


FORM = "main form[method=post]:has(input:not([type=hidden]), select, textarea)"
SHEET = "main form.sheet[method=post]"
PANEL = "#content form[method=post]"
OFFICE_FORM = "#content form.office-panel[method=post]"
UPLOAD = "form[enctype='multipart/form-data']"
ANY_FORM = "main form[method=post]"
BALLOT, MARKS, SCREENING = "form[data-ballot]", "form[data-marks]", "form[data-screening]"
CONSENT = "form:has([name=consent])"

PUBLIC = [
    Page("home"),
    Page("home", "resident"),
    Page("community_list"),
    Page("community_detail", of="community"),
    Page("community_detail", of="quiet_community"),
    Page("organisation_detail", of="support_organisation"),
    Page("programme_detail", of="programme"),
    Page("search"),
    Page("search", query="?q=benches"),
    Page("search", query="?q=nothing-is-called-this"),
    Page("privacy"),
    Page("project_list"),
    Page("project_detail", of="project"),
    Page("contest_list"),
    *(Page("contest_detail", of=f"contest_{state.lower()}") for state in ContestState if state != ContestState.DRAFT),
    Page("pitch", of="contest_open"),
    Page("pitch", of="contest_publicised"),
    Page("contest_result", of="contest_open"),
    Page("contest_result", of="contest_publicised"),
    Page("contest_result", of="contest_confirmed"),
    Page("tally_changes", of="run"),
    Page("entry_detail", of="entry"),
    Page("entry_detail", of="entry_of_result"),
    Page("idea_list"),
    Page("idea_list", query="?q=nothing-is-called-this"),
    Page("idea_list", query="?page=2"),
    Page("idea_detail", of="idea_accepted"),
    Page("idea_detail", of="idea_with_photo"),
    Page("idea_detail", of="idea_revised"),
    Page("idea_versions", of="idea_revised"),
    Page("idea_versions", of="idea_accepted"),
    Page("idea_versions", of="idea_withheld"),
    Page("idea_list", query="?zone={zone.pk}&sort=waiting"),
    Page("idea_detail", of="idea_consolidated"),
    Page("idea_detail", of="idea_referred"),
    Page("idea_detail", of="idea_answered"),
    Page("idea_detail", of="idea_on_paper"),
    Page("receipt_state"),
    Page("receipt_state", submit=FORM),
    Page("proposal_list"),
    Page("proposal_detail", of="proposal_qualified"),
    Page("account_request_login_code"),
    Page("account_request_login_code", submit=FORM),
    Page("account_confirm_login_code", "code_awaited"),
    # A handful of wrong codes end a log-in.
    Page("account_confirm_login_code", "code_awaited", submit=FORM, modes=("normal",)),
    Page("account_login"),
    Page("account_login", submit=FORM),
    Page("account_inactive"),
    Page("offline"),
    # The catalogue of components is told by its address how to show itself, and is in English.
    Page("styleguide", modes=("normal",)),
    Page("styleguide", query="?display=elder", modes=("elder",)),
    Page("demo_accounts"),
    Page("demo_sms"),
]

# The pages of errors. Some have an address in `failing_urls` only.
ERRORS = [
    Page("idea_detail", args=("999999",), status=404),
    Page("admin:index", "resident", status=403),
    Page("idea_second", "resident", of="idea_accepted", status=405),
    Page("fails", status=500),
    Page("damaged", status=400),
    Page("forged", status=403),
    Page("too_many", status=429),
]

RESIDENTS = [
    Page("idea_create", "resident"),
    Page("idea_create", "resident", submit=FORM),
    Page("idea_create", "newcomer"),
    Page("idea_create", "resident", query="?draft={draft.key}"),
    Page("draft_discard", "resident", args=("{draft.key}",)),
    Page("idea_similar", "resident"),
    Page("idea_similar", "neighbour"),
    Page("idea_detail", "neighbour", of="idea_submitted"),
    Page("idea_ask", "neighbour", of="idea_submitted"),
    Page("idea_ask", "neighbour", of="idea_submitted", submit=FORM),
    Page("idea_ask", "newcomer", of="idea_submitted"),
    Page("remark_answer", "resident", of="question"),
    Page("remark_report", "newcomer", of="question"),
    Page("remark_report", "newcomer", of="question", submit=FORM),
    Page("my", "resident"),
    Page("my", "newcomer"),
    Page("notifications", "resident"),
    Page("notifications", "newcomer"),
    Page("notification_settings", "resident"),
    Page("notification_settings", "officer"),
    Page("confirm_email", args=("no-token",), status=410),
    Page("profile", "resident"),
    Page("profile", "resident", submit=FORM),
    Page("my_ideas", "resident"),
    Page("my_ideas", "newcomer"),
    *(
        Page("idea_detail", "resident", f"idea_{state.lower()}")
        for state in (IdeaState.SUBMITTED, IdeaState.RETURNED, IdeaState.REFERRED, IdeaState.REJECTED)
    ),
    Page("idea_edit", "resident", "idea_returned"),
    Page("idea_edit", "resident", "idea_returned", submit=FORM, modes=("normal",)),
    Page("idea_photos", "resident", "idea_returned"),
    Page("idea_photos", "resident", "idea_returned", submit=FORM),
    Page("idea_photos", "resident", "idea_submitted"),
    Page("idea_withdraw", "resident", "idea_submitted"),
    Page("idea_withdraw", "resident", "idea_consolidated"),
    Page("name_community", "newcomer"),
    Page("name_community", "newcomer", submit=FORM),
    Page("name_community", "resident"),
    Page("ballot", "late_voter", "contest_open"),
    Page("ballot", "late_voter", "contest_open", submit=BALLOT),
    Page("ballot", "resident", "contest_open"),
    Page("ballot", "household", "contest_open"),
    Page("ballot", "helper", "contest_open"),
    Page("ballot", "resident", "contest_closed"),
    Page("ballot_receipt", "resident", "contest_open"),
    Page("ballot_check", of="contest_open"),
    Page("ballot_check", of="contest_open", submit=FORM),
    Page("account_logout", "resident"),
]

EXPERTS = [
    Page("panel", "expert"),
    Page("panel", "resident"),
    Page("panel_contest", "expert", "contest_open"),
    Page("panel_contest", "expert", "contest_confirmed"),
    Page("panel_chair", "officer", "contest_confirmed"),
    Page("panel_chair", "officer", "contest_open"),
    Page("panel_chair", "expert", "contest_open", status=403),
    Page("sheet", "expert", "entry"),
    Page("sheet", "expert", "entry", submit=MARKS),
    Page("sheet", "expert", "entry_of_result"),
    Page("sheet_summary", "expert", "begun_entry"),
    Page("sheet", "recused_expert", "recused_entry", status=403),
    Page("invitation", args=("{invitation_token}",)),
    Page("invitation", "invited_expert", args=("{invitation_token}",)),
    Page("invitation", "invited_expert", args=("{invitation_token}",), submit=CONSENT),
    Page("invitation", args=("nothing",), status=410, languages=("zh",)),
    Page("recuse", "expert", "entry"),
    Page("recuse", "expert", "entry", submit=ANY_FORM),
]

ROLLS = [
    Page("rolls", "community_officer"),
    Page("roll", "community_officer", "contest_open"),
    Page("roll", "officer", "contest_open", query="?q=nobody-is-called-this"),
    Page("roll", "officer", "contest_closed"),
    Page("roll_enter", "community_officer", "contest_open"),
    Page("roll_enter", "community_officer", "contest_open", submit=FORM),
    Page("roll_import", "community_officer", "contest_open"),
    Page("roll_import", "community_officer", "contest_open", submit=FORM),
    Page("roll_import", "community_officer", "contest_open", submit=SHEET, filled="roster"),
    Page("roll_print", "community_officer", "contest_open"),
    Page("roll_match", "community_officer", "contest_open"),
    Page("roll_match", "community_officer", "contest_closed"),
    Page("roll_match", "officer", "contest_closed", query="?community={other_community.pk}"),
    Page("roll_match", "supervisor", "contest_closed"),
    Page("roll_match", "supervisor", "contest_open"),
    Page("roll", "supervisor", "contest_open"),
    Page("roll_print", "community_officer", "contest_draft"),
    Page("codes", "community_officer", "contest_open"),
    Page("codes", "community_officer", "contest_open", submit=FORM),
    Page("codes", "community_officer", "contest_open", submit=SHEET, filled="codes"),
    Page("sheets", "community_officer", "contest_open"),
    Page("sheets", "officer", "contest_closed"),
    Page("sheet_enter", "community_officer", "contest_open"),
    Page("sheet_enter", "community_officer", "contest_open", submit=FORM),
    Page("sheet_verify", "officer", "paper_sheet"),
    Page("sheet_verify", "officer", "paper_sheet", submit=FORM),
    Page("help_begin", "community_officer", "roll_line"),
    Page("helps", "community_officer", "contest_open"),
    Page("helps", "supervisor", "contest_closed"),
    Page("help_begin", "community_officer", "roll_line", submit=FORM),
    Page("guard", "officer", "contest_open"),
    Page("guard", "supervisor", "contest_closed"),
    Page("flag", "officer", "flag"),
    Page("flag", "officer", "flag", submit=FORM),
    Page("flag", "approver", "proposed_flag"),
    Page("household_code"),
    Page("household_code", submit=FORM),
    Page("household_code_of", args=("AAAA-BBBB-CCCC",)),
]

PITCHES = [
    Page("pitch_desk", "officer", "contest_open"),
    Page("pitch_desk", "supervisor", "contest_publicised"),
    Page("pitch_desk", "officer", "contest_draft"),
    Page("pitch_desk", "officer", "contest_closed"),
    Page("pitch_plan", "officer", "contest_draft"),
    Page("pitch_plan", "officer", "contest_draft", submit=FORM),
    *(Page(name, of=of) for name in ("pitch_screen", "pitch_timer") for of in ("contest_open", "contest_closed")),
    Page("panel_pitch", "expert", "contest_open"),
    Page("panel_pitch", "recused_expert", "contest_closed"),
    Page("pitch_move", "officer", "pitch_slot"),
    Page("pitch_move", "officer", "pitch_slot", submit=FORM),
]

DESKS = [
    *ROLLS,
    *PITCHES,
    *(
        Page(name, who)
        for name in ("desk", "desk_ideas", "desk_proposals")
        for who in ("community_officer", "support_member")
    ),
    Page("desk", "resident", status=403),
    *(
        Page("proposal_writing", "support_member", f"proposal_{state.lower()}")
        for state in (ProposalState.DRAFT, ProposalState.COACHING, ProposalState.QUALIFIED)
    ),
    Page("proposal_writing", "officer", "proposal_draft"),
    Page("proposal_writing", "community_officer", "proposal_coaching", status=404),
    Page("proposal_section", "community_officer", "proposal_coaching", ("community-opinion",)),
    Page("proposal_detail", "community_officer", "proposal_coaching"),
    *(Page("proposal_section", "officer", "proposal_coaching", (section.value,)) for section in DocumentSection),
    Page("proposal_section", "support_member", "proposal_coaching", ("basics",), submit=FORM),
    Page("proposal_attachments", "support_member", "proposal_coaching"),
    Page("proposal_attachments", "support_member", "proposal_coaching", submit=FORM),
    Page("proposal_attachments", "officer", "proposal_qualified"),
    Page("hand_in", "resident", "proposal_coaching"),
    Page("hand_in", "resident", "proposal_ready"),
    Page("hand_in", "support_member", "proposal_ready", submit=FORM),
    Page("hand_in", "support_member", "proposal_qualified"),
    Page("proposal_withdraw", "resident", "proposal_coaching"),
    Page("proposal_withdraw", "resident", "proposal_coaching", submit=FORM),
    Page("proposal_withdraw", "resident", "proposal_qualified"),
    Page("proposal_rounds", "support_member", "proposal_coaching"),
    Page("proposal_rounds", "officer", "proposal_draft"),
    Page("proposal_round", "resident", "proposal_coaching", ("1",)),
    Page("proposal_round", "officer", "proposal_coaching", ("1",), submit=FORM),
    Page("proposal_detail", "resident", "proposal_coaching"),
    Page("desk_claims", "community_officer"),
    Page("desk_claims", "officer"),
    Page("desk_answers", "community_officer"),
    Page("desk_answers", "officer"),
    Page("idea_enter", "community_officer"),
    Page("idea_enter", "community_officer", submit=FORM),
    Page("ideas_import", "community_officer"),
    Page("ideas_import", "officer", submit=FORM),
    Page("ideas_import", "community_officer", submit=SHEET, filled="ideas_with_mistakes"),
    Page("ideas_import", "officer", submit=SHEET, filled="ideas"),
    Page("ideas_import", "officer", submit=SHEET, filled="ideas_confirmed"),
    Page("idea_receipt", "community_officer", "idea_on_paper"),
    Page("idea_detail", "community_officer", "idea_on_paper"),
    Page("idea_detail", "officer", "idea_with_photo"),
    Page("idea_photo_take_down", "officer", "idea_with_photo", ("{photo.digest}",)),
    Page("idea_versions", "officer", "idea_withheld"),
    Page("idea_version_withhold", "officer", "idea_revised", ("1",)),
    Page("idea_version_withhold", "officer", "idea_revised", ("1",), submit=FORM),
    Page("idea_photo_take_down", "officer", "idea_with_photo", ("{photo.digest}",), submit=FORM),
]

# With an empty database: the site on its first day.
EMPTY = [
    Page("search"),
    *(Page(name) for name in ("home", "community_list", "project_list", "contest_list", "idea_list", "proposal_list")),
]

# Of each model that the office keeps: rows whose pages are opened. A verb's page is opened of the first row it fits.
ROWS: dict[str, tuple[str, ...]] = {
    "communities.user": ("resident", "expert"),
    "communities.appointment": ("appointment",),
    "communities.subdistrict": ("subdistrict",),
    "communities.community": ("community",),
    "communities.organisation": ("support_organisation",),
    "communities.residency": ("pending_residency", "residency"),
    "communities.delivery": ("failed_delivery",),
    "communities.setasideevent": ("set_aside_event",),
    "programmes.programme": ("programme",),
    "proposals.idea": tuple(f"idea_{state.lower()}" for state in IdeaState if state != IdeaState.DRAFT),
    "proposals.reasonwording": ("wording",),
    "proposals.referral": ("referral", "answered_referral"),
    "proposals.remark": ("question", "pending_question"),
    "proposals.proposal": tuple(f"proposal_{state.lower()}" for state in ProposalState),
    "contests.contest": tuple(f"contest_{state.lower()}" for state in ContestState),
    "contests.expert": ("pooled_expert",),
    "projects.project": ("project",),
}

# Who adds rows of a model by its form; of the other models nobody does.
ADDED_BY = {
    "communities.user": "superuser",
    "communities.appointment": "superuser",
    "communities.subdistrict": "superuser",
    "communities.community": "officer",
    "communities.organisation": "officer",
    "programmes.programme": "officer",
    "proposals.reasonwording": "officer",
    "contests.contest": "officer",
    "contests.expert": "officer",
}

OFFICE = [
    Page("admin:index", "officer"),
    Page("admin:index", "supervisor"),
    Page("admin:proposals_idea_changelist", "officer", query="?state=all"),
    Page("admin:proposals_idea_changelist", "officer", query="?q=nothing-is-called-this"),
    Page("admin:proposals_idea_screen", "officer", "idea_submitted"),
    Page("admin:proposals_idea_screen", "officer", "idea_submitted", submit=SCREENING),
    Page("admin:proposals_idea_decide", "officer", query="?idea={idea_submitted.pk}&idea={idea_accepted.pk}"),
    Page("admin:proposals_idea_close", "officer", query="?idea={idea_accepted.pk}&idea={idea_returned.pk}"),
    Page("admin:proposals_idea_close", "officer", query="?idea={idea_accepted.pk}", submit=PANEL),
    Page("admin:proposals_idea_decide", "officer", query="?idea={idea_submitted.pk}", submit=PANEL),
    Page("admin:proposals_idea_screen", "officer", "idea_submitted", submit=OFFICE_FORM, filled="acceptance"),
    Page(
        "admin:proposals_idea_decide",
        "officer",
        query="?idea={idea_submitted.pk}&idea={idea_accepted.pk}",
        submit=OFFICE_FORM,
        filled="rejection",
    ),
    Page(
        "admin:proposals_idea_close",
        "officer",
        query="?idea={idea_accepted.pk}",
        submit=OFFICE_FORM,
        filled="rejection",
    ),
    Page("admin:proposals_idea_joining", "officer"),
    Page("admin:proposals_idea_reasons", "officer"),
    Page("admin:proposals_idea_reasons", "supervisor", query="?by=community"),
    Page("admin:proposals_proposal_load", "officer"),
    Page("admin:contests_contest_assignments", "officer", "contest_open"),
    Page("admin:contests_contest_assignments", "officer", "contest_open", submit=PANEL),
    Page("admin:contests_contest_assignments", "officer", "contest_open", submit=UPLOAD, filled="assignments"),
    Page("admin:contests_contest_assignments", "officer", "contest_closed", languages=("zh",)),
    Page("admin:projects_project_awards", "approver"),
    Page("admin:password_change", "officer"),
    Page("admin:password_change", "officer", submit=PANEL),
    Page("admin:password_change_done", "officer"),
    Page("admin:auth_user_password_change", "superuser", "expert"),
]

NOT_PAGES = [
    NotAPage("site_card", Kind.FILE),
    NotAPage("idea_card", Kind.FILE, of="idea_accepted"),
    NotAPage("proposal_card", Kind.FILE, of="proposal_qualified"),
    NotAPage("project_card", Kind.FILE, of="project"),
    NotAPage("contest_archive", Kind.FILE, of="contest_confirmed"),
    NotAPage("service_worker", Kind.FILE),
    NotAPage("admin:jsi18n", Kind.FILE, "officer"),
    NotAPage("admin:autocomplete", Kind.CLOSED),
    NotAPage("admin:view_on_site", Kind.REDIRECT, "officer", address="/admin/r/{idea_type.pk}/{idea_accepted.pk}/"),
    NotAPage("programme_ics", Kind.FILE, of="programme"),
    NotAPage("notification", Kind.REDIRECT, "resident", "notification"),
    NotAPage("mark_all_read", Kind.POST_ONLY, "resident"),
    NotAPage("set_email", Kind.POST_ONLY, "resident"),
    NotAPage("my_data", Kind.FILE, "resident"),
    NotAPage("idea_photo", Kind.FILE, address="/ideas/{photo.idea_id}/photos/{photo.digest}.jpg"),
    NotAPage("idea_photo_remove", Kind.POST_ONLY, "resident", address="/ideas/{photo.idea_id}/photos/0/remove/"),
    NotAPage("ideas_import_template", Kind.FILE, "officer", address="/desk/ideas/import/template.csv"),
    NotAPage("desk_ideas_table", Kind.FILE, "community_officer", address="/desk/ideas/table.xlsx"),
    NotAPage("admin:proposals_idea_table", Kind.FILE, "officer", address="/admin/proposals/idea/table.csv"),
    NotAPage(
        "admin:proposals_reasonwording_table", Kind.FILE, "officer", address="/admin/proposals/reasonwording/table.csv"
    ),
    NotAPage(
        "admin:proposals_idea_events",
        Kind.FILE,
        "officer",
        address="/admin/proposals/idea/{idea_accepted.pk}/events.csv",
    ),
    NotAPage(
        "admin:proposals_idea_screenings",
        Kind.FILE,
        "officer",
        address="/admin/proposals/idea/{idea_accepted.pk}/screenings.csv",
    ),
    NotAPage(
        "admin:proposals_idea_supporters",
        Kind.FILE,
        "officer",
        address="/admin/proposals/idea/{idea_accepted.pk}/supporters.csv",
    ),
    NotAPage("admin:proposals_proposal_table", Kind.FILE, "officer", address="/admin/proposals/proposal/table.csv"),
    NotAPage("admin:proposals_remark_table", Kind.FILE, "officer", address="/admin/proposals/remark/table.csv"),
    NotAPage(
        "admin:projects_project_communities", Kind.FILE, "officer", address="/admin/projects/project/communities.csv"
    ),
    NotAPage("admin:proposals_referral_table", Kind.FILE, "officer", address="/admin/proposals/referral/table.csv"),
    NotAPage("ask_for_code_anew", Kind.POST_ONLY),
    NotAPage("household_done", Kind.POST_ONLY),
    NotAPage("roll_draw_up", Kind.POST_ONLY, "officer", "contest_open"),
    NotAPage("roll_mark", Kind.POST_ONLY, "officer", "roll_line"),
    NotAPage("sheet_discard", Kind.POST_ONLY, "officer", "paper_sheet"),
    NotAPage("sheet_scan", Kind.FILE, "officer", "paper_sheet"),
    NotAPage("pitch_ics", Kind.FILE, of="contest_open"),
    NotAPage("entry_pitch_ics", Kind.FILE, of="entry"),
    NotAPage("pitch_screen_now", Kind.PIECE, of="contest_open"),
    NotAPage("pitch_timer_now", Kind.PIECE, of="contest_open"),
    NotAPage("panel_pitch_now", Kind.PIECE, "expert", "contest_open"),
    NotAPage("pitch_desk_now", Kind.PIECE, "officer", "contest_open"),
    NotAPage("pitch_run", Kind.POST_ONLY, "officer", "contest_open"),
    NotAPage("pitch_reveal", Kind.POST_ONLY, "officer", "pitch_slot"),
    NotAPage("pitch_draw", Kind.POST_ONLY, "officer", "contest_open"),
    NotAPage("guard_look", Kind.POST_ONLY, "officer", "contest_open"),
    NotAPage("flag_settle", Kind.POST_ONLY, "approver", "flag"),
    NotAPage("code_void", Kind.POST_ONLY, "officer", "code"),
    NotAPage("idea_claim", Kind.POST_ONLY, "resident"),
    NotAPage("ideas_import_receipts", Kind.POST_ONLY, "community_officer"),
    NotAPage("offer_answer", Kind.POST_ONLY, "resident", "offer"),
    NotAPage("answer_told", Kind.POST_ONLY, "community_officer", "answer"),
    NotAPage("claim_decide", Kind.POST_ONLY, "community_officer", "claim"),
    NotAPage("idea_name", Kind.POST_ONLY, "resident", "idea_accepted"),
    NotAPage("draft_save", Kind.POST_ONLY, "resident"),
    NotAPage("idea_naming", Kind.POST_ONLY, "resident", "idea_consolidated"),
    NotAPage("admin:proposals_idea_undo_joining", Kind.POST_ONLY, "officer", "idea_accepted"),
    NotAPage("idea_second", Kind.POST_ONLY, "resident", "idea_accepted"),
    NotAPage("idea_second_instead", Kind.POST_ONLY, "resident", "idea_accepted"),
    NotAPage(
        "proposal_attachment",
        Kind.FILE,
        "support_member",
        address="/proposals/{paper.proposal_id}/attachments/{paper.digest}/",
    ),
    NotAPage(
        "attachment_remove",
        Kind.POST_ONLY,
        "support_member",
        address="/desk/proposals/{paper.proposal_id}/attachments/{paper.digest}/remove/",
    ),
    NotAPage("entry_attachment", Kind.FILE, "expert", address="/entries/{entry.pk}/attachments/{entry_paper.digest}/"),
    NotAPage("proposal_docx", Kind.FILE, "officer", "proposal_qualified"),
    NotAPage(
        "admin:contests_contest_assignments_table",
        Kind.FILE,
        "officer",
        address="/admin/contests/contest/{contest_open.pk}/assignments/table.csv",
    ),
    NotAPage(
        "admin:proposals_proposal_load_table", Kind.FILE, "officer", address="/admin/proposals/proposal/load/table.csv"
    ),
    NotAPage("round_present", Kind.POST_ONLY, "support_member", "proposal_coaching"),
    NotAPage("coaching_note", Kind.POST_ONLY, "support_member", "proposal_coaching"),
    NotAPage("residency_decide", Kind.POST_ONLY, "community_officer", "pending_residency"),
    NotAPage("log_out_elsewhere", Kind.POST_ONLY, "resident"),
    NotAPage("admin:proposals_idea_queue", Kind.REDIRECT, "officer"),
    NotAPage("admin:proposals_idea_undo", Kind.POST_ONLY, "officer", "screening"),
    NotAPage("set_display", Kind.POST_ONLY),
    NotAPage("set_language", Kind.REDIRECT),
    NotAPage("admin:projects_project_approve", Kind.POST_ONLY, "approver", "contest_confirmed"),
    NotAPage("sheet_autosave", Kind.POST_ONLY, "expert", "entry"),
    NotAPage("tally_progress", Kind.PIECE, "officer", "run", headers={"HX-Request": "true"}),
    NotAPage("after_login", Kind.REDIRECT, "resident"),
    NotAPage("admin:search", Kind.PIECE, "officer", address="/admin/search/?s=benches"),
    NotAPage("admin:app_list", Kind.REDIRECT, "officer", address="/admin/proposals/"),
    NotAPage("admin:login", Kind.REDIRECT),
    NotAPage("admin:logout", Kind.POST_ONLY, "officer"),
    NotAPage("accounts/<path:page>", Kind.CLOSED, address="/accounts/signup/"),
    NotAPage("admin/(?P<url>.*)$", Kind.CLOSED, address="/admin/nothing/"),
]


def office_pages() -> Iterator[Page]:
    """Lists, forms, histories and verbs of every model that the admin knows.

    Other states of a row bring other buttons, whose pages are visited by themselves; they are looked at in Chinese alone.
    """
    for label, rows in ROWS.items():
        name, model_admin = admin_name(label), admin.site._registry[apps.get_model(label)]
        yield Page(f"{name}changelist", "officer")
        for row in rows:
            yield Page(f"{name}change", "officer", row, languages=LANGUAGES if row == rows[0] else ("zh",))
        yield Page(f"{name}change", "superuser", rows[0])
        yield Page(f"{name}history", "superuser", rows[0])
        if label in ADDED_BY:
            yield Page(f"{name}add", ADDED_BY[label])
            yield Page(f"{name}add", ADDED_BY[label], submit=PANEL)
        if isinstance(model_admin, OfficeAdmin):
            yield from _verb_pages(f"{name}do", model_admin, rows)


def office_refusals() -> Iterator[NotAPage]:
    """What the admin has for every model and ours keeps shut: nothing is deleted, and most is not added by a form."""
    for label, rows in ROWS.items():
        name = admin_name(label)
        yield NotAPage(f"{name}delete", Kind.CLOSED, of=rows[0])
        if not admin.site._registry[apps.get_model(label)].verbs:
            yield NotAPage(f"{name}do", Kind.CLOSED, address=f"/admin/{label.replace('.', '/')}/1/do/nothing/")
        if label not in ADDED_BY:
            yield NotAPage(f"{name}add", Kind.CLOSED)
        route = f"admin/{label.replace('.', '/')}/"
        yield NotAPage(f"{route}<path:object_id>/", Kind.REDIRECT, "officer", address=f"/{route}1/")


def admin_name(label: str) -> str:
    """How the names of a model's admin pages begin."""
    return f"admin:{label.replace('.', '_')}_"


def _verb_pages(name: str, model_admin: OfficeAdmin, rows: tuple[str, ...]) -> Iterator[Page]:
    asking = [verb for verb in model_admin.verbs if verb.asks]
    for verb in asking:
        yield Page(name, "officer", rows[0], (verb.name,))
    for verb in [verb for verb in asking if verb.form][:1]:
        yield Page(name, "officer", rows[0], (verb.name,), submit=PANEL)


def patterns() -> Iterator[tuple[str, str]]:
    """Name and route of every URL pattern: `("admin:proposals_idea_queue", "admin/proposals/idea/queue/")`.

    A pattern without a name is called by its route.
    """
    yield from _walk(get_resolver(), "", "")


def _walk(resolver: URLResolver, space: str, route: str) -> Iterator[tuple[str, str]]:
    for entry in resolver.url_patterns:
        here = route + str(entry.pattern)
        if isinstance(entry, URLPattern):
            yield (f"{space}{entry.name}" if entry.name else here, here)
        else:
            yield from _walk(entry, f"{space}{entry.namespace}:" if entry.namespace else space, here)
