"""Proposals, as everyone reads them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from communities.pages import page_of
from programmes.models import Programme
from proposals.enums import PROPOSAL_PUBLIC_STATES, BudgetSource
from proposals.filters import ProposalFilter
from proposals.models import BudgetLine, Proposal
from proposals.services.seconding import supporters_of


def proposal_list(request: HttpRequest) -> HttpResponse:
    programme = Programme.objects.asked_for(request.GET.get("programme"))
    proposals = Proposal.objects.public().filter(programme=programme).with_page_parts()
    rows = proposals.with_requested_total().order_by("-created_at", "-pk")
    chosen = ProposalFilter(request.GET, queryset=rows, programme=programme)
    context = {"filter": chosen, "page": page_of(request, chosen.qs), "programme": programme}
    return render(request, "proposals/proposal_list.html", context)


def proposal_detail(request: HttpRequest, pk: int) -> HttpResponse:
    """The document, its budget by source, and the ideas it came from."""
    proposal = get_object_or_404(Proposal.objects.visible_to(request.user).with_page_parts(), pk=pk)
    lines = list(proposal.budget_lines.all())
    ideas = proposal.consolidations.in_force().select_related("idea__author", "idea__community")
    context = {
        "proposal": proposal,
        "public": proposal.state in PROPOSAL_PUBLIC_STATES,
        "lines": lines,
        "totals": totals_by_source(lines),
        "consolidations": ideas,
        "supporters": supporters_of(proposal),
    }
    return render(request, "proposals/proposal_detail.html", context)


def totals_by_source(lines: Sequence[BudgetLine]) -> list[tuple[str, Decimal]]:
    """What the budget takes from each source, in yuan, in the order of `BudgetSource`; sources without a line left out."""
    return [
        (str(source.label), sum((line.amount for line in lines if line.source == source), Decimal("0.00")))
        for source in BudgetSource
        if any(line.source == source for line in lines)
    ]
