"""What voters send."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django import forms

from contests.enums import ContestRefusal
from contests.models import Entry


class BallotForm(forms.Form):
    """The chosen entries. How many there may be is the contest's rule, which the verb checks."""

    entry = forms.TypedMultipleChoiceField(
        coerce=int, required=False, error_messages={"invalid_choice": ContestRefusal.UNKNOWN_CHOICE.label}
    )

    def __init__(self, *args: Any, entries: Sequence[Entry], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["entry"].choices = [(entry.pk, entry.title) for entry in entries]

    def chosen(self) -> set[int]:
        """The ids that were ticked and are on offer, whether or not the form is valid."""
        ticked = set(self.data.getlist("entry"))
        return {pk for pk, _title in self.fields["entry"].choices if str(pk) in ticked}
