"""How people are named on pages that everyone reads."""

from django import template
from django.utils.translation import gettext as _

from communities import names, phones
from communities.enums import Salutation
from communities.models import User
from communities.salutations import addressed

register = template.Library()


@register.filter
def public_name(user: User) -> str:
    """The name a person chose to show, else "Resident"; user names and numbers are never shown to others."""
    return user.display_name or _("Resident")


@register.filter
def looks_full(name: str) -> bool:
    """Whether it may be a full name, which nobody needs to show."""
    return names.looks_full(name)


@register.filter
def as_mr(name: str) -> str:
    return addressed(name, Salutation.MR)


@register.filter
def as_ms(name: str) -> str:
    return addressed(name, Salutation.MS)


@register.filter
def national(number: object) -> str:
    """A telephone number as people here write it."""
    return phones.national(str(number))
