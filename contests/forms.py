"""What voters send."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from communities.refusal import Refused
from contests.enums import ContestRefusal
from contests.voting_enums import VotingRefusal

LARGEST_ID = 2**63 - 1
MOST_TICKS = 2000


def chosen_in(data: Any) -> set[int]:
    """The ids of the ticked entries in what was sent. How many there may be is the contest's rule; no query is made.

    Raises `Refused` for what is no id.
    """
    ticked = data.getlist("entry")
    if len(ticked) > MOST_TICKS or not all(typed.isascii() and typed.isdigit() for typed in ticked):
        raise Refused(ContestRefusal.UNKNOWN_CHOICE)
    ids = {int(typed) for typed in ticked if len(typed) < 20}
    if len(ids) != len(set(ticked)) or any(pk > LARGEST_ID for pk in ids):
        raise Refused(ContestRefusal.UNKNOWN_CHOICE)
    return ids


class BallotCheckForm(forms.Form):
    """The code on a receipt."""

    receipt = forms.CharField(
        label=_("Receipt code"),
        max_length=64,
        help_text=_("Sixteen letters and digits."),
        error_messages={"required": VotingRefusal.NO_SUCH_RECEIPT.label},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["receipt"].widget.attrs.update(autocomplete="off", spellcheck="false")

    def clean_receipt(self) -> str:
        return "".join(self.cleaned_data["receipt"].split()).lower()
