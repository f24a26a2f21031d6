"""The demo's texts, which lie beside this file as TOML, and the days they are told in."""

import tomllib
from collections.abc import Callable
from datetime import datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any

from django.utils import timezone

FOLDER = Path(__file__).parent

Clock = Callable[[float], datetime]


@cache
def read(name: str) -> dict[str, Any]:
    """The contents of `<name>.toml`."""
    return tomllib.loads((FOLDER / f"{name}.toml").read_text("utf-8"))


def clock(now: datetime) -> Clock:
    """Gives the moment so many days from the beginning of today, in local time: `0.5` is noon today."""
    midnight = timezone.localtime(now).replace(hour=0, minute=0, second=0, microsecond=0)

    def at(days: float) -> datetime:
        return midnight + timedelta(days=days)

    return at
