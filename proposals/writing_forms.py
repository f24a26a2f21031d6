"""The forms of the sections of a proposal's document: its columns, and the rows of its table."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django import forms
from django.db.models import TextField
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from communities.accounts import E164Field
from communities.widgets import DayInput
from proposals.changes import SectionChange
from proposals.document import (
    ITEM_LENGTH,
    LINE_NOTE_LENGTH,
    PARTS,
    QUANTITY,
    UNIT_PRICE,
    ActivityRow,
    BudgetItem,
    MemberRow,
    ObjectiveRow,
    RiskRow,
)
from proposals.document_enums import BudgetSource, DocumentSection
from proposals.enums import ProposalRefusal
from proposals.forms import ProseField, TitleField, VersionBox
from proposals.models import CoachingNote, Proposal
from proposals.models.rounds import NOTE_LENGTH
from proposals.pledge import VERSION

COLUMN = {field.name: field for field in Proposal._meta.fields}  # noqa: SLF001
EMPTY_ROWS = 3
MOST_ROWS = 60
FIELDS = {"title": TitleField}
WIDGETS = {"starts_on": DayInput(), "ends_on": DayInput()}


class RowForm(forms.Form):
    """One row of a table; `kind` is the plain row that it becomes."""

    kind: type[Any]

    @property
    def is_spare(self) -> bool:
        """Whether it waits empty below the others, and may stay so."""
        return self.empty_permitted and not (self.is_bound and self.has_changed())

    def row(self) -> Any:
        return self.kind(**{name: value for name, value in self.cleaned_data.items() if name != "DELETE"})


class MemberForm(RowForm):
    kind = MemberRow
    name = forms.CharField(label=_("Name"), max_length=40)
    duty = forms.CharField(label=_("Task in the team"), max_length=60)
    phone = E164Field(
        label=_("Mobile number"),
        region="CN",
        required=False,
        error_messages={"invalid": _("Please type the 11 digits of a mobile number.")},
        help_text=_("For the office and the accompanying organisation; never shown in public."),
    )

    def clean_phone(self) -> str:
        return self.cleaned_data["phone"] or ""


class ObjectiveForm(RowForm):
    kind = ObjectiveRow
    indicator = forms.CharField(label=_("What is measured"), max_length=100)
    target_value = forms.DecimalField(
        label=_("Target value"), min_value=Decimal("0.01"), max_digits=12, decimal_places=2
    )
    unit = forms.CharField(label=_("Unit"), max_length=20, required=False)


class ActivityForm(RowForm):
    kind = ActivityRow
    name = forms.CharField(label=_("Activity"), max_length=60)
    date_from = forms.DateField(label=_("From"), widget=DayInput())
    date_to = forms.DateField(label=_("To"), widget=DayInput())
    # Without an initial value, so that an untouched row counts as empty.
    times = forms.IntegerField(label=_("How many times"), min_value=1, max_value=1000)
    people = forms.IntegerField(label=_("People each time"), min_value=0, max_value=100_000)
    owner = forms.CharField(label=_("Who sees to it"), max_length=40, required=False)
    output = forms.CharField(label=_("What comes of it"), max_length=100, required=False)

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("date_from") and data.get("date_to") and data["date_to"] < data["date_from"]:
            self.add_error("date_to", _("An activity ends on the day it begins or later."))
        return data


class RiskForm(RowForm):
    kind = RiskRow
    risk = forms.CharField(label=_("What may go wrong"), max_length=150)
    response = forms.CharField(label=_("What is done then"), max_length=200)


class LineForm(RowForm):
    kind = BudgetItem
    item = forms.CharField(label=_("Item"), max_length=ITEM_LENGTH)
    unit_price = forms.DecimalField(label=_("Unit price (yuan)"), **UNIT_PRICE)
    quantity = forms.IntegerField(label=_("Quantity"), **QUANTITY)
    source = forms.TypedChoiceField(
        label=_("Source"), choices=BudgetSource.choices, coerce=BudgetSource, initial=BudgetSource.REQUESTED
    )
    note = forms.CharField(label=_("Note"), max_length=LINE_NOTE_LENGTH, required=False)


class RowForms(forms.BaseFormSet):
    def add_fields(self, form: forms.Form, index: int | None) -> None:
        super().add_fields(form, index)
        form.fields["DELETE"].label = _("Remove this row")

    def rows(self) -> tuple[Any, ...]:
        """The filled rows that stay, in their order."""
        return tuple(form.row() for form in self.forms if form.cleaned_data and not form.cleaned_data.get("DELETE"))


def _formset(row_form: type[RowForm]) -> type[RowForms]:
    return forms.formset_factory(
        row_form, formset=RowForms, extra=EMPTY_ROWS, can_delete=True, max_num=MOST_ROWS, validate_max=True
    )


FORMSETS: dict[str, type[RowForms]] = {
    "members": _formset(MemberForm),
    "objectives": _formset(ObjectiveForm),
    "activities": _formset(ActivityForm),
    "risk_rows": _formset(RiskForm),
    "budget_lines": _formset(LineForm),
}


def section_form(section: DocumentSection) -> type[forms.ModelForm]:
    """A form of the section's columns; saved by the verb, never by the form."""
    columns = PARTS[section].columns
    form: type[forms.ModelForm] = forms.modelform_factory(
        Proposal,
        fields=columns,
        widgets={name: widget for name, widget in WIDGETS.items() if name in columns},
        field_classes={
            name: FIELDS.get(name, ProseField)
            for name in columns
            if name in FIELDS or isinstance(COLUMN[name], TextField)
        },
    )
    for name in columns:
        if COLUMN[name].choices:
            form.base_fields[name].choices = [("", _("Please choose")), *COLUMN[name].choices]
    return form


class PledgeForm(forms.Form):
    """The lead's word that the statement of integrity holds: their own, or on paper that somebody else keeps."""

    pledge = forms.BooleanField(
        label=_("The lead has read the statement of integrity and signed it; we keep the paper."),
        error_messages={"required": ProposalRefusal.PLEDGE_NEEDED.label},
        widget=VersionBox(VERSION),
    )

    def __init__(self, *args: Any, by_lead: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if by_lead:
            self.fields["pledge"].label = _("I have read the statement of integrity, and promise it for the team.")

    def clean_pledge(self) -> str:
        return VERSION


class CoachingForm(forms.ModelForm):
    """One entry of the coaching log."""

    class Meta:
        model = CoachingNote
        fields = ["held_on", "text"]
        widgets = {"held_on": DayInput(), "text": forms.Textarea({"rows": 3})}


def plain(proposal: Proposal, section: DocumentSection, rows: Sequence[Any]) -> dict[str, Any]:
    """A stored section to be read beside the form: (label, value) of its columns, and a line of text for each row."""
    columns = [(COLUMN[name].verbose_name, getattr(proposal, name)) for name in PARTS[section].columns]
    shown = [" · ".join(str(getattr(row, name)) for name in row.__slots__ if getattr(row, name) != "") for row in rows]
    return {"columns": columns, "rows": shown, "has_rows": bool(PARTS[section].table)}


class PresentForm(forms.Form):
    note = forms.CharField(
        label=_("What was changed, and why"),
        max_length=NOTE_LENGTH,
        required=False,
        help_text=_("The lead reads this beside the changes."),
        widget=forms.Textarea({"rows": 3}),
    )


class AnswerForm(forms.Form):
    """For each changed section whether it is accepted or declined; with `rest` what is left open is accepted."""

    ACCEPT, DECLINE = "accept", "decline"

    answer = forms.CharField(label=_("Your answer"), max_length=NOTE_LENGTH, widget=forms.Textarea({"rows": 3}))

    def __init__(
        self, *args: Any, changes: Sequence[SectionChange], note_needed: bool, rest: bool = False, **kwargs: Any
    ) -> None:
        super().__init__(*args, **kwargs)
        self.changed = [change.section for change in changes]
        self.fields["answer"].required = note_needed
        if note_needed:
            self.fields["answer"].label = _("How and when the lead told you")
        for section in self.changed:
            self.fields[section.value] = forms.ChoiceField(
                label=_("Do you accept this change?"),
                choices=[
                    (self.ACCEPT, pgettext_lazy("change", "Accept")),
                    (self.DECLINE, pgettext_lazy("change", "Decline")),
                ],
                widget=forms.RadioSelect,
                required=not rest,
                error_messages={"required": _("Say whether you accept this change.")},
            )

    def declined(self) -> list[DocumentSection]:
        return [section for section in self.changed if self.cleaned_data[section.value] == self.DECLINE]

    def accepted(self) -> list[DocumentSection]:
        return [section for section in self.changed if self.cleaned_data[section.value] != self.DECLINE]
