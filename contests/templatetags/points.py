"""Points of score sheets and parts of scores in templates."""

from __future__ import annotations

from decimal import Decimal

from django import template

from contests.models import Contest, Result
from contests.ruleset import Ruleset, plain

register = template.Library()


@register.filter
def points(value: Decimal) -> str:
    """Points exactly, without needless zeros: 12.50 is "12.5", 20.00 is "20"."""
    return plain(value)


@register.inclusion_tag("contests/_score_bar.html")
def score_bar(result: Result, rules: Ruleset | Contest) -> dict[str, str]:
    """What experts and the public gave of the 100 points, as a bar; nothing for an entry without scores.

    The parts are exact products of score and weight, as plain decimals: an SVG reads no thousands separators.
    """
    if result.final_score is None or result.expert_score is None or result.public_score is None:
        return {}
    expert, public = result.expert_score * rules.expert_weight, result.public_score * rules.public_weight
    return {
        "expert": plain(expert),
        "public": plain(public),
        "expert_most": plain(100 * rules.expert_weight),
        "public_most": plain(100 * rules.public_weight),
        "together": plain(result.final_score),
    }


@register.inclusion_tag("contests/_score_key.html")
def score_key(rules: Ruleset | Contest) -> dict[str, str]:
    """What the two colours of the bars mean, with the weight of each."""
    return {"expert_most": plain(100 * rules.expert_weight), "public_most": plain(100 * rules.public_weight)}
