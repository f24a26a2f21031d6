"""What every page may show."""

from django.conf import settings
from django.http import HttpRequest


def site(_request: HttpRequest) -> dict[str, object]:
    """Whether this is a demo (its pages say so), and the languages to choose from."""
    return {"demo": settings.DEMO, "languages": settings.LANGUAGES}
