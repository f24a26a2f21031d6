"""What a list is narrowed down by: each condition in words, with a link that takes it away."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, cast

from django import forms, template
from django.utils.http import urlencode
from django_filters import FilterSet

register = template.Library()


@dataclass(frozen=True, slots=True)
class Chip:
    """`query` is the address of the list without this condition."""

    label: str
    value: str
    query: str


@register.inclusion_tag("_chips.html", takes_context=True)
def chips(context: template.Context, filterset: FilterSet) -> dict[str, Any]:
    """The conditions in force, in the order of the form; hidden fields are no conditions of the person's own."""
    request = context["request"]
    form = filterset.form
    found = [
        Chip(str(field.label), _words(field, form.cleaned_data[field.name]), _without(request, field.name))
        for field in form.visible_fields()
        if form.is_bound and form.is_valid() and form.cleaned_data.get(field.name)
    ]
    kept = {field.name: field.value() for field in form.hidden_fields() if field.value()}
    return {"chips": found, "everything": f"{request.path}?{urlencode(kept)}" if kept else request.path}


def _words(field: forms.BoundField, value: Any) -> str:
    if isinstance(field.field, forms.ModelChoiceField):
        return str(field.field.label_from_instance(value))
    if isinstance(field.field, forms.ChoiceField):
        return str(dict(cast(Any, field.field.choices)).get(value, value))
    return str(value)


def _without(request: Any, name: str) -> str:
    """The first page of the list without the condition."""
    query = request.GET.copy()
    query.pop(name, None)
    query.pop("page", None)
    return f"{request.path}?{query.urlencode()}" if query else str(request.path)
