"""What the system check tells whoever runs the site, in English as Django's own checks do."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from django.conf import settings
from django.core import checks

from communities.share_card import font_path


def share_card_font(**_kwargs: Any) -> list[checks.CheckMessage]:
    """Cards for shared links have no words without a font, and cannot be drawn with one that is not there."""
    if settings.SHARE_CARD_FONT and not Path(settings.SHARE_CARD_FONT).is_file():
        return [
            checks.Error(
                f"SHARE_CARD_FONT is {settings.SHARE_CARD_FONT}, and there is no such file.",
                hint="Name a font file with Chinese characters, or leave it empty to have one looked for.",
                id="communities.E001",
            )
        ]
    if not font_path():
        return [
            checks.Warning(
                "No Chinese font was found, so the pictures beside shared links have no words.",
                hint="Install the package fonts-noto-cjk, or name a font file in SHARE_CARD_FONT.",
                id="communities.W001",
            )
        ]
    return []
