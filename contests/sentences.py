"""The reason of a decision as a sentence that a resident understands, with its figures (`tally.md` 3)."""

from __future__ import annotations

from decimal import Decimal

from django.utils.formats import number_format
from django.utils.translation import gettext as _

from contests.enums import AwardReason, Decision
from contests.models import Result


def sentence(result: Result) -> str:
    """Why this entry was selected or not; `result.rank` opens the sentence where there is one."""
    facts = {name: _shown(name, value) for name, value in result.facts.items()}
    facts["amount"] = _yuan(result.amount)
    body = _template(AwardReason(result.reason), stopped_community=bool(result.facts.get("stopped_community"))) % facts
    if result.rank is None:
        return body
    opening = _("Rank %(rank)s: ") % {"rank": result.rank}
    ending = _(" It is on the reserve list.") if result.decision == Decision.RESERVE else ""
    return f"{opening}{body}{ending}"


def _template(reason: AwardReason, *, stopped_community: bool) -> str:
    match reason:
        case AwardReason.COMMUNITY_GUARANTEE:
            return _("best entry of its community that fits; %(amount)s yuan.")
        case AwardReason.BY_RANK:
            return _("selected by rank; %(amount)s yuan.")
        case AwardReason.PART_FUNDED:
            return _("asked for %(requested)s yuan; the remainder of %(remainder)s yuan goes to it, and selection ends.")
        case AwardReason.AFTER_STOP if stopped_community:
            return _("selection for this community had ended with entry %(stopped_by)s.")
        case AwardReason.AFTER_STOP:
            return _("selection had ended with entry %(stopped_by)s.")
        case AwardReason.BELOW_MIN_SCORE:
            return _("composite score %(score)s, below the minimum of %(minimum)s.")
        case AwardReason.BELOW_MIN_VOTES:
            return _("%(votes)s votes, below the minimum of %(minimum)s.")
        case AwardReason.OVER_PROJECT_CAP:
            return _("asks for %(requested)s yuan, above the cap of %(limit)s yuan per project.")
        case AwardReason.CATEGORY_FULL:
            return _("its category already has %(spent)s awards, the most there may be.")
        case AwardReason.COMMUNITY_CAP:
            return _(
                "its community has %(spent)s of at most %(limit)s yuan; %(remainder)s yuan are less than the"
                " %(requested)s yuan asked for."
            )
        case AwardReason.BUDGET:
            return _("%(remainder)s yuan remain, less than the %(requested)s yuan asked for.")
        case AwardReason.WITHDRAWN:
            return _("The entry was withdrawn.")
        case AwardReason.DISQUALIFIED:
            return _("The entry was disqualified.")
        case AwardReason.INCOMPLETE:
            return _("The entry has too few score sheets, so it has no scores and no rank.")


def _shown(name: str, value: object) -> object:
    if name == "spent" and isinstance(value, str) and "." not in value:
        return value
    if name in {"requested", "remainder", "spent", "limit"}:
        return _yuan(Decimal(str(value)))
    return value


def _yuan(amount: Decimal) -> str:
    return number_format(amount, decimal_pos=2, use_l10n=True, force_grouping=True)
