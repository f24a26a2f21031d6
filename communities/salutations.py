"""How a name is put together that everyone reads."""

from __future__ import annotations

from django.utils.translation import gettext

from communities import names
from communities.enums import Salutation


def addressed(typed: str, salutation: str) -> str:
    """The name as it is shown, tidied: for “Mr” and “Ms” the family name alone, even if more was typed."""
    name = names.tidied(typed)
    match salutation:
        case Salutation.MR if name:
            return gettext("Mr %(name)s") % {"name": names.family_name(name)}
        case Salutation.MS if name:
            return gettext("Ms %(name)s") % {"name": names.family_name(name)}
        case _:
            return name
