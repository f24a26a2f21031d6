"""What every page may show."""

from django.conf import settings
from django.http import HttpRequest
from django.utils.functional import SimpleLazyObject

from communities.bigrams import SEARCH_LENGTH
from communities.display import is_elder
from communities.models import Notification


def site(request: HttpRequest) -> dict[str, object]:
    """Whether this is a demo (its pages say so), the languages to choose from, whether elder mode is on, how much fits
    into the search box, and the number beside the bell, which is counted only where it is shown.
    """
    return {
        "demo": settings.DEMO,
        "languages": settings.LANGUAGES,
        "elder": is_elder(request),
        "search_length": SEARCH_LENGTH,
        "unread_count": SimpleLazyObject(lambda: _unread(request)),
    }


def _unread(request: HttpRequest) -> int:
    """How many of the person's notifications are unread; nobody who is not logged in costs a query."""
    if not request.user.is_authenticated:
        return 0
    return Notification.objects.shown_to(request.user).unread().count()
