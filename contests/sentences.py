"""The reason of a decision as a sentence that a resident understands, with its figures (`tally.md` 3)."""

from __future__ import annotations

from decimal import Decimal

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from contests.enums import AwardReason, Decision
from contests.models import Result
from proposals.money import yuan

SENTENCES = {
    AwardReason.COMMUNITY_GUARANTEE: gettext_lazy("best entry of its community that fits; %(amount)s yuan."),
    AwardReason.BY_RANK: gettext_lazy("selected by rank; %(amount)s yuan."),
    AwardReason.PART_FUNDED: gettext_lazy(
        "asked for %(requested)s yuan; the remainder of %(remainder)s yuan goes to it, and selection ends."
    ),
    AwardReason.AFTER_STOP: gettext_lazy("selection had ended with entry %(stopped_by)s."),
    AwardReason.BELOW_MIN_SCORE: gettext_lazy("composite score %(score)s, below the minimum of %(minimum)s."),
    AwardReason.BELOW_MIN_VOTES: gettext_lazy("%(votes)s votes, below the minimum of %(minimum)s."),
    AwardReason.OVER_PROJECT_CAP: gettext_lazy(
        "asks for %(requested)s yuan, above the cap of %(limit)s yuan per project."
    ),
    AwardReason.CATEGORY_FULL: gettext_lazy("its category already has %(spent)s awards, the most there may be."),
    AwardReason.COMMUNITY_CAP: gettext_lazy(
        "its community has %(spent)s of at most %(limit)s yuan; %(remainder)s yuan are less than the"
        " %(requested)s yuan asked for."
    ),
    AwardReason.BUDGET: gettext_lazy("%(remainder)s yuan remain, less than the %(requested)s yuan asked for."),
    AwardReason.WITHDRAWN: gettext_lazy("The entry was withdrawn."),
    AwardReason.DISQUALIFIED: gettext_lazy("The entry was disqualified."),
    AwardReason.INCOMPLETE: gettext_lazy("The entry has too few score sheets, so it has no scores and no rank."),
}
STOPPED_IN_COMMUNITY = gettext_lazy("selection for this community had ended with entry %(stopped_by)s.")


def sentence(result: Result) -> str:
    """Why this entry was selected or not; a ranked entry's sentence opens with its rank."""
    facts = {name: _shown(name, value) for name, value in result.facts.items()}
    facts["amount"] = yuan(result.amount)
    template = STOPPED_IN_COMMUNITY if result.facts.get("stopped_community") else SENTENCES[AwardReason(result.reason)]
    body = str(template) % facts
    if result.rank is None:
        return body
    opening = _("Rank %(rank)s: ") % {"rank": result.rank}
    ending = _(" It is on the reserve list.") if result.decision == Decision.RESERVE else ""
    return f"{opening}{body}{ending}"


def _shown(name: str, value: object) -> object:
    if name == "spent" and isinstance(value, str) and "." not in value:
        return value
    if name in {"requested", "remainder", "spent", "limit"}:
        return yuan(Decimal(str(value)))
    return value
