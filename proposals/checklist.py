"""What is looked at before a proposal is handed in: what is needed, and what only makes it better."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from proposals.caps import allowance_of
from proposals.document import Document, completeness_of
from proposals.models import Proposal
from proposals.services.document import unseen_changes


@dataclass(frozen=True, slots=True)
class Item:
    """`needed`: without it nothing is handed in; `services.proposals.move_proposal` asks the same."""

    words: str | Promise
    done: bool
    needed: bool = True


def checklist_of(proposal: Proposal, document: Document) -> list[Item]:
    allowance = allowance_of(proposal)
    left = (allowance.left_of_project, allowance.left_of_community)
    return [
        Item(_("Every section is complete."), all(section.complete for section in completeness_of(document))),
        Item(_("The budget keeps to the caps."), all(rest is None or rest >= 0 for rest in left)),
        Item(_("The lead has answered the changes that were shown."), not proposal.rounds.waiting().exists()),
        Item(_("The lead has seen every change."), not unseen_changes(proposal, document)),
        Item(_("The residents' committee has written its opinion."), bool(proposal.community_opinion), needed=False),
        Item(_("The support organisation has written its opinion."), bool(proposal.support_opinion), needed=False),
        Item(_("Papers are attached."), proposal.attachments.exists(), needed=False),
    ]
