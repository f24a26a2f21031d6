"""The forms of the experts: a score sheet with one number for each criterion, and keeping out of an entry."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from contests.enums import ContestRefusal, DeclaredTie
from contests.models import Criterion, ScoreSheet
from contests.ruleset import plain
from contests.scale import STEP


class PointsField(forms.DecimalField):
    """Points in steps; Django cannot tell whether a number of hundreds of digits is a step."""

    def validate(self, value: Decimal) -> None:
        super().validate(value)
        if value not in self.empty_values and self.max_digits and value.adjusted() >= self.max_digits:
            raise ValidationError(self.error_messages["invalid"], code="invalid")


class SheetForm(forms.Form):
    """Points by criterion, each with a word of why. Blank is "not yet"; on submission every blank is an error at its
    field, and so are few points without a reason. `revision` is that of the sheet that the expert has before them.
    """

    revision = forms.IntegerField(min_value=0, widget=forms.HiddenInput, initial=0)

    comment = forms.CharField(
        label=_("comment"),
        max_length=1000,
        required=False,
        widget=forms.Textarea({"rows": 3, "class": "form-control"}),
    )

    def __init__(self, *args: Any, criteria: Iterable[Criterion], submitting: bool = False, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.submitting = submitting
        self.criteria = list(criteria)
        for criterion in self.criteria:
            self.fields[_name(criterion)] = PointsField(
                label=criterion.name,
                help_text=criterion.guidance,
                min_value=Decimal(0),
                max_value=criterion.max_points,
                step_size=STEP,
                max_digits=6,
                decimal_places=2,
                required=False,
                error_messages={"step_size": ContestRefusal.POINTS_OUTSIDE.label},
                widget=forms.NumberInput({"class": "form-control form-control-lg", "inputmode": "decimal"}),
            )
            self.fields[_remark(criterion)] = forms.CharField(
                label=_("Reason for “%s”") % criterion.name,
                max_length=300,
                required=False,
                widget=forms.Textarea({"rows": 2, "class": "form-control"}),
            )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if self.submitting:
            for criterion in self.criteria:
                name = _name(criterion)
                points = data.get(name)
                if name not in self.errors and points is None:
                    self.add_error(name, _("Points are missing here."))
                elif points is not None and points < criterion.remark_below and not data.get(_remark(criterion)):
                    self.add_error(_remark(criterion), str(ContestRefusal.REMARK_MISSING.label))
        return data

    def points(self) -> dict[int, Decimal | None]:
        """The cleaned points as the verb takes them."""
        return {criterion.pk: self.cleaned_data[_name(criterion)] for criterion in self.criteria}

    def remarks(self) -> dict[int, str]:
        """The cleaned reasons as the verb takes them."""
        return {criterion.pk: self.cleaned_data[_remark(criterion)] for criterion in self.criteria}

    def rows(self) -> list[tuple[Criterion, forms.BoundField, forms.BoundField]]:
        return [(criterion, self[_name(criterion)], self[_remark(criterion)]) for criterion in self.criteria]

    def beside(self, stored: SheetForm) -> list[tuple[str, Any, Any]]:
        """Label, what was typed and what is stored, for every field in which the two differ."""
        names = [name for name in self.fields if name != "revision"]
        pairs = [(str(self.fields[name].label), self[name].value() or "", stored[name].value() or "") for name in names]
        return [(label, typed, kept) for label, typed, kept in pairs if str(typed).strip() != str(kept).strip()]


class RecuseForm(forms.Form):
    """What ties an expert to an entry; what is none of the usual has to be explained."""

    tie = forms.ChoiceField(
        label=_("What ties you to this entry?"),
        choices=DeclaredTie.choices,
        widget=forms.RadioSelect,
        error_messages={"required": ContestRefusal.TIE_MISSING.label},
    )
    note = forms.CharField(
        label=_("Explanation"),
        help_text=_("Only the office and the supervision read it."),
        max_length=300,
        required=False,
        widget=forms.Textarea({"rows": 2}),
    )

    def clean(self) -> dict[str, Any]:
        data: dict[str, Any] = super().clean() or {}
        if data.get("tie") == DeclaredTie.OTHER and not data.get("note"):
            self.add_error("note", str(ContestRefusal.NOTE_MISSING.label))
        return data


def initial(criteria: Iterable[Criterion], stored: ScoreSheet | None) -> dict[str, Any]:
    """What is stored, as initial values of `SheetForm`; points without needless zeros."""
    if stored is None:
        return {}
    values: dict[str, Any] = {"comment": stored.comment, "revision": stored.revision}
    points = dict(stored.marks.values_list("criterion_id", "points"))
    remarks = dict(stored.remarks.values_list("criterion_id", "text"))
    for criterion in criteria:
        values[_remark(criterion)] = remarks.get(criterion.pk, "")
        if (value := points.get(criterion.pk)) is not None:
            values[_name(criterion)] = plain(value)
    return values


def _name(criterion: Criterion) -> str:
    return f"points-{criterion.pk}"


def _remark(criterion: Criterion) -> str:
    return f"remark-{criterion.pk}"
