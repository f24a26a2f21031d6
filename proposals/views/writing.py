"""Where a proposal is written: by the organisation that accompanies its community, and by the street office."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from communities.models import User
from communities.refusal import Refused
from communities.telling import telling
from communities.written import kept, kept_rows, log_in_to_write
from proposals.caps import allowance_of
from proposals.checklist import Item, checklist_of
from proposals.document import PARTS, completeness_of
from proposals.document_enums import OPINIONS, DocumentSection
from proposals.enums import ProposalRefusal, ProposalState
from proposals.models import Proposal
from proposals.rules import leads, why_not_edit_proposal, why_not_move_proposal
from proposals.services.coaching import note_coaching
from proposals.services.document import document_of, mark_of, rows_of, save_section
from proposals.services.proposals import move_proposal
from proposals.writing_forms import FORMSETS, CoachingForm, PledgeForm, RowForms, plain, section_form
from proposals.writing_rules import why_not_give_opinion, why_not_write_section

# What the names of fields in rows of a table begin with.
ROWS = "rows"


@require_GET
@never_cache
@login_required
def proposal_writing(request: HttpRequest, pk: int) -> HttpResponse:
    """The sections with what each lacks, the log of the coaching, and handing in."""
    form = CoachingForm(initial=kept(request, reverse("coaching_note", args=[pk])))
    return _workspace(request, _fetch(request, pk), form)


@require_POST
@log_in_to_write
def coaching_note(request: HttpRequest, pk: int) -> HttpResponse:
    proposal = _fetch(request, pk)
    form = CoachingForm(request.POST)
    if form.is_valid():
        try:
            note_coaching(proposal=proposal, **form.cleaned_data, by=_user(request), now=timezone.now())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The note stands in the log."))
            return redirect("proposal_writing", pk)
    return _workspace(request, proposal, form)


@require_http_methods(["GET", "POST"])
@never_cache
@log_in_to_write
def hand_in(request: HttpRequest, pk: int) -> HttpResponse:
    """From the lead or the accompanying organisation to the street office, with the lead's word that it is honest."""
    user = _user(request)
    proposals = Proposal.objects.handed_in_by(user).with_page_parts()
    proposal = get_object_or_404(proposals.select_related("programme__subdistrict"), pk=pk)
    back = _back(proposal, user)
    by_lead = leads(user, proposal)
    posted = request.POST if request.method == "POST" else None
    form = PledgeForm(posted, by_lead=by_lead, initial=kept(request))
    if form.is_valid():
        act = {"to": ProposalState.SUBMITTED, "by": user, "now": timezone.now()}
        with telling(request, _("The proposal is with the street office now.")):
            move_proposal(proposal=proposal, **act, **form.cleaned_data)
        return redirect(back)
    checklist = checklist_of(proposal, document_of(proposal))
    context = {
        "proposal": proposal,
        "back": back,
        "why_not": why_not_move_proposal(user, proposal, ProposalState.SUBMITTED, timezone.now()),
        "checklist": checklist,
        "ready": _is_ready(checklist),
        "form": form,
        "by_lead": by_lead,
    }
    return render(request, "proposals/hand_in.html", context)


@never_cache
@log_in_to_write
def proposal_section(request: HttpRequest, pk: int, name: str) -> HttpResponse:
    """One section with its own form; whoever comes second reads what was saved first, and keeps what they typed.

    A script sends it while somebody writes, and is answered with a sentence for the page instead of a page.
    """
    if name not in DocumentSection.values:
        raise Http404
    section, user = DocumentSection(name), _user(request)
    proposal = _fetch_for_opinion(request, pk) if section in OPINIONS else _fetch(request, pk)
    back = _back(proposal, user)
    why_not = why_not_write_section(user, proposal, section, timezone.now())
    if why_not:
        if request.htmx:
            return _while_writing(request, why_not.label)
        messages.info(request, str(why_not.label))
        return redirect(back)
    mark = request.POST.get("mark", "") or kept(request).get("mark", "") or mark_of(proposal, section)
    form, rows = _forms(request, section, proposal)
    stored = None
    if form.is_valid() and (rows is None or rows.is_valid()):
        refused = _save(proposal, section, form, rows, mark=mark, by=user)
        if refused is None and request.htmx:
            return _while_writing(request, saved=Proposal.objects.get(pk=pk), section=section)
        if refused is None:
            messages.success(request, _("“%s” was saved.") % section.label)
            return redirect(back)
        if refused.reason == ProposalRefusal.STALE:
            stored = Proposal.objects.get(pk=pk)
            mark = mark_of(stored, section)
    if request.htmx:
        sentences = form.non_field_errors()
        return _while_writing(request, sentences[0] if sentences else _("Not saved yet: something is not complete."))
    context = {
        "back": back,
        "proposal": proposal,
        "section": section,
        "form": form,
        "rows": rows,
        "mark": mark,
        "stored": plain(stored, section, _stored_rows(stored, section)) if stored else None,
        "failed": request.method == "POST" and stored is None,
        "allowance": allowance_of(proposal) if section == DocumentSection.BUDGET else None,
    }
    return render(request, "proposals/section.html", context)


def _save(proposal: Proposal, section: DocumentSection, form: Any, rows: Any, *, mark: str, by: User) -> Refused | None:
    """Why the valid forms were not saved, which the form says too; None once they are."""
    columns, lines = form.cleaned_data, rows.rows() if rows else ()
    try:
        save_section(
            proposal=proposal, section=section, columns=columns, rows=lines, mark=mark, by=by, now=timezone.now()
        )
    except Refused as refused:
        form.add_error(None, str(refused))
        return refused
    return None


def _while_writing(
    request: HttpRequest,
    trouble: str | Promise = "",
    *,
    saved: Proposal | None = None,
    section: DocumentSection = DocumentSection.BASICS,
) -> HttpResponse:
    """What the page says about the last saving, and the mark from which it writes on."""
    mark = mark_of(saved, section) if saved else ""
    context = {"trouble": trouble, "mark": mark, "at": timezone.now(), "proposal": saved}
    if saved and section == DocumentSection.BUDGET:
        context["allowance"] = allowance_of(saved)
    return render(request, "proposals/_saved.html", context)


def _back(proposal: Proposal, user: User) -> str:
    """Where the person came from: who writes an opinion alone, from the page of the proposal."""
    if Proposal.objects.written_by(user).filter(pk=proposal.pk).exists():
        return reverse("proposal_writing", args=[proposal.pk])
    return proposal.get_absolute_url()


def _forms(request: HttpRequest, section: DocumentSection, proposal: Proposal) -> tuple[Any, RowForms | None]:
    """The form of the columns and, where the section has a table, that of its rows."""
    posted = request.POST if request.method == "POST" else None
    written = {} if posted else kept(request, over=PARTS[section].columns)
    form = section_form(section)(posted, instance=proposal, initial=written)
    table = PARTS[section].table
    if not table:
        return form, None
    rows = kept_rows(request, ROWS) if written else _initial(rows_of(proposal, table))
    return form, FORMSETS[table](posted, initial=None if posted else rows, prefix=ROWS)


def _initial(rows: Sequence[Any]) -> list[dict[str, Any]]:
    return [{name: getattr(row, name) for name in row.__slots__} for row in rows]


def _stored_rows(proposal: Proposal, section: DocumentSection) -> Sequence[Any]:
    table = PARTS[section].table
    return rows_of(proposal, table) if table else ()


def _workspace(request: HttpRequest, proposal: Proposal, form: CoachingForm) -> HttpResponse:
    user, now = _user(request), timezone.now()
    why_not = why_not_edit_proposal(user, proposal, now)
    document = document_of(proposal)
    lacking = {section.name: section for section in completeness_of(document)}
    checklist = checklist_of(proposal, document)
    context = {
        "proposal": proposal,
        "checklist": checklist,
        "ready": _is_ready(checklist),
        "sections": [
            (
                section,
                lacking.get(section),
                why_not_give_opinion(user, proposal, section, now) if section in OPINIONS else why_not,
            )
            for section in DocumentSection
        ],
        "complete": sum(section.complete for section in lacking.values()),
        "needed": len(lacking),
        "allowance": allowance_of(proposal),
        "attachments": proposal.attachments.all(),
        "waits_for_lead": proposal.rounds.waiting().exists(),
        "why_not": why_not,
        "may_hand_in": why_not_move_proposal(user, proposal, ProposalState.SUBMITTED, now) is None,
        "notes": proposal.coaching_notes.select_related("author", "organisation"),
        "events": proposal.events.order_by("-at", "-pk"),
        "form": form,
    }
    return render(request, "proposals/writing.html", context)


def _is_ready(checklist: Sequence[Item]) -> bool:
    return all(item.done for item in checklist if item.needed)


def _fetch(request: HttpRequest, pk: int) -> Proposal:
    """Of the person's own office or accompanied communities; any other proposal is not there."""
    proposals = Proposal.objects.written_by(_user(request)).with_page_parts()
    proposal: Proposal = get_object_or_404(proposals.select_related("programme__subdistrict"), pk=pk)
    return proposal


def _fetch_for_opinion(request: HttpRequest, pk: int) -> Proposal:
    proposals = Proposal.objects.opined_on_by(_user(request)).with_page_parts()
    proposal: Proposal = get_object_or_404(proposals.select_related("programme__subdistrict"), pk=pk)
    return proposal


def _user(request: HttpRequest) -> User:
    assert isinstance(request.user, User)
    return request.user
