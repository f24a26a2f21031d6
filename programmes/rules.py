"""What the stage of the year permits."""

from __future__ import annotations

from datetime import datetime

from programmes.enums import Action
from programmes.models import Programme


def permits(programme: Programme, action: Action, now: datetime) -> bool:
    """Whether a stage that is open now permits the act; see `enums.STAGE_ACTIONS`."""
    return Programme.objects.filter(pk=programme.pk).allowing(action, now).exists()
