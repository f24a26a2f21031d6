"""How the person is named from whom an idea came."""

from django import template
from django.utils.translation import gettext as _

from proposals.models import Idea

register = template.Library()


@register.filter
def contributor(idea: Idea) -> str:
    """For everyone: the name, if the resident agreed that it is shown and the idea is not judged without names."""
    return _("Resident") if _is_nameless(idea) else agreed_name(idea)


@register.filter
def agreed_name(idea: Idea) -> str:
    """For those whose work it is: the name, if the resident agreed that it is shown, else "Resident"."""
    return (name_of(idea) if idea.name_consent_at else "") or _("Resident")


@register.filter
def contributor_for_office(idea: Idea) -> str:
    """Whether it is shown or not, with the masked number if there is one."""
    number = idea.author.masked_phone if idea.author else ""
    return f"{name_of(idea) or _('Resident')} {number}".strip()


@register.filter
def name_of(idea: Idea) -> str:
    """The name that an officer wrote down and the resident agreed to, else the one the author chose, else nothing."""
    chosen = idea.author.display_name if idea.author else ""
    return idea.contributor_name or chosen


def _is_nameless(idea: Idea) -> bool:
    """As lists have asked for all their rows together, else asked for this one."""
    known: bool | None = getattr(idea, "is_nameless", None)
    return Idea.objects.nameless().filter(pk=idea.pk).exists() if known is None else known
