"""The project pool: a good proposal that got no money is kept, entered anew in a later year, and keeps its line."""

from __future__ import annotations

from dataclasses import replace
from datetime import date, datetime
from typing import Any

from django.db import IntegrityError, transaction

from communities.models import User
from communities.refusal import Refused, refuse_if
from programmes.models import Category
from proposals.document import COLUMNS, TABLES
from proposals.enums import ProposalRefusal, ProposalState, RoundStep
from proposals.models import Proposal
from proposals.rules import lead_of
from proposals.services.document import document_of, write
from proposals.services.proposals import hold, move_proposal, record
from proposals.writing_rules import why_not_keep_in_pool, why_not_reenter

# What somebody said of the earlier year's proposal is said anew.
OF_ITS_YEAR = ("community_opinion", "support_opinion")
DAYS = ("starts_on", "ends_on")


@transaction.atomic
def keep_in_pool(*, proposal: Proposal, by: User, now: datetime) -> Proposal:
    """Put a qualified proposal that takes part in no contest into the pool; its authors are told. Raises `Refused`."""
    hold(proposal)
    refuse_if(why_not_keep_in_pool(by, proposal, now))
    return move_proposal(proposal=proposal, to=ProposalState.POOLED, by=by, now=now)


@transaction.atomic
def reenter(*, proposal: Proposal, category: Category, by: User, now: datetime) -> Proposal:
    """A new draft in the category's programme with the document of the pooled one; days move on by whole years.

    The pooled proposal stays as it is. The new one points to it (`earlier`) and to the first of their line (`origin`),
    so that the ideas, their authors and supporters, and what happened each year are found from it. Raises `Refused`:
    no officer, not in the pool, another sub-district or no later year, wrong stage, or entered in that year already.
    """
    held = Proposal.objects.select_for_update(of=("self",), no_key=True)
    proposal = held.select_related("programme", "community", "lead").get(pk=proposal.pk)
    refuse_if(why_not_reenter(by, proposal, category, now))
    try:
        with transaction.atomic():
            later = Proposal.objects.create(
                programme=category.programme,
                community=proposal.community,
                category=category,
                title=proposal.title,
                lead=lead_of(proposal),
                earlier=proposal,
                origin=proposal.origin or proposal,
            )
    except IntegrityError as error:
        raise Refused(ProposalRefusal.REENTERED) from error
    _copy(proposal, later)
    record(later, by=by, from_state="", to=ProposalState.DRAFT, now=now, reason=RoundStep.REENTERED)
    record(
        proposal,
        by=by,
        from_state=ProposalState.POOLED,
        to=ProposalState.POOLED,
        now=now,
        reason=RoundStep.REENTERED,
        note=str(category.programme),
    )
    return later


def _copy(earlier: Proposal, later: Proposal) -> None:
    years = later.programme.year - earlier.programme.year
    document = document_of(earlier)
    columns: dict[str, Any] = {name: document.columns[name] for name in COLUMNS if name not in OF_ITS_YEAR}
    columns |= {name: _moved(columns[name], years) for name in DAYS if columns[name]}
    tables: dict[str, Any] = {name: getattr(document.rows, name) for name in TABLES}
    tables["activities"] = [
        replace(row, date_from=_moved(row.date_from, years), date_to=_moved(row.date_to, years))
        for row in document.rows.activities
    ]
    write(later, columns, tables)


def _moved(day: date, years: int) -> date:
    """The same day of a later year; the 29 February becomes the 28."""
    try:
        return day.replace(year=day.year + years)
    except ValueError:
        return day.replace(year=day.year + years, day=28)
