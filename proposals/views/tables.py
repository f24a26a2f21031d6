"""Lists of ideas and proposals as spreadsheets: exactly the rows that their page shows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from django.contrib.auth.decorators import login_required
from django.core.exceptions import PermissionDenied
from django.db.models import Prefetch, QuerySet
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse_lazy
from django.utils.text import capfirst
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET

from communities import tables
from communities.models import User
from communities.querysets import scope_of
from communities.templatetags.people import public_name
from programmes.models import Programme
from proposals.document_enums import DocumentSection
from proposals.enums import IdeaState
from proposals.models import Idea, IdeaClaim, Proposal, Screening
from proposals.parties import with_parties
from proposals.templatetags.contributors import agreed_name, contributor
from proposals.trail import whole_trail_of

CHUNK = 500
# So many of the first columns are the text of an idea, as everyone reads it.
TEXTS_END = 12


@require_GET
@never_cache
@login_required(login_url=reverse_lazy("account_login"))
def desk_ideas_table(request: HttpRequest, kind: str) -> HttpResponseBase:
    """The ideas of one's communities this year, in one state or all, as the desk lists them."""
    user = request.user
    assert isinstance(user, User)
    scope = scope_of(user)
    if not scope.communities:
        raise PermissionDenied
    years = Programme.objects.newest_of({a.subdistrict_id for a in scope.appointments if a.community_id is not None})
    ideas = Idea.objects.at_desk_of(user).filter(programme__in=years).order_by("-submitted_at", "-pk")
    state = request.GET.get("state", "")
    return ideas_table(ideas.filter(state=state) if state in IdeaState.values else ideas, kind)


def ideas_table(ideas: QuerySet[Idea], kind: str) -> HttpResponseBase:
    """The file to download, streamed; 404 for a kind of file that is none."""
    rows = (_row(idea) for idea in ideas.with_page_parts().iterator(chunk_size=CHUNK))
    return tables.table_file("ideas", _("Ideas"), _heading(), rows, kind)


def office_table(ideas: QuerySet[Any], kind: str) -> HttpResponseBase:
    """The same for the office, with how the screening stands and what it led to; `ideas` as its list has them."""
    decisions = Screening.objects.decisions().select_related("officer", "referral").order_by("-at", "-pk")
    found = ideas.with_page_parts().select_related("entered_by")
    found = found.prefetch_related(Prefetch("screenings", decisions, to_attr="decided"))
    heading = [
        *_heading(),
        _("Who entered it"),
        _("Agreed to the privacy notice"),
        _("Agreed on"),
        _("Agreed to show the name"),
        _("Answer by"),
        _("Late"),
        _("Second officer"),
        _("Decision"),
        _("Decided"),
        _("Officer"),
        _("Reason"),
        _("Message to the resident"),
        _("What happens to it"),
        _("Receiver"),
        _("Answer"),
        *criteria(),
        capfirst(_("same as idea")),
    ]
    rows = ((*_row(idea), *_coming_cells(idea), *_screening_cells(idea)) for idea in found.iterator(chunk_size=CHUNK))
    return tables.table_file("ideas", _("Ideas"), heading, rows, kind)


def my_ideas_table(ideas: QuerySet[Any], kind: str) -> HttpResponseBase:
    """One's own ideas in the state that one knows, with the latest message; `ideas` as one's page has them."""
    rows = ((*_row(idea, idea.shown_state), idea.latest_note) for idea in ideas.iterator(chunk_size=CHUNK))
    return tables.table_file("my-ideas", _("My ideas"), [*_heading(), _("Message of the office")], rows, kind)


def public_ideas_table(ideas: QuerySet[Idea], kind: str) -> HttpResponseBase:
    """What everyone reads of these ideas, without a name that is not told; `ideas` as the public list has them."""
    heading = [*_heading()[:TEXTS_END], _("Name shown"), _("Handed in"), _("Seconded by")]
    rows = (
        (*_row(idea, idea.shown_state)[:TEXTS_END], contributor(idea), idea.submitted_at, idea.seconding_count)
        for idea in ideas.iterator(chunk_size=CHUNK)
    )
    return tables.table_file("ideas", _("Ideas"), heading, rows, kind)


def public_proposals_table(proposals: QuerySet[Any], kind: str) -> HttpResponseBase:
    """What everyone reads of these proposals; `proposals` as the public list has them."""
    heading = [*_proposal_heading(), _("Team")]
    rows = (
        (*_proposal_row(proposal), proposal.shown_team)
        for proposal in with_parties(proposals.with_shown_team()).iterator(chunk_size=CHUNK)
    )
    return tables.table_file("proposals", _("Proposals"), heading, rows, kind)


def office_proposals_table(proposals: QuerySet[Any], kind: str) -> HttpResponseBase:
    """The same for the office, with the ideas that were joined; `proposals` as its list has them."""
    heading = [*_proposal_heading(), _("Team"), _("Lead"), _("Project number"), _("Ideas"), _("Created")]
    found = with_parties(proposals.select_related("community", "category"))
    rows = (
        (
            *_proposal_row(proposal),
            proposal.team_name,
            proposal.lead_name,
            proposal.number,
            proposal.ideas_joined,
            proposal.created_at,
        )
        for proposal in found.iterator(chunk_size=CHUNK)
    )
    return tables.table_file("proposals", _("Proposals"), heading, rows, kind)


def desk_proposals_table(proposals: QuerySet[Any], kind: str) -> HttpResponseBase:
    """Proposals of one's communities, with when they moved and until when they can; `proposals` as the desk has them."""
    heading = [*_proposal_heading(), _("Team"), _("Last moved"), _("Open until")]
    rows = (
        (*_proposal_row(proposal), proposal.shown_team, proposal.moved_at, proposal.due)
        for proposal in with_parties(proposals.with_requested_total().with_shown_team()).iterator(chunk_size=CHUNK)
    )
    return tables.table_file("proposals", _("Proposals"), heading, rows, kind)


def claims_table(claims: QuerySet[IdeaClaim], kind: str) -> HttpResponseBase:
    """Who says which idea is theirs; `claims` as the desk has them."""
    heading = [_("Receipt number"), _("Title"), _("Community"), _("Written down for"), _("Who says so"), _("Since")]
    rows = (
        (
            claim.idea.receipt,
            claim.idea.title,
            claim.idea.community.name,
            claim.idea.contributor_name,
            f"{public_name(claim.user)} {claim.user.masked_phone}".strip(),
            claim.at,
        )
        for claim in claims.iterator(chunk_size=CHUNK)
    )
    return tables.table_file("claims", _("Whose idea is it?"), heading, rows, kind)


def budget_table(proposal: Proposal, kind: str) -> HttpResponseBase:
    """The lines of a proposal's budget, as its page has them."""
    heading = [_("Item"), _("Note"), _("Unit price (yuan)"), _("Quantity"), _("Amount (yuan)"), _("Source")]
    rows = (
        (line.item, line.note, line.unit_price, line.quantity, line.amount, str(line.get_source_display()))
        for line in proposal.budget_lines.all()
    )
    return tables.table_file(f"budget-{proposal.pk}", _("Budget"), heading, rows, kind)


def polishing_table(proposal: Proposal, kind: str, *, with_notes: bool) -> HttpResponseBase:
    """The rounds of a proposal and who wrote when; for those who write with the coaching log."""
    heading = [_("When"), _("What"), _("Who"), _("Sections"), _("Text")]
    rows = [*_rounds(proposal), *_sittings(proposal), *(_notes(proposal) if with_notes else ())]
    title = _("Rounds of polishing")
    return tables.table_file(f"polishing-{proposal.pk}", title, heading, rows, kind)


def _rounds(proposal: Proposal) -> Iterator[tables.Row]:
    for each in proposal.rounds.select_related("presented_by", "answered_by").order_by("-number"):
        name, shown, begun = _("Round %s") % each.number, _("shown to the lead"), _("begun")
        if each.answered_at:
            outcome = _("partly declined") if each.declined else _("accepted")
            declined = _sections(section for section in DocumentSection if section.value in each.declined)
            yield each.answered_at, f"{name}: {outcome}", str(each.answered_by or ""), declined, each.answer
        if each.presented_at:
            yield each.presented_at, f"{name}: {shown}", str(each.presented_by or ""), "", each.note
        yield each.begun_at, f"{name}: {begun}", "", "", ""


def _sittings(proposal: Proposal) -> Iterator[tables.Row]:
    for sitting in whole_trail_of(proposal):
        yield sitting.until, _("Written"), str(sitting.who or ""), _sections(sitting.sections), ""


def _notes(proposal: Proposal) -> Iterator[tables.Row]:
    for note in proposal.coaching_notes.select_related("author", "organisation"):
        who = f"{note.author} {note.organisation or ''}".strip()
        yield note.held_on, _("Coaching log"), who, "", note.text


def _sections(sections: Iterable[DocumentSection]) -> str:
    return _(", ").join(str(section.label) for section in sections)


def _proposal_heading() -> list[str]:
    return [
        _("Number"),
        _("Title"),
        _("State"),
        _("Community"),
        _("Zone"),
        _("Category"),
        _("Support organisation"),
        _("Summary"),
        _("Where"),
        _("Requested (yuan)"),
    ]


def _proposal_row(proposal: Any) -> tuple[tables.Cell, ...]:
    return (
        proposal.pk,
        proposal.title,
        str(proposal.get_state_display()),
        proposal.community.name,
        proposal.zone_name,
        proposal.category.name,
        proposal.organisation_name,
        proposal.summary,
        proposal.site,
        proposal.requested_total,
    )


def referrals_table(referrals: QuerySet[Any], kind: str) -> HttpResponseBase:
    """Who took which idea over, and what they answered; `referrals` as the office's list has them."""
    found = referrals.select_related("screening__idea__community", "screening__idea__category", "recorded_by")
    heading = [
        _("Number"),
        _("Title"),
        _("Community"),
        _("Category"),
        _("What happens to it"),
        _("Receiver"),
        _("Contact at the receiver"),
        _("Note to the receiver"),
        _("Referred"),
        _("Reason"),
        _("Message to the resident"),
        _("Answer"),
        _("Answered on"),
        _("Answer entered by"),
    ]
    return tables.table_file(
        "referrals", _("Referrals"), heading, map(_referral_row, found.iterator(chunk_size=CHUNK)), kind
    )


def _referral_row(referral: Any) -> tuple[tables.Cell, ...]:
    screening = referral.screening
    return (
        screening.idea_id,
        screening.idea.title,
        screening.idea.community.name,
        screening.idea.category.name,
        str(referral.get_disposition_display()),
        referral.receiver,
        referral.contact,
        referral.note,
        screening.at,
        str(screening.get_reason_display()),
        screening.note,
        referral.reply,
        referral.replied_on,
        str(referral.recorded_by or ""),
    )


def _heading() -> list[str]:
    return [
        _("Number"),
        _("Title"),
        _("State"),
        _("Community"),
        _("Category"),
        _("What is the problem?"),
        _("What could be done?"),
        _("Where"),
        _("Who benefits"),
        _("About how many people"),
        _("What the author can do for it"),
        _("Willing to work on the proposal"),
        _("Name shown"),
        _("How it reached you"),
        _("Receipt number"),
        _("Handed in"),
        _("Seconded by"),
    ]


def _row(idea: Any, state: IdeaState | None = None) -> tuple[tables.Cell, ...]:
    """`state` is the one that the reader knows, by default the true one."""
    return (
        idea.pk,
        idea.title,
        str((state or IdeaState(idea.state)).label),
        idea.community.name,
        idea.category.name,
        idea.problem,
        idea.solution,
        idea.location_text,
        idea.beneficiaries,
        idea.beneficiary_estimate,
        idea.own_contribution,
        _("Yes") if idea.willing_to_join else "",
        agreed_name(idea),
        str(idea.get_channel_display()),
        idea.receipt,
        idea.submitted_at,
        idea.seconding_count,
    )


def criteria() -> list[str]:
    """What officers judge of an idea, each with why; for the office alone."""
    names = [
        _("public benefit"),
        _("note on public benefit"),
        _("sustainability"),
        _("note on sustainability"),
        _("potential to grow community organisations"),
        _("note on community organisations"),
    ]
    return [capfirst(name) for name in names]


def judged(screening: Screening) -> tuple[tables.Cell, ...]:
    """How a screening judges each of the `criteria`."""
    return (
        str(screening.get_public_benefit_display()),
        screening.public_benefit_note,
        str(screening.get_sustainability_display()),
        screening.sustainability_note,
        str(screening.get_capacity_building_display()),
        screening.capacity_building_note,
    )


def _coming_cells(idea: Any) -> tuple[tables.Cell, ...]:
    """Who entered the idea, and to what its author has agreed."""
    return str(idea.entered_by or ""), idea.consent_version, idea.consent_at, idea.name_consent_at


def _screening_cells(idea: Any) -> tuple[tables.Cell, ...]:
    waits = idea.state == IdeaState.SUBMITTED
    standing = (
        idea.programme.answer_by(idea.submitted_at) if waits else None,
        _("Yes") if idea.is_late else "",
        _("waits for a second officer") if idea.has_opinion else "",
    )
    if waits or not idea.decided:
        return (*standing, *[None] * (9 + len(criteria())))
    latest = idea.decided[0]
    referral = getattr(latest, "referral", None)
    passed_on = (str(referral.get_disposition_display()), referral.receiver, referral.reply) if referral else [None] * 3
    return (
        *standing,
        str(latest.get_decision_display()),
        latest.at,
        str(latest.officer),
        str(latest.get_reason_display()) if latest.reason else "",
        latest.note,
        *passed_on,
        *judged(latest),
        latest.duplicate_of_id,
    )
