"""How long something has waited and how long it still may, in days as people count them; and the places of a person."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

from django import template
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from communities.models import User
from communities.querysets import scope_of
from communities.waiting import last_day, moment, until, waited
from contests.models import Panelist

register = template.Library()
register.filter(last_day)
register.filter(moment)
register.filter(until)
register.filter(waited)


@register.filter
def left(due: datetime) -> str:
    """For example "3 days left"; "today" on the last day."""
    days = _days(timezone.now(), last_day(due))
    if due <= timezone.now():
        return _("over")
    if days <= 0:
        return _("ends today")
    return ngettext("%(days)d day left", "%(days)d days left", days) % {"days": days}


@register.filter
def is_soon(due: datetime) -> bool:
    """Whether three days or fewer are left."""
    return _days(timezone.now(), last_day(due)) <= 3


@register.inclusion_tag("my/_places.html", takes_context=True)
def places(context: dict[str, Any]) -> dict[str, Any]:
    """Links to all pages on which the person works, for who has more than one; the page one is on is marked."""
    user, request = context["user"], context["request"]
    found = _places_of(user) if isinstance(user, User) else []
    return {"places": found if len(found) > 1 else [], "here": request.resolver_match.url_name}


def _places_of(user: User) -> list[dict[str, object]]:
    scope = scope_of(user)
    offered = [
        ("my", _("My things"), True),
        ("panel", _("Contests to judge"), Panelist.objects.filter(user=user).exists()),
        ("desk", _("Desk of my communities"), bool(scope.communities or scope.organisations)),
        ("admin:index", _("Office"), user.is_staff),
    ]
    return [{"name": name, "label": label, "url": reverse(name)} for name, label, offers in offered if offers]


def _days(now: datetime, last: date) -> int:
    return (last - timezone.localdate(now)).days
