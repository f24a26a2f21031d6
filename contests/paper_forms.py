"""Forms of paper votes, of help at the screen, and of the guard desk."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from contests.models import Entry
from contests.roll_forms import CommunityForm
from contests.voting_enums import VotingRefusal
from proposals.attachments import NotAnAttachment, Paper, examine
from proposals.document_enums import AttachmentKind

MOST = 1_000_000


class CountsForm(forms.Form):
    """What a counting sheet says: valid papers, and votes for each entry. Nothing is filled in beforehand."""

    papers = forms.IntegerField(label=_("Valid ballot papers"), min_value=0, max_value=MOST)

    def __init__(self, *args: Any, entries: Sequence[Entry], own_only: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.entries = entries
        self.own_only = own_only
        for entry in entries:
            self.fields[self._name(entry)] = forms.IntegerField(
                label=str(entry), min_value=0, max_value=MOST, required=not own_only
            )
        for field in self.fields.values():
            if isinstance(field, forms.IntegerField):
                field.widget.attrs.update(inputmode="numeric", autocomplete="off")

    def counts(self) -> list[forms.BoundField]:
        return [self[self._name(entry)] for entry in self.entries]

    def votes(self) -> Mapping[int, int]:
        return {entry.pk: self.cleaned_data[self._name(entry)] or 0 for entry in self.entries}

    @staticmethod
    def _name(entry: Entry) -> str:
        return f"votes-{entry.number}"


class SheetForm(CountsForm, CommunityForm):
    """A counting sheet as the first person types it, with its scan."""

    number = forms.CharField(
        label=_("Number of the sheet"), max_length=30, help_text=_("As it stands on the paper, for example 003-01.")
    )
    place = forms.CharField(label=_("Polling place"), max_length=60)
    scan = forms.FileField(
        label=_("Scan of the sheet"),
        widget=forms.FileInput(attrs={"accept": "image/jpeg,image/png,application/pdf"}),
        help_text=_("A picture or a PDF, at most 10 MB."),
    )

    def clean(self) -> dict[str, Any]:
        """Where only the own community's entries may be chosen, those of others stay empty."""
        data: dict[str, Any] = super().clean() or {}
        for entry in self.entries if self.own_only else ():
            name = self._name(entry)
            if entry.community_id == getattr(data.get("community"), "pk", None) and data.get(name, 0) is None:
                self.add_error(name, self.fields[name].error_messages["required"])
        return data

    field_order = ("community", "number", "place", "scan", "papers")

    def clean_number(self) -> str:
        return " ".join(self.cleaned_data["number"].split())

    def clean_scan(self) -> Paper:
        """The checked file; a scan is a picture or a PDF, no text to be written on."""
        file = self.cleaned_data["scan"]
        try:
            paper = examine(file, file.name)
        except NotAnAttachment as error:
            raise forms.ValidationError(VotingRefusal.SCAN_UNREADABLE.label) from error
        if paper.kind not in {AttachmentKind.PDF, AttachmentKind.JPG}:
            raise forms.ValidationError(VotingRefusal.SCAN_UNREADABLE.label)
        return paper


class HelpForm(forms.Form):
    """That the person wants help, and where it is given."""

    consented = forms.BooleanField(
        label=_("The person has asked for help, chooses themselves, and knows that they may vote alone or on paper."),
        error_messages={"required": VotingRefusal.CONSENT_MISSING.label},
    )
    place = forms.CharField(
        label=_("Where you help"), max_length=60, required=False, help_text=_("For example: hall of the community.")
    )


class SettlementForm(forms.Form):
    """What is to be done with a group of ballots, and why."""

    voids = forms.TypedChoiceField(
        label=_("What is to be done"),
        choices=[("", _("The ballots stand")), ("1", _("The ballots are voided"))],
        coerce=bool,
        empty_value=False,
        required=False,
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        error_messages={"required": VotingRefusal.REASON_MISSING.label},
    )
