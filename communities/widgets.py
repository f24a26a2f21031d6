"""Fields of the office's forms that need no script: days and times as the browser itself offers them."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.functional import Promise, lazy
from django.utils.translation import gettext_lazy as _


class DayInput(forms.DateInput):
    """A day, written as ISO 8601 says."""

    input_type = "date"

    def __init__(self, attrs: dict[str, Any] | None = None) -> None:
        super().__init__(attrs, format="%Y-%m-%d")


def _named(words: str | Promise, name: str | Promise) -> str:
    return str(words) % name


# In the language of whoever sees the form, not of the moment in which it is declared.
_said_later = lazy(_named, str)


class DayAndTimeInput(forms.SplitDateTimeWidget):
    """A day and a time to the minute, side by side; each is named for those who hear the form."""

    template_name = "django/forms/widgets/splitdatetime.html"

    def __init__(self, name: str | Promise) -> None:
        super().__init__(
            date_attrs={"type": "date", "aria-label": _said_later(_("%s: day"), name)},
            time_attrs={"type": "time", "aria-label": _said_later(_("%s: time"), name)},
            date_format="%Y-%m-%d",
            time_format="%H:%M",
        )
