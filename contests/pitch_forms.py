"""Forms of the pitch session, for the office."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from communities.widgets import DayAndTimeInput
from contests.agenda import Turn


class PlanForm(forms.Form):
    place = forms.CharField(label=_("Where"), max_length=100, help_text=_("As people find it: house, floor, room."))
    starts_at = forms.SplitDateTimeField(label=_("Begins"), widget=DayAndTimeInput(_("Begins")))
    minutes = forms.IntegerField(label=_("Minutes per pitch"), min_value=1, max_value=60, initial=5)
    pause = forms.IntegerField(
        label=_("Minutes between two communities"),
        min_value=0,
        max_value=120,
        initial=0,
        help_text=_("Time to change the people on the stage; 0 for none."),
    )


class MoveForm(forms.Form):
    """Another place among those that are still to come."""

    to = forms.TypedChoiceField(label=_("New place"), coerce=int)
    reason = forms.CharField(label=_("Reason"), max_length=200, help_text=_("It stays in the history of the contest."))

    def __init__(self, *args: Any, turns: Sequence[Turn], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = [(turn.slot.position, f"{turn.place}. {turn.slot.entry.title}") for turn in turns]
        self.fields["to"].choices = [("", _("Choose whose place it takes")), *choices]
