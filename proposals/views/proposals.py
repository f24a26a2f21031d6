"""Proposals, as everyone reads them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.utils import timezone

from communities.models import User
from communities.pages import page_of
from communities.rules import Person, is_community_officer
from programmes.models import Programme
from proposals.enums import PROPOSAL_PUBLIC_STATES, BudgetSource, DocumentSection, ProposalState
from proposals.filters import ProposalFilter
from proposals.models import Attachment, BudgetLine, PolishRound, Proposal
from proposals.rules import leads, why_not_give_opinion
from proposals.services.seconding import supporters_of
from proposals.templatetags.contributors import name_of


def proposal_list(request: HttpRequest) -> HttpResponse:
    programme = Programme.objects.asked_for(request.GET.get("programme"))
    proposals = Proposal.objects.public_to(request.user).filter(programme=programme).with_page_parts()
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
        "to_answer": _to_answer(request.user, proposal),
        "may_opine": _may_opine(request.user, proposal),
        "attachments": Attachment.objects.visible_to(request.user).filter(proposal=proposal),
        "contributors": contributors_of(proposal),
    }
    return render(request, "proposals/proposal_detail.html", context)


def _to_answer(user: Person, proposal: Proposal) -> PolishRound | None:
    """The round whose changes wait for the person's answer."""
    if not isinstance(user, User) or proposal.state != ProposalState.COACHING or not leads(user, proposal):
        return None
    return proposal.rounds.filter(answered_at__isnull=True, presented_at__isnull=False).first()


def _may_opine(user: Person, proposal: Proposal) -> bool:
    """Whether the page leads on to writing the opinion of the residents' committee."""
    if not is_community_officer(user, proposal.community):
        return False
    return why_not_give_opinion(user, proposal, DocumentSection.COMMUNITY_OPINION, timezone.now()) is None


def contributors_of(proposal: Proposal) -> list[str]:
    """The names of those who want to be thanked for their ideas, each once, in the order in which ideas were joined."""
    named = proposal.consolidations.named().select_related("idea__author").order_by("created_at", "pk")
    people = {joined.idea.author_id or f"idea {joined.idea_id}": name_of(joined.idea) for joined in named}
    return [name for name in people.values() if name]


def totals_by_source(lines: Sequence[BudgetLine]) -> list[tuple[str, Decimal]]:
    """What the budget takes from each source, in yuan, in the order of `BudgetSource`; sources without a line left out."""
    return [
        (str(source.label), sum((line.amount for line in lines if line.source == source), Decimal("0.00")))
        for source in BudgetSource
        if any(line.source == source for line in lines)
    ]
