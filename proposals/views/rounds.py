"""Rounds of polishing: what was changed, shown to the lead, accepted or declined."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from communities.models import User
from communities.refusal import Refused
from communities.written import kept, log_in_to_write
from proposals.changes import SectionChange, changed_sections, unpacked
from proposals.models import PolishRound, Proposal
from proposals.rules import lead_of, leads
from proposals.services.document import document_of
from proposals.services.rounds import answer_round, mark_of_document, present_round
from proposals.trail import Trail, trail_of
from proposals.views.tables import polishing_table
from proposals.writing_forms import COLUMN, AnswerForm, PresentForm
from proposals.writing_rules import why_not_answer_round, why_not_present_round


@require_GET
@never_cache
@login_required
def proposal_rounds(request: HttpRequest, pk: int) -> HttpResponseBase:
    """What was changed in the round that is under way, the rounds before it, and who wrote when.

    With `format=csv` or `xlsx` as a file for spreadsheets, which for those who write holds the coaching log too.
    """
    proposal = _fetch(request, pk)
    if kind := request.GET.get("format"):
        return polishing_table(proposal, kind, with_notes=_writes(request, proposal))
    return _rounds(request, proposal, PresentForm(initial=kept(request, reverse("round_present", args=[pk]))))


@require_POST
@log_in_to_write
def round_present(request: HttpRequest, pk: int) -> HttpResponse:
    assert isinstance(request.user, User)
    proposal, form = _fetch(request, pk), PresentForm(request.POST)
    if form.is_valid():
        try:
            present_round(proposal=proposal, note=form.cleaned_data["note"], by=request.user, now=timezone.now())
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("The lead is told, and can accept or decline."))
            return redirect("proposal_rounds", pk)
    return _rounds(request, proposal, form)


@require_http_methods(["GET", "POST"])
@never_cache
@log_in_to_write
def proposal_round(request: HttpRequest, pk: int, number: int) -> HttpResponse:
    """One round section by section, before and after; where it waits for an answer, the form for it."""
    assert isinstance(request.user, User)
    proposal = _fetch(request, pk)
    polish_round = get_object_or_404(proposal.rounds.select_related("presented_by", "answered_by"), number=number)
    document = unpacked(polish_round.after) if polish_round.after else document_of(proposal)
    changes = changed_sections(unpacked(polish_round.before), document)
    for_lead = leads(request.user, proposal)
    mark = mark_of_document(document)
    form = AnswerForm(
        request.POST or None,
        changes=changes,
        note_needed=not for_lead,
        rest="rest" in request.POST,
        initial=kept(request),
    )
    why_not = why_not_answer_round(request.user, proposal, polish_round, timezone.now())
    if request.method == "POST" and why_not:
        form.add_error(None, why_not.label)
    elif request.method == "POST" and request.POST.get("mark") != mark:
        form.add_error(None, _("Somebody wrote on meanwhile: look at the changes again."))
    elif request.method == "POST" and form.is_valid():
        try:
            answer_round(
                polish_round=polish_round,
                accepted=form.accepted(),
                declined=form.declined(),
                mark=mark,
                answer=form.cleaned_data["answer"],
                by=request.user,
                now=timezone.now(),
            )
        except Refused as refused:
            form.add_error(None, str(refused))
        else:
            messages.success(request, _("Your answer stands in the history of the proposal."))
            return redirect("proposal_rounds" if not for_lead else "proposal_detail", pk)
    context = {
        "proposal": proposal,
        "round": polish_round,
        "changes": _shown(changes, polish_round, form),
        "mark": mark,
        "form": form,
        "for_lead": for_lead,
        "may_answer": why_not is None,
        "trail": _trail_of_round(polish_round),
    }
    return render(request, "proposals/round.html", context)


def _rounds(request: HttpRequest, proposal: Proposal, form: PresentForm) -> HttpResponse:
    rounds = list(proposal.rounds.select_related("presented_by", "answered_by").order_by("-number"))
    current = next((each for each in rounds if each.answered_at is None), None)
    changes = changed_sections(unpacked(current.before), document_of(proposal)) if current else []
    before = _moment(request.GET.get("before", ""))
    context = {
        "proposal": proposal,
        "earlier": [each for each in rounds if each.answered_at is not None],
        "current": current,
        "changed": [change.section.label for change in changes],
        "lead": lead_of(proposal),
        "may_present": why_not_present_round(request.user, proposal, timezone.now()) is None,
        "writes": _writes(request, proposal),
        "trail": trail_of(proposal, before=before),
        "before": before,
        "form": form,
    }
    return render(request, "proposals/rounds.html", context)


def _shown(changes: list[SectionChange], polish_round: PolishRound, form: AnswerForm) -> list[dict[str, Any]]:
    """A change as the page shows it, with the choice about it."""
    return [
        {
            "section": change.section,
            "columns": [(COLUMN[name].verbose_name, pieces) for name, pieces in change.columns.items()],
            "rows": change.rows,
            "declined": change.section.value in polish_round.declined,
            "field": form[change.section.value],
        }
        for change in changes
    ]


def _trail_of_round(polish_round: PolishRound) -> Trail:
    """What was written from the answer to the round before until the answer to this one."""
    earlier = polish_round.proposal.rounds.filter(number__lt=polish_round.number).order_by("number").last()
    since = earlier.answered_at if earlier else None
    return trail_of(polish_round.proposal, since=since, before=polish_round.answered_at)


def _moment(typed: str) -> datetime | None:
    """The moment in an address that a page of ours made; nothing for any other text."""
    try:
        moment = datetime.fromisoformat(typed)
    except ValueError:
        return None
    return moment if timezone.is_aware(moment) else None


def _writes(request: HttpRequest, proposal: Proposal) -> bool:
    assert isinstance(request.user, User)
    return Proposal.objects.written_by(request.user).filter(pk=proposal.pk).exists()


def _fetch(request: HttpRequest, pk: int) -> Proposal:
    assert isinstance(request.user, User)
    proposals = Proposal.objects.followed_by(request.user).with_page_parts()
    proposal: Proposal = get_object_or_404(proposals.select_related("programme__subdistrict", "lead"), pk=pk)
    return proposal
