"""What every page may show."""

from django.conf import settings
from django.http import HttpRequest

from communities.display import is_elder


def site(request: HttpRequest) -> dict[str, object]:
    """Whether this is a demo (its pages say so), the languages to choose from, and whether elder mode is on."""
    return {"demo": settings.DEMO, "languages": settings.LANGUAGES, "elder": is_elder(request)}
