"""How people are named on pages that everyone reads."""

from django import template
from django.utils.translation import gettext as _

from communities import phones
from communities.models import User

register = template.Library()


@register.filter
def public_name(user: User) -> str:
    """The name a person chose to show, else "Resident"; user names and numbers are never shown to others."""
    return user.display_name or _("Resident")


@register.filter
def national(number: object) -> str:
    """A telephone number as people here write it."""
    return phones.national(str(number))
