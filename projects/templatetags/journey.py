"""The way of an idea, on the page of each of its steps."""

from typing import Any

from django import template
from django.template.context import RequestContext

from projects.journey import journey_of
from proposals.models import Proposal

register = template.Library()


@register.inclusion_tag("projects/_journey.html", takes_context=True)
def journey(context: RequestContext, proposal: Proposal, here: str) -> dict[str, Any]:
    """`here` is the step whose page it is: idea, proposal, entry or project."""
    return {"journey": journey_of(proposal, context["request"].user), "here": here}
