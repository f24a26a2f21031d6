"""Proposals, as everyone reads them."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal

from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from communities.models import User
from communities.pages import page_of
from communities.rules import Person, is_community_officer
from communities.telling import telling
from communities.written import kept, log_in_to_write
from programmes.models import Programme
from proposals.document_enums import BudgetSource, DocumentSection
from proposals.enums import PROPOSAL_PUBLIC_STATES, ProposalState
from proposals.filters import ProposalFilter
from proposals.forms import ProposalWithdrawForm
from proposals.models import BudgetLine, Consolidation, PolishRound, Proposal
from proposals.parties import parties_of
from proposals.rules import leads, why_not_move_proposal, why_not_withdraw_proposal
from proposals.services.proposals import move_proposal
from proposals.services.seconding import supporters_of
from proposals.templatetags.contributors import name_of
from proposals.views.tables import budget_table, public_proposals_table
from proposals.writing_rules import why_not_give_opinion


def proposal_list(request: HttpRequest) -> HttpResponseBase:
    programme = Programme.objects.asked_for(request.GET.get("programme"))
    proposals = Proposal.objects.public_to(request.user).filter(programme=programme).with_page_parts()
    rows = proposals.with_requested_total().order_by("-created_at", "-pk")
    chosen = ProposalFilter(request.GET, queryset=rows, programme=programme)
    if kind := request.GET.get("format"):
        return public_proposals_table(chosen.qs, kind)
    context = {"filter": chosen, "page": page_of(request, chosen.qs), "programme": programme}
    return render(request, "proposals/proposal_list.html", context)


def proposal_detail(request: HttpRequest, pk: int) -> HttpResponseBase:
    """The document, its budget by source, and the ideas it came from; with `format=csv` or `xlsx` the budget as a file."""
    proposal = get_object_or_404(
        Proposal.objects.visible_to(request.user).with_page_parts().select_related("earlier__programme"), pk=pk
    )
    if kind := request.GET.get("format"):
        return budget_table(proposal, kind)
    known = isinstance(request.user, User) and Proposal.objects.known_to(request.user).filter(pk=pk).exists()
    lines = list(proposal.budget_lines.all())
    named = known or not Proposal.objects.nameless().filter(pk=pk).exists()
    ideas = Consolidation.objects.behind(proposal).select_related("idea__author", "idea__community")
    context = {
        "proposal": proposal,
        "public": proposal.state in PROPOSAL_PUBLIC_STATES,
        "parties": parties_of(proposal),
        "lines": lines,
        "totals": totals_by_source(lines),
        "consolidations": ideas,
        "supporters": supporters_of(proposal),
        "may_withdraw": _may_withdraw(request.user, proposal),
        "known": known,
        "earlier": Proposal.objects.visible_to(request.user).filter(pk=proposal.earlier_id).first(),
        "later": proposal.later.visible_to(request.user).select_related("programme"),
        "to_answer": _to_answer(request.user, proposal),
        "may_hand_in": _may_hand_in(request.user, proposal),
        "may_opine": _may_opine(request.user, proposal),
        "named": named,
        "contributors": contributors_of(proposal) if named else (),
        "attachments": proposal.attachments.all() if known else (),
    }
    return render(request, "proposals/proposal_detail.html", context)


def _to_answer(user: Person, proposal: Proposal) -> PolishRound | None:
    """The round whose changes wait for the person's answer."""
    if not isinstance(user, User) or proposal.state != ProposalState.COACHING or not leads(user, proposal):
        return None
    return proposal.rounds.waiting().first()


def _may_hand_in(user: Person, proposal: Proposal) -> bool:
    """Offered to the lead; who accompanies or works in the office does it where they write."""
    if proposal.state != ProposalState.COACHING or not leads(user, proposal):
        return False
    return why_not_move_proposal(user, proposal, ProposalState.SUBMITTED, timezone.now()) is None


def _may_withdraw(user: Person, proposal: Proposal) -> bool:
    """Offered to the lead; the office has its own page for it."""
    if not isinstance(user, User) or not leads(user, proposal):
        return False
    return why_not_withdraw_proposal(user, proposal) is None


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


@require_http_methods(["GET", "POST"])
@never_cache
@log_in_to_write
def proposal_withdraw(request: HttpRequest, pk: int) -> HttpResponse:
    """The lead takes the proposal back, with a reason."""
    assert isinstance(request.user, User)
    proposal = get_object_or_404(Proposal.objects.led_by(request.user).with_page_parts(), pk=pk)
    form = ProposalWithdrawForm(request.POST or None, initial=kept(request))
    if request.method == "POST" and form.is_valid():
        act = {"to": ProposalState.WITHDRAWN, "by": request.user, "now": timezone.now()}
        with telling(request, _("The proposal has been withdrawn.")):
            move_proposal(proposal=proposal, **act, **form.cleaned_data)
        return redirect(proposal)
    why_not = why_not_withdraw_proposal(request.user, proposal)
    return render(request, "proposals/proposal_withdraw.html", {"proposal": proposal, "form": form, "why_not": why_not})


def totals_by_source(lines: Sequence[BudgetLine]) -> list[tuple[str, Decimal]]:
    """What the budget takes from each source, in yuan, in the order of `BudgetSource`; sources without a line left out."""
    return [
        (str(source.label), sum((line.amount for line in lines if line.source == source), Decimal("0.00")))
        for source in BudgetSource
        if any(line.source == source for line in lines)
    ]
