"""Pictures beside shared links to ideas and proposals, of what everyone may read only."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import get_object_or_404
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from communities.share_card import ShareCard, respond
from proposals.models import Idea, Proposal


def idea_card(request: HttpRequest, pk: int) -> HttpResponseBase:
    idea = get_object_or_404(
        Idea.objects.public().with_told().select_related("community__subdistrict", "category"), pk=pk
    )
    card = ShareCard(
        kicker=f"{idea.community.subdistrict} · {idea.community} · {idea.category}",
        title=idea.title,
        lines=(" · ".join([pgettext("card", "Idea"), str(idea.shown_state.label)]), idea.problem),
        site=_("Golden ideas"),
    )
    return respond(request, card)


def proposal_card(request: HttpRequest, pk: int) -> HttpResponseBase:
    proposals = Proposal.objects.public_to(request.user).select_related("community__subdistrict", "category")
    proposal = get_object_or_404(proposals, pk=pk)
    card = ShareCard(
        kicker=f"{proposal.community.subdistrict} · {proposal.community} · {proposal.category}",
        title=proposal.title,
        lines=(" · ".join([pgettext("card", "Proposal"), proposal.get_state_display()]), proposal.summary),
        site=_("Golden ideas"),
    )
    return respond(request, card)
