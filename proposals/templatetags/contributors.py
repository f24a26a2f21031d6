"""How the person is named from whom an idea came."""

from django import template
from django.utils.translation import gettext as _

from proposals.models import Idea

register = template.Library()


@register.filter
def contributor(idea: Idea) -> str:
    """For everyone: the name the author chose, else the one an officer wrote down for them, else "Resident"."""
    chosen = idea.author.display_name if idea.author else ""
    return chosen or idea.contributor_name or _("Resident")


@register.filter
def contributor_for_office(idea: Idea) -> str:
    """The same with the masked number, if there is one."""
    number = idea.author.masked_phone if idea.author else ""
    return f"{contributor(idea)} {number}".strip()
